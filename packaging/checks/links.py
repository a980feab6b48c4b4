"""Every link in the written pages leads to a file that is there."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def dead_links(page: Path) -> list[str]:
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    local = [target.split("#")[0] for target in targets if not re.match(r"[a-z]+:|#", target)]
    return [f"{page.name}: {target}" for target in local if target and not (page.parent / target).exists()]


def main() -> int:
    pages = [*ROOT.glob("*.md"), *(ROOT / "training").rglob("*.md")]
    found = [fault for page in pages for fault in dead_links(page)]
    print("\n".join(found) or "no dead links")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
