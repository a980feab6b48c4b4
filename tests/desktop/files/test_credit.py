"""Whose a picture is: said by somebody, written into every format, read back, and never made up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gesso.documents.painting import Credit, Painting
from gesso.files import paintings, pictures, pictures_apart, project
from gesso.files.pictures import WRITABLE
from gesso.files.xmp import credited, packet, parse
from gesso.values import Picture, Size
from tests.desktop.files.painted import RECORD, layer, painting

CREDIT = Credit("林风眠; Ada & <Lovelace>", "© 2026 林风眠, alle Rechte “vorbehalten”", "鹭")
SIZE = Size(30, 20)


def picture() -> Picture:
    return Picture(np.full((9, 12, 3), 90, np.uint8))


@pytest.mark.parametrize("records", [(), (RECORD,)])
@pytest.mark.parametrize("suffix", WRITABLE)
def test_every_format_carries_it_and_gives_it_back(tmp_path: Path, suffix: str, records: tuple) -> None:
    path = tmp_path / f"a{suffix}"
    pictures.write(picture(), path, provenance=records, credit=CREDIT)
    origin = pictures.read_provenance(path)
    assert origin.credit == CREDIT and origin.records == records
    assert bool(origin.source_type) == bool(records), "a name says nothing of how a picture was made"
    assert b"purl.org/dc/elements" in path.read_bytes(), "in plain text, for other programs"
    if suffix in pictures.READABLE:
        assert pictures.read(path).origin.credit == CREDIT
        opened = paintings.read(path).painting
        assert opened.credit == CREDIT and opened.layers()[0].provenance == records


@pytest.mark.parametrize("suffix", WRITABLE)
def test_nobody_is_named_unasked(tmp_path: Path, suffix: str) -> None:
    pictures.write(picture(), tmp_path / f"a{suffix}")
    content = (tmp_path / f"a{suffix}").read_bytes()
    assert b"creator" not in content and b"/Author" not in content and b"dc:" not in content
    assert pictures.read_provenance(tmp_path / f"a{suffix}").credit == Credit()


def test_others_find_it(tmp_path: Path) -> None:
    for suffix in (".png", ".jpg", ".webp", ".tif"):
        pictures.write(picture(), tmp_path / f"a{suffix}", credit=Credit("Ada; 林", "© Ada", "Heron"))
        with Image.open(tmp_path / f"a{suffix}") as image:
            image.load()
            found = image.getxmp()["xmpmeta"]["RDF"]["Description"]
        assert found["creator"]["Seq"]["li"] == ["Ada", "林"]
        assert found["rights"]["Alt"]["li"] == {"lang": "x-default", "text": "© Ada"}
    pictures.write(picture(), tmp_path / "a.pdf", credit=Credit("Ada", "", "鹭"))
    content = (tmp_path / "a.pdf").read_bytes()
    assert b"/Author <FEFF004100640061> /Title <FEFF9E6D>" in content and b"/Info 9 0 R" in content


def test_read_in_another_process_it_comes_along(tmp_path: Path) -> None:
    pictures.write(picture(), tmp_path / "a.png", credit=CREDIT, provenance=[RECORD])
    found = pictures_apart.read(tmp_path / "a.png")
    assert found.origin.credit == CREDIT and found.origin.records == (RECORD,)
    clip = pictures_apart.read_content("clip", (tmp_path / "a.png").read_bytes())
    assert clip.origin.credit == CREDIT


def test_the_old_fields_of_cameras_are_read(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[315], exif[33432] = "Ada", "(c) Ada"
    for suffix in (".jpg", ".tif", ".webp", ".png"):
        Image.new("RGB", (9, 9)).save(tmp_path / f"a{suffix}", exif=exif)
        assert pictures.read(tmp_path / f"a{suffix}").origin.credit == Credit("Ada", "(c) Ada"), suffix


def test_what_a_file_says_goes_before_what_is_usual(tmp_path: Path) -> None:
    usual = Credit("Me", "© me")
    paintings.write(painting(SIZE, layer(SIZE, SIZE.box)), tmp_path / "a.png", credit=usual)
    assert pictures.read_provenance(tmp_path / "a.png").credit == usual
    pictures.write(picture(), tmp_path / "theirs.png", credit=Credit("Ada", title="Heron"))
    opened = paintings.read(tmp_path / "theirs.png").painting
    for suffix in (".png", ".psd", ".ora", ".pdf"):
        paintings.write(opened, tmp_path / f"b{suffix}", credit=usual)
        assert pictures.read_provenance(tmp_path / f"b{suffix}").credit == Credit("Ada", title="Heron")
    assert Credit(title="Heron").or_else(usual) == Credit("Me", "© me", "Heron")


def test_projects_keep_what_a_file_said(tmp_path: Path) -> None:
    given_ = painting(SIZE, layer(SIZE, SIZE.box))
    project.save(given_, tmp_path / "a.gesso")
    assert b"Credit" not in (tmp_path / "a.gesso").read_bytes(), "an older Gesso reads what needs nothing new"
    project.save(replace(given_, credit=CREDIT), tmp_path / "a.gesso")
    found: Painting = project.load(tmp_path / "a.gesso")
    assert found.credit == CREDIT and not found.same_as(given_)


@given(author=st.text(), rights=st.text(), title=st.text())
def test_any_words_make_a_sound_packet(author: str, rights: str, title: str) -> None:
    said = credited(author, rights, title)
    found = parse(packet((), said) or b"").credit
    names = "; ".join(name.strip() for name in said.author.split(";") if name.strip())
    assert found == replace(said, author=names)


def test_attributes_and_languages_of_other_programs_are_understood() -> None:
    space = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    assert parse(f'<x {space} dc:creator="Ada"/>'.encode()).credit == Credit("Ada")
    listed = '<rdf:li xml:lang="de">Reiher</rdf:li><rdf:li xml:lang="x-default">Heron</rdf:li>'
    found = parse(f"<x {space}><dc:title><rdf:Alt>{listed}</rdf:Alt></dc:title></x>".encode()).credit
    assert found.title == "Heron"
