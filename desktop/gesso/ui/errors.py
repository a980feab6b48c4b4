"""The one door for everything that goes wrong: a sentence for trouble, a saved work and a log for a bug."""

from __future__ import annotations

import platform
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal, Slot, qVersion
from PySide6.QtGui import QAccessible, QAccessibleEvent, QFontDatabase, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gesso.ui.look import Look
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import button, icon_button, label
from gesso.values import Cancelled, Trouble
from gesso.values.paths import user_data

SaveAside = Callable[[], Path | None]
"""Saves whatever is open somewhere safe; says where, or None when nothing was open."""
LOGS = 20
"""Logs of mistakes that are kept, the newest."""
SHOWN = 3
"""Banners at once; the oldest gives way."""
_GAP, _ROOM_PX = 8, 420


class Banner(QFrame):
    """One sentence that stays until it is dismissed and is in nobody's way."""

    closed = Signal()

    def __init__(self, look: Look, speech: Speech, trouble: Trouble, parent: QWidget) -> None:
        super().__init__(parent)
        self.trouble = trouble
        self.setProperty("role", "banner")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        picture = QLabel()
        look.tell(picture, lambda: picture.setPixmap(look.pixmap("warning", 20, look.colour("warn"), self._density())))
        self._sentence = label(speech, "")
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._sentence.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        close = icon_button(look, speech, "close", mark("Dismiss"), "Esc")
        close.clicked.connect(self.dismiss)
        close.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(12)
        layout.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._sentence, 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        speech.tell(self, lambda: self._put(speech))

    def _density(self) -> float:
        return self.devicePixelRatioF()

    def _put(self, speech: Speech) -> None:
        self._sentence.setText(self.trouble.sentence(speech.say))
        self.setAccessibleName(speech.say("Something could not be done"))
        self.setAccessibleDescription(self._sentence.text())

    @property
    def text(self) -> str:
        return self._sentence.text()

    def announce(self) -> None:
        """Have screen readers read it now."""
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def dismiss(self) -> None:
        self.hide()
        self.closed.emit()
        self.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)


class CrashDialog(QDialog):
    """What happened, where the work is, the log; then go on or end in good order."""

    def __init__(
        self, look: Look, speech: Speech, saved: Path | None, could_save: bool, log: str, parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self.setModal(True)
        self.setMinimumSize(560, 420)
        speech.tell(self, lambda: self.setWindowTitle(speech.say("Gesso made a mistake")))
        self._log = QPlainTextEdit(log)
        self._log.setReadOnly(True)
        self._log.setTabChangesFocus(True)
        self._log.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._log.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        speech.tell(self._log, lambda: self._log.setAccessibleName(speech.say("Log")))
        where = label(speech, "")
        where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

        def put() -> None:
            if not could_save:
                where.setText(speech.say("Your work could not be saved aside. Try to save it now under a new name."))
            elif saved is None:
                where.setText(speech.say("No unsaved work was open."))
            else:
                where.setText(speech.say("Your work was saved aside in {path}.", path=saved))

        speech.tell(where, put)
        copy = button(speech, mark("Copy log"), look=look, icon="copy")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.log))
        end = button(speech, mark("Close Gesso"))
        end.clicked.connect(self.reject)
        go_on = button(speech, mark("Go on working"), "primary")
        go_on.clicked.connect(self.accept)
        go_on.setDefault(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(label(speech, mark("Something went wrong inside Gesso. It was not your doing."), "heading"))
        layout.addWidget(where)
        layout.addWidget(label(speech, mark("The log tells how it came about; it holds no pictures."), "muted"))
        layout.addWidget(self._log, 1)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(copy)
        row.addStretch(1)
        row.addWidget(end)
        row.addWidget(go_on)
        layout.addLayout(row)
        go_on.setFocus()

    @property
    def log(self) -> str:
        return self._log.toPlainText()

    def add(self, log: str) -> None:
        """A second bug while the first is still on the screen."""
        self._log.appendPlainText("\n" + log)


class ErrorDoor(QObject):
    """Shows `Trouble` as a banner and a bug as a dialog; nothing else shows errors."""

    ending = Signal()
    """The artist chose to close Gesso after a bug; whoever holds the work lets it go for recovery."""
    shown = Signal(object)
    """A `Trouble` that has just been told."""
    _bug_elsewhere = Signal(object)

    def __init__(self, look: Look, speech: Speech, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look, self._speech = look, speech
        self._banners: list[Banner] = []
        self._dialog: CrashDialog | None = None
        self._save_aside: SaveAside = lambda: None
        self._window: Callable[[], QWidget | None] = QApplication.activeWindow
        self._bug_elsewhere.connect(self._meet, Qt.ConnectionType.QueuedConnection)

    # --- trouble -------------------------------------------------------------------------------------------------

    @property
    def banners(self) -> list[Banner]:
        """What is on the screen, oldest first."""
        return list(self._banners)

    def show(self, trouble: Trouble, parent: QWidget) -> Banner:
        """A banner at the foot of the parent's window; the same sentence is not shown twice."""
        for shown in self._banners:
            if shown.trouble.sentence(self._speech.say) == trouble.sentence(self._speech.say):
                shown.announce()
                return shown
        window = parent.window()
        banner = Banner(self._look, self._speech, trouble, window)
        banner.closed.connect(lambda: self._gone(banner))
        banner.destroyed.connect(self._forget_dead)
        self._banners.append(banner)
        window.installEventFilter(self)
        while len(self._banners) > SHOWN:
            self._banners[0].dismiss()
        banner.show()
        self._arrange()
        banner.announce()
        self.shown.emit(trouble)
        return banner

    def dismiss_all(self) -> None:
        for banner in self.banners:
            banner.dismiss()

    def _gone(self, banner: Banner) -> None:
        if banner in self._banners:
            self._banners.remove(banner)
        self._arrange()

    def _forget_dead(self) -> None:
        from shiboken6 import isValid

        self._banners = [banner for banner in self._banners if isValid(banner)]

    def _arrange(self) -> None:
        """From the bottom up, above the status bar."""
        foots: dict[QWidget, int] = {}
        for banner in reversed(self._banners):
            window = banner.parentWidget()
            place = _place_in(window)
            foot = foots.get(window, place.bottom() + 1 - _GAP)
            width = min(760, place.width() - 2 * _GAP)
            height = max(banner.heightForWidth(width), banner.minimumSizeHint().height())
            banner.setGeometry(place.center().x() - width // 2, foot - height, width, height)
            banner.raise_()
            foots[window] = foot - height - _GAP

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self._banners:
            self._arrange()
        return super().eventFilter(watched, event)

    # --- bugs ----------------------------------------------------------------------------------------------------

    def crash(self, bug: BaseException, save_aside: SaveAside, parent: QWidget | None = None) -> CrashDialog:
        """Save the work aside first, then show what happened; closing the dialogue ends Gesso in good order."""
        log = log_of(bug)
        if self._dialog is not None:
            self._dialog.add(log)
            return self._dialog
        saved, could_save = None, True
        try:
            saved = save_aside()
        except Exception as second:  # nothing may keep the first bug from being shown
            could_save = False
            log += "\n" + log_of(second)
        _write_log(log)
        dialog = CrashDialog(self._look, self._speech, saved, could_save, log, parent)
        self._dialog = dialog

        def ended(result: int) -> None:
            self._dialog = None
            dialog.deleteLater()
            if result == QDialog.DialogCode.Rejected:
                self.ending.emit()
                QApplication.quit()

        dialog.finished.connect(ended)
        dialog.open()
        return dialog

    def meet(self, error: BaseException) -> None:
        """Whatever was raised, from any thread: silence, a banner or the dialogue."""
        if threading.current_thread() is threading.main_thread():
            self._meet(error)
        else:
            self._bug_elsewhere.emit(error)

    @Slot(object)
    def _meet(self, error: BaseException) -> None:
        window = self._window()
        if isinstance(error, Cancelled):
            return
        if isinstance(error, Trouble) and window is not None:
            self.show(error, window)
        else:
            self.crash(error, self._save_aside, window)

    def install(
        self, save_aside: SaveAside, window: QWidget | Callable[[], QWidget | None] = QApplication.activeWindow
    ) -> Callable[[], None]:
        """Send every exception that nobody caught through this door, shown over `window`; returns how to undo that."""
        self._save_aside = save_aside
        self._window = (lambda: window) if isinstance(window, QWidget) else window
        before, before_thread = sys.excepthook, threading.excepthook

        def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
            if issubclass(kind, (KeyboardInterrupt, SystemExit)) or QApplication.instance() is None:
                before(kind, error, trace)
                return
            try:
                self.meet(error)
            except Exception:  # a door that does not open must not swallow what stands before it
                before(kind, error, trace)
                traceback.print_exc()

        def thread_hook(args: threading.ExceptHookArgs) -> None:
            if args.exc_value is not None:
                hook(args.exc_type, args.exc_value, args.exc_traceback)

        sys.excepthook, threading.excepthook = hook, thread_hook

        def undo() -> None:
            sys.excepthook, threading.excepthook = before, before_thread

        return undo


def _place_in(window: QWidget) -> QRect:
    """Where banners may lie: over the picture rather than over the panels, if there is room enough."""
    if not isinstance(window, QMainWindow):
        return window.rect()
    centre = window.centralWidget()
    if centre is not None and centre.width() >= _ROOM_PX:
        return QRect(centre.mapTo(window, QPoint(0, 0)), centre.size())
    return window.rect().adjusted(0, 0, 0, -window.statusBar().height())


def log_of(bug: BaseException) -> str:
    """What a maintainer needs: versions and the way to the bug, no pixels and no network."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        gesso = version("gesso")
    except PackageNotFoundError:
        gesso = "?"
    head = f"Gesso {gesso} · Python {platform.python_version()} · Qt {qVersion()} · {platform.platform()}"
    return f"{datetime.now().isoformat(timespec='seconds')}\n{head}\n\n" + "".join(traceback.format_exception(bug))


def _write_log(log: str) -> None:
    with suppress(OSError):
        folder = user_data() / "logs"
        folder.mkdir(exist_ok=True)
        (folder / f"{datetime.now():%Y-%m-%d %H-%M-%S}.txt").write_text(log, encoding="utf-8")
        for old in sorted(folder.glob("*.txt"))[:-LOGS]:
            old.unlink()
