"""What the studio reads for its tools is read where a decoder that crashes takes nothing along."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gesso.files import pictures
from gesso.tools.studio import Studio
from gesso.values import Picture, Trouble


def test_a_style_of_the_artists_own_is_read_in_a_process_of_its_own(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    colour = np.random.default_rng(1).integers(0, 256, (30, 40, 3)).astype(np.uint8)
    pictures.write(Picture(colour), tmp_path / "画.png")
    monkeypatch.delattr(pictures, "decoded")  # nothing is decoded in this process
    assert np.array_equal(studio.read_picture(str(tmp_path / "画.png")).colour, colour)
    (tmp_path / "b.png").write_bytes(b"no picture")
    with pytest.raises(Trouble, match="is not a picture"):
        studio.read_picture(str(tmp_path / "b.png"))
