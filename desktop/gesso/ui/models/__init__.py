"""The model browser: what is on the shelf, each model's card, its versions, and how they compare on the artist's picture."""

from gesso.ui.models.browser import ModelBrowser

__all__ = ["ModelBrowser"]
