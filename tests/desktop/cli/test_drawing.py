"""Tools that draw lines, from the shell: pixels or paths, by the name of the result."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest
from PIL import Image

from gesso.files.xmp import parse
from tests.desktop.cli.conftest import Answer, World

Typed = Callable[..., Answer]


pytestmark = pytest.mark.usefixtures("world")


def photo(name: str = "photo 照片.png") -> Path:
    """A soft dark ring on white."""
    colour = np.full((120, 120, 3), 255, np.uint8)
    cv2.circle(colour, (60, 60), 40, (0, 0, 0), 2)
    Image.fromarray(cv2.GaussianBlur(colour, (0, 0), 1.2)).save(name)
    return Path(name)


def test_lines_come_as_pixels_or_as_paths(gesso: Typed, world: World) -> None:
    run = ("tool", "run", "painting.line_art", photo(), "--line-weight", "8", "--detail", "0.5", "--clean-up", "0.2")
    answer = gesso(*run, "-o", "out.png", "--json")
    assert answer.code == 0 and answer.json["model"] == "line-art"
    with Image.open("out.png") as found:
        assert found.mode == "RGBA" and found.getpixel((60, 60))[3] == 0 and found.getpixel((20, 60))[3] > 100
    answer = gesso(*run, "-o", "deep/out.svg", "--author", "李白", "--json")
    assert answer.code == 0 and answer.json["knobs"]["clean_up"] == 0.2
    text = Path("deep/out.svg").read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    assert list(root.iter("{http://www.w3.org/2000/svg}path"))
    said = parse(text[text.index("<x:xmpmeta") : text.index("</metadata>")].encode())
    assert [record.tool for record in said.records] == ["painting.line_art"] and said.credit.author == "李白"


def test_a_drawing_that_is_there_is_replaced_only_when_asked(gesso: Typed, world: World) -> None:
    run = ("tool", "run", "painting.line_art", photo(), "-o", "out.svg")
    assert gesso(*run).code == 0
    Path("out.svg").write_text("mine", encoding="utf-8")
    assert gesso(*run).code != 0 and Path("out.svg").read_text(encoding="utf-8") == "mine"
    assert gesso(*run, "--force").code == 0 and "<path" in Path("out.svg").read_text(encoding="utf-8")


def test_a_folder_becomes_a_folder_of_drawings(gesso: Typed, world: World) -> None:
    Path("in").mkdir()
    for name in ("a", "b"):
        photo(f"in/{name}.png")
    assert gesso("tool", "run", "painting.line_art", "in", "-o", "out", "--format", "svg").code == 0
    assert sorted(file.name for file in Path("out").glob("*.svg")) == ["a.svg", "b.svg"]


def test_tools_that_draw_no_lines_write_no_paths(gesso: Typed, world: World) -> None:
    answer = gesso("tool", "run", "painting.upscale", photo(), "-o", "out.svg")
    assert answer.code != 0 and ".svg" in answer.err and not Path("out.svg").exists()


def test_the_drawing_reads_back_as_the_lines(gesso: Typed, world: World) -> None:
    assert gesso("tool", "run", "painting.line_art", photo(), "-o", "lines.svg", "--line-weight", "15").code == 0
    assert gesso("tool", "run", "painting.upscale", "lines.svg", "-o", "lines.png").code == 0
    with Image.open("lines.png") as found:
        assert found.size == (240, 240) and found.convert("RGBA").getpixel((40, 120))[3] > 60
