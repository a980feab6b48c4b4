"""No source file is longer than 500 lines."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 500


def long_files(root: Path) -> list[str]:
    found = []
    for top in ("desktop", "training", "tests", "packaging"):
        for file in sorted((root / top).rglob("*.py")):
            lines = len(file.read_text(encoding="utf-8").splitlines())
            if lines > LONGEST:
                found.append(f"{file.relative_to(root)}: {lines} lines")
    return found


def main() -> int:
    found = long_files(ROOT)
    print("\n".join(found) or "no file is too long")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
