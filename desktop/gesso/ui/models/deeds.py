"""What a window does with models: the browser, comparing on the open painting, and why a result looks as it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject

from gesso.documents.painting import Painting
from gesso.tools import TOOLS
from gesso.tools.model_shelf import Version
from gesso.tools.painting.on_layer import Source, as_layer, source_of
from gesso.tools.trial import Tried
from gesso.ui.actions import Act
from gesso.ui.models.browser import ModelBrowser
from gesso.ui.models.compare import Compare
from gesso.ui.models.made_by import MadeBy
from gesso.ui.models.parts import title_of
from gesso.ui.speech import mark
from gesso.ui.why import WhyDesk
from gesso.values import Trouble

if TYPE_CHECKING:
    from gesso.ui.window import Window


class ModelDesk(QObject):
    """Holds the browser of a window, made when it is first asked for."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self.browser: ModelBrowser | None = None
        self.comparing: Compare | None = None
        self.why = WhyDesk(window)
        self.made_by = MadeBy(window.layers, window.easel, window.look, window.speech)
        self.made_by.asked.connect(self.show_model)
        window.layers.layout().addWidget(self.made_by)

    def show(self) -> None:
        """Open the browser, or bring it forward."""
        window = self._window
        if self.browser is None:
            self.browser = ModelBrowser(
                window.studio,
                window.jobs,
                window.look,
                window.speech,
                lambda: window.easel.painting is not None,
                window,
            )
            self.browser.compare_asked.connect(self.compare)
            self.browser.shelf_changed.connect(self._renew)
            self.browser.shelf_read.connect(self._tell_comparing)
        else:
            self.browser.read()
        self.browser.show()
        self.browser.raise_()
        self.browser.activateWindow()

    def show_model(self, name: str, version: str = "") -> None:
        """The card of a model."""
        self.show()
        assert self.browser is not None
        self.browser.show_model(name, version)

    def show_layer_model(self) -> None:
        """The card of the model that made the active layer; does nothing for any other layer."""
        self.made_by.ask()

    def _renew(self) -> None:
        """Another version may be in use: its styles may be others, and previews are not its own."""
        assist = self._window.assist
        assist.styles.clear()
        if self._window.easel.painting is not None:
            assist.load_styles()
        assist.refresh()

    # --- comparing -----------------------------------------------------------------------------------------------

    def compare(self, versions: Sequence[Version]) -> None:
        """Two of these on the open painting."""
        window = self._window
        card = versions[0].card
        tool = next((tool for tool in TOOLS if card is not None and tool.task == card.task), None)
        if tool is None or window.easel.painting is None:
            return
        values = window.assist.values if window.assist.tool is tool else tool.defaults()
        made = Compare(
            window.studio, window.jobs, window.look, window.speech, versions, tool, values, self._source, self.browser
        )
        made.troubled.connect(window.trouble)
        made.keep_asked.connect(lambda result: self._keep(result, versions))
        made.pin_asked.connect(self._pin)
        made.finished.connect(lambda result: setattr(self, "comparing", None))
        self.comparing = made
        made.open()

    def _source(self) -> Source:
        painting = self._window.easel.painting
        if painting is None:
            raise Trouble("No painting is open.", "Nothing was run.", "Open one, and compare again.")
        return source_of(painting.snapshot())

    def _tell_comparing(self) -> None:
        """Which version is in use may be different by now."""
        if self.comparing is not None and self.browser is not None:
            self.comparing.put_versions([version for model in self.browser.models for version in model.versions])

    def _pin(self, name: str, version: str) -> None:
        if self.browser is not None:
            self.browser.pin_version(name, version)

    def _keep(self, result: Tried, versions: Sequence[Version]) -> None:
        """As a layer above all; larger than the painting, it becomes one of its own."""
        window = self._window
        version = next(one for one in versions if one.package is result.package)
        name = f"{title_of(version, window.speech)} {version.version}"
        tool = next(tool for tool in TOOLS if tool.id == result.made.tool)
        if tool.scale_of(result.values) > 1:
            painting = Painting.from_array(np.ascontiguousarray(result.picture.rgba()), name, name)
            [layer] = painting.layers()
            painting.nodes[layer.id] = replace(layer, provenance=(result.made,))
            window.easel.put(window.easel.begin(painting))
            return
        painting, history = window.easel.painting, window.easel.history
        if painting is None or history is None:
            return
        source = source_of(painting)
        if source.box.size != result.picture.size:
            window.trouble(
                Trouble(
                    "The painting or its selection is another than when both were run.",
                    "It is as you left it.",
                    "Run both again, then keep one.",
                )
            )
            return
        window.attempt(
            lambda: history.apply(tool.title, *as_layer(painting, source, result.picture, name, result.made))
        )
        window.status.say(window.speech.say("Kept. Undo takes it back."))


def model_acts(window: Window) -> list[Act]:
    """For the menus Assist and Layer, and for the buttons that ask why."""
    desk = ModelDesk(window)
    for asks in (window.inspector, window.strip):
        asks.why_asked.connect(desk.why.ask)
    return [
        Act("models", mark("Models…"), desk.show, "models", "", "assist", keywords="model browser cards versions install pin rollback compare licence"),
        Act("why", mark("Why?"), desk.why.ask, "why", "", "assist", "painting", keywords="explain heat occlusion receptive field reason"),
        Act("layer-model", mark("The model that made this layer"), desk.show_layer_model, "", "", "layer", "painting", keywords="provenance card"),
    ]  # fmt: skip
