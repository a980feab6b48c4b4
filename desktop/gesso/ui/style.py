"""The style sheet: an 8 px grid, controls 28 px high, corners of 4 px, a focus ring that cannot be missed.

A widget asks for a part by its property `role`: labels `title`, `heading`, `muted`, `warn`, `drop`; buttons `primary`, `quiet`;
frames `panel`, `card`, `banner`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template

# Heights: 28 = 18 of content + 2 x 4 of padding + 2 x 1 of border; a focused border is 2 px and takes 1 from the padding.
_SHEET = Template("""
* { outline: none; }
QMainWindow::separator { background: $window; width: 4px; height: 4px; }
QMainWindow::separator:hover { background: $accent; }
QToolTip { color: $text; background: $raised; border: 1px solid $line; padding: 4px 6px; }

QLabel[role="title"] { font-size: 30px; font-weight: 300; }
QLabel[role="heading"] { font-size: 13px; font-weight: 600; padding: 0; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="warn"] { color: $warn; }
*[found="true"] { background: $chosen; border-radius: 4px; }
QLabel[role="drop"] { font-size: 20px; background: $window; border: 3px dashed $accent; border-radius: 6px; margin: 16px; }
QFrame[role="panel"] { background: $panel; border: none; }
QFrame[role="card"] { background: $panel; border: 1px solid $line; border-radius: 6px; }
QFrame[role="banner"] { background: $raised; border: 1px solid $warn; border-left: 4px solid $warn; border-radius: 4px; }

QPushButton {
  min-height: 18px; padding: 4px 12px; border: 1px solid $line; border-radius: 4px; background: $raised; color: $text;
}
QPushButton:hover { border-color: $muted; }
QPushButton:pressed, QPushButton:checked { background: $window; }
QPushButton:focus { border: 2px solid $accent; padding: 3px 11px; }
QPushButton:disabled { color: $faint; border-color: $soft; background: $panel; }
QPushButton[role="primary"] { background: $accent; color: $accent_text; border-color: $accent; font-weight: 600; }
QPushButton[role="primary"]:hover { background: $accent_hover; }
QPushButton[role="primary"]:focus { border: 3px double $accent_text; padding: 2px 10px; }
QPushButton[role="primary"]:disabled { background: $panel; color: $faint; border-color: $soft; }
QPushButton[role="quiet"] { background: transparent; border-color: transparent; }
QPushButton[role="quiet"]:hover { background: $raised; }
QPushButton[role="quiet"]:focus { border-color: $accent; }

QListWidget[role="tiles"]::item { border-radius: 4px; padding: 0; }
QListWidget[role="tiles"]::item:selected { background: $accent; }

QToolButton {
  min-width: 18px; min-height: 18px; padding: 3px; border: 1px solid transparent; border-radius: 4px; background: transparent;
}
QToolButton:hover { background: $raised; border-color: $line; }
QToolButton:pressed { background: $window; }
QToolButton:checked { background: $chosen; border-color: $accent; }
QToolButton:focus { border: 2px solid $accent; padding: 2px; }
QToolButton:disabled { color: $faint; }
QToolButton::menu-indicator { image: none; }
QToolBar { background: $window; border: none; spacing: 2px; padding: 4px; }
QToolBar::separator { background: $line; width: 1px; height: 1px; margin: 4px; }

QLineEdit { lineedit-clear-button-icon: url("$cross"); }
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox {
  min-height: 20px; padding: 3px 8px; border: 1px solid $line; border-radius: 4px; background: $raised; color: $text;
  selection-background-color: $accent; selection-color: $accent_text;
}
QLineEdit:hover, QSpinBox:hover, QDoubleSpinBox:hover, QComboBox:hover { border-color: $muted; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus { border: 2px solid $accent; padding: 2px 7px; }
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled {
  color: $faint; background: $panel; border-color: $soft;
}
QPlainTextEdit, QTextEdit { border: 1px solid $line; border-radius: 4px; background: $panel; padding: 4px; }
QPlainTextEdit:focus, QTextEdit:focus { border: 2px solid $accent; padding: 3px; }
QComboBox { padding-right: 26px; }
QComboBox:focus { padding-right: 25px; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url("$arrow_down"); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $line; padding: 4px; }
QComboBox QAbstractItemView::item { min-height: 26px; padding: 0 6px; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit,
QAbstractSpinBox QLineEdit:focus, QComboBox QLineEdit:focus { min-height: 0; padding: 0; border: none; background: transparent; }
QSpinBox, QDoubleSpinBox { min-height: 19px; padding-top: 2px; padding-bottom: 2px; padding-right: 22px; }
QSpinBox:focus, QDoubleSpinBox:focus { padding-top: 1px; padding-bottom: 1px; padding-right: 21px; }
QSpinBox::up-button, QDoubleSpinBox::up-button {
  subcontrol-origin: border; subcontrol-position: top right; width: 20px; border: none; margin: 2px 2px 0 0;
}
QSpinBox::down-button, QDoubleSpinBox::down-button {
  subcontrol-origin: border; subcontrol-position: bottom right; width: 20px; border: none; margin: 0 2px 2px 0;
}
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url("$arrow_up"); width: 10px; height: 10px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url("$arrow_down"); width: 10px; height: 10px; }

QCheckBox, QRadioButton { min-height: 24px; spacing: 8px; padding: 1px 3px; border: 1px solid transparent; border-radius: 4px; }
QCheckBox:focus, QRadioButton:focus { border: 2px solid $accent; padding: 0 2px; }
QCheckBox::indicator, QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid $muted; background: $raised; }
QCheckBox::indicator { border-radius: 3px; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$tick"); }
QRadioButton::indicator:checked { background: $accent; border: 4px solid $raised; width: 8px; height: 8px; }

QSlider { min-height: 26px; border: 1px solid transparent; border-radius: 4px; }
QSlider:focus { border: 2px solid $accent; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $line; margin: 0 4px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; margin: 0 4px; }
QSlider::sub-page:horizontal:disabled { background: $line; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -5px -4px; border-radius: 7px; background: $text; }
QSlider::handle:horizontal:disabled { background: $faint; }
QProgressBar { min-height: 6px; max-height: 6px; border: none; border-radius: 3px; background: $line; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }

QAbstractItemView { background: $panel; border: 1px solid transparent; border-radius: 4px; }
QAbstractItemView:focus { border: 2px solid $accent; }
QAbstractItemView::item { color: $text; border-radius: 4px; }
QAbstractItemView::item:hover { background: $raised; }
QAbstractItemView::item:selected { background: $chosen; color: $text; }
QListView::item { padding: 0 8px; }
QListWidget[role="pages"]::item { padding: 6px 8px; }
QTreeWidget[role="rows"]::item { padding: 3px 4px; }
QTreeView::item { border-radius: 0; }
QTreeView::branch { background: transparent; }
QTreeView::branch:selected { background: $chosen; }
QTreeView::branch:has-children:closed { image: url("$arrow_right"); }
QTreeView::branch:has-children:open { image: url("$arrow_down"); }
QHeaderView::section { background: $window; color: $muted; border: none; padding: 4px 8px; }

QDockWidget { titlebar-close-icon: url("$cross"); titlebar-normal-icon: url("$dock_float"); }
QDockWidget::close-button, QDockWidget::float-button { border: 1px solid transparent; border-radius: 3px; padding: 0; icon-size: 12px; }
QDockWidget::close-button:hover, QDockWidget::float-button:hover { background: $raised; border-color: $line; }
QDockWidget::title { background: $window; color: $text; padding: 6px 8px; text-align: left; font-weight: 600; }
QTabWidget::pane { border: none; }
QTabBar { qproperty-drawBase: 0; }
QTabBar::tab { padding: 5px 12px; min-height: 16px; border: none; border-bottom: 2px solid transparent; color: $muted; background: $window; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; background: $panel; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:focus { border: 2px solid $accent; }
QStatusBar { background: $window; color: $muted; }
QStatusBar::item { border: none; }
QStatusBar QLabel[role="muted"] { padding: 0 4px; }
QSplitter::handle { background: $window; }
QSplitter::handle:hover { background: $accent; }

QMenuBar { background: $window; color: $text; padding: 2px; }
QMenuBar::item { padding: 4px 8px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: $raised; }
QMenu { background: $raised; color: $text; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 12px; min-height: 16px; border-radius: 4px; }
QMenu::indicator { width: 14px; height: 14px; left: 10px; }
QMenu::item:selected { background: $accent; color: $accent_text; }
QMenu::item:disabled { color: $faint; }
QMenu::right-arrow { image: url("$arrow_right"); width: 12px; height: 12px; right: 6px; }
QMenu::right-arrow:selected { image: url("$arrow_right_back"); }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }

QScrollArea { border: none; background: transparent; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 12px; }
QScrollBar:horizontal { height: 12px; }
QScrollBar::handle { background: $line; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: none; }
""")

# One pixel more for every line, taken from the padding: nothing moves.
_STRONG = Template("""
QPushButton, QComboBox { border-width: 2px; padding: 3px 11px; }
QComboBox { padding: 2px 25px 2px 7px; }
QPushButton:focus { border: 3px solid $accent; padding: 2px 10px; }
QPushButton[role="primary"]:focus { border: 5px double $accent_text; padding: 0 8px; }
QPushButton[role="quiet"] { border-color: $line; }
QPushButton[role="quiet"]:focus { border-color: $accent; }
QPushButton:hover, QComboBox:hover, QLineEdit:hover, QSpinBox:hover, QDoubleSpinBox:hover { border-color: $text; }
QLineEdit, QSpinBox, QDoubleSpinBox { border-width: 2px; padding: 2px 7px; }
QSpinBox, QDoubleSpinBox { padding: 1px 21px 1px 7px; }
QLineEdit:focus { border: 3px solid $accent; padding: 1px 6px; }
QComboBox:focus { border: 3px solid $accent; padding: 1px 24px 1px 6px; }
QSpinBox:focus, QDoubleSpinBox:focus { border: 3px solid $accent; padding: 0 20px 0 6px; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit,
QAbstractSpinBox QLineEdit:focus, QComboBox QLineEdit:focus { padding: 0; border: none; }
QToolButton:checked { border: 2px solid $accent; padding: 2px; }
QToolButton:focus { border: 3px solid $accent; padding: 1px; }
QCheckBox:focus, QRadioButton:focus { border: 3px solid $accent; padding: 0 1px; }
QCheckBox::indicator, QRadioButton::indicator { border: 2px solid $text; width: 12px; height: 12px; }
QSlider:focus, QAbstractItemView:focus, QTabBar::tab:focus { border: 3px solid $accent; }
QAbstractItemView::item:selected { border-left: 3px solid $accent; }
QTabBar::tab:selected { border-bottom: 3px solid $accent; }
QFrame[role="card"] { border: 2px solid $line; }
QMenu { border: 2px solid $line; }
QToolTip { border: 2px solid $line; }
QToolBar::separator { width: 2px; height: 2px; }
QSlider::groove:horizontal { height: 6px; border-radius: 3px; }
QMainWindow::separator { background: $line; }
""")


def _mixed(a: str, b: str, share: float) -> str:
    """Colour `a` with a share of `b`, as `#rrggbb`."""
    pairs = ((int(a[i : i + 2], 16), int(b[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in pairs)


def mixtures(colours: Mapping[str, str], is_contrast: bool = False) -> dict[str, str]:
    """What lies between the colours of a table: disabled texts, soft lines, what is chosen, the accent under the pointer."""
    return {
        "faint": _mixed(colours["text"], colours["panel"], 0.35 if is_contrast else 0.5),
        "soft": _mixed(colours["line"], colours["panel"], 0.5),
        "chosen": _mixed(colours["panel"], colours["accent"], 0.16 if is_contrast else 0.2),
        "accent_hover": _mixed(colours["accent"], colours["text"], 0.15),
    }


def sheet(colours: Mapping[str, str], is_dark: bool, icons: Path, is_contrast: bool = False) -> str:
    """The whole sheet for a table of `#rrggbb` colours, with the arrows of the `icons` folder."""
    theme = "dark" if is_dark else "light"
    drawn = {
        name.replace("-", "_"): (icons / f"{name}-{theme}.svg").as_posix()
        for name in ("arrow-down", "arrow-up", "arrow-right", "tick", "cross", "dock-float")
    }
    back = "light" if is_dark else "dark"  # on the accent, which is as dark as the ground is light
    drawn["arrow_right_back"] = (icons / f"arrow-right-{back}.svg").as_posix()
    values = {**colours, **drawn, **mixtures(colours, is_contrast)}
    return _SHEET.substitute(values) + (_STRONG.substitute(values) if is_contrast else "")
