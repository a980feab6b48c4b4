"""Whose packages are trusted: Gesso's own release keys, and keys that the artist chose to trust."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from gesso.values import Trouble

KEY_BYTES = 32
SIGNATURE_BYTES = 64


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces, UTF-8: the same value always gives the same bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@dataclass(frozen=True)
class Key:
    """The public half of an Ed25519 key (RFC 8032)."""

    raw: bytes
    owner: str
    is_release: bool

    @property
    def id(self) -> str:
        """The first 16 hexadecimal digits of the SHA-256 of the raw key."""
        return hashlib.sha256(self.raw).hexdigest()[:16]

    def signed(self, signature: bytes, message: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


def read_key(file: Path, is_release: bool = False) -> Key:
    """From a `.pub` file: JSON with `public` (base64) and `owner`."""
    try:
        written = json.loads(file.read_text(encoding="utf-8"))
        raw = base64.b64decode(written["public"], validate=True)
        owner = str(written.get("owner", ""))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        raw, owner = b"", ""
    if len(raw) != KEY_BYTES:
        raise Trouble(
            "{name} is not a key file.", "Nothing was changed.", "Ask the author for the .pub file.", name=file.name
        )
    return Key(raw, owner, is_release)


@dataclass
class Trust:
    """The keys that may sign packages; release keys and the artist's list never mix."""

    release_folder: Path
    artist_folder: Path
    _keys: dict[str, Key] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.refresh()

    def refresh(self) -> None:
        self._keys = {}
        for folder, is_release in ((self.artist_folder, False), (self.release_folder, True)):
            for file in sorted(folder.glob("*.pub")):
                key = read_key(file, is_release)
                self._keys[key.id] = key

    def key(self, key_id: str) -> Key | None:
        return self._keys.get(key_id)

    @property
    def keys(self) -> list[Key]:
        return list(self._keys.values())

    def add(self, file: Path) -> Key:
        """Trust an author's key from now on."""
        key = read_key(file)
        self.artist_folder.mkdir(parents=True, exist_ok=True)
        target = self.artist_folder / f"{key.id}.pub"
        part = target.with_suffix(".part")
        part.write_text(
            json.dumps({"public": base64.b64encode(key.raw).decode(), "owner": key.owner}), encoding="utf-8"
        )
        os.replace(part, target)
        self.refresh()
        return key

    def remove(self, key_id: str) -> None:
        """Stop trusting an author's key; release keys stay."""
        (self.artist_folder / f"{key_id}.pub").unlink(missing_ok=True)
        self.refresh()
