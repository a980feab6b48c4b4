"""Reading a picture takes the memory that was announced from its head."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gesso.files.pictures import write
from gesso.values import Picture

WEIGH = """
import sys
from pathlib import Path
import psutil
from gesso.files.pictures import probe, read

def peak():
    try:
        import resource
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    except ImportError:
        return psutil.Process().memory_info().peak_wset

small, large = Path(sys.argv[1]), Path(sys.argv[2])
read(small)
before = peak()
opened = read(large)
print(peak() - before, probe(large).bytes_needed, opened.picture.byte_size)
"""


@pytest.mark.parametrize("case", ["8 bit", "16 bit", "turned"])
def test_reading_takes_what_was_announced(tmp_path: Path, case: str) -> None:
    pixels = np.zeros((4000, 5000, 3), np.uint16 if case == "16 bit" else np.uint8)
    pixels[:, :, 1] = np.arange(5000) % 256
    small, large = tmp_path / "small.png", tmp_path / "large.png"
    write(Picture(pixels[:10, :10]), small)
    if case == "turned":
        exif = Image.Exif()
        exif[274] = 6
        large = tmp_path / "large.jpg"
        Image.fromarray(pixels).save(large, exif=exif)
    else:
        write(Picture(pixels), large)
    command = [sys.executable, "-c", WEIGH, str(small), str(large)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    taken, announced, own = map(int, said.split())
    assert own == pixels.nbytes and own < announced < 2.5 * own
    assert taken < announced + (32 << 20)
