"""Every visible English template has a Chinese one with the same places, and none is left over.

Collected from the code: what `Trouble(...)`, `say(...)`, `tr(...)` and the fields `title`, `help`, `summary`, `unit` and
`note` of declarations give as literal text.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SPOKEN = {"say", "tr", "mark"}
FIELDS = {"title", "help", "summary", "unit"}
DECLARED = {"Tool", "Amount", "Whole", "Choice", "Switch", "PictureKnob", "SeedKnob", "Option", "Command"}


def literals(node: ast.AST) -> Iterator[str]:
    """The text of a literal, or of both arms of a conditional."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if node.value.strip():
            yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)


def templates(source: str) -> Iterator[str]:
    """The visible templates of a Python source."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name == "Trouble":
            for argument in node.args[:3]:
                yield from literals(argument)
            for keyword in node.keywords:
                if keyword.arg in ("what", "safe", "next"):
                    yield from literals(keyword.value)
        elif name in SPOKEN and node.args:
            yield from literals(node.args[0])
        elif name in DECLARED:
            for keyword in node.keywords:
                if keyword.arg in FIELDS:
                    yield from literals(keyword.value)


def places(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)", text))


def faults(code: Path, catalogue_folder: Path) -> list[str]:
    wanted: dict[str, str] = {}
    for file in sorted(code.rglob("*.py")):
        for template in templates(file.read_text(encoding="utf-8")):
            wanted.setdefault(template, file.name)
    have: dict[str, str] = {}
    found = []
    for file in sorted(catalogue_folder.glob("*.json")):
        for english, other in json.loads(file.read_text(encoding="utf-8")).items():
            if english in have:
                found.append(f"translated twice: {english!r} ({file.name})")
            have[english] = other
    found += [f"not translated: {english!r} ({where})" for english, where in wanted.items() if english not in have]
    found += [f"left over: {english!r}" for english in have if english not in wanted]
    found += [f"other places: {a!r} / {b!r}" for a, b in have.items() if places(a) != places(b)]
    return found


def main() -> int:
    found = faults(ROOT / "desktop" / "gesso", ROOT / "resources" / "translations" / "zh_CN")
    print("\n".join(found) or "every text is translated")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
