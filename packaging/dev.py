#!/usr/bin/env python3
"""Set up, run, test, check, measure and build Gesso. Standard library only; every command does its own set-up.

python3 packaging/dev.py run [FILE]        start the studio
python3 packaging/dev.py test [pytest...]  checks, then the whole suite
python3 packaging/dev.py check [--long]    style, types, arrows, translations, links; and kills the studio 200 times
python3 packaging/dev.py bench [WHAT]      measure speed on this machine
python3 packaging/dev.py build             the installed app and its installer, into dist/
python3 packaging/dev.py build --free-only the same without the models on stricter terms than attribution
python3 packaging/dev.py build check       open the built app: every model once, no network, an awkward path
python3 packaging/dev.py build gpu-pack --key FILE
python3 packaging/dev.py build wheel
python3 packaging/dev.py setup [--training --dev]
"""

import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
LOCKS = ROOT / "packaging" / "locks"
OLDEST = (3, 11)
LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb-randr.so.0": "libxcb-randr0",
}
"""What Qt needs of Debian and Ubuntu: library -> package."""
NATIVE = ROOT / "desktop" / "gesso" / "documents" / "painting" / "native"
COMPILERS = ("cc", "gcc", "clang", "cl")
"""Any of them builds what `setup.py` builds; without one Gesso works, slower."""
KILLS = 200


def say(text):
    print(text, flush=True)


def stop(text):
    print(text, file=sys.stderr, flush=True)
    raise SystemExit(1)


def in_venv(program):
    """The path of a program inside the virtual environment."""
    folder, suffix = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
    return VENV / folder / (program + suffix)


def call(*command, quiet=False, **options):
    """Run a command in the project's folder; its exit code."""
    stdout = subprocess.DEVNULL if quiet else None
    return subprocess.run([str(part) for part in command], cwd=ROOT, stdout=stdout, **options).returncode


def check_python(version=None):
    version = version or sys.version_info[:2]
    if tuple(version) < OLDEST:
        stop(
            "Gesso needs Python {}.{} or newer and this is {}.{}; start this command with a newer one.".format(
                *OLDEST, *version
            )
        )


def missing_libraries(listed=None):
    """Debian packages that Qt and Python need and that are not on this machine; empty on other systems."""
    if platform.system() != "Linux" or not shutil.which("apt-get"):
        return []
    if listed is None:
        ldconfig = shutil.which("ldconfig") or "/sbin/ldconfig"
        listed = subprocess.run([ldconfig, "-p"], capture_output=True, text=True).stdout
    found = [package for library, package in LIBRARIES.items() if library not in listed]
    fonts = (
        subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, text=True)
        if shutil.which("fc-list")
        else None
    )
    if fonts is None or not fonts.stdout.strip():
        found += [] if shutil.which("fc-list") else ["fontconfig"]
        found.append("fonts-wqy-microhei")
    if importlib.util.find_spec("ensurepip") is None:  # Debian keeps it in a package of its own
        found.append("python{}.{}-venv".format(*sys.version_info[:2]))
    if not has_compiler():
        found += ["gcc", "libc6-dev"]
    return found


def has_compiler():
    """Whether C can be compiled; Visual Studio's own compiler is found by its installer, which lies beside it."""
    installer = Path(os.environ.get("PROGRAMFILES(X86)", "/")) / "Microsoft Visual Studio" / "Installer" / "vswhere.exe"
    return any(shutil.which(name) for name in COMPILERS) or installer.exists()


def install_libraries(packages, is_root=None, sudo=None):
    """Install system packages as root or with sudo; otherwise say what to type."""
    if not packages:
        return
    is_root = (hasattr(os, "geteuid") and os.geteuid() == 0) if is_root is None else is_root
    sudo = shutil.which("sudo") if sudo is None else sudo
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if is_root or sudo:
        before = [] if is_root else [sudo]
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        say("Installing system libraries: " + " ".join(packages))
        call(*before, "apt-get", "update", "-qq", quiet=True, env=environment)
        if call(*before, *command, quiet=True, env=environment) == 0:
            return
    say("Some system libraries are missing; type this once:  sudo " + " ".join(command))


def digest(locks):
    """What the environment is made from: locks, project file with the studio's version, what is compiled, and Python."""
    state = hashlib.sha256(repr((sys.version_info[:3], has_compiler())).encode() + str(ROOT).encode())
    for file in [
        *(LOCKS / f"{name}.txt" for name in locks),
        ROOT / "pyproject.toml",
        ROOT / "setup.py",
        ROOT / "desktop/gesso/__init__.py",
        *sorted(NATIVE.glob("*.[ch]")),
    ]:
        state.update(file.read_bytes())
    return state.hexdigest()


def setup(locks=("app",)):
    """Make the virtual environment, or take the one that is there when nothing has changed."""
    check_python()
    install_libraries(missing_libraries())
    stamp = VENV / "gesso-setup.txt"
    known = dict(line.split(" ", 1) for line in stamp.read_text().splitlines()) if stamp.exists() else {}
    key = "+".join(locks)
    if known.get(key) == digest(locks) and in_venv("python").exists():
        return
    if not in_venv("python").exists():
        say("Making the virtual environment in .venv")
        try:
            venv.create(VENV, with_pip=True)
        except (OSError, subprocess.CalledProcessError) as error:
            shutil.rmtree(VENV, ignore_errors=True)  # the next try begins afresh
            stop(
                f"The virtual environment .venv could not be made ({error}); put that right and run the same command again."
            )
    say("Installing packages (some minutes, the first time)")
    files = [part for name in locks for part in ("-r", str(LOCKS / f"{name}.txt"))]
    pip = [in_venv("python"), "-m", "pip", "install", "--disable-pip-version-check", "-q"]
    if call(*pip, *files) or call(*pip, "--no-deps", "-e", "."):
        stop(
            "The packages could not be installed; what pip said stands above. Run the same command again when it is put right."
        )
    known[key] = digest(locks)
    stamp.write_text("".join(f"{name} {value}\n" for name, value in known.items()))


def has_screen():
    if platform.system() in ("Darwin", "Windows"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM"))


def run(arguments):
    setup()
    if not has_screen():
        say(
            "There is no screen here, so the studio's window stays closed. From the shell: "
            f"{in_venv('gesso')} tool list | tool run painting.upscale IN -o OUT | models list | doctor | bench"
        )
        return 0
    return call(in_venv("python"), "-m", "gesso", *arguments)


def check(arguments):
    setup(("app", "training", "dev"))
    python = in_venv("python")
    steps = [
        ("style", [python, "-m", "ruff", "check", "."]),
        ("format", [python, "-m", "ruff", "format", "--check", "."]),
        ("types", [python, "-m", "mypy"]),
        ("arrows", [in_venv("lint-imports")]),
        *(
            (name, [python, ROOT / "packaging" / "checks" / f"{name}.py"])
            for name in ("translations", "links", "long_files")
        ),
    ]
    failed = []
    for name, command in steps:
        done = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True)
        say(f"{'ok  ' if done.returncode == 0 else 'FAIL'} {name}")
        if done.returncode:
            failed.append(name)
            say(done.stdout + done.stderr)
    if "--long" in arguments:
        say(f"killing the studio {KILLS} times while it paints, asks models, saves and recovers")
        if call(python, "-m", "tests.faults.kills", KILLS):
            failed.append("kills")
    return 1 if failed else 0


def test(arguments):
    setup(("app", "training", "dev"))
    failed = check([])
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONWARNINGS": "default"}
    tests = call(in_venv("python"), "-m", "pytest", *arguments, env=environment)
    return failed or tests


def bench(arguments):
    setup()
    return call(in_venv("python"), "-m", "gesso", "bench", *arguments)


def wheel():
    """A wheel with the resources inside as `gesso/_resources`."""
    setup(("app", "dev"))
    made = ROOT / "desktop" / "gesso" / "_resources"
    shutil.rmtree(made, ignore_errors=True)
    try:
        shutil.copytree(ROOT / "resources", made)
        if call(in_venv("python"), "-m", "pip", "wheel", "-q", "--no-deps", "-w", "dist", "."):
            return 1
    finally:
        shutil.rmtree(made, ignore_errors=True)
    found = max((ROOT / "dist").glob("gesso-*.whl"), key=lambda path: path.stat().st_mtime)
    say(f"{found.relative_to(ROOT)}  {found.stat().st_size / 1e6:.1f} MB")
    return 0


def frozen_lock():
    """What the installed app is made of: the app's lock without Qt's add-ons, and OpenCV without windows of its own."""
    lines = []
    for name in ("app", "build"):
        for line in (LOCKS / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            package = line.partition("==")[0]
            if package in ("PySide6", "PySide6_Addons") or line.startswith("#"):
                continue
            lines.append(line.replace("opencv-python==", "opencv-python-headless=="))
    return lines


def setup_build():
    """An environment of its own: what is not in it cannot slip into the app. The path of its Python."""
    check_python()
    install_libraries(missing_libraries())
    folder = ROOT / "build" / "venv"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    lock = "\n".join(frozen_lock()) + "\n"
    stamp = folder / "gesso-lock.txt"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == lock:
        return python
    say("Making the environment for the build in build/venv (some minutes, the first time)")
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder, with_pip=True)
    asked = folder / "asked.txt"
    asked.write_text(lock, encoding="utf-8")
    if call(python, "-m", "pip", "install", "--disable-pip-version-check", "-q", "--no-deps", "-r", asked):
        stop("The packages could not be installed; what pip said stands above.")
    stamp.write_text(lock, encoding="utf-8")
    return python


def build_native(python):
    """Compile what `setup.py` names beside its source, where the app takes it from; never fails."""
    call(python, "setup.py", "-q", "build_ext", "--inplace", quiet=True)
    if not any((NATIVE / name).exists() for name in ("composite.so", "composite.dll")):
        say("No C compiler was found: the app will composite by NumPy, several times slower.")


def build(arguments):
    """The installed app, or what belongs to it."""
    what = arguments[0] if arguments else "app"
    if what == "wheel":
        return wheel()
    if what not in ("app", "check", "gpu-pack", "--no-installer", "--free-only"):
        say(__doc__)
        return 2
    given = arguments[1:] if what in ("app", "check", "gpu-pack") else arguments
    command = what if what in ("check", "gpu-pack") else "app"
    python = sys.executable if command == "check" else setup_build()  # opening it takes nothing but Python itself
    if command == "app":
        build_native(python)
    return call(python, ROOT / "packaging" / "build.py", command, *given)


COMMANDS = {"run": run, "test": test, "check": check, "bench": bench, "build": build}


def main(arguments):
    check_python()
    if arguments and arguments[0] == "setup":
        extra = [name for name in ("training", "dev") if f"--{name}" in arguments]
        setup(("app", *extra))
        return 0
    if not arguments or arguments[0] not in COMMANDS:
        say(__doc__)
        return 0 if arguments in ([], ["-h"], ["--help"]) else 2
    return COMMANDS[arguments[0]](arguments[1:])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
