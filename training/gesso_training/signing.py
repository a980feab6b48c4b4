"""Release keys and the signature of a package: Ed25519 (RFC 8032) over the bytes of `manifest.json`."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

MANIFEST = "manifest.json"
SIGNATURE = "signature"


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces, UTF-8: the same value always gives the same bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def key_id(public: Ed25519PublicKey) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of the raw public key."""
    return hashlib.sha256(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def new_key(private_file: Path, public_folder: Path, owner: str) -> Path:
    """Make a key pair; the private half readable by its owner alone. Refuses to overwrite either half."""
    private = Ed25519PrivateKey.generate()
    raw = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    private_file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(private_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(base64.b64encode(raw) + b"\n")
    return write_public(private.public_key(), public_folder, owner)


def write_public(public: Ed25519PublicKey, folder: Path, owner: str) -> Path:
    """`<key id>.pub`: the half that ships."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{key_id(public)}.pub"
    raw = base64.b64encode(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
    with file.open("x", encoding="utf-8") as handle:
        json.dump({"key_id": key_id(public), "algorithm": "Ed25519", "public": raw, "owner": owner}, handle, indent=1)
        handle.write("\n")
    return file


def read_private(file: Path) -> Ed25519PrivateKey:
    """The private half that `new_key` wrote."""
    try:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(file.read_bytes().strip(), validate=True))
    except ValueError:  # binascii.Error is one, too
        raise ValueError(f"{file.name} holds no private key of `gesso-train key new`.") from None


def manifest_of(folder: Path, name: str, version: str, key: str) -> dict[str, Any]:
    """Every file of a package but the manifest and its signature, with size and SHA-256."""
    files: dict[str, Mapping[str, Any]] = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).as_posix()
        if path.is_file() and inside not in (MANIFEST, SIGNATURE):
            content = path.read_bytes()
            files[inside] = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    return {"format": 1, "name": name, "version": version, "key_id": key, "files": files}


def sign(folder: Path, name: str, version: str, private: Ed25519PrivateKey) -> None:
    """Write `manifest.json` and `signature` into a package's folder."""
    written = canonical(manifest_of(folder, name, version, key_id(private.public_key())))
    (folder / MANIFEST).write_bytes(written)
    (folder / SIGNATURE).write_bytes(private.sign(written))


def check(folder: Path, public: Ed25519PublicKey) -> list[str]:
    """What is wrong with a package's signature and files; empty when nothing is."""
    written = (folder / MANIFEST).read_bytes()
    try:
        public.verify((folder / SIGNATURE).read_bytes(), written)
    except InvalidSignature:
        return ["the signature does not fit the manifest"]
    return altered(folder)


def altered(folder: Path) -> list[str]:
    """Which files of a package are not what its manifest says; whose manifest it is, is for `check` to say."""
    said = json.loads((folder / MANIFEST).read_bytes())
    found = manifest_of(folder, said["name"], said["version"], said["key_id"])
    return [
        f"{name} differs from the manifest"
        for name in sorted({*said["files"], *found["files"]})
        if said["files"].get(name) != found["files"].get(name)
    ]
