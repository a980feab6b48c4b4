"""From the list of jobs back to what was made: a layer, an enlarged picture, a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QDesktopServices

from gesso.ui import job_traces
from gesso.ui.window import Window
from tests.desktop.ui.conftest import Until

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def opened(window: Window, photograph: Path, until: Until) -> None:
    window.paperwork.open(photograph)
    until(lambda: window.easel.painting is not None)


def test_a_kept_layer_is_named_and_chosen_again(window: Window, photograph: Path, until: Until) -> None:
    opened(window, photograph, until)
    ground = window.easel.painting.active
    job = window.assist.keep()
    until(lambda: job.made is not None)
    made = window.easel.painting.active_layer
    assert job.made.sentence(window.speech.say) == f"The layer “{made.name}”"
    window.layers.choose(ground)
    job.reveal()
    assert window.easel.painting.active == made.id
    window.undo()
    job.reveal()
    assert "not there any more" in window.door.banners[-1].text
    window.easel.close()
    job.reveal()
    assert "not open any more" in window.door.banners[-1].text
    window.door.dismiss_all()


def test_an_enlarged_picture_tells_its_size(window: Window, photograph: Path, until: Until) -> None:
    opened(window, photograph, until)
    window.actions_["tool:painting.upscale"].trigger()
    job = window.assist.keep()
    until(lambda: job.made is not None)
    assert "320 × 240" in job.made.sentence(window.speech.say)


def test_an_export_leads_to_its_folder(
    window: Window, photograph: Path, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: shown.append(url.toLocalFile()))
    assert job_traces.QDesktopServices is QDesktopServices
    opened(window, photograph, until)
    out = photograph.with_name("导出.png")
    window.paperwork.export(out)
    until(lambda: window.jobs.listed and window.jobs.listed[-1].made is not None)
    job = window.jobs.listed[-1]
    assert job.made.sentence(window.speech.say) == "The file 导出.png"
    job.reveal()
    assert shown == [str(photograph.parent)]
