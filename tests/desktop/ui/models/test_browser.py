"""The model browser: cards in both languages, versions used and left, installed and removed, and honest refusals."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from gesso.ui.models.browser import ModelBrowser
from gesso.ui.models.card_page import labels_of
from gesso.ui.models.deeds import ModelDesk
from gesso.ui.models.parts import Chip
from gesso.ui.models.pictures import Wide
from gesso.ui.models.shelf_list import NAME
from gesso.ui.window import Window
from tests.desktop.ui.conftest import Until
from tests.packages import card, convolution, new_key, port, sign, small_picture, tiling, write_package

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
Make = Callable[..., Path]


def names(browser: ModelBrowser) -> list[str]:
    return [name for row in range(browser.list.count()) if (name := browser.list.item(row).data(NAME))]


def chips(browser: ModelBrowser) -> list[str]:
    return [chip.text for chip in browser.page.widget().findChildren(Chip)]


def install(browser: ModelBrowser, source: Path, until: Until) -> None:
    """As an artist who agrees."""
    browser.installing.install_from(source)
    until(lambda: browser.installing.box is not None)
    browser.installing.agree()
    until(lambda: "is installed" in browser.note.text() and browser._reading is not None)
    until(lambda: browser.model is not None and len(browser.model.versions) > 1)


# --- the shelf and the cards ---------------------------------------------------------------------------------------


def test_the_shelf_is_listed_by_task(browser: ModelBrowser, window: Window) -> None:
    assert sorted(names(browser)) == window.studio.shelf.names() and len(names(browser)) > 4
    heads = [
        browser.list.item(row).text() for row in range(browser.list.count()) if not browser.list.item(row).data(NAME)
    ]
    assert {"Stylise", "Upscale"} <= set(heads) and len(heads) == len(set(heads))
    browser.list.choose("stylise")
    told = browser.list.currentItem().data(Qt.ItemDataRole.AccessibleTextRole)
    assert "1.0.0" in told and "MB" in told and "No conditions" in told and "Not run here yet" in told
    assert not browser.list.item(0).flags() & Qt.ItemFlag.ItemIsSelectable, "a heading is no model"


def test_a_card_is_read_in_both_languages(browser: ModelBrowser, window: Window) -> None:
    browser.list.choose("upscale-x2-fast")
    english = labels_of(browser.page)
    assert "A tiny model for tests." in english and "How well it does" in english and "CC0" in english
    assert {"No conditions", "Fast, for previews", "Not run here yet", "Came with Gesso", "In use"} <= set(
        chips(browser)
    )
    window.speech.set_language("zh_CN")
    chinese = labels_of(browser.page)
    assert "表现如何" in chinese and "它从何学习" in chinese and "A tiny model for tests." in chinese
    assert "此说明卡的部分文字只有英文。" in chinese, "what others wrote is said to be English"
    assert "无附加条件" in chips(browser) and browser.list.name == "upscale-x2-fast"


def test_styles_are_a_contact_sheet_with_names_in_each_language(browser: ModelBrowser, window: Window) -> None:
    browser.list.choose("stylise")
    assert {"Great wave", "Starry night", "Scream"} <= set(labels_of(browser.page))
    window.speech.set_language("zh_CN")
    assert labels_of(browser.page).count("浪") == 3


def test_a_test_here_is_shown_on_card_and_shelf(browser: ModelBrowser, until: Until) -> None:
    browser.list.choose("upscale-x2-best")
    browser.test.click()
    assert not browser.bar.isHidden() and not browser.pin.isEnabled(), "one thing at a time"
    until(lambda: "is right on CPU" in browser.note.text())
    until(lambda: "Right on CPU" in chips(browser))
    row = next(
        browser.list.item(r)
        for r in range(browser.list.count())
        if browser.list.item(r).data(NAME) == "upscale-x2-best"
    )
    assert "Right on CPU" in row.data(Qt.ItemDataRole.AccessibleTextRole) and browser.bar.isHidden()


def test_a_scored_card_stands_beside_others_and_shows_what_it_sees(
    browser: ModelBrowser, author, until: Until, tmp_path: Path
) -> None:
    score = {
        "judge": "set5 x2, Y", "metric": "psnr_db", "value": 37.2026, "baseline": {"bicubic": 33.68},
        "published": "Set5 Y-PSNR: bicubic 33.66, SRCNN 36.66, EDSR 38.11",
    }  # fmt: skip
    picture = picture_bytes()
    made = card(
        "scored", graphs={"model": {"file": "model.onnx", "inputs": [port("picture")], "outputs": [port("result")]}},
        tiling=tiling(), scores=[score], terms="non-commercial", title="Whiskers",
        explain=[{"method": "receptive_field", "asset": "seen.png"}],
    )  # fmt: skip
    assets = {"seen.png": picture, "curve.png": picture, "sheet-1.png": picture, "broken.png": b"no picture"}
    folder = write_package(
        tmp_path / "made", made, {"model": convolution(3, 2)}, {"model": {"picture": small_picture()}}, author, assets
    )
    browser.installing.install_from(folder)
    until(lambda: browser.installing.box is not None)
    assert "Keep this model out of paid work" in browser.installing.box.informativeText()
    browser.installing.agree()
    until(lambda: browser.model is not None and browser.model.name == "scored")
    texts = labels_of(browser.page)
    assert "37.20" in texts and "Bicubic\u00a033.68" in texts and "SRCNN 36.66\nEDSR 38.11" in texts
    assert "Not for paid work" in chips(browser)
    pictures = {one.accessibleName() for one in browser.page.widget().findChildren(Wide)}
    assert pictures == {"What the model sees from one place", "The learning curve", "Contact sheet"}


def picture_bytes() -> bytes:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(np.full((20, 30, 3), 90, np.uint8)).save(out, "PNG")
    return out.getvalue()


# --- versions ------------------------------------------------------------------------------------------------------


def test_versions_are_used_rolled_back_and_left(
    browser: ModelBrowser, package: Make, window: Window, until: Until
) -> None:
    changes: list[bool] = []
    browser.shelf_changed.connect(lambda: changes.append(True))
    install(browser, package(), until)
    assert browser.model.name == "upscale-x2-best" and browser.version.version == "1.1.0" and changes
    assert {"1.1.0", "1.0.0"} <= set(labels_of(browser.page)), "side by side"

    def used() -> str:
        return window.studio.open("painting.upscale", "best", 2).version

    assert used() == "1.1.0"
    browser.back.click()
    assert used() == "1.0.0"
    until(lambda: browser.version.is_pinned and browser.version.version == "1.0.0")
    assert "until you use the newest again" in browser.note.text() and "Pinned" in chips(browser)
    assert not browser.back.isEnabled(), "there is none before it"
    browser.newest.click()
    assert used() == "1.1.0"
    until(lambda: not browser.model.is_pinned)
    browser.versions.setCurrentIndex(browser.versions.findData("1.0.0"))
    browser.versions.activated.emit(1)
    browser.pin.click()
    assert used() == "1.0.0"
    until(lambda: browser.version.is_pinned)
    assert browser.remove.toolTip() and not browser.remove.isEnabled(), "what came with Gesso stays, and it is said"


def test_an_installed_version_is_removed_and_what_ships_is_not(
    browser: ModelBrowser, package: Make, until: Until
) -> None:
    install(browser, package(), until)
    shipped = browser.model.version("1.0.0")
    browser.remove_version(shipped)
    assert "came with Gesso and cannot be removed" in browser.note.text() and browser.note.property("role") == "warn"
    assert browser.remove.isEnabled()
    browser.remove_version(browser.version)
    until(lambda: len(browser.model.versions) == 1)
    assert browser.version.version == "1.0.0" and "is removed" in browser.note.text()


# --- installing ----------------------------------------------------------------------------------------------------


def test_nothing_is_installed_before_the_artist_agrees(
    browser: ModelBrowser, package: Make, until: Until, window: Window
) -> None:
    folder = package()
    archive = folder.parent / "包.zip"
    with zipfile.ZipFile(archive, "w") as made:
        for path in folder.iterdir():
            made.write(path, path.name)
    browser.installing.install_from(archive)
    until(lambda: browser.installing.box is not None)
    box = browser.installing.box
    assert "Signed by tests" in box.informativeText() and box.defaultButton().text() == "Cancel"
    assert window.studio.shelf.versions("upscale-x2-best") == ["1.0.0"]
    box.reject()
    until(lambda: browser.installing.box is None)
    assert window.studio.shelf.versions("upscale-x2-best") == ["1.0.0"] and browser.install.isEnabled()


def unsigned(make: Make, tmp_path: Path, author) -> Path:
    folder = make()
    (folder / "signature").unlink()
    return folder


def altered(make: Make, tmp_path: Path, author) -> Path:
    folder = make()
    content = bytearray((folder / "model.onnx").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "model.onnx").write_bytes(content)
    return folder


def newer_engine(make: Make, tmp_path: Path, author) -> Path:
    return make(minimum_engine=99)


def strange_key(make: Make, tmp_path: Path, author) -> Path:
    return make(signed_by=new_key(tmp_path / "stranger"))


def without_licence(make: Make, tmp_path: Path, author) -> Path:
    folder = make(name="bare")
    text = (folder / "card.json").read_text().replace('"licence": "Apache-2.0", ', "")
    (folder / "card.json").write_text(text)
    sign(folder, author)
    return folder


def no_package(make: Make, tmp_path: Path, author) -> Path:
    (tmp_path / "猫.zip").write_bytes(b"no zip at all")
    return tmp_path / "猫.zip"


REFUSED = {
    unsigned: ("it is not signed", "没有签名"),
    altered: ("model.onnx was altered", "已被改动"),
    newer_engine: ("needs a newer Gesso", "需要更新版本的 Gesso"),
    strange_key: ("a key that is not trusted here", "不信任的密钥"),
    without_licence: ("'licence' is a required property", "licence"),
    no_package: ("damaged or is not a zip", "不是"),
}


@pytest.mark.parametrize("build", REFUSED, ids=lambda build: build.__name__)
def test_a_refusal_is_one_sentence_in_both_languages(
    browser: ModelBrowser, package: Make, until: Until, window: Window, tmp_path: Path, build: Callable, author
) -> None:
    browser.installing.install_from(build(package, tmp_path, author))
    english, chinese = REFUSED[build]
    until(lambda: english in browser.note.text())
    assert browser.note.property("role") == "warn" and browser.installing.box is None and browser.install.isEnabled()
    window.speech.set_language("zh_CN")
    assert chinese in browser.note.text()
    assert "bare" not in window.studio.shelf.names() and window.studio.shelf.versions("upscale-x2-best") == ["1.0.0"]


def test_one_that_comes_out_wrong_here_does_not_stay(
    browser: ModelBrowser, author, until: Until, window: Window, tmp_path: Path
) -> None:
    graphs = {"model": {"file": "model.onnx", "inputs": [port("picture")], "outputs": [port("result")]}}
    wrong = {"model": {"result": np.zeros((1, 3, 12, 16), np.float32)}}
    folder = write_package(
        tmp_path / "made", card("liar", graphs=graphs, tiling=tiling()), {"model": convolution(3, 1)},
        {"model": {"picture": small_picture()}}, author, expected=wrong,
    )  # fmt: skip
    browser.installing.install_from(folder)
    until(lambda: browser.installing.box is not None)
    browser.installing.agree()
    until(lambda: "wrong results" in browser.note.text())
    assert "liar" not in window.studio.shelf.names()


def test_an_author_is_trusted_only_when_the_artist_says_so_and_as_long(
    browser: ModelBrowser, package: Make, until: Until, window: Window, tmp_path: Path
) -> None:
    folder = strange_key(package, tmp_path, None)
    file = next((tmp_path / "stranger").glob("*.pub"))
    installing, trust = browser.installing, window.studio.trust
    installing.trust_from(file)
    assert file.stem in installing.box.informativeText() and trust.key(file.stem) is None
    installing.box.reject()
    assert trust.key(file.stem) is None
    installing.trust_from(file)
    installing.agree()
    assert trust.key(file.stem) is not None and "can be installed now" in browser.note.text()
    install(browser, folder, until)
    installing.ask_distrust(trust.key(file.stem))
    installing.agree()
    assert trust.key(file.stem) is None and window.studio.open("painting.upscale", "best", 2).version == "1.0.0"
    until(lambda: any(version.trouble for version in browser.model.versions))
    browser.versions.setCurrentIndex(browser.versions.findData("1.1.0"))
    browser.versions.activated.emit(0)
    assert any("not trusted here" in text for text in labels_of(browser.page))
    assert not browser.pin.isEnabled() and browser.remove.isEnabled()


def test_what_is_no_key_is_refused(browser: ModelBrowser, photograph: Path) -> None:
    browser.installing.trust_from(photograph)
    assert "is not a key file" in browser.note.text() and browser.installing.box is None


def test_the_menu_lists_who_is_trusted(browser: ModelBrowser) -> None:
    browser.installing.menu.aboutToShow.emit()
    titles = [action.text() for action in browser.installing.menu.actions()]
    assert titles == ["Install from a file…", "Install from a folder…", "Trust an author's key…", "Trusted authors"]
    authors = browser.installing.menu.actions()[-1].menu().actions()
    assert len(authors) == 2 and [action.isEnabled() for action in authors] == [False, True], "release keys stay"


# --- from a layer, and around --------------------------------------------------------------------------------------


def test_a_layer_names_its_model_and_leads_to_its_card(desk: ModelDesk, opened: Window, until: Until) -> None:
    assert desk.made_by.isHidden()
    opened.assist.keep()
    until(lambda: len(opened.easel.painting.layers()) == 2)
    until(lambda: not desk.made_by.isHidden())
    assert desk.made_by.text() == "Made by stylise 1.0.0"
    desk.made_by.click()
    until(lambda: desk.browser.model is not None)
    assert desk.browser.isVisible() and desk.browser.model.name == "stylise" and desk.browser.version.version == "1.0.0"
    opened.speech.set_language("zh_CN")
    assert "stylise 1.0.0" in desk.made_by.text() and "Made" not in desk.made_by.text()
    opened.undo()
    until(lambda: desk.made_by.isHidden())


def test_a_model_or_version_that_is_gone_is_said(browser: ModelBrowser, desk: ModelDesk, until: Until) -> None:
    desk.show_model("whiskers", "2.0.0")
    until(lambda: "whiskers is not on the shelf any more" in browser.note.text())
    desk.show_model("stylise", "0.0.9")
    until(lambda: "Version 0.0.9 is not here any more" in browser.note.text())
    assert browser.model.name == "stylise" and browser.version.version == "1.0.0"


def test_the_command_opens_one_browser(window: Window, desk: ModelDesk, until: Until) -> None:
    window.actions_["models"].trigger()
    first = desk.browser
    until(lambda: first.models)
    first.reject()
    assert not first.isVisible()
    window.actions_["models"].trigger()
    assert desk.browser is first and first.isVisible()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("size", [(1080, 700), (900, 560)])
def test_every_control_has_a_name_and_no_word_is_cut_off(
    browser: ModelBrowser, window: Window, until: Until, language: str, size: tuple[int, int]
) -> None:
    window.speech.set_language(language)
    browser.resize(*size)
    for name in ("stylise", "upscale-x4-best"):
        browser.list.choose(name)
        QApplication.processEvents()
        assert browser.page.widget().width() <= browser.page.viewport().width(), "nothing hangs over at the right"
        for _ in range(3):  # texts that wrap settle in a few rounds
            QApplication.processEvents()
        for widget in browser.findChildren(QWidget):
            if not widget.isVisible() or widget.objectName().startswith("qt_"):
                continue
            if widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
                assert widget.accessibleName() or getattr(widget, "text", str)(), type(widget).__name__
            if isinstance(widget, QAbstractButton) and widget.text():
                assert widget.width() >= widget.minimumSizeHint().width(), widget.text()
            elif isinstance(widget, QLabel) and widget.text():
                needs = widget.heightForWidth(widget.width()) if widget.wordWrap() else widget.sizeHint().height()
                assert widget.height() + 1 >= needs, widget.text()
