"""The GPU pack of this system: CUDA's part of the runtime and NVIDIA's libraries, signed with the release key.

Without `--key` (or GESSO_RELEASE_KEY) there is no pack: an unsigned one would be refused by every studio.
"""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "desktop"))

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: E402
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: E402

from gesso.engine.gpu_pack import (  # noqa: E402
    MANIFEST,
    PROVIDER,
    SIGNATURE,
    here,
    manifest,
    runtime_folder,
    runtime_version,
)
from gesso.engine.trust import Key, canonical  # noqa: E402

LIBRARY = re.compile(r"(^|/)(lib[^/]+\.so(\.\d+)+|[^/]+\.dll)$")
NEVER_LOADED = re.compile(r"nvblas|cufftw|\.alt\.|builtins\.alt|cudnn_cnn_train|libcudadevrt")
PAPER = re.compile(r"(^|/)(LICENSE|License|EULA|NOTICE)[^/]*$", re.IGNORECASE)


def private_key(file: Path | None) -> Ed25519PrivateKey:
    """The release key's private half, as `gesso-train key new` writes it."""
    named = file or (Path(os.environ["GESSO_RELEASE_KEY"]) if os.environ.get("GESSO_RELEASE_KEY") else None)
    if named is None:
        raise SystemExit("A GPU pack has to be signed: name the release key's file with --key or in GESSO_RELEASE_KEY.")
    try:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(named.read_bytes().strip(), validate=True))
    except (OSError, ValueError):
        raise SystemExit(f"{named} holds no private key of `gesso-train key new`.") from None


def wheels(folder: Path) -> list[Path]:
    """NVIDIA's wheels as pinned in the lock, fetched once."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = ROOT / "packaging" / "locks" / "gpu.txt"
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder), "-r", str(lock)]
    if subprocess.run(command).returncode:
        raise SystemExit("NVIDIA's libraries could not be fetched; what pip said stands above.")
    return sorted(folder.glob("*.whl"))


def taken_from(wheel: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    """The libraries and terms of a wheel, unpacked: name inside the pack, and file."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            base = name.rpartition("/")[2]
            if LIBRARY.search(name) and not NEVER_LOADED.search(base):
                yield base, _unpacked(archive, name, folder / base)
            elif PAPER.search(name):
                target = f"licences/{wheel.name.split('-')[0]}-{base}"
                yield target, _unpacked(archive, name, folder / target)


def _unpacked(archive: zipfile.ZipFile, name: str, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(name) as packed, target.open("wb") as plain:
        while block := packed.read(1 << 20):
            plain.write(block)
    return target


def write(made: Path, files: dict[str, Path], version: str, private: Ed25519PrivateKey) -> None:
    """Sign and zip; the manifest first, so that a wrong file is known for what it is at once."""
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    written = canonical(manifest(version, runtime_version(), Key(raw, "", True).id, files))
    part = made.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        archive.writestr(MANIFEST, written)
        archive.writestr(SIGNATURE, private.sign(written))
        for inside, file in files.items():
            archive.write(file, inside)
    os.replace(part, made)


def build(work: Path, dist: Path, version: str, key: Path | None) -> Path:
    """`gesso-gpu-<version>-<system>.zip` in the folder of results."""
    private = private_key(key)
    own = runtime_folder()
    if own is None or not (own / PROVIDER).is_file():
        raise SystemExit("This system's runtime has no CUDA part: there is no GPU pack for it.")
    files = {PROVIDER: own / PROVIDER}
    for paper in ("LICENSE", "ThirdPartyNotices.txt"):
        files[f"licences/onnxruntime-{paper}"] = own.parent / paper
    for wheel in wheels(work / "nvidia"):
        files |= dict(taken_from(wheel, work / "gpu-pack"))
    made = dist / f"gesso-gpu-{version}-{here()}.zip"
    write(made, files, version, private)
    return made
