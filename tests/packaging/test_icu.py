"""ICU's data without what Qt never asks for: what it does ask is answered as before."""

from __future__ import annotations

import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import PySide6
import pytest

Script = Callable[[str], ModuleType]
BASE = 32


@pytest.fixture
def icu(script: Script) -> ModuleType:
    return script("build_icu.py")


def packed(items: dict[str, bytes]) -> bytes:
    """A package as ICU's own program writes it."""
    names, at = b"", {}
    for name in items:
        at[name] = 4 + 8 * len(items) + len(names)
        names += name.encode() + b"\0"
    table, content = b"", b""
    first = 4 + 8 * len(items) + len(names)
    for name, item in items.items():
        content += bytes(-(first + len(content)) % 16)
        table += struct.pack("<II", at[name], first + len(content))
        content += item
    header = struct.pack("<HBBHHBBBB4s", BASE, 0xDA, 0x27, 20, 0, 0, 0, 2, 0, b"CmnD")
    return header.ljust(BASE, b"\0") + struct.pack("<I", len(items)) + table + names + content


def unpacked(data: bytes) -> dict[str, bytes]:
    (count,) = struct.unpack_from("<I", data, BASE)
    pairs = [struct.unpack_from("<II", data, BASE + 4 + 8 * number) for number in range(count)]
    ends = [start for _, start in pairs[1:]] + [len(data) - BASE]
    assert all(start % 16 == 0 for _, start in pairs), "ICU reads numbers straight out of it"
    return {
        data[BASE + name : data.index(0, BASE + name)].decode(): data[BASE + start : BASE + end].rstrip(b"\0")
        for (name, start), end in zip(pairs, ends, strict=True)
    }


def test_folders_are_left_out_and_the_rest_stays(icu: ModuleType) -> None:
    items = {
        "icudt1l/a.res": b"root", "icudt1l/brkitr/a.brk": b"lines", "icudt1l/coll/root.res": b"order" * 7,
        "icudt1l/unit/de.res": b"metre", "icudt1l/unite.res": b"no folder", "icudt1l/zone/en.res": b"noon",
    }  # fmt: skip
    smaller = icu.shrink(packed(items))
    assert smaller[:BASE] == packed(items)[:BASE] and len(smaller) < len(packed(items))
    assert unpacked(smaller) == {name: items[name] for name in items if "brkitr" not in name and "unit/" not in name}
    assert icu.shrink(packed(items), ()) == packed(items)


def test_anything_else_is_refused(icu: ModuleType, tmp_path: Path) -> None:
    for other in (b"\x7fELF" + bytes(60), packed({})[:8] + b"\1" + packed({})[9:]):
        with pytest.raises(ValueError, match="ICU"):
            icu.shrink(other)


def test_sorting_encodings_and_time_zones_are_as_before(icu: ModuleType, tmp_path: Path) -> None:
    for library in (Path(PySide6.__file__).parent / "Qt" / "lib").glob("libicu*"):
        shutil.copyfile(library, tmp_path / library.name)
    before = icu.answers(tmp_path)
    (data,) = tmp_path.glob("libicudata.so.*")
    assert icu.shrink_library(data) > 10_000_000
    assert icu.answers(tmp_path) == before
    assert before["sorted"]["sv"] != before["sorted"]["de"], "languages sort in their own ways"
    assert len(before["encoded"]) > 200 and before["zones"]["zh_CN Asia/Shanghai 0"] == "中国标准时间"
