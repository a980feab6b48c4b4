"""A window over a shelf on which a trusted author's versions can be put."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gesso.ui.models.browser import ModelBrowser
from gesso.ui.models.deeds import ModelDesk
from gesso.ui.window import Window
from tests.desktop.ui.conftest import Until
from tests.packages import new_key, picture_package, tiling
from tests.studio import nearest

Make = Callable[..., Path]


@pytest.fixture
def author(home: Path) -> Ed25519PrivateKey:
    """Someone whom the artist trusts already."""
    return new_key(home / "keys")


@pytest.fixture
def package(author: Ed25519PrivateKey, tmp_path: Path) -> Make:
    """A package of the upscaler that ships, by default a newer version, signed by the author."""

    def make(
        version: str = "1.1.0", name: str = "upscale-x2-best", signed_by: Ed25519PrivateKey = author, **more: object
    ) -> Path:
        given = {"task": "painting.upscale", "tiling": tiling(scale=2, halo_px=1), "model": nearest(2), **more}
        return picture_package(tmp_path / "made", signed_by, name, version, **given)

    return make


@pytest.fixture
def desk(author: Ed25519PrivateKey, window: Window) -> ModelDesk:
    found = window.findChild(ModelDesk)
    assert isinstance(found, ModelDesk)
    return found


@pytest.fixture
def browser(desk: ModelDesk, until: Until) -> ModelBrowser:
    """Open, and its shelf read."""
    desk.show()
    assert desk.browser is not None
    until(lambda: desk.browser.models)
    return desk.browser


@pytest.fixture
def opened(author: Ed25519PrivateKey, window: Window, photograph: Path, until: Until) -> Window:
    """The window with a painting in it."""
    window.paperwork.open(photograph)
    until(lambda: window.easel.painting is not None)
    return window
