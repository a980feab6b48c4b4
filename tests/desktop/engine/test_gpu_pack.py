"""The GPU pack: only whole, signed and fitting ones are let in, and the runtime then looks into it."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gesso.engine import gpu_pack
from gesso.engine.gpu_pack import PROVIDER, GpuPacks, Piece, manifest
from gesso.engine.trust import Key, Trust, canonical
from gesso.engine.worker import complaint, preload
from gesso.values import Cancelled, Progress, Trouble
from tests.packages import new_key

FILES = {PROVIDER: b"not really a library", "libcudart.so.13": b"x" * 3_000_000, "licences/CUDA.txt": b"terms"}
Change = Callable[[dict[str, object]], object]


def write_pack(
    file: Path,
    private: Ed25519PrivateKey,
    change: Change = lambda manifest: None,
    inside: Mapping[str, bytes] = FILES,
    extra: Mapping[str, bytes] | None = None,
) -> Path:
    """A pack with its manifest changed before it is signed, and files added behind the signature's back."""
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    folder = file.with_suffix(".files")
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    said = manifest("0.2.0", gpu_pack.runtime_version(), Key(raw, "", True).id, {name: folder / name for name in FILES})
    change(said)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", canonical(said))
        archive.writestr("signature", private.sign(canonical(said)))
        for name, content in {**inside, **(extra or {})}.items():
            archive.writestr(name, content)
    return file


@pytest.fixture
def packs(tmp_path: Path, trust: Trust) -> GpuPacks:
    return GpuPacks(tmp_path / "家 gpu", trust)


def test_a_pack_is_installed_checked_replaced_and_removed(
    tmp_path: Path, private: Ed25519PrivateKey, packs: GpuPacks
) -> None:
    assert packs.installed() is None and packs.remove() is False
    heard: list[float] = []
    installed = packs.install(write_pack(tmp_path / "a.zip", private), Progress(lambda at, _: heard.append(at)))
    assert packs.installed() == installed and installed.misfit is None
    assert installed.bytes == sum(map(len, FILES.values())) and heard == sorted(heard) and heard[-1] == 1
    assert {str(p.relative_to(packs.folder)) for p in packs.folder.rglob("*") if p.is_file()} == {
        *FILES, "manifest.json", "signature",
    }  # fmt: skip
    packs.check(installed, Progress.silent())
    newer = write_pack(tmp_path / "b.zip", private, lambda said: said.update(version="0.2.1"))
    assert packs.install(newer, Progress.silent()).version == "0.2.1"
    assert [path.name for path in packs.home.iterdir()] == ["pack"]
    assert packs.remove() is True and packs.installed() is None and not list(packs.home.iterdir())


@pytest.mark.parametrize(
    ("change", "inside", "extra", "said"),
    [
        (lambda said: said.update(kind="model"), FILES, {}, "its manifest is damaged"),
        (lambda said: said["files"].pop("licences/CUDA.txt"), FILES, {}, "other files than were signed"),
        (lambda said: None, FILES, {"more.so": b"x"}, "other files than were signed"),
        (lambda said: None, {**FILES, "libcudart.so.13": b"y" * 3_000_000}, {}, "libcudart.so.13 was altered"),
        (lambda said: None, {**FILES, "libcudart.so.13": b"x" * 3_000_001}, {}, "libcudart.so.13 was altered"),
        (lambda said: said["files"].update({"../evil.so": {"bytes": 1, "sha256": ""}}), FILES, {"../evil.so": b"x"}, "impossible files"),
        (lambda said: said["files"].update({"a/b.so": {"bytes": 1, "sha256": ""}}), FILES, {}, "impossible files"),
        (lambda said: said["files"].update({"signature": {"bytes": 1, "sha256": ""}}), FILES, {}, "impossible files"),
        (lambda said: said["files"][PROVIDER].update(bytes=9 * 1024**3), FILES, {}, "it is too large"),
        (lambda said: said.update(runtime="0.1"), FILES, {}, "made for version 0.1 of the runtime"),
        (lambda said: said.update(system="amiga-m68k"), FILES, {}, "it is made for amiga-m68k"),
    ],
)  # fmt: skip
def test_an_unsound_pack_is_refused_and_leaves_nothing(
    tmp_path: Path,
    private: Ed25519PrivateKey,
    packs: GpuPacks,
    change: Change,
    inside: Mapping[str, bytes],
    extra: Mapping[str, bytes],
    said: str,
) -> None:
    good = packs.install(write_pack(tmp_path / "good.zip", private), Progress.silent())
    with pytest.raises(Trouble) as refused:
        packs.install(write_pack(tmp_path / "bad.zip", private, change, inside, extra), Progress.silent())
    assert said in str(refused.value) and "bad.zip" in str(refused.value)
    assert packs.installed() == good and [path.name for path in packs.home.iterdir()] == ["pack"]


def test_only_a_release_key_may_sign_native_code(tmp_path: Path, packs: GpuPacks) -> None:
    stranger = Ed25519PrivateKey.generate()
    with pytest.raises(Trouble, match="no release key") as refused:
        packs.install(write_pack(tmp_path / "a.zip", stranger), Progress.silent())
    artists = new_key(tmp_path / "artist")
    packs.trust.refresh()
    with pytest.raises(Trouble, match="refused") as refused:
        packs.install(write_pack(tmp_path / "b.zip", artists), Progress.silent())
    assert "no release key" in str(refused.value)


def test_a_manifest_altered_behind_its_signature_is_refused(
    tmp_path: Path, private: Ed25519PrivateKey, packs: GpuPacks
) -> None:
    whole = write_pack(tmp_path / "a.zip", private)
    with zipfile.ZipFile(whole) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    content["manifest.json"] = content["manifest.json"].replace(b"0.2.0", b"9.2.0")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        for name, bytes_ in content.items():
            archive.writestr(name, bytes_)
    with pytest.raises(Trouble) as refused:
        packs.install(tmp_path / "b.zip", Progress.silent())
    assert "its signature does not fit" in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut", None])
def test_what_is_no_zip_is_refused(tmp_path: Path, packs: GpuPacks, content: bytes | None) -> None:
    file = tmp_path / "a.zip"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(Trouble) as refused:
        packs.install(file, Progress.silent())
    assert "a.zip was refused" in str(refused.value)


def test_a_cancelled_installation_leaves_the_pack_in_use(
    tmp_path: Path, private: Ed25519PrivateKey, packs: GpuPacks
) -> None:
    good = packs.install(write_pack(tmp_path / "a.zip", private), Progress.silent())
    with pytest.raises(Cancelled):
        packs.install(tmp_path / "a.zip", Progress(None, lambda: True))
    assert packs.installed() == good and [path.name for path in packs.home.iterdir()] == ["pack"]


def test_a_full_disk_is_said_before_anything_is_written(
    tmp_path: Path, private: Ed25519PrivateKey, packs: GpuPacks, monkeypatch: pytest.MonkeyPatch
) -> None:
    from collections import namedtuple

    usage = namedtuple("usage", "total used free")(10, 9, 1)
    monkeypatch.setattr(gpu_pack.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(Trouble, match="of disk and there is less"):
        packs.install(write_pack(tmp_path / "a.zip", private), Progress.silent())
    assert packs.installed() is None


def test_damage_after_the_installation_is_found(tmp_path: Path, private: Ed25519PrivateKey, packs: GpuPacks) -> None:
    pack = packs.install(write_pack(tmp_path / "a.zip", private), Progress.silent())
    library = packs.folder / "libcudart.so.13"
    library.write_bytes(b"x" * 2_999_999 + b"y")
    assert packs.installed() == pack  # every byte is read when asked for, not at each start
    with pytest.raises(Trouble) as found:
        packs.check(pack, Progress.silent())
    assert "libcudart.so.13 was altered" in str(found.value)
    library.write_bytes(b"short")
    with pytest.raises(Trouble) as found:
        packs.installed()
    assert "libcudart.so.13 was altered" in str(found.value)
    library.unlink()
    assert "was altered" in str(gpu_pack.reach(packs).lack) or (gpu_pack.runtime_folder() / PROVIDER).is_file()


def test_a_pack_for_another_runtime_says_so(tmp_path: Path, private: Ed25519PrivateKey, packs: GpuPacks) -> None:
    pack = packs.install(write_pack(tmp_path / "a.zip", private), Progress.silent())
    assert "1.0" in str(replace(pack, runtime="1.0").misfit)
    assert "elsewhere" in str(replace(pack, system="elsewhere").misfit)


def test_the_manifest_tells_every_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    said = manifest("1.0.0", "1.31.1", "0" * 16, {"a": tmp_path / "a"})
    assert Piece(**said["files"]["a"]) == Piece(3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")


LOADING = """
import json, sys
from pathlib import Path
from gesso.engine import gpu_pack
from gesso.engine.trust import Trust
from gesso.engine.worker import session_options

root, model = Path(sys.argv[1]), Path(sys.argv[2])
found = gpu_pack.reach(gpu_pack.GpuPacks(root / "gpu", Trust(root / "release", root / "artist")))
import onnxruntime
session = onnxruntime.InferenceSession(model, providers=["CUDAExecutionProvider", "CPUExecutionProvider"])
print(json.dumps([str(found.folder), str(found.lack), sys.modules[gpu_pack.CORE].__file__, session.get_providers()]))
"""


@pytest.fixture
def bare_runtime(tmp_path: Path) -> Path:
    """The runtime as the installed app carries it: without CUDA's part."""
    real = gpu_pack.runtime_folder()
    assert real is not None
    for file in real.parent.rglob("*"):
        target = tmp_path / "runtime" / "onnxruntime" / file.relative_to(real.parent)
        if file.is_file() and "providers_" not in file.name.replace("providers_shared", ""):
            target.parent.mkdir(parents=True, exist_ok=True)
            os.symlink(file, target)
    return tmp_path / "runtime"


def _load(tmp_path: Path, runtime: Path) -> tuple[list[object], str]:
    from tests.packages import helper, model_bytes

    model = tmp_path / "same.onnx"
    model.write_bytes(model_bytes([helper.make_node("Identity", ["x"], ["y"])], {"x": [1]}, {"y": [1]}))
    done = subprocess.run(
        [sys.executable, "-c", LOADING, str(tmp_path), str(model)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(runtime), *sys.path])},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1]), done.stderr


def test_the_runtime_looks_for_its_cuda_part_in_the_pack(
    tmp_path: Path, private: Ed25519PrivateKey, packs: GpuPacks, bare_runtime: Path
) -> None:
    packs = GpuPacks(tmp_path / "gpu", packs.trust)
    found, _ = _load(tmp_path, bare_runtime)
    assert found == ["None", "the GPU pack is not installed", found[2], ["CPUExecutionProvider"]]
    packs.install(write_pack(tmp_path / "a.zip", private), Progress.silent())
    found, said = _load(tmp_path, bare_runtime)
    assert found[:2] == [str(packs.folder), "None"] and str(found[2]).startswith(str(packs.folder))
    assert str(packs.folder / PROVIDER) in said and "No such file" not in said
    assert found[3] == ["CPUExecutionProvider"]  # the made-up library is found, and is none
    assert packs.installed() is not None  # what was put beside it does not count
    packs.check(packs.installed(), Progress.silent())


def test_a_runtime_that_brings_cuda_itself_needs_no_pack(packs: GpuPacks) -> None:
    own = gpu_pack.runtime_folder()
    assert own is not None
    found = gpu_pack.reach(packs)
    assert (found.lack is None) == (own / PROVIDER).is_file() and found.folder is None


def test_libraries_are_loaded_from_the_pack() -> None:
    asked: list[str | None] = []

    class Runtime:
        def preload_dlls(self, directory: str | None = None) -> None:
            asked.append(directory)
            print("Failed to load /home/a b/gpu/libcublas.so.13: wrong ELF class\nFailed to load libcudart.so.13: gone")

    assert "libcublas.so.13 is missing" in str(preload(Runtime(), Path("/home/a b/gpu")))
    preload(Runtime())
    assert asked == ["/home/a b/gpu", None]


def test_cudas_own_word_is_handed_on() -> None:
    said = "EP Error cuda_call.cc:154 [THRW = true] CUDA failure 35: CUDA driver version is insufficient ; GPU=-1 ; a=b"
    assert str(complaint(said)) == "CUDA says: CUDA driver version is insufficient"
    assert complaint("") is None


def test_the_key_of_a_release_is_what_the_studio_ships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trusted are the same folders as for models."""
    private = new_key(tmp_path / "resources" / "keys")
    monkeypatch.setenv("GESSO_RESOURCES", str(tmp_path / "resources"))
    packs = GpuPacks.of_the_artist()
    assert packs.install(write_pack(tmp_path / "a.zip", private), Progress.silent()).signer.is_release
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    assert base64.b64encode(raw).decode() in (tmp_path / "resources" / "keys").glob("*.pub").__next__().read_text()


def test_a_pack_whose_packing_is_damaged_is_refused(
    tmp_path: Path, private: Ed25519PrivateKey, packs: GpuPacks
) -> None:
    file = write_pack(tmp_path / "a.zip", private)
    with zipfile.ZipFile(file) as archive:
        start = archive.getinfo("libcudart.so.13").header_offset + 30 + len("libcudart.so.13")
    content = bytearray(file.read_bytes())
    content[start] = 0xFF  # a block of no kind
    file.write_bytes(content)
    with pytest.raises(Trouble, match=r"a\.zip was refused"):
        packs.install(file, Progress.silent())
    assert not packs.home.exists() or not list(packs.home.iterdir())


def test_a_file_that_is_gone_while_the_pack_is_checked_is_one_sentence(
    tmp_path: Path, private: Ed25519PrivateKey, packs: GpuPacks
) -> None:
    pack = packs.install(write_pack(tmp_path / "a.zip", private), Progress.silent())
    (packs.folder / PROVIDER).unlink()
    with pytest.raises(Trouble, match="cannot be read"):
        packs.check(pack, Progress.silent())


def test_a_pack_that_cannot_take_its_place_leaves_the_one_in_use(
    tmp_path: Path, private: Ed25519PrivateKey, packs: GpuPacks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when another program looks into the new files at this very moment, on Windows."""
    good = packs.install(write_pack(tmp_path / "a.zip", private), Progress.silent())
    replace_ = os.replace

    def refused(source: Path, target: Path) -> None:
        if Path(source).name.startswith("new-"):
            raise PermissionError(13, "Permission denied")
        replace_(source, target)

    monkeypatch.setattr(os, "replace", refused)
    with pytest.raises(Trouble, match="Models run as before"):
        packs.install(tmp_path / "a.zip", Progress.silent())
    monkeypatch.undo()
    assert packs.installed() == good and [path.name for path in packs.home.iterdir()] == ["pack"]
