"""Every visible English template has a Chinese one with the same places, and none is left over.

Collected from the code: what `Trouble(...)` and the `super().__init__(...)` of its kinds, `say(...)`, `tr(...)`,
`mark(...)` and the fields `title`, `help`, `summary` and `unit` of declarations give as literal text.
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
DECLARED = {"Tool", "Amount", "Whole", "Choice", "Switch", "Styles", "PictureKnob", "SeedKnob", "Option", "Command"}


def literals(node: ast.AST) -> Iterator[str]:
    """The text of a literal, or of both arms of a conditional."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if node.value.strip():
            yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)


def own_starts(tree: ast.AST) -> set[int]:
    """The `super().__init__(...)` calls in classes that are kinds of `Trouble`, by identity."""
    found: set[int] = set()
    kinds = {"Trouble"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and kinds & {called(base) for base in node.bases}:
            kinds.add(node.name)
            for inner in ast.walk(node):
                if isinstance(inner, ast.Call) and ast.unparse(inner.func) == "super().__init__":
                    found.add(id(inner))
    return found


def called(node: ast.AST) -> str:
    """The last name of `a`, `a.b` or `a.b.c`."""
    return node.attr if isinstance(node, ast.Attribute) else str(getattr(node, "id", ""))


def templates(source: str) -> Iterator[str]:
    """The visible templates of a Python source."""
    tree = ast.parse(source)
    starts = own_starts(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = called(node.func)
        if name == "Trouble" or id(node) in starts:
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
