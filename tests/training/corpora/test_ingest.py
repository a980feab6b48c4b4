"""A set from folder to manifest: repeats and parts, splits by content, resuming, memory, bad input, Dask."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from PIL import Image

from gesso_training.corpora import collect as collecting
from gesso_training.corpora.catalogue import Catalogue
from gesso_training.corpora.corpus import Corpus
from gesso_training.corpora.decide import split_of
from gesso_training.corpora.manifest import Manifest, leaks, prepare, write
from gesso_training.corpora.pool import Pool
from tests.training.corpora.drawings import keep, work
from tests.training.corpora.sets import folder_set
from tests.training.corpora.test_likeness import part

SET = folder_set("works")


def made(root: Path, corpus: Corpus = SET) -> Manifest:
    """Walk a set with a catalogue that stays, as the command does."""
    with Catalogue(root / "runs" / "catalogue.sqlite") as catalogue, Pool(2) as pool:
        write(prepare(corpus, root, catalogue, pool), [], root / "runs" / "manifest.json")
    return Manifest.read(root / "runs" / "manifest.json")


def test_a_folder_becomes_a_manifest(tmp_path: Path) -> None:
    for number in range(3):
        keep(work(number), tmp_path / "works" / f"{number}.png")
    keep(work(0).resize((300, 243)), tmp_path / "works" / "again.jpg", quality=70)
    keep(work(0).convert("L"), tmp_path / "works" / "grey.png")
    (tmp_path / "works" / "cut.png").write_bytes((tmp_path / "works" / "1.png").read_bytes()[:3000])
    found = made(tmp_path)
    assert [item.file for item in found.items] == ["0.png", "1.png", "2.png"]
    reasons = {drop.file: drop.reason for drop in found.dropped}
    assert reasons["again.jpg"] == "shows what 0.png shows" and reasons["grey.png"] == "a grey scan"
    assert reasons["cut.png"].startswith("cannot be decoded")
    assert {item.split for item in found.items} <= {"train", "validation", "test"}
    assert made(tmp_path) == found


def test_a_split_follows_from_the_content_alone(tmp_path: Path) -> None:
    for number in range(12):
        keep(work(number, 160, 140), tmp_path / "works" / f"{number}.png")
    first = {item.sha256: item.split for item in made(tmp_path).items}
    for number in range(12):
        (tmp_path / "works" / f"{number}.png").rename(tmp_path / "works" / f"renamed {11 - number}.png")
    for number in range(0, 12, 5):
        (tmp_path / "works" / f"renamed {number}.png").unlink()
    second = {item.sha256: item.split for item in made(tmp_path).items}
    assert len(second) == 9 and second == {sha: first[sha] for sha in second}
    assert first == {sha: split_of(sha) for sha in first}


def test_shares_come_out_as_asked() -> None:
    found = [split_of(hashlib.sha256(str(i).encode()).hexdigest()) for i in range(4000)]
    assert abs(found.count("train") / 4000 - 0.8) < 0.02 and abs(found.count("test") / 4000 - 0.1) < 0.02


def test_parts_of_one_picture_stay_in_one_split_and_out_of_training_when_it_is_held_out(tmp_path: Path) -> None:
    for number in range(6):
        keep(work(number), tmp_path / "works" / f"{number}.png")
        keep(part(work(number), 0.6), tmp_path / "works" / f"{number} detail.png")
    splits = {item.file: item.split for item in made(tmp_path).items}
    assert len(splits) == 12
    assert all(splits[f"{number}.png"] == splits[f"{number} detail.png"] for number in range(6))
    (tmp_path / "works" / "2.png").rename(tmp_path / "works" / "held 2.png")
    found = made(tmp_path, folder_set("works", split="train"))
    assert {drop.file for drop in found.dropped} == {"2 detail.png"}
    assert "held 2.png, which is held out" in found.dropped[0].reason


def test_what_is_for_judging_stays_whole(tmp_path: Path) -> None:
    keep(work(1), tmp_path / "works" / "held a.png")
    keep(work(1), tmp_path / "works" / "held b.png")
    assert len(made(tmp_path, folder_set("works", terms="judging-only")).items) == 2
    assert len(made(tmp_path).items) == 1


def test_between_sets_parts_and_turned_copies_of_held_out_pictures_are_named(tmp_path: Path) -> None:
    for number in range(3):
        keep(work(number), tmp_path / "works" / f"{number}.png")
        keep(work(50 + number), tmp_path / "bench" / f"held {number}.png")
    keep(work(1).transpose(Image.Transpose.ROTATE_90), tmp_path / "bench" / "held turned.png")
    keep(part(work(2), 0.6), tmp_path / "bench" / "held part.png")
    with Catalogue(tmp_path / "a.sqlite") as one, Catalogue(tmp_path / "b.sqlite") as other, Pool(2) as pool:
        works = prepare(folder_set("works", split="train"), tmp_path, one, pool)
        bench = prepare(folder_set("bench"), tmp_path, other, pool)
        found = leaks(works, bench, pool)
        assert found == leaks(bench, works, pool)
        write(works, found, tmp_path / "manifest.json")
    assert {(twin.file, twin.other_file) for twin in found} == {
        ("1.png", "held turned.png"),
        ("2.png", "held part.png"),
    }
    assert Manifest.read(tmp_path / "manifest.json").twins == tuple(found)


def test_what_was_read_is_not_read_again_and_a_kill_loses_little(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(9):
        keep(work(number, 130, 120), tmp_path / "works" / f"{number}.png")
    read, count = collecting.read, 0

    def dies_at_the_sixth(task: collecting.Task) -> object:
        nonlocal count
        count += 1
        if count == 6:
            raise KeyboardInterrupt
        return read(task)

    monkeypatch.setattr(collecting, "read", dies_at_the_sixth)
    with (
        Catalogue(tmp_path / "runs" / "catalogue.sqlite") as catalogue,
        Pool(1) as pool,
        pytest.raises(KeyboardInterrupt),
    ):
        prepare(SET, tmp_path, catalogue, pool)
    seen: list[str] = []

    def notes(task: collecting.Task) -> object:
        seen.append(task.item.file)
        return read(task)

    monkeypatch.setattr(collecting, "read", notes)
    whole = made(tmp_path)
    assert 0 < len(seen) < 9 and len(whole.items) == 9
    seen.clear()
    assert made(tmp_path) == whole and seen == []
    keep(work(77, 130, 120), tmp_path / "works" / "3.png")
    os.utime(tmp_path / "works" / "3.png", ns=(1, 1))
    (tmp_path / "works" / "4.png").unlink()
    assert len(made(tmp_path).items) == 8 and seen == ["3.png"]


def test_a_process_killed_in_the_middle_goes_on_to_the_same_manifest(tmp_path: Path) -> None:
    for number in range(90):
        keep(work(number, 100, 98), tmp_path / "works" / f"{number:03}.png")
    code = (
        "import os, sys; from pathlib import Path\n"
        "from gesso_training.corpora import collect; from gesso_training.corpora.catalogue import Catalogue\n"
        "from gesso_training.corpora.pool import Pool; from tests.training.corpora.sets import folder_set\n"
        "root, read = Path(sys.argv[1]), collect.read\n"
        "collect.read = lambda task: os.kill(os.getpid(), 9) if task.ordinal == 80 else read(task)\n"
        "with Catalogue(root / 'runs' / 'catalogue.sqlite') as c, Pool(1) as p:\n"
        "    collect.collect(folder_set('works'), root, c, p)\n"
    )
    if os.name == "posix":
        done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=Path(__file__).parents[3])
        assert done.returncode == -9
    with Catalogue(tmp_path / "runs" / "catalogue.sqlite") as catalogue:
        assert catalogue.count("1") == (collecting.EVERY if os.name == "posix" else 0)
    assert len(made(tmp_path).items) == 90


def test_memory_does_not_grow_with_the_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading and writing down: the same peak for many pictures as for few."""
    picture = keep(work(1, 256, 200), tmp_path / "picture.jpg").read_bytes()
    monkeypatch.setattr(collecting, "SMALLEST_WITH_PARTS_PX", 1000)  # the looking for parts is timed elsewhere

    def peak(count: int) -> int:
        folder = tmp_path / str(count) / "works"
        folder.mkdir(parents=True)
        for number in range(count):
            (folder / f"{number:05}.jpg").write_bytes(picture + bytes([number % 256, number // 256]))
        with Catalogue(tmp_path / f"{count}.sqlite") as catalogue, Pool(2) as pool:
            tracemalloc.start()
            try:
                collecting.collect(folder_set("works"), tmp_path / str(count), catalogue, pool)
                assert sum(1 for _ in catalogue.listed()) == count
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

    few, many = peak(40), peak(400)
    assert many < 1.5 * few + 1_500_000, (few, many)


def test_bad_folders_are_one_sentence_each(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"there is no folder works\."):
        made(tmp_path)
    (tmp_path / "works").mkdir()
    with pytest.raises(ValueError, match=r"^The set 'works' has no pictures in .*works\.$"):
        made(tmp_path)
    (tmp_path / "works" / "a.png").write_bytes(b"nothing")
    with pytest.raises(ValueError, match=r"None of the 1 pictures of 'works' can be used; a\.png: cannot be decoded"):
        made(tmp_path)


def test_a_class_without_pictures_is_named(tmp_path: Path) -> None:
    keep(work(1), tmp_path / "works" / "a.png")
    with pytest.raises(ValueError, match=r"^The class 'cat' of 'works' has no picture to learn from\.$"):
        made(tmp_path, folder_set("works", labels=("cat",)))


def test_a_full_disk_is_one_sentence_and_the_work_goes_on_later(tmp_path: Path) -> None:
    for number in range(6):
        keep(work(number, 200, 180), tmp_path / "works" / f"{number}.png")
    with Catalogue(tmp_path / "runs" / "catalogue.sqlite") as catalogue, Pool(1) as pool:
        pages = catalogue.db.execute("PRAGMA page_count").fetchone()[0]
        catalogue.db.execute(f"PRAGMA max_page_count={pages + 20}")
        with pytest.raises(ValueError, match=r"is full; make room and run the same command again, it goes on\.$"):
            prepare(SET, tmp_path, catalogue, pool)
    assert len(made(tmp_path).items) == 6


def test_a_manifest_that_cannot_be_written_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(work(1), tmp_path / "works" / "a.png")
    before = made(tmp_path)
    keep(work(2), tmp_path / "works" / "b.png")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left") as trouble:
        made(tmp_path)
    assert str(trouble.value.filename).endswith("manifest.json")
    assert Manifest.read(tmp_path / "runs" / "manifest.json") == before
    assert not list((tmp_path / "runs").glob(".*part"))


def test_a_damaged_catalogue_is_begun_anew_and_a_damaged_manifest_is_named(tmp_path: Path) -> None:
    keep(work(1), tmp_path / "works" / "a.png")
    before = made(tmp_path)
    (tmp_path / "runs" / "catalogue.sqlite").write_bytes(b"this is no database" * 900)
    assert made(tmp_path) == before
    file = tmp_path / "runs" / "manifest.json"
    for text in ("{", "[]", '{"items": 3}', json.dumps({"items": [{"name": 1}], "dropped": []})):
        file.write_text(text)
        with pytest.raises(ValueError, match="is no manifest of a set"):
            Manifest.read(file)


def test_dasks_workers_make_the_same_manifest(tmp_path: Path) -> None:
    """A scheduler and two workers in a process of their own, so that no socket is opened in this one."""
    for number in range(6):
        keep(work(number, 200, 180), tmp_path / "works" / f"{number}.png")
    keep(part(work(0, 200, 180), 0.8), tmp_path / "works" / "part.png")
    code = (
        "import sys; from pathlib import Path; from distributed import LocalCluster\n"
        "from gesso_training.corpora.catalogue import Catalogue; from gesso_training.corpora.pool import Pool\n"
        "from gesso_training.corpora.manifest import prepare, write\n"
        "from tests.training.corpora.sets import folder_set\n"
        "if __name__ == '__main__':\n"
        "    root = Path(sys.argv[1])\n"
        "    with LocalCluster(n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None,\n"
        "                      protocol='tcp://', host='127.0.0.1') as cluster:\n"
        "        assert cluster.scheduler_address.startswith('tcp://')\n"
        "        with Catalogue(root / 'dask.sqlite') as c, Pool(scheduler=cluster.scheduler_address) as pool:\n"
        "            assert pool.workers == 2\n"
        "            write(prepare(folder_set('works'), root, c, pool), [], root / 'dask.json')\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=Path(__file__).parents[3],
                          capture_output=True, text=True, timeout=200)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert Manifest.read(tmp_path / "dask.json") == made(tmp_path)


def test_a_scheduler_that_does_not_answer_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import distributed

    def nobody(*_: object, **__: object) -> None:
        raise OSError("Timed out trying to connect to tcp://127.0.0.1:9 after 10 s")

    monkeypatch.setattr(distributed, "Client", nobody)
    with pytest.raises(ValueError, match=r"^No scheduler of Dask answers at tcp://127\.0\.0\.1:9; start one"):
        Pool(scheduler="tcp://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ValueError, match="Dask is not installed here"):
        Pool(scheduler="tcp://127.0.0.1:9")
