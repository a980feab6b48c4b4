"""Build the compiled sums of the compositor where a C compiler is; the rest of the package stands in pyproject.toml.

`python setup.py build_ext --inplace` lays the library beside its source. Without a compiler nothing fails: numpy does
the same, slower.
"""

from __future__ import annotations

import sys

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

NATIVE = "desktop/gesso/documents/painting/native"
EXACT = ["-std=c99", "-O3", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-fvisibility=hidden", "-g0"]
"""Nothing that changes a result: every sum is rounded as numpy rounds it, and none is fused with the next."""
SUFFIX = ".dll" if sys.platform == "win32" else ".so"

PLACES = ("-L", "-Wl,-rpath")


class Build(build_ext):
    """A library for ctypes: it knows nothing of Python, so its name needs no version and it exports no module."""

    def build_extension(self, ext: Extension) -> None:
        if self.compiler.compiler_type == "msvc":
            ext.extra_compile_args = ["/O2", "/fp:precise"]
        else:
            ext.extra_compile_args = EXACT
            ext.extra_link_args = ["-s"] if sys.platform.startswith("linux") else []
            # Python is not linked to, so where it lies need not be told.
            self.compiler.linker_so = [part for part in self.compiler.linker_so if not part.startswith(PLACES)]
            self.compiler.library_dirs = self.compiler.runtime_library_dirs = []
        super().build_extension(ext)

    def get_ext_filename(self, fullname: str) -> str:
        return fullname.replace(".", "/") + SUFFIX

    def get_export_symbols(self, ext: Extension) -> list[str]:
        return ext.export_symbols


setup(
    cmdclass={"build_ext": Build},
    ext_modules=[
        Extension(
            "gesso.documents.painting.native.composite",
            [f"{NATIVE}/composite.c"],
            depends=[f"{NATIVE}/blend.h", "setup.py"],
            export_symbols=["gesso_composite", "gesso_form"],
            optional=True,
        )
    ],
)
