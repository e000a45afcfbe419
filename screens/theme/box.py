"""Rectangles to lay a screen out with: a page cuts its box until every piece has its place."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels, from its lower left corner; what is cut off comes first, what is left comes second."""

    x: float
    y: float
    width: float
    height: float

    @property
    def top(self) -> float:
        """The upper edge."""
        return self.y + self.height

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    def inset(self, across: float, along: float | None = None) -> "Box":
        """Return the box without a margin ``across`` at its sides and ``along`` at top and foot."""
        along = across if along is None else along
        return Box(self.x + across, self.y + along, self.width - 2 * across, self.height - 2 * along)

    def cut_top(self, height: float, gap: float = 0) -> tuple["Box", "Box"]:
        """Cut ``height`` off the top, and a gap below it."""
        piece = Box(self.x, self.top - height, self.width, height)
        return piece, Box(self.x, self.y, self.width, self.height - height - gap)

    def cut_foot(self, height: float, gap: float = 0) -> tuple["Box", "Box"]:
        """Cut ``height`` off the foot, and a gap above it."""
        piece = Box(self.x, self.y, self.width, height)
        return piece, Box(self.x, self.y + height + gap, self.width, self.height - height - gap)

    def cut_left(self, width: float, gap: float = 0) -> tuple["Box", "Box"]:
        """Cut ``width`` off the left side, and a gap beside it."""
        piece = Box(self.x, self.y, width, self.height)
        return piece, Box(self.x + width + gap, self.y, self.width - width - gap, self.height)

    def cut_right(self, width: float, gap: float = 0) -> tuple["Box", "Box"]:
        """Cut ``width`` off the right side, and a gap beside it."""
        piece = Box(self.right - width, self.y, width, self.height)
        return piece, Box(self.x, self.y, self.width - width - gap, self.height)

    def middle(self, height: float) -> "Box":
        """Return the piece of ``height`` half way up."""
        return Box(self.x, self.y + (self.height - height) / 2, self.width, height)

    def columns(self, widths: Sequence[float], gap: float) -> list["Box"]:
        """Divide the box into columns whose widths are to each other as ``widths``."""
        unit = (self.width - gap * (len(widths) - 1)) / sum(widths)
        boxes, x = [], self.x
        for width in widths:
            boxes.append(Box(x, self.y, width * unit, self.height))
            x += width * unit + gap
        return boxes

    def grid(self, columns: int, rows: int, gap: float) -> list["Box"]:
        """Divide the box into equal cells, row by row from the top."""
        width = (self.width - gap * (columns - 1)) / columns
        height = (self.height - gap * (rows - 1)) / rows
        return [
            Box(self.x + column * (width + gap), self.top - height - row * (height + gap), width, height)
            for row in range(rows)
            for column in range(columns)
        ]
