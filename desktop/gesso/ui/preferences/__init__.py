"""What the artist chooses for the whole studio, a page a file, found by a few letters in either language."""

from __future__ import annotations

from gesso.ui.preferences.appearance import THEME_TITLES
from gesso.ui.preferences.dialogue import Preferences

__all__ = ["THEME_TITLES", "Preferences"]
