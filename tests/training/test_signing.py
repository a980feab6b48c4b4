"""Keys: made once, kept apart, and never inside the repository."""

from __future__ import annotations

import base64
import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from gesso_training import signing

ROOT = Path(__file__).resolve().parents[2]


def test_a_new_key_keeps_its_private_half_to_its_owner(tmp_path: Path) -> None:
    private = tmp_path / "kept" / "release.key"
    public = signing.new_key(private, tmp_path / "keys", "the maintainers")
    if sys.platform != "win32":
        assert stat.S_IMODE(private.stat().st_mode) == 0o600
    said = json.loads(public.read_text(encoding="utf-8"))
    key = signing.read_private(private)
    assert said["key_id"] == signing.key_id(key.public_key()) == public.stem
    assert said["owner"] == "the maintainers"
    Ed25519PublicKey.from_public_bytes(base64.b64decode(said["public"])).verify(key.sign(b"a"), b"a")
    assert private.read_bytes().strip() not in public.read_bytes()


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    signing.new_key(tmp_path / "release.key", tmp_path / "keys", "tests")
    before = (tmp_path / "release.key").read_bytes()
    with pytest.raises(FileExistsError):
        signing.new_key(tmp_path / "release.key", tmp_path / "keys", "tests")
    assert (tmp_path / "release.key").read_bytes() == before


@given(st.binary(max_size=60))
def test_what_is_no_key_is_refused_in_one_sentence(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "no.key"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=r"^no\.key holds no private key of `gesso-train key new`\.$"):
        signing.read_private(file)


def test_canonical_json_does_not_depend_on_the_order_of_keys() -> None:
    assert signing.canonical({"b": 1, "a": "é"}) == signing.canonical({"a": "é", "b": 1}) == '{"a":"é","b":1}'.encode()


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


def looks_private(content: bytes) -> bool:
    """A PEM private key, or a file that holds 32 bytes in base64 and nothing else."""
    if b"PRIVATE KEY" + b"-----" in content:
        return True
    try:
        return len(base64.b64decode(content.strip(), validate=True)) == 32
    except ValueError:
        return False


def test_a_private_key_would_be_noticed(tmp_path: Path) -> None:
    signing.new_key(tmp_path / "release.key", tmp_path / "keys", "tests")
    assert looks_private((tmp_path / "release.key").read_bytes())
    assert not looks_private(next((tmp_path / "keys").iterdir()).read_bytes())


def test_no_private_key_is_tracked_and_key_files_are_ignored() -> None:
    files = [file for file in tracked() if file.is_file()]
    assert files or not (ROOT / ".git").exists()
    assert not [file for file in files if file.suffix == ".key"]
    assert not [file for file in files if file.stat().st_size < 8192 and looks_private(file.read_bytes())]
    assert "*.key" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_every_public_key_that_ships_names_itself_rightly() -> None:
    files = list((ROOT / "resources" / "keys").glob("*.pub"))
    assert files
    for file in files:
        said = json.loads(file.read_text(encoding="utf-8"))
        raw = base64.b64decode(said["public"], validate=True)
        assert signing.key_id(Ed25519PublicKey.from_public_bytes(raw)) == said["key_id"] == file.stem


def test_a_signature_of_another_key_does_not_fit(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    signing.sign(tmp_path, "a", "1.0.0", Ed25519PrivateKey.generate())
    assert signing.check(tmp_path, Ed25519PrivateKey.generate().public_key()) == [
        "the signature does not fit the manifest"
    ]
