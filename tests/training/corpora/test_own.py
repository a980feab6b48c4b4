"""A person's own works as a set, and what their studio remembers of proposals."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gesso_training import cli, terms
from gesso_training.corpora import behaviour, own
from gesso_training.corpora.manifest import Manifest
from tests.training.corpora.drawings import keep, pixels, work
from tests.training.corpora.test_archives import packed

Told = Callable[..., tuple[int, str, str]]


@pytest.fixture
def told(tmp_path: Path, own_manifests: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    """`gesso-train data` with a data folder of its own: exit code, what it printed, what it complained of."""

    def run(*words: object) -> tuple[int, str, str]:
        places = ["--data", str(tmp_path / "data"), "--runs", str(tmp_path / "runs"), "--workers", "2"]
        code = cli.main(["data", *map(str, words), *places])
        return (code, *capsys.readouterr())

    return run


def works(folder: Path, count: int = 4) -> Path:
    for number in range(count):
        keep(work(number, 200, 170), folder / f"画 {number}.png")
    return folder


def test_a_folder_of_works_becomes_a_set_that_training_reads_as_any_other(tmp_path: Path, told: Told) -> None:
    folder, data = works(tmp_path / "my works"), tmp_path / "data"
    keep(work(3, 200, 170).resize((160, 136)), folder / "sub" / "again.jpg", quality=70)
    (folder / "notes.txt").write_text("no picture")
    (folder / ".hidden.png").write_bytes(b"")
    code, out, err = told("ingest", folder, "--as", "my-works", "--terms", "attribution", "--credit", "Ada")
    assert code == 0, err
    assert "my-works: 4 pictures" in out and "dropped sub/again.jpg: shows what 画 3.png shows" in out
    made = Manifest.read(data / "sets" / "my-works" / "manifest.json")
    assert {item.credit for item in made.items} == {"Ada"} and terms.present(data)[-1] == "my-works"
    for split in ("train", "validation", "test"):
        wanted = {item.file for item in made.items if item.split == split}
        read = dict(terms.pictures("my-works", split, ("free", "attribution"), data))
        assert set(read) == wanted
        assert all((read[f"画 {n}.png"] == pixels(work(n, 200, 170))).all() for n in range(4) if f"画 {n}.png" in read)
    assert list(terms.pictures("my-works", "train", ("free",), data)) == []
    assert terms.card_entries(["my-works"], ("attribution",), data)[0]["terms"] == "attribution"
    assert (folder / "notes.txt").exists() and len(list(folder.iterdir())) == 7


def test_works_in_an_archive_are_read_in_a_stream(tmp_path: Path, told: Told) -> None:
    files = {path.name: path.read_bytes() for path in works(tmp_path / "works").iterdir()}
    code, out, err = told("ingest", packed(tmp_path / "works.zip", files), "--as", "zipped", "--terms", "free")
    assert code == 0 and "zipped: 4 pictures" in out, err
    data = tmp_path / "data"
    read = [name for split in ("train", "validation", "test") for name, _ in terms.pictures("zipped", split, ("free",), data)]  # fmt: skip
    assert sorted(read) == sorted(files)
    packed(tmp_path / "works.zip", {**files, "new.png": b"x"})
    with pytest.raises(ValueError, match=r"works\.zip is not what its manifest knows"):
        list(terms.pictures("zipped", "train", ("free",), data))


def test_cleaned_copies_and_a_page_are_written_where_they_are_asked_for(tmp_path: Path, told: Told) -> None:
    told("ingest", works(tmp_path / "works"), "--as", "mine", "--terms", "free")
    code, out, err = told("clean", "mine", "--out", tmp_path / "clean", "--largest", "100")
    assert code == 0 and "4 cleaned copies" in out, err
    copies = list((tmp_path / "clean" / "mine").rglob("*.png"))
    assert len(copies) == 4 and {path.parent.name for path in copies} <= {"train", "validation", "test"}
    code, out, err = told("report", "mine", "--out", tmp_path / "page")
    assert code == 0, err
    page = (tmp_path / "page" / "mine.html").read_text(encoding="utf-8")
    assert "<script" not in page and "http" not in page.replace("http-equiv", "") and "data:image/jpeg" in page
    assert "works of the person who trains with them" in page and (tmp_path / "page" / "mine.png").stat().st_size > 1000


def test_classes_come_from_folders_or_from_a_list(tmp_path: Path, told: Told) -> None:
    folder = tmp_path / "works"
    for number in range(14):
        keep(work(number, 110, 104), folder / ("ink" if number % 2 else "oil") / f"{number}.png")
    assert told("ingest", folder, "--as", "sorted", "--terms", "free", "--labels", "folders")[0] == 0
    found = {label for label, _ in terms.labelled("sorted", "train", ("free",), tmp_path / "data")}
    assert found == {"ink", "oil"}
    (folder / "empty").mkdir()
    code, _, err = told("ingest", folder, "--as", "sorted", "--terms", "free", "--labels", "folders")
    assert code == 1 and "The class 'empty' of 'sorted' has no picture to learn from." in err
    (folder / "labels.csv").write_text("file,label\noil/0.png,oil\n", encoding="utf-8")
    code, _, err = told("ingest", folder, "--as", "listed", "--terms", "free", "--labels", "file")
    assert code == 1 and "labels.csv has 1 labels, but ink/1.png has none" in err
    (folder / "labels.csv").write_text("oil/0.png\n", encoding="utf-8")
    code, _, err = told("ingest", folder, "--as", "listed", "--terms", "free", "--labels", "file")
    assert code == 1 and err.rstrip().endswith("does not name a file and its class.")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("holiday",), "There is no set 'holiday'; known are"),
        (("./works",), "Say how ./works is to be called and on what terms"),
        (("./gone", "--as", "a", "--terms", "free"), "There is no folder or archive"),
        (("./works", "--as", "A B", "--terms", "free"), "'A B' cannot name a set"),
        (("./works", "--as", "photos", "--terms", "free"), "'photos' is the name of a declared set"),
        (("./works/one.txt", "--as", "a", "--terms", "free"), "one.txt is no folder and no archive"),
        (("./works", "--as", "a", "--terms", "free"), "The set 'a' has no pictures in"),
        (("./works", "--feedback"), "Say which exports become which set"),
    ],
)
def test_what_cannot_become_a_set_is_one_sentence(
    words: tuple[str, ...], sentence: str, tmp_path: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "works").mkdir()
    (tmp_path / "works" / "one.txt").write_text("x")
    code, _, err = told("ingest", *words)
    assert code == 1 and sentence in err and err.count("\n") == 1 and "Traceback" not in err


def test_sets_of_ones_own_never_lie_in_the_repository(tmp_path: Path, told: Told) -> None:
    inside = Path(terms.__file__).parent
    code, _, err = told("ingest", works(tmp_path / "w", 1), "--as", "a", "--terms", "free", "--out", inside)
    assert code == 1 and "lies in the repository" in err and not (inside / "a").exists()


def test_a_recipe_that_names_a_set_for_judging_is_refused(tmp_path: Path, told: Told) -> None:
    assert told("ingest", works(tmp_path / "w"), "--as", "bench", "--terms", "judging-only")[0] == 0
    with pytest.raises(ValueError, match="The set 'bench' may only be judged with; take it out"):
        terms.admit("bench", "train", ("free", "attribution"), tmp_path / "data")
    assert all(item.split == "test" for item in terms.admit("bench", "test", ("judging-only",), tmp_path / "data"))


def test_a_set_on_a_disk_that_is_not_here_is_passed_over(tmp_path: Path, told: Told) -> None:
    folder = works(tmp_path / "w", 1)
    assert told("ingest", folder, "--as", "away", "--terms", "free")[0] == 0
    folder.rename(tmp_path / "elsewhere")
    assert "away" not in own.declared(tmp_path / "data")
    (tmp_path / "data" / "sets" / "away" / "set.json").write_text("[1]")
    with pytest.raises(ValueError, match="declares no set"):
        own.declared(tmp_path / "data")


# --- proposals ---


def record(id: int, verdict: str | None = "kept", **more: Any) -> dict[str, Any]:
    """As the studio exports it."""
    return {
        "id": id, "made": "2026-11-25T09:30:00Z", "gesso": "0.3.0", "tool": "painting.stylise", "model": "stylise",
        "model_version": "0.4.0", "knobs": {"strength": 0.7}, "seed": id, "verdict": verdict,
        "seconds": None if verdict is None else 2.5, "has_picture": False, "consent": True, **more,
    }  # fmt: skip


def export(path: Path, *records: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(entry) + "\n" for entry in records), encoding="utf-8")
    return path


def test_exports_become_a_set_and_what_was_erased_is_gone_from_the_next_build(tmp_path: Path) -> None:
    file, sets = tmp_path / "export.jsonl", tmp_path / "sets"
    export(
        file,
        record(1),
        record(2, "edited"),
        record(3, "rejected", seed=424242),
        record(4, None),
        record(5, consent=False),
        record(6, consent=None),
    )
    made = behaviour.build([file], "mine", sets)
    assert (made.records, made.undecided, made.refused) == (3, 1, 2)
    assert made.verdicts == {"kept": 1, "edited": 1, "rejected": 1}
    assert [entry["verdict"] for entry in behaviour.read(sets / "mine")] == ["kept", "edited", "rejected"]
    assert all("id" not in entry and entry["made"] == "2026-11-25" for entry in behaviour.read(sets / "mine"))
    export(file, record(1))
    assert behaviour.build([file], "mine", sets).digest != made.digest
    assert len(list(behaviour.read(sets / "mine"))) == 1
    assert not any(b"424242" in path.read_bytes() for path in sets.rglob("*") if path.is_file())


def test_several_exports_make_one_set_and_the_same_twice_counts_once(tmp_path: Path) -> None:
    export(tmp_path / "a.jsonl", record(1), record(2))
    export(tmp_path / "b.jsonl", record(1), record(2), record(3))
    made = behaviour.build([tmp_path], "mine", tmp_path / "sets")
    assert (made.exports, made.records, made.repeated) == (2, 3, 2)


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"id": 1}', json.dumps(record(1, "loved")), json.dumps(record(1, seconds=-1)), "\udc80" * 3]
)
def test_a_line_that_is_no_record_is_named_and_the_last_build_stays(line: str, tmp_path: Path) -> None:
    file = export(tmp_path / "export.jsonl", record(1))
    behaviour.build([file], "mine", tmp_path / "sets")
    file.write_bytes(file.read_bytes() + line.encode("utf-8", "surrogateescape"))
    with pytest.raises(ValueError, match=r"^Line 2 of export\.jsonl is no record of the studio; export it again\.$"):
        behaviour.build([file], "mine", tmp_path / "sets")
    assert len(list(behaviour.read(tmp_path / "sets" / "mine"))) == 1


def test_an_empty_export_and_a_changed_set_are_one_sentence(tmp_path: Path) -> None:
    assert behaviour.build([export(tmp_path / "a.jsonl", record(1, None))], "mine", tmp_path / "sets").records == 0
    with pytest.raises(FileNotFoundError, match="There is no export"):
        behaviour.build([tmp_path / "gone.jsonl"], "mine", tmp_path / "sets")
    behaviour.build([export(tmp_path / "a.jsonl", record(1))], "mine", tmp_path / "sets")
    (tmp_path / "sets" / "mine" / "records.jsonl").write_text(json.dumps(record(9)) + "\n")
    with pytest.raises(ValueError, match="is not what its manifest knows"):
        list(behaviour.read(tmp_path / "sets" / "mine"))
