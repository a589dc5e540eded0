"""A `Trace` as a still picture: one PNG for the eye, one line of text for everything that compares.

From top to bottom the value travels: on each edge the shape, the batch underlined, in each box a layer and how many
parameters it has, beside it the activations that left it as a heat strip: orange positive, blue negative, white zero. A
strip shows the first example, at most 64 cells; where there are more values, a cell is the mean of its neighbours.
"""

import io
from pathlib import Path

from PIL import Image

from seqkit.axes import batch
from seqkit.beside import match, sentence
from seqkit.steps import first_line, parameters_text, received_by, summary
from seqkit.views.drawing.column import BOX, ROW, Column, inside, strip
from seqkit.views.drawing.page import LEFT, ROWS, TOP, WIDTH, card, draw_notes, left_out, lines, window
from seqkit.views.drawing.pen import QUIET, RED, SCALE, palette
from seqkit.views.drawing.strips import said
from seqkit.views.drawing.two_columns import draw_beside
from seqkit.views.numbers import example

BOXES, STRIP, STRIP_WIDTH = 246, 356, 224


class Picture:
    """A run as a PNG and one line of text, which a notebook shows and keeps.

    Args:
        trace: what `trace(chain, x)` returned.
        pending: names of layers that did not run, because one before them failed.

    Attributes:
        trace: what is shown; of two traces the left one.
        png: the picture, as bytes; twice as fine as it is shown.
    """

    def __init__(self, trace, pending=()):
        self.trace, self._text = trace, summary(trace)
        self._keep(draw(trace, pending))

    @classmethod
    def beside(cls, a, b):
        """Two traces side by side, matched layer by layer, the first difference framed in red."""
        picture, matched = cls.__new__(cls), match(a, b)
        picture.trace, picture._text = a, f"{a.style} chain beside {b.style} chain: {sentence(matched)}"
        picture._keep(draw_beside(a, b, matched))
        return picture

    def _keep(self, image):
        self._size = (image.width // SCALE, image.height // SCALE)
        stream = io.BytesIO()
        image.quantize(palette=palette(), dither=Image.Dither.NONE).save(stream, "png", compress_level=5)
        self.png = stream.getvalue()

    def save(self, path):
        """Write the PNG to `path`."""
        Path(path).write_bytes(self.png)

    def _repr_png_(self):
        width, height = self._size
        return self.png, {"width": width, "height": height}

    def __repr__(self):
        return self._text


def draw(trace, pending):
    """A `Trace` as a Pillow image."""
    shown = window(len(trace), trace.failed.number if trace.failed else None)
    steps = trace.steps[shown.start : shown.stop]
    pending = list(pending)[: ROWS - len(steps)]
    notes = _notes(trace, shown)
    pen = card(len(steps) + len(pending), len(notes))
    pen.text(LEFT, 18, f"{trace.style} chain", bold=True)
    pen.text(WIDTH - LEFT, 18, parameters_text(trace), QUIET, anchor="rm")
    column = Column(pen, trace, LEFT, BOXES, STRIP - 6)
    _draw_rows(pen, column, steps)
    y = TOP + ROW * (len(steps) + 1)
    for i, name in enumerate(pending):
        column.waiting(_behind(trace, i), name, y + ROW * i)
    y += ROW * len(pending)
    if shown.stop == len(trace):
        column.last_edge(y - (ROW - BOX))
    draw_notes(pen, y, notes)
    return pen.image


def _behind(trace, i):
    """Where the layer stands that is number `i` of those behind the last one that ran."""
    step = trace.failed or (trace.steps[-1] if trace.steps else None)
    return (i if step is None else step.position[0] + 1 + i,)


def _notes(trace, shown):
    """Lines below the last row: what is left out, what went wrong."""
    notes = left_out(len(trace), shown)
    if trace.error is not None:
        words = [f"✗ {type(trace.error).__name__}: {first_line(trace.error)}", trace.sentence or ""]
        notes += [(line, RED) for text in words for line in lines(text)]
    return notes


def _draw_rows(pen, column, steps):
    trace, first = column.trace, steps[0].number if steps else 0
    if not first:
        column.first_edge(TOP)
        _draw_values(pen, TOP, example(received_by(trace), batch(trace)))
    for i, step in enumerate(steps):
        y = TOP + ROW * (i + 1)
        column.rail(step, y, inside(step, steps[i + 1 :]) if step.kind == "chain" else 0)
        column.step(step, y)
        _draw_values(pen, y, example(step.output, batch(trace)))


def _draw_values(pen, y, values):
    """A heat strip, and the least and the greatest of all values that it was made of."""
    if values is not None and values.size:
        strip(pen, STRIP, y, values, STRIP_WIDTH)
        place = STRIP + STRIP_WIDTH + 8
        pen.text(place, y + BOX / 2, pen.clip(said(values), WIDTH - 8 - place), QUIET)
