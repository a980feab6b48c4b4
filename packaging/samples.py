"""Draws the sample pictures into `resources/samples` again: `python packaging/samples.py [name ...]`."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "resources" / "samples"
LARGEST = 350_000
"""Bytes a picture may have."""
CREDIT = {"en": "Drawn by Gesso, CC0", "zh_CN": "Gesso 绘制，CC0"}
SCENES = {
    "mountains": {"en": "Mountains at dusk", "zh_CN": "暮色群山"},
    "still_life": {"en": "Still life with a jug", "zh_CN": "陶壶静物"},
    "sea": {"en": "Sea and clouds", "zh_CN": "海与云"},
    "leaves": {"en": "Autumn leaves", "zh_CN": "秋叶"},
}


def draw(name: str, folder: Path = FOLDER) -> Path:
    """Paint one scene and write it as WebP."""
    from PIL import Image

    pixels = importlib.import_module(f"scenes.{name}").paint()
    path = folder / f"{name.replace('_', '-')}.webp"
    folder.mkdir(parents=True, exist_ok=True)
    for quality in (88, 86, 84, 82, 80):
        Image.fromarray(pixels).save(path, "WEBP", quality=quality, method=6)
        if path.stat().st_size <= LARGEST:
            break
    return path


def main() -> int:
    sys.path.insert(0, str(ROOT / "packaging"))
    for name in sys.argv[1:] or SCENES:
        path = draw(name)
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")
    listed = [
        {"file": f"{name.replace('_', '-')}.webp", "title": title, "credit": CREDIT} for name, title in SCENES.items()
    ]
    (FOLDER / "samples.json").write_text(json.dumps(listed, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
