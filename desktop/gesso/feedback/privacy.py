"""What of a tool's settings may be written down: never where the artist keeps their files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import PurePath, PureWindowsPath
from typing import Any

OWN_PICTURE = "own picture"
_SHIPPED = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
"""How ids of shipped styles are written; whatever else is named as a style is a file of the artist's."""
_SUFFIX = re.compile(r".*\.[A-Za-z][A-Za-z0-9]{1,4}")


def shareable(knobs: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as plain JSON: styles of the artist's own become "own picture", other paths a mark of their file name."""
    return {name: _shareable(value) for name, value in knobs.items()}


def _shareable(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, PurePath):
        return _mark_of(str(value))
    if isinstance(value, str):
        return _mark_of(value) if _is_path(value) else value
    if isinstance(value, Mapping):
        return {str(name): _shareable(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        if len(value) == 2 and isinstance(value[0], (str, PurePath)) and isinstance(value[1], (int, float)):
            return [_style(value[0]), value[1]]
        return [_shareable(part) for part in value]
    return _shareable(str(value))


def _style(named: str | PurePath) -> str:
    return named if isinstance(named, str) and _SHIPPED.fullmatch(named) else OWN_PICTURE


def _is_path(text: str) -> bool:
    return "/" in text or "\\" in text or bool(_SUFFIX.fullmatch(text))


def _mark_of(path: str) -> str:
    """Tells the same file apart from others without naming it."""
    name = PureWindowsPath(path).name  # splits at both kinds of slashes
    return f"file:{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
