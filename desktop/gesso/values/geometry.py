"""Sizes and boxes in whole pixels."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """Width and height in pixels, neither negative."""

    width: int
    height: int

    def __post_init__(self) -> None:
        if self.width < 0 or self.height < 0:
            raise ValueError(f"a size cannot be negative: {self.width} x {self.height}")

    @property
    def area(self) -> int:
        return self.width * self.height

    @property
    def is_empty(self) -> bool:
        return self.area == 0

    @property
    def box(self) -> Box:
        return Box(0, 0, self.width, self.height)

    def scaled(self, factor: float) -> Size:
        """Each side times `factor`, rounded, at least one pixel."""
        return Size(max(1, round(self.width * factor)), max(1, round(self.height * factor)))

    def within(self, longest_px: int) -> Size:
        """The largest size of the same shape whose longer side is at most `longest_px`; never enlarged."""
        longest = max(self.width, self.height)
        return self if longest <= longest_px else self.scaled(longest_px / longest)


@dataclass(frozen=True)
class Box:
    """A rectangle of pixels: from (x, y), up to but not including (right, bottom)."""

    x: int
    y: int
    width: int
    height: int

    @classmethod
    def around(cls, left: int, top: int, right: int, bottom: int) -> Box:
        """From edges; empty when they cross."""
        return cls(left, top, max(0, right - left), max(0, bottom - top))

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    @property
    def size(self) -> Size:
        return Size(self.width, self.height)

    @property
    def is_empty(self) -> bool:
        return self.width <= 0 or self.height <= 0

    def intersect(self, other: Box) -> Box:
        return Box.around(
            max(self.x, other.x),
            max(self.y, other.y),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def union(self, other: Box) -> Box:
        """The smallest box around both; an empty one counts for nothing."""
        if self.is_empty:
            return other
        if other.is_empty:
            return self
        return Box.around(
            min(self.x, other.x),
            min(self.y, other.y),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def grow(self, px: int) -> Box:
        return Box.around(self.x - px, self.y - px, self.right + px, self.bottom + px)

    def clip(self, size: Size) -> Box:
        return self.intersect(size.box)

    def moved(self, dx: int, dy: int) -> Box:
        return Box(self.x + dx, self.y + dy, self.width, self.height)

    def contains(self, other: Box) -> bool:
        return other.is_empty or self.intersect(other) == other

    def slices(self) -> tuple[slice, slice]:
        """Rows and columns of an array that starts at (0, 0)."""
        return slice(self.y, self.bottom), slice(self.x, self.right)
