"""Leave out of ICU's data what Qt never asks for: names of units, currencies, languages and regions, where lines break.

Qt asks ICU to sort, to read old encodings, and what time zones are called. It breaks lines and speaks languages by
tables of its own, so that half of the 32 MB would never be read.
"""

from __future__ import annotations

import json
import re
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

UNUSED = ("brkitr", "curr", "lang", "rbnf", "region", "translit", "unit")
"""Folders in the data."""
PAIR = struct.Struct("<II")


def shrink(data: bytes, unused: tuple[str, ...] = UNUSED) -> bytes:
    """A package of ICU's ("CmnD", least byte first) without some of its folders. Raises ValueError for anything else."""
    if data[2:4] != b"\xda\x27" or data[8] != 0 or data[12:16] != b"CmnD":
        raise ValueError("this is not ICU's data as it was known")
    (base,) = struct.unpack_from("<H", data)
    (count,) = struct.unpack_from("<I", data, base)
    entries = [PAIR.unpack_from(data, base + 4 + PAIR.size * number) for number in range(count)]
    ends = [start for _, start in entries[1:]] + [len(data) - base]
    kept: list[tuple[bytes, bytes]] = []
    for (name_at, start), end in zip(entries, ends, strict=True):
        name = data[base + name_at : data.index(0, base + name_at)]
        if not any(f"/{folder}/".encode() in name for folder in unused):
            kept.append((name, data[base + start : base + end]))
    names, places = b"", []
    first = 4 + PAIR.size * len(kept)
    for name, _ in kept:
        places.append(first + len(names))
        names += name + b"\0"
    content = bytearray(data[:base] + struct.pack("<I", len(kept)) + bytes(PAIR.size * len(kept)) + names)
    for number, ((_, item), name_at) in enumerate(zip(kept, places, strict=True)):
        content += bytes(-len(content) % 16)
        PAIR.pack_into(content, base + 4 + PAIR.size * number, name_at, len(content) - base)
        content += item
    return bytes(content)


def shrink_library(library: Path) -> int:
    """Put a smaller `libicudata` in the place of one; how many bytes went. Raises ValueError, and leaves it, if it differs."""
    listed = _output("readelf", "-sW", "--dyn-syms", library)
    found = re.search(r": ([0-9a-f]+)\s+(0x[0-9a-f]+|\d+) OBJECT\s+GLOBAL.* (icudt\d+_dat)$", listed, re.MULTILINE)
    if found is None:
        raise ValueError(f"{library.name} has no data of ICU's")
    start, size, symbol = int(found[1], 16), int(found[2], 0), found[3]
    whole = library.read_bytes()
    smaller = shrink(whole[start : start + size])  # read-only data lies in the file where it lies in memory
    with tempfile.TemporaryDirectory() as folder:
        content, source, made = (Path(folder) / name for name in ("data", "data.s", "made.so"))
        content.write_bytes(smaller)
        source.write_text(
            f'.section .rodata\n.balign 4096\n.globl {symbol}\n.type {symbol}, %object\n{symbol}: .incbin "{content}"\n'
            f'.size {symbol}, {len(smaller)}\n.section .note.GNU-stack,"",%progbits\n'
        )
        _output("cc", "-shared", "-nostdlib", "-s", f"-Wl,-soname,{library.name}", "-o", made, source)
        library.write_bytes(made.read_bytes())
    return len(whole) - library.stat().st_size


def answers(folder: Path) -> object:
    """What ICU in a folder says to everything that Qt asks, in a process of its own."""
    return json.loads(_output(sys.executable, "-c", ASK, folder))


def _output(*command: object) -> str:
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


ASK = r"""
import ctypes, functools, json, pathlib, sys
folder = pathlib.Path(sys.argv[1])
(data,) = folder.glob("libicudata.so.*")
version = data.name.rpartition(".")[2]
uc = [ctypes.CDLL(str(folder / f"lib{name}.so.{version}"), ctypes.RTLD_GLOBAL) for name in ("icudata", "icuuc", "icui18n")]
error, there = ctypes.c_int(), ctypes.c_void_p

def ask(name, *words, gives=ctypes.c_int):
    for library in uc[1:]:
        if hasattr(library, f"{name}_{version}"):
            function = getattr(library, f"{name}_{version}")
            function.restype = gives
            error.value = 0
            return function(*words)
    raise LookupError(name)

def text(words):
    return (ctypes.c_uint16 * (len(words.encode("utf-16-le")) // 2 + 1)).from_buffer_copy(words.encode("utf-16-le") + b"\0\0")

words = "Ölberg Zebra apple Äpfel Apfel öga zon 画 笔 墨 图层 あお いえ カメラ 가방 나무 çay cay llama loma ångström".split()
found = {"sorted": {}, "encoded": {}, "zones": {}}
for code in ("en", "zh_CN", "zh_TW", "ja", "ko", "sv", "de", "fr", "tr", "es", "ru", "ar", "th", "xx"):
    table = there(ask("ucol_open", code.encode(), ctypes.byref(error), gives=there))
    assert table.value and error.value <= 0, (code, error.value)
    def order(a, b):
        return ask("ucol_strcoll", table, text(a), len(a), text(b), len(b))
    found["sorted"][code] = sorted(words, key=functools.cmp_to_key(order))
    ask("ucol_close", table, gives=None)
count = ask("ucnv_countAvailable")
for number in range(count):
    name = ask("ucnv_getAvailableName", number, gives=ctypes.c_char_p)
    table = there(ask("ucnv_open", name, ctypes.byref(error), gives=there))
    assert table.value and error.value <= 0, (name, error.value)
    out, source = ctypes.create_string_buffer(4000), " ".join(words)
    length = ask("ucnv_fromUChars", table, out, 4000, text(source), len(source), ctypes.byref(error))
    found["encoded"][name.decode()] = out.raw[:length].hex()
    ask("ucnv_close", table, gives=None)
for code in ("en", "zh_CN", "de"):
    for zone in ("Asia/Shanghai", "Europe/Berlin", "America/New_York"):
        table = there(ask("ucal_open", text(zone), -1, code.encode(), 0, ctypes.byref(error), gives=there))
        assert table.value and error.value <= 0, (zone, error.value)
        for kind in range(4):
            out = (ctypes.c_uint16 * 200)()
            length = ask("ucal_getTimeZoneDisplayName", table, kind, code.encode(), out, 200, ctypes.byref(error))
            found["zones"][f"{code} {zone} {kind}"] = bytes(out)[: 2 * length].decode("utf-16-le")
        ask("ucal_close", table, gives=None)
print(json.dumps(found))
"""
