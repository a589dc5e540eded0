"""Two traces as one picture: two columns, each pair of layers on one line, the first difference framed in red."""

from seqkit.axes import Axes, first_array, in_one_order, numbers
from seqkit.beside import sentence
from seqkit.steps import parameters_text, received_by
from seqkit.views.drawing.column import BOX, ROW, Column, strip
from seqkit.views.drawing.page import LEFT, TOP, WIDTH, card, draw_notes, left_out, lines, window
from seqkit.views.drawing.pen import QUIET, RED
from seqkit.views.drawing.strips import reach
from seqkit.views.numbers import example

BOXES, STRIP, STRIP_WIDTH, RIGHT = 192, 8, 144, 400
VALUES = 20
"""Room for both values below the first pair that differs."""


def draw_beside(a, b, beside):
    """Two traces as a Pillow image.

    Args:
        a: the `Trace` on the left.
        b: the one on the right.
        beside: the `Beside` of both: which layer stands beside which.
    """
    shown = window(len(beside.pairs), beside.first)
    differ = beside.first is not None or beside.output is not None
    notes = left_out(len(beside.pairs), shown) + [(line, RED if differ else QUIET) for line in lines(sentence(beside))]
    room = 0 if beside.first is None else VALUES
    pen = card(len(shown), len(notes), room)
    page = TwoColumns(pen, a, b)
    page.heads(not shown.start)
    for i, number in enumerate(shown):
        behind = room if number > (beside.first or 0) else 0
        page.row(beside.pairs[number], TOP + ROW * (i + 1) + behind, number == beside.first)
    y = TOP + ROW * (len(shown) + 1) + room
    if shown.stop == len(beside.pairs):
        page.ends(y - (ROW - BOX))
    draw_notes(pen, y, notes)
    return pen.image


class TwoColumns:
    """Two columns on one card."""

    def __init__(self, pen, a, b):
        self.pen, self.axes, self.stretch = pen, (Axes(a), Axes(b)), 0
        self.columns = [Column(pen, t, x, x + BOXES, x + BOXES + 4) for t, x in ((a, LEFT), (b, RIGHT))]

    def heads(self, inputs):
        """The two styles, and the two inputs if they are on this card."""
        for column in self.columns:
            title = f"{column.trace.style} chain"
            self.pen.text(column.left, 18, title, bold=True)
            start = column.left + self.pen.width(title, bold=True) + 12
            self.pen.text(start, 18, parameters_text(column.trace), QUIET)
            if inputs:
                column.first_edge(TOP)
        if inputs:
            values = [received_by(column.trace) for column in self.columns]
            self._strips(TOP, values, None)

    def row(self, pair, y, first):
        """One pair of layers; `first` if it is the first that differs."""
        if first:
            self.pen.frame(LEFT - 7, y - 4, WIDTH - LEFT + 7, y + BOX + VALUES, None, RED, 6, width=1.5)
        steps = []
        for column, number in zip(self.columns, (pair.left, pair.right), strict=True):
            steps.append(None if number is None else column.trace.steps[number])
            column.through(y, self.stretch) if number is None else column.step(steps[-1], y, self.stretch)
        values = [step.output if step is not None and step.error is None else None for step in steps]
        self._strips(y, values, None if pair.right is None else self.axes[1].images[pair.right])
        self._mark(pair, y)
        self.stretch = VALUES if first else 0
        if first:
            self._tell(pair.difference, y)

    def ends(self, y):
        """The two edges behind the last row."""
        for column in self.columns:
            column.last_edge(y, self.stretch)

    def _mark(self, pair, y):
        """Between the two: whether they agree, where there are two."""
        sign = "=" if pair.difference is None else "≠"
        if pair.left is None or pair.right is None:
            sign = "" if pair.difference is None else "+"
        self.pen.text(RIGHT - 25, y + BOX / 2, sign, QUIET if pair.difference is None else RED, bold=True)

    def _strips(self, y, values, image):
        """Both outputs in the order of the left one and with one scale, so that one colour is one number."""
        rows = self._examples(values, image)
        scale = max([reach(row) for row in rows if row is not None and row.size], default=1)
        for column, row in zip(self.columns, rows, strict=True):
            if row is not None and row.size:
                strip(self.pen, column.right + STRIP, y, row, STRIP_WIDTH, scale)

    def _examples(self, values, image):
        arrays = [None if (found := first_array(value)) is None else numbers(found) for value in values]
        if all(array is not None for array in arrays):
            values = in_one_order(*arrays, *self.axes, image)
            batched = self.axes[0].batch is not None
            return [example(value, len(value) if batched and value.ndim else None) for value in values]
        return [example(value, axes.batch) for value, axes in zip(values, self.axes, strict=True)]

    def _tell(self, difference, y):
        """Both values below the first pair that differs, or both shapes, or which side has it alone."""
        place = "".join(f"[{key!r}]" for key in difference.part)
        said = difference.shapes or ("", "")
        if difference.where is not None:
            place += str(list(difference.where))
            said = [f"{value:.4g}".replace("-", "−") for value in (difference.left, difference.right)]
        for column, words in zip(self.columns, said, strict=True):
            words = self.pen.clip(f"{place} {words}".strip(), STRIP_WIDTH)
            self.pen.text(column.right + STRIP, y + BOX + 8, words, RED)
