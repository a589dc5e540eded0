"""The card that a picture is drawn on: its size, which rows it has room for, the lines below the last row."""

import textwrap

from PIL import Image

from seqkit.views.drawing.column import BOX, ROW
from seqkit.views.drawing.pen import CARD, QUIET, SCALE, Pen

ROWS, WIDTH, TOP, LEFT, NOTE = 20, 760, 36, 16, 18


def card(rows, notes, more=0):
    """A `Pen` over an empty card for the input, so many `rows` and so many `notes`, and `more` room."""
    height = TOP + ROW * (rows + 1) + NOTE * notes + BOX + more
    pen = Pen(Image.new("RGB", (WIDTH * SCALE, height * SCALE), CARD))
    pen.outline(0, 0, WIDTH - 0.5, height - 0.5)
    return pen


def window(total, wanted):
    """Which rows are drawn: the first ones, or, to have the wanted one among them, those that lead to it."""
    start = 0 if wanted is None or wanted < ROWS else wanted - ROWS + 1
    return range(start, min(total, start + ROWS))


def left_out(total, shown):
    """What is to be said of the rows that are not drawn."""
    found = {"before": shown.start, "more": total - shown.stop}
    return [(f"… {n:,} {where}", QUIET) for where, n in found.items() if n > 0]


def lines(text):
    """A text as lines that the card has room for, four at most."""
    return textwrap.wrap(text, 108)[:4]


def draw_notes(pen, y, notes):
    """(text, colour) pairs, one below the other."""
    for i, (text, color) in enumerate(notes):
        pen.text(LEFT, y + 14 + NOTE * i, text, color)
