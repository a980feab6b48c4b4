"""SVG: drawn sharp at any size, from nothing but itself, and bad drawings are refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gesso.files import apart, pictures, svg
from gesso.values import Cancelled, Progress, Size, Trouble

HEAD = (
    '<?xml version="1.0"?><!-- 画 --><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
)
LEFT = '<rect width="5" height="10" fill="#c81e0a"/>'


def drawing(path: Path, inside: str = LEFT, attributes: str = 'width="10" height="10"') -> Path:
    path.write_text(f"{HEAD} {attributes}>{inside}</svg>", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "attributes, size",
    [
        ('width="10" height="20"', (10, 20)), ('width="1in" height="25.4mm"', (96, 96)),
        ('viewBox="0 0 40 30"', (40, 30)), ('viewBox="0 0 40 30" width="100%" height="100%"', (40, 30)),
        ('viewBox="0,0,40,30" width="80"', (80, 60)), ('viewBox="0 0 40 30" height="72pt"', (128, 96)),
        ("", (512, 512)), ('width="0" height="-4"', (512, 512)),
    ],
)  # fmt: skip
def test_its_own_size(attributes: str, size: tuple[float, float]) -> None:
    assert svg.measured(f"{HEAD} {attributes}/>") == pytest.approx(size)


@pytest.mark.parametrize("attributes", ['viewBox="0 0 a b"', 'width="1e300"', 'viewBox="0 0 nan 3"'])
def test_sizes_that_are_none(attributes: str) -> None:
    try:
        assert svg.measured(f"{HEAD} {attributes}/>") == (512, 512)
    except ValueError as error:
        assert str(error)


def test_drawn_with_alpha_at_any_size(tmp_path: Path) -> None:
    path = drawing(tmp_path / "画 a.svg")
    facts, own = pictures.probe(path), pictures.read(path)
    assert (facts.size, facts.format, own.picture.size) == (Size(10, 10), "SVG", Size(10, 10)) and not own.notes
    large = pictures.read(path, fit=Size(400, 300)).picture
    assert large.size == Size(300, 300) and large.alpha is not None
    assert (large.colour[:, :149] == (200, 30, 10)).all() and (large.alpha[:, :149] == 255).all()
    assert not large.alpha[:, 151:].any(), "sharp, not a small picture made larger"


def test_half_clear_colours_are_straight(tmp_path: Path) -> None:
    path = drawing(tmp_path / "a.svg", '<rect width="10" height="10" fill="#ff8000" fill-opacity="0.5"/>')
    found = pictures.read(path).picture
    assert found.alpha is not None and abs(int(found.alpha[5, 5]) - 128) <= 1
    assert np.abs(found.colour[5, 5].astype(int) - (255, 128, 0)).max() <= 2


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_other_encodings(tmp_path: Path, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding[:6]}"?>' + HEAD[21:] + f' width="10" height="10">{LEFT}</svg>'
    (tmp_path / "a.svg").write_bytes(text.encode(encoding))
    assert (pictures.read(tmp_path / "a.svg").picture.colour[5, 2] == (200, 30, 10)).all()


@pytest.mark.parametrize("name", ["href", "xlink:href"])
@pytest.mark.parametrize("quote", ['"', "'"])
def test_it_shows_no_other_file(tmp_path: Path, name: str, quote: str) -> None:
    """A drawing from anywhere must not put what lies on this disk into a painting."""
    pictures.write(pictures.Picture(np.full((10, 10, 3), 90, np.uint8)), tmp_path / "secret.png")
    there = f"{name}={quote}{tmp_path / 'secret.png'}{quote}"
    path = drawing(tmp_path / "a.svg", f'<image width="10" height="10" {there}/>')
    found = pictures.read(path).picture
    assert found.alpha is not None and not found.alpha.any()


def test_its_own_pictures_and_shapes_used_twice_are_shown(tmp_path: Path) -> None:
    inside = f'<defs><g id="a">{LEFT}</g></defs><use href="#a" x="5"/>'
    found = pictures.read(drawing(tmp_path / "a.svg", inside)).picture
    assert found.alpha is not None and found.alpha[5, 7] == 255 and found.alpha[5, 2] == 0


BAD = [
    f"{HEAD} width='10' height='10'>{LEFT}", f"{HEAD}", f"{HEAD} width='1e300'/>", '<?xml version="1.0"?><html><svg/></html>',
    '<?xml version="1.0"?><!DOCTYPE svg [' + "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "a" * 50}">' for n in range(12)
    ) + f']>{HEAD[21:]} width="10" height="10"><text>&e11;</text></svg>',
]  # fmt: skip


@pytest.mark.parametrize("content", BAD)
def test_bad_drawings(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.svg").write_text(content, encoding="utf-8")
    with pytest.raises(Trouble, match=r"damaged|not a picture|came to a stop|megapixels") as caught:
        pictures.read(tmp_path / "a.svg")
    assert caught.value.safe


def test_a_drawing_that_takes_for_ever_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shapes that use shapes that use shapes: small to write, endless to draw."""
    levels = "".join(f'<g id="g{n}">' + f'<use href="#g{n - 1}"/>' * 10 + "</g>" for n in range(1, 12))
    path = drawing(tmp_path / "a.svg", f'<defs><g id="g0">{LEFT}</g>{levels}</defs><use href="#g11"/>')
    monkeypatch.setattr(apart, "SILENCE_SECONDS", 3.0)
    try:
        pictures.read(path)
    except Trouble as trouble:
        assert "came to a stop" in str(trouble) or "memory" in str(trouble) or "damaged" in str(trouble)
    with pytest.raises(Cancelled):
        pictures.read(path, progress=Progress(cancelled=lambda: True))
