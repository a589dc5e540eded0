"""A chain as a column on the page: on each edge the shape, in each box a layer, behind it what it got beside x.

Kinds of layers are told apart by more than colour: a module is a filled box with a small square, a function a pill, a
chain a dashed box whose layers stand indented behind a dashed rail.
"""

import re

from seqkit.axes import batch, first_array
from seqkit.steps import index_text, received, received_by, shape_text, size
from seqkit.views.drawing.pen import CARD, CHAIN, EDGE, FAILED, FUNCTION, MODULE, QUIET, RED, SMALL, TEXT
from seqkit.views.drawing.strips import colors
from seqkit.views.numbers import pool

ROW, BOX, INDENT = 42, 24, 14


class Column:
    """One chain, drawn with `pen` between `left` and `right`; its edges may be labelled up to `room`."""

    def __init__(self, pen, trace, left, right, room):
        self.pen, self.trace, self.left, self.right, self.room = pen, trace, left, right, room
        self.batch = batch(trace)
        self.dtypes = [_dtype(received(step)) for step in trace.steps] + [_dtype(trace.output)]

    def first_edge(self, y):
        """The input: its shape, its dtype, and which number is the batch."""
        pen = self.pen
        pen.text(self.left + 4, y + BOX / 2, "x", bold=True)
        words = f"{shape_text(received_by(self.trace))} {self.dtypes[0]}".rstrip()
        end = self._shape(self.left + 24, y + BOX / 2, words)
        if self.batch is not None and end + 56 < self.room:
            width = pen.tag(end + 8, y + BOX / 2, "batch")
            pen.line(end + 13, y + BOX / 2 + 5, end + 3 + width, y + BOX / 2 + 5)

    def step(self, step, y, stretch=0):
        """The box of a step, and the edge above it, longer by `stretch`."""
        indent, failed = self._indent(step), step.error is not None
        self._stretch(indent, y, stretch, QUIET)
        if step.number:
            before = self.dtypes[step.number - 1]
            self._edge(indent, y - (ROW - BOX), received(step), self.dtypes[step.number], before)
        else:
            self._arrows(indent + 26, y - (ROW - BOX), received(step))
        fill = FAILED if failed else {"module": MODULE, "chain": CHAIN}.get(step.kind, FUNCTION)
        self._box(indent, y, step.kind, fill, RED if failed else QUIET)
        values = sum(size(array) for array in step.parameters.values())
        self._words(indent, y, step, f"{values:,}" if values else "")
        self._tags(y, [name for name, value in step.side_inputs.items() if value is not None and step.inputs])

    def through(self, y, stretch=0):
        """Where this chain has no layer and the other one has: the value passes by."""
        self._stretch(self.left, y, stretch, EDGE)
        self.pen.line(self.left + 26, y - (ROW - BOX), self.left + 26, y + BOX, EDGE)

    def waiting(self, position, name, y):
        """A layer that did not run."""
        self._arrows(self.left + 26, y - (ROW - BOX), None, EDGE)
        self.pen.frame(self.left, y, self.right, y + BOX, CARD, EDGE, 4, dashed=True)
        start = self.left + 28 + self.pen.width(index_text(position))
        self.pen.text(self.left + 22, y + BOX / 2, index_text(position), QUIET)
        self.pen.text(start + 6, y + BOX / 2, self.pen.clip(name, self.right - 14 - start), QUIET)

    def last_edge(self, y, stretch=0):
        """What the chain returned; nothing if it raised."""
        if self.trace.error is None:
            self._stretch(self.left, y + ROW - BOX, stretch, QUIET)
            self._edge(self.left, y, self.trace.output, self.dtypes[-1], self.dtypes[-2] if self.trace.steps else "")

    def rail(self, step, y, rows):
        """A dashed line beside the `rows` of layers that a chain has inside."""
        x = self._indent(step) + 5
        for top in range(y + BOX + 3, y + ROW * rows + BOX - 4, 7):
            self.pen.line(x, top, x, top + 4, QUIET)

    def _indent(self, step):
        return self.left + INDENT * min(len(step.position) - 1, 4)

    def _box(self, x, y, kind, fill, line):
        radius = BOX / 2 if kind == "function" else 4
        self.pen.frame(x, y, self.right, y + BOX, fill, line, radius, dashed=kind == "chain")
        if kind == "module":
            self.pen.square(x + 9, y + BOX / 2 - 3, 6, line)
        elif kind == "function":
            self.pen.text(x + 9, y + BOX / 2, "ƒ", line)

    def _words(self, x, y, step, values):
        pen, failed, index = self.pen, step.error is not None, index_text(step.position)
        pen.text(x + 22, y + BOX / 2, index, QUIET)
        start, end = x + 28 + pen.width(index), self.right - 10
        end -= pen.width(values) + 8 if values else 0
        label = pen.clip(f"✗ {step.layer}" if failed else step.layer, end - start, bold=True)
        pen.text(start, y + BOX / 2, label, RED if failed else TEXT, bold=True)
        pen.text(self.right - 8, y + BOX / 2, values, QUIET, anchor="rm") if values else None

    def _tags(self, y, names):
        x = self.right + 7
        for i, name in enumerate(names):
            rest = f"+{len(names) - i}"
            more = 0 if i == len(names) - 1 else self.pen.width(rest, size=SMALL) + 12
            if x + self.pen.width(name, size=SMALL) + 10 + more > self.room:
                if x + more - 2 <= self.room:
                    self.pen.tag(x, y + BOX / 2, rest)
                return
            x += self.pen.tag(x, y + BOX / 2, name) + 4

    def _stretch(self, x, y, stretch, color):
        if stretch:
            self.pen.line(x + 26, y - (ROW - BOX) - stretch, x + 26, y - (ROW - BOX), color)

    def _edge(self, x, y, value, dtype, before):
        self._arrows(x + 26, y, value)
        words = f"{shape_text(value)} {dtype}" if dtype != before else shape_text(value)
        self._shape(x + 38, y + (ROW - BOX) / 2 - 1, words)

    def _arrows(self, x, y, value, color=QUIET):
        """One arrow for each value that passes, three at most."""
        for i in range(min(3, _values(value))):
            self.pen.line(x - 9 * i, y, x - 9 * i, y + ROW - BOX - 5, color)
            self.pen.arrow(x - 9 * i, y + ROW - BOX - 1, color)

    def _shape(self, x, y, words):
        """A shape with the batch underlined; gives where it ends."""
        words = self.pen.clip(words, self.room - x - 4)
        self.pen.text(x, y, words, QUIET)
        for found in re.finditer(r"\((\d+)[,)]", words) if self.batch is not None else ():
            if int(found[1]) == self.batch:
                start, end = (x + self.pen.width(words[:at]) for at in found.span(1))
                self.pen.line(start, y + 6, end, y + 6)
        return x + self.pen.width(words)


def strip(pen, x, y, values, width, scale=None):
    """One row of cells, so wide that 16 cells or more fill `width`."""
    cells = pool(values)
    end = x + width * len(cells) / max(len(cells), 16)
    pen.cells(x, y + 3, end - x, BOX - 6, colors(cells, scale))
    pen.outline(x, y + 3, end, y + BOX - 3)


def inside(step, steps):
    """How many of the steps right behind a chain belong to it."""
    depth, held = len(step.position), 0
    while held < len(steps) and steps[held].position[:depth] == step.position and len(steps[held].position) > depth:
        held += 1
    return held


def _values(value):
    """How many values pass along an edge."""
    if isinstance(value, tuple) and len(value) == 1:
        return _values(value[0])
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ()
    return max(1, sum(first_array(part) is not None for part in parts))


def _dtype(value):
    array = first_array(value)
    return "" if array is None else str(array.dtype).removeprefix("torch.")
