"""Where Gesso's own resources lie, and where the artist's settings and models go."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import appdirs


def resources() -> Path:
    """The folder of models, icons, samples and translations: of a checkout, an installed wheel or a frozen app."""
    given = os.environ.get("GESSO_RESOURCES")
    if given:
        return Path(given)
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen:
        return Path(frozen) / "resources"
    package = Path(__file__).resolve().parents[1]
    checkout = package.parents[1] / "resources"
    return checkout if checkout.is_dir() else package / "_resources"


def user_data() -> Path:
    """The artist's own folder (`GESSO_HOME`, or the system's place for it), made when it is missing."""
    given = os.environ.get("GESSO_HOME")
    folder = Path(given) if given else Path(appdirs.user_data_dir("Gesso", appauthor=False))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
