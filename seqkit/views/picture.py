"""A `Trace` as a still picture: one PNG for the eye, one line of text for everything that compares.

From top to bottom the value travels: on each edge the shape, in each box a layer and its parameters, beside it the
activations that left the layer as a heat strip: orange positive, blue negative, white zero. A strip shows the first
example, at most 64 cells; where there are more values, a cell is the mean of its neighbours.
"""

import functools
import importlib.util
import io
import textwrap
from pathlib import Path

import numpy as np
from PIL import Image, ImageColor, ImageDraw, ImageFont

from seqkit.errors import TraceError
from seqkit.steps import Trace, count, first_line, index_text, received, shape_text, size, summary

ROWS, CELLS, SCALE = 24, 64, 2
WIDTH, ROW, BOX, INDENT = 720, 42, 24, 14
LEFT, STRIP, STRIP_WIDTH = 16, 340, 240
CARD, EDGE, TEXT, QUIET, RED = "#ffffff", "#c3c9d0", "#1c2128", "#59636e", "#b3261e"
MODULE, FUNCTION, CHAIN, FAILED = "#dfe9f7", "#ffffff", "#f3f0e6", "#fdeae8"
POSITIVE, NEGATIVE, MISSING = (217, 95, 2), (31, 88, 168), (150, 150, 150)


class Picture:
    """What `show` returns: in a notebook a PNG and one line of text.

    Attributes:
        trace: what is shown.
        png: the picture, as bytes; twice as fine as it is shown.
    """

    def __init__(self, trace):
        self.trace = trace
        image = draw(trace)
        self._size = (image.width // SCALE, image.height // SCALE)
        stream = io.BytesIO()
        image.quantize(palette=palette(), dither=Image.Dither.NONE).save(stream, "png", compress_level=1)
        self.png = stream.getvalue()

    def save(self, path):
        """Write the PNG to `path`."""
        Path(path).write_bytes(self.png)

    def _repr_png_(self):
        width, height = self._size
        return self.png, {"width": width, "height": height}

    def __repr__(self):
        return summary(self.trace)


def show(trace):
    """The picture of a run.

    Args:
        trace: what `trace(chain, x)` returned.

    Returns:
        A `Picture`: the last line of a cell shows it.

    Raises:
        TraceError: it is no trace.
    """
    if not isinstance(trace, Trace):
        raise TraceError(f"show got a value of type {type(trace).__name__}. It takes a trace: show(trace(chain, x)).")
    return Picture(trace)


def draw(trace):
    """A `Trace` as a Pillow image."""
    steps, notes = trace.steps[:ROWS], _notes(trace)
    height = 36 + ROW * (len(steps) + 1) + 18 * len(notes) + 24
    image = Image.new("RGB", (WIDTH * SCALE, height * SCALE), CARD)
    pen = Pen(image)
    pen.outline(0, 0, WIDTH - 0.5, height - 0.5)
    pen.text(LEFT, 18, f"{trace.style} chain", bold=True)
    pen.text(WIDTH - LEFT, 18, count(trace.total_parameters, "parameter"), QUIET, anchor="rm")
    y = 36
    _draw_input(pen, trace, y)
    for step in steps:
        y += ROW
        _draw_step(pen, trace, step, y)
    y += ROW
    _draw_edge(pen, LEFT, y - (ROW - BOX), shape_text(trace.output) if trace.error is None else "", trace.error is None)
    for i, (note, color) in enumerate(notes):
        pen.text(LEFT, y + 14 + 18 * i, note, color)
    return image


def _notes(trace):
    """Lines below the last row: what is left out, what went wrong."""
    more = len(trace) - ROWS
    notes = [(f"… {more:,} more", QUIET)] if more > 0 else []
    if trace.error is not None:
        said = [
            f"✗ {type(trace.error).__name__}: {first_line(trace.error)}",
            *([trace.sentence] if trace.sentence else []),
        ]
        notes += [(line, RED) for text in said for line in textwrap.wrap(text, 104)[:4]]
    return notes


def _draw_input(pen, trace, y):
    first = trace.steps[0] if trace.steps else None
    value = received(first) if first else trace.output
    pen.text(LEFT + 4, y + BOX / 2, "x", bold=True)
    pen.text(LEFT + 24, y + BOX / 2, shape_text(value), QUIET)
    _draw_strip(pen, y, example(value, trace.style))


def _draw_step(pen, trace, step, y):
    indent = LEFT + INDENT * min(len(step.position) - 1, 4)
    failed = step.error is not None
    _draw_edge(pen, indent, y - (ROW - BOX), shape_text(received(step)) if step.number else "", True)
    fill, line = (FAILED, RED) if failed else ({"module": MODULE, "chain": CHAIN}.get(step.kind, FUNCTION), QUIET)
    round_ = BOX / 2 if step.kind == "function" else 4
    pen.frame(indent, y, indent + 218, y + BOX, fill, line, round_, dashed=step.kind == "chain")
    pen.text(indent + 10, y + BOX / 2, index_text(step.position), QUIET)
    start = indent + 18 + pen.width(index_text(step.position))
    label = pen.clip(f"✗ {step.layer}" if failed else step.layer, indent + 210 - start, bold=True)
    pen.text(start, y + BOX / 2, label, RED if failed else TEXT, bold=True)
    values = sum(size(array) for array in step.parameters.values())
    pen.text(indent + 226, y + BOX / 2, f"{values:,}" if values else "", QUIET)
    _draw_strip(pen, y, None if failed else example(step.output, trace.style))


def _draw_edge(pen, x, y, label, arrow):
    x += 26
    if arrow:
        pen.line(x, y, x, y + ROW - BOX - 5)
        pen.arrow(x, y + ROW - BOX - 1)
    pen.text(x + 12, y + (ROW - BOX) / 2 - 1, pen.clip(label, STRIP - x - 20), QUIET)


def _draw_strip(pen, y, values):
    """One row of cells, and the least and the greatest value that they were made of."""
    if values is None or not values.size:
        return
    cells = pool(values)
    width = STRIP_WIDTH * len(cells) / max(len(cells), 16)
    pen.cells(STRIP, y + 3, width, BOX - 6, colors(cells))
    pen.outline(STRIP, y + 3, STRIP + width, y + BOX - 3)
    known = values[np.isfinite(values)]
    said = f"{_short(known.min())} … {_short(known.max())}" if known.size else ""
    said += "" if known.size == values.size else " · not finite"
    place = STRIP + STRIP_WIDTH + 8
    pen.text(place, y + BOX / 2, pen.clip(said, WIDTH - 8 - place), QUIET)


def _short(value):
    return f"{value:.2g}".replace("-", "−")


def example(value, style):
    """The first example in a value, as a flat float array; None if there is no array of numbers in it."""
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, tuple | list):
        return next((found for found in (example(part, style) for part in value) if found is not None), None)
    if not hasattr(value, "shape") or type(value).__name__ == "ShapeDtypeStruct":
        return None
    try:
        array = np.asarray(value.detach().cpu() if hasattr(value, "detach") else value, dtype=np.float64)
    except (TypeError, ValueError):  # a key, an object: no numbers to show
        return None
    return (array[0] if array.ndim > 1 and style != "equinox" and len(array) else array).reshape(-1)


def pool(values):
    """At most `CELLS` means of neighbours, in order."""
    if len(values) <= CELLS:
        return values
    starts = np.linspace(0, len(values), CELLS, endpoint=False).astype(int)
    return np.add.reduceat(values, starts) / np.diff([*starts, len(values)])


def colors(cells):
    """(cells, 3) colours: white at zero, full orange or blue at the greatest magnitude; grey where it is no number."""
    known = np.abs(cells[np.isfinite(cells)])
    scale = known.max() if known.size and known.max() > 0 else 1.0
    share = np.nan_to_num(np.clip(np.abs(cells) / scale, 0, 1))[:, None]
    full = np.where(cells[:, None] > 0, POSITIVE, NEGATIVE)
    mixed = np.where(np.isfinite(cells)[:, None], 255 + share * (full - 255), MISSING)
    return mixed.round().astype(np.uint8)


class Pen:
    """Pillow's drawing in the units of the page, whatever the scale of the image."""

    def __init__(self, image):
        self.image, self.draw = image, ImageDraw.Draw(image)

    def frame(self, x0, y0, x1, y1, fill, line, radius, dashed=False):
        """A box with round corners; `dashed` for a group."""
        box = [x0 * SCALE, y0 * SCALE, x1 * SCALE, y1 * SCALE]
        self.draw.rounded_rectangle(box, radius * SCALE, fill, None if dashed else line, SCALE)
        for x in range(int(x0), int(x1), 8) if dashed else ():
            for y in (y0, y1):
                self.line(x, y, min(x + 4, x1), y)
        for x in (x0, x1) if dashed else ():
            self.line(x, y0, x, y1)

    def cells(self, x, y, width, height, colors):
        """Filled cells side by side."""
        row = Image.fromarray(colors[None])
        size = (round(width * SCALE), height * SCALE)
        self.image.paste(row.resize(size, Image.Resampling.NEAREST), (x * SCALE, y * SCALE))

    def outline(self, x0, y0, x1, y1):
        """The border of a strip."""
        self.draw.rectangle([x0 * SCALE, y0 * SCALE, round(x1 * SCALE), y1 * SCALE], None, EDGE)

    def line(self, x0, y0, x1, y1):
        """A thin line."""
        self.draw.line([x0 * SCALE, y0 * SCALE, x1 * SCALE, y1 * SCALE], QUIET, SCALE)

    def arrow(self, x, y):
        """A small arrow head that points down to (x, y)."""
        points = [(x * SCALE, y * SCALE), ((x - 4) * SCALE, (y - 6) * SCALE), ((x + 4) * SCALE, (y - 6) * SCALE)]
        self.draw.polygon(points, QUIET)

    def text(self, x, y, text, color=TEXT, bold=False, anchor="lm"):
        """Text, by its left (or right) middle."""
        mask, left, top = stamp(text, bold)
        x = x * SCALE + left - (mask.width if anchor == "rm" else 0)
        self.draw.bitmap((round(x), round(y * SCALE) + top), mask, color)

    def width(self, text, bold=False):
        """How wide a text is."""
        return stamp(text, bold)[0].width / SCALE

    def clip(self, text, room, bold=False):
        """`text`, shortened to fit."""
        if self.width(text, bold) <= room:
            return text
        while text and self.width(text + "…", bold) > room:
            text = text[:-1]
        return text + "…"


@functools.cache
def palette():
    """The 256 colours of every picture: it makes the file small and the encoding quick."""
    shades = [_shades("#ffffff", ink, 44) for ink in (POSITIVE, NEGATIVE)]
    shades += [_shades(paper, ink, 15) for paper in (CARD, MODULE, CHAIN, FAILED) for ink in (TEXT, QUIET)]
    shades += [_shades(paper, RED, 12) for paper in (CARD, FAILED)] + [[MISSING, ImageColor.getrgb(EDGE)]]
    colors = [color for ramp in shades for color in ramp]
    image = Image.new("P", (1, 1))
    image.putpalette([part for color in colors for part in color])
    return image


def _shades(paper, ink, n):
    """`paper`, then `n` colours to `ink`: none so near to the paper that Pillow would take it for the paper."""
    ends = [np.array(ImageColor.getrgb(each) if isinstance(each, str) else each) for each in (paper, ink)]
    return [tuple(map(int, ends[0] + share * (ends[1] - ends[0]))) for share in (0, *np.linspace(0.06, 1, n - 1))]


@functools.lru_cache(1024)
def stamp(text, bold):
    """A text as a mask with the place of its left middle: shapes and names come again and again."""
    left, top, right, bottom = map(int, font(bold).getbbox(text, anchor="lm"))
    mask = Image.new("L", (max(1, right - left), max(1, bottom - top)))
    ImageDraw.Draw(mask).text((-left, -top), text, 255, font(bold), "lm")
    return mask, left, top


@functools.cache
def font(bold):
    """DejaVu Sans, which matplotlib brings; Pillow's own where it is not found."""
    found = importlib.util.find_spec("matplotlib")
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    path = Path(found.origin).parent / "mpl-data/fonts/ttf" / name if found and found.origin else None
    if path is None or not path.exists():
        return ImageFont.load_default(12 * SCALE)
    return ImageFont.truetype(str(path), 12 * SCALE)
