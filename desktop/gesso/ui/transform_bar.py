"""The option bars of transform and crop: numbers that follow the frame, and that the frame follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QWidget

from gesso.operations.painting.transform import Pose
from gesso.ui.canvas.hands import Touch
from gesso.ui.canvas.hands.crop import Crop
from gesso.ui.canvas.hands.options import Cropping, HandOptions, Transforming
from gesso.ui.canvas.hands.transform import Transform
from gesso.ui.canvas.view import CanvasView
from gesso.ui.look import Look
from gesso.ui.option_bar import OptionBar, show_value
from gesso.ui.speech import Speech, mark
from gesso.values import Box

FAR = 100_000.0
HOWS = (
    (mark("Nearest"), "nearest"),
    (mark("Bilinear"), "bilinear"),
    (mark("Bicubic"), "bicubic"),
    (mark("Lanczos"), "lanczos"),
)
RATIOS = (
    (mark("Free"), None),
    (mark("As the picture"), (0, 0)),
    (mark("1 : 1"), (1, 1)),
    (mark("4 : 3"), (4, 3)),
    (mark("3 : 2"), (3, 2)),
    (mark("16 : 9"), (16, 9)),
    (mark("3 : 4"), (3, 4)),
    (mark("2 : 3"), (2, 3)),
    (mark("9 : 16"), (9, 16)),
)


FRAMED = ("transform", "crop")
"""The hands whose frame stands there as soon as they are chosen, before the canvas is touched."""


def show_frame(canvas: CanvasView) -> None:
    """Begin with the frame of the hand in use, if it has one and it is not there yet."""
    if canvas.tool in FRAMED and canvas.history is not None and not canvas.is_busy:
        at = QPointF(canvas.rect().center())
        canvas.begin_gesture(Touch(at * canvas.devicePixelRatioF(), canvas.to_image(at)))
        canvas.lift_gesture()


class LiveBar(OptionBar):
    """A bar of a hand that stays, with the buttons that end it."""

    kind: type[Transform] | type[Crop]

    def __init__(
        self, canvas: CanvasView, options: HandOptions, look: Look, speech: Speech, parent: QWidget | None = None
    ) -> None:
        super().__init__(options, look, speech, parent)
        self._canvas = canvas
        self.parts: dict[str, QWidget] = {}
        self._build()
        self.keep = self.push(mark("Apply"), canvas.finish_gesture, "primary")
        self.away = self.push(mark("Cancel"), canvas.cancel_gesture)
        options.live_changed.connect(self._show)
        options.changed.connect(self._show)
        self._show()

    def _build(self) -> None:
        """Each bar its own numbers."""

    def _fit(self, live: Transform | Crop) -> None:
        """Show where the frame is."""

    @property
    def live(self) -> Transform | Crop | None:
        found = self.options.live
        return found if isinstance(found, self.kind) else None

    def _show(self) -> None:
        live = self.live
        for control in (*self.parts.values(), self.keep, self.away):
            control.setEnabled(live is not None)
        if live is not None:
            self._fit(live)


class TransformBar(LiveBar):
    """Place, size, angle and slant of what is transformed."""

    kind = Transform

    def _build(self) -> None:
        put = self._put
        self.parts = {
            "x": self.number(
                mark("X"), -FAR, FAR, " px", put(lambda p, v: replace(p, move=(v, p.move[1]))), decimals=1
            ),
            "y": self.number(
                mark("Y"), -FAR, FAR, " px", put(lambda p, v: replace(p, move=(p.move[0], v))), decimals=1
            ),
            "width": self.number(mark("Width"), -10000, 10000, " %", self._scale(0), decimals=1),
            "height": self.number(mark("Height"), -10000, 10000, " %", self._scale(1), decimals=1),
            "angle": self.number(mark("Angle"), -180, 180, " °", put(lambda p, v: replace(p, degrees=v)), decimals=1),
            "skew": self.number(mark("Slant"), -80, 80, " °", put(lambda p, v: replace(p, skew=v)), decimals=1),
        }
        self.how = self.choice(
            mark("Interpolation"), HOWS, lambda how: self.options.set(Transforming, how=how),
            help=mark("How pixels between pixels are found; Nearest keeps pixel art hard."),
        )  # fmt: skip
        self.proportional = self.switch(
            mark("Proportional"), lambda on: self.options.set(Transforming, proportional=on),
            help=mark("A corner scales both ways alike; Shift does the other."),
        )  # fmt: skip
        self.perspective = self.switch(
            mark("Perspective"), lambda on: self.options.set(Transforming, in_perspective=on),
            help=mark("Corners are pulled one by one, as with Ctrl."),
        )  # fmt: skip
        self.parts["flip-x"] = self.icon("flip-h", mark("Flip horizontally"), lambda: self._flip(-1, 1))
        self.parts["flip-y"] = self.icon("flip-v", mark("Flip vertically"), lambda: self._flip(1, -1))

    def _put(self, change: Callable[[Pose, float], Pose]) -> Callable[[float], None]:
        def chosen(value: float) -> None:
            live = self.live
            if isinstance(live, Transform):
                live.set_pose(change(live.pose, value))

        return chosen

    def _scale(self, axis: int) -> Callable[[float], None]:
        def scaled(pose: Pose, percent: float) -> Pose:
            share, (x, y) = (percent or 0.1) / 100, pose.scale
            if self.options[Transforming].proportional:
                by = share / pose.scale[axis]
                return replace(pose, scale=(x * by, y * by))
            return replace(pose, scale=(share, y) if axis == 0 else (x, share))

        return self._put(scaled)

    def _flip(self, across: int, down: int) -> None:
        live = self.live
        if isinstance(live, Transform):
            x, y = live.pose.scale
            live.set_pose(replace(live.pose, scale=(x * across, y * down)))

    def _fit(self, live: Transform | Crop) -> None:
        if isinstance(live, Transform):
            pose = live.pose
            shown = (*pose.move, 100 * pose.scale[0], 100 * pose.scale[1], pose.degrees, pose.skew)
            for name, value in zip(("x", "y", "width", "height", "angle", "skew"), shown, strict=True):
                show_value(self.parts[name], value)

    def _show(self) -> None:
        super()._show()
        wish = self.options[Transforming]
        show_value(self.how, wish.how)
        show_value(self.proportional, wish.proportional)
        show_value(self.perspective, wish.in_perspective)


class CropBar(LiveBar):
    """Place and size of the crop, and the ratio that it keeps to."""

    kind = Crop

    def _build(self) -> None:
        self.parts = {
            "x": self.number(mark("X"), -FAR, FAR, " px", self._put(lambda b, v: Box(v, b.y, b.width, b.height))),
            "y": self.number(mark("Y"), -FAR, FAR, " px", self._put(lambda b, v: Box(b.x, v, b.width, b.height))),
            "width": self.number(mark("Width"), 1, 30000, " px", self._put(lambda b, v: Box(b.x, b.y, v, b.height))),
            "height": self.number(mark("Height"), 1, 30000, " px", self._put(lambda b, v: Box(b.x, b.y, b.width, v))),
        }
        self.ratio = self.choice(mark("Ratio"), RATIOS, lambda ratio: self.options.set(Cropping, ratio=ratio))

    def _put(self, change: Callable[[Box, int], Box]) -> Callable[[float], None]:
        def chosen(value: float) -> None:
            live = self.live
            if isinstance(live, Crop):
                live.set_box(change(live.box, round(value)))

        return chosen

    def _fit(self, live: Transform | Crop) -> None:
        if isinstance(live, Crop):
            box = live.box
            shown = (box.x, box.y, box.width, box.height)
            for name, value in zip(("x", "y", "width", "height"), shown, strict=True):
                show_value(self.parts[name], value)

    def _show(self) -> None:
        super()._show()
        show_value(self.ratio, self.options[Cropping].ratio)
