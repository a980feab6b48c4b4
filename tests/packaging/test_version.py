"""One version: the studio says it, and the distribution, the installer and the changelog follow."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from gesso import __version__

ROOT = Path(__file__).resolve().parents[2]


def test_the_distribution_takes_its_version_from_the_studio() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["dynamic"] == ["version"] and "version" not in project["project"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "gesso.__version__"}


def test_the_installer_takes_it_too(script: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    assert script("build.py").version() == __version__


def test_the_changelog_begins_with_it() -> None:
    first = re.search(r"^## (\S+?),", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert first is not None and first[1] == __version__
