"""Folders of pictures: all of them, none twice, going on after a kill, and never `finished` when some are missing."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from gesso.cli.batch import LEDGER
from tests.desktop.cli.conftest import Answer, World, paint, pixels, upscale
from tests.packages import convolution, tiling

Typed = Callable[..., Answer]
RUN = ("tool", "run", "painting.upscale")
FIRST_LINE = "from gesso.cli.main import main; print('here', flush=True); raise SystemExit(main())"


def ledger(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / LEDGER).read_text(encoding="utf-8").splitlines()]


def shelf_of_slow_models(world: World) -> None:
    """Fast in its golden sample, about half a second for a picture of 300 x 300."""
    shutil.rmtree(world.models / "upscale-x2-best")
    upscale(world.models, world.private, model=convolution(15, 6, 2), tiling=tiling(scale=2, halo_px=42, tile_px=4096))


def test_a_folder_goes_through_with_its_names(gesso: Typed) -> None:
    paint(Path("in/one.png"))
    paint(Path("in/下 below/two.JPG"))
    paint(Path("in/three.gif"), mode="P")
    paint(Path("in/.hidden/four.png"))
    Path("in/notes.txt").write_text("no picture")
    answer = gesso(*RUN, "in", "-o", "out")
    assert answer.code == 0 and "Finished: all 3 pictures" in answer.out
    made = {path.relative_to("out").as_posix() for path in Path("out").rglob("*") if path.is_file()}
    assert made == {"one.png", "下 below/two.JPG", "three.png", LEDGER}
    assert pixels("out/下 below/two.JPG").shape == (32, 48, 3)
    assert all(entry["seconds"] > 0 for entry in ledger(Path("out")) if entry["state"] == "done")


def test_a_second_run_does_only_what_is_new(gesso: Typed) -> None:
    for name in ("a.png", "b.png"):
        paint(Path("in") / name)
    assert gesso(*RUN, "in", "-o", "out").code == 0
    before = Path("out/a.png").stat().st_mtime_ns
    paint(Path("in/c.png"))
    answer = gesso(*RUN, "in", "-o", "out")
    assert answer.code == 0 and answer.out.count("finished before\n") == 2 and Path("out/c.png").exists()
    assert Path("out/a.png").stat().st_mtime_ns == before
    os.remove("out/b.png")
    said = gesso(*RUN, "in", "-o", "out", "--json").json
    assert (said["done"], said["skipped"], said["failed"], said["left"]) == (1, 2, 0, 0)


def test_other_settings_are_other_work(gesso: Typed) -> None:
    paint(Path("in/a.png"))
    assert gesso(*RUN, "in", "-o", "out").code == 0
    answer = gesso(*RUN, "in", "-o", "out", "--quality", "fast")
    assert answer.code == 1 and "already there" in answer.err and "Finished" not in answer.out
    assert gesso(*RUN, "in", "-o", "out", "--quality", "fast", "--force").code == 0


def test_a_changed_picture_is_done_again_and_a_changed_style_too(gesso: Typed) -> None:
    paint(Path("in/a.png"))
    paint(Path("style.png"), (256, 256))
    command = ("tool", "run", "painting.stylise", "in", "-o", "out", "--style", "style.png", "--json", "--force")
    assert gesso(*command).json["done"] == 1
    assert gesso(*command).json["skipped"] == 1
    paint(Path("in/a.png"), (30, 20))
    assert gesso(*command).json["done"] == 1
    paint(Path("style.png"), (300, 256))
    assert gesso(*command).json["done"] == 1


def test_one_that_fails_does_not_stop_the_others(gesso: Typed) -> None:
    paint(Path("in/a.png"))
    Path("in/b.png").write_bytes(b"\x89PNG\r\n\x1a\n nothing more")
    paint(Path("in/c.png"))
    answer = gesso(*RUN, "in", "-o", "out")
    assert answer.code == 1 and "b.png: " in answer.err and "1 failed" in answer.err and "Finished" not in answer.out
    assert Path("out/a.png").exists() and Path("out/c.png").exists() and not Path("out/b.png").exists()
    assert [entry["state"] for entry in ledger(Path("out")) if entry["input"] == "b.png"][-1] == "failed"
    paint(Path("in/b.png"))
    said = gesso(*RUN, "in", "-o", "out", "--json").json
    assert (said["done"], said["skipped"]) == (1, 2)


def test_a_fault_of_our_own_in_one_does_not_stop_the_others(gesso: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    from gesso.tools.studio import Studio

    paint(Path("in/a.png"))
    paint(Path("in/b.png"), (7, 7))
    plain = Studio.apply

    def broken(studio: Studio, tool: object, picture: object, *more: object) -> object:
        if picture.size.width == 7:
            raise KeyError("a bug")
        return plain(studio, tool, picture, *more)

    monkeypatch.setattr(Studio, "apply", broken)
    said = gesso(*RUN, "in", "-o", "out", "--json").json
    assert (said["done"], said["failed"]) == (1, 1)


def test_several_pictures_and_a_format(gesso: Typed) -> None:
    paint(Path("a.png"))
    paint(Path("b.jpg"))
    assert gesso(*RUN, "a.png", "b.jpg", "-o", "out", "--format", "tif").code == 0
    assert pixels("out/a.tif").shape == pixels("out/b.tif").shape == (32, 48, 3)
    assert gesso(*RUN, "a.png", "b.jpg", "-o", "out", "--format", "docx").code == 1
    assert gesso(*RUN, "a.png", "b.jpg", "-o", "a.png").code == 1


def test_two_results_of_one_name_are_refused_before_anything_is_written(gesso: Typed) -> None:
    paint(Path("in/a.png"))
    paint(Path("in/a.jpg"))
    answer = gesso(*RUN, "in", "-o", "out", "--format", "png")
    assert answer.code == 1 and "both become a.png" in answer.err and not Path("out").exists()


def test_results_inside_the_folder_are_not_taken_for_pictures(gesso: Typed) -> None:
    paint(Path("in/a.png"))
    for _ in range(2):
        assert gesso(*RUN, "in", "-o", "in/out").code == 0
    assert not Path("in/out/out").exists()


def test_an_empty_folder_is_said(gesso: Typed) -> None:
    Path("in").mkdir()
    answer = gesso(*RUN, "in", "-o", "out")
    assert answer.code == 1 and "no picture" in answer.err and not Path("out").exists()


def test_a_torn_ledger_is_read_as_far_as_it_goes(gesso: Typed) -> None:
    for name in ("a.png", "b.png"):
        paint(Path("in") / name)
    assert gesso(*RUN, "in", "-o", "out").code == 0
    file = Path("out") / LEDGER
    file.write_bytes(file.read_bytes()[:-30] + b"\xff")
    answer = gesso(*RUN, "in", "-o", "out")
    assert answer.code == 0 and answer.out.count("finished before\n") == 1
    assert all(line.startswith(b"{") for line in file.read_bytes().splitlines() if not line.endswith(b"\xff"))


def wait_for(process_is: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not process_is():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)


def test_a_killed_run_goes_on_where_it_was(gesso: Typed, world: World) -> None:
    shelf_of_slow_models(world)
    for number in range(4):
        paint(Path(f"in/{number}.png"), (300, 300))
    process = world.start(*RUN, "in", "-o", "out")
    file = Path("out") / LEDGER
    wait_for(lambda: file.exists() and file.read_text().count('"done"') >= 1 and file.read_text().count('"begun"') >= 2)
    process.kill()
    process.communicate()
    done = file.read_text().count('"done"')
    assert 1 <= done < 4
    Path("out/.gesso-4194304-abcd.part").write_bytes(b"left by one that was killed")  # above every process number
    answer = gesso(*RUN, "in", "-o", "out")
    assert answer.code == 0 and answer.out.count("finished before\n") == done
    assert "Finished: all 4" in answer.out
    assert sorted(path.name for path in Path("out").iterdir()) == sorted([*(f"{n}.png" for n in range(4)), LEDGER])


def test_a_kill_between_writing_and_the_ledger_loses_nothing(gesso: Typed) -> None:
    paint(Path("in/a.png"))
    assert gesso(*RUN, "in", "-o", "out").code == 0
    file = Path("out") / LEDGER
    file.write_text("".join(line + "\n" for line in file.read_text().splitlines() if '"done"' not in line))
    assert gesso(*RUN, "in", "-o", "out").code == 0, "a result that the ledger began is ours to write again"


@pytest.mark.parametrize("inputs", [["big.png"], ["big.png", "small.png"]])
def test_ctrl_c_waits_for_no_worker_and_leaves_nothing_half_written(world: World, inputs: list[str]) -> None:
    shelf_of_slow_models(world)
    paint(Path("big.png"), (2500, 2500))
    paint(Path("small.png"))
    output = "out" if len(inputs) > 1 else "out.png"
    process = world.start(*RUN, *inputs, "-o", output, "--device", "cpu")
    wait_for(lambda: bool(children_of(process.pid)))
    time.sleep(2.0)  # in the middle of the network, or of opening it
    assert process.poll() is None
    workers = [psutil.Process(pid) for pid in children_of(process.pid)]
    for worker in workers:
        worker.suspend()  # what it does never comes to an end by itself: whoever waited for it would wait for ever
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the worker as well
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130 and "Cancelled" in err and "Traceback" not in err
    assert "Finished" not in err
    assert not list(Path().rglob("*.part")) and not list(Path().rglob("out*.png"))
    assert not any(worker.is_running() and worker.status() != psutil.STATUS_ZOMBIE for worker in workers)


@pytest.mark.parametrize("seconds", [0.02, 0.1, 0.2, 0.4])
def test_ctrl_c_at_the_very_start_ends_without_a_traceback(world: World, seconds: float) -> None:
    """From our first line on; what comes before it is Python's own."""
    shelf_of_slow_models(world)
    paint(Path("big.png"), (2500, 2500))
    process = subprocess.Popen(
        [sys.executable, "-c", FIRST_LINE, *RUN, "big.png", "-o", "out.png"], env=world.environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None and process.stdout.readline() == "here\n"
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode in (130, -signal.SIGINT) and "Traceback" not in err
    assert not Path("out.png").exists()


def children_of(pid: int) -> list[int]:
    return [child.pid for child in psutil.Process(pid).children(recursive=True) if "spawn" in " ".join(child.cmdline())]
