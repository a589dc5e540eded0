"""Pillow's drawing in the units of the page, and the colours of every picture."""

import functools
import importlib.util
from pathlib import Path

import numpy as np
from PIL import Image, ImageColor, ImageDraw, ImageFont

SCALE, SMALL = 2, 10
CARD, EDGE, TEXT, QUIET, RED = "#ffffff", "#c3c9d0", "#1c2128", "#59636e", "#b3261e"
MODULE, FUNCTION, CHAIN, FAILED = "#dfe9f7", "#ffffff", "#f3f0e6", "#fdeae8"
POSITIVE, NEGATIVE, MISSING = (217, 95, 2), (31, 88, 168), (150, 150, 150)


class Pen:
    """Pillow's drawing in the units of the page, whatever the scale of the image."""

    def __init__(self, image):
        self.image, self.draw = image, ImageDraw.Draw(image)

    def frame(self, x0, y0, x1, y1, fill, line, radius, dashed=False, width=1):
        """A box with round corners; `fill` None leaves what is below it."""
        box = [x0 * SCALE, y0 * SCALE, x1 * SCALE, y1 * SCALE]
        self.draw.rounded_rectangle(box, radius * SCALE, fill, None if dashed else line, round(width * SCALE))
        for x in range(int(x0 + radius), int(x1 - 3), 8) if dashed else ():
            for y in (y0, y1):
                self.line(x, y, min(x + 4, x1), y, line)
        for y in range(int(y0 + radius), int(y1 - 3), 7) if dashed else ():
            for x in (x0, x1):
                self.line(x, y, x, min(y + 4, y1), line)

    def square(self, x, y, side, color):
        """A small filled square."""
        self.draw.rectangle([x * SCALE, y * SCALE, (x + side) * SCALE, (y + side) * SCALE], color)

    def tag(self, x, y, text):
        """A word in a small frame, by its left middle; gives its width."""
        width = self.width(text, size=SMALL) + 10
        self.frame(x, y - 7, x + width, y + 7, CARD, EDGE, 3)
        self.text(x + 5, y, text, QUIET, size=SMALL)
        return width

    def cells(self, x, y, width, height, colors):
        """Filled cells side by side."""
        row = Image.fromarray(colors[None])
        size = (round(width * SCALE), height * SCALE)
        self.image.paste(row.resize(size, Image.Resampling.NEAREST), (x * SCALE, y * SCALE))

    def outline(self, x0, y0, x1, y1):
        """A thin frame with sharp corners."""
        self.draw.rectangle([x0 * SCALE, y0 * SCALE, round(x1 * SCALE), y1 * SCALE], None, EDGE)

    def line(self, x0, y0, x1, y1, color=QUIET):
        """A thin line."""
        self.draw.line([x0 * SCALE, y0 * SCALE, x1 * SCALE, y1 * SCALE], color, SCALE)

    def arrow(self, x, y, color=QUIET):
        """A small arrow head that points down to (x, y)."""
        points = [(x * SCALE, y * SCALE), ((x - 4) * SCALE, (y - 6) * SCALE), ((x + 4) * SCALE, (y - 6) * SCALE)]
        self.draw.polygon(points, color)

    def text(self, x, y, text, color=TEXT, bold=False, anchor="lm", size=12):
        """Text, by its left (or right) middle."""
        mask, left, top = stamp(text, bold, size)
        x = x * SCALE + left - (mask.width if anchor == "rm" else 0)
        self.draw.bitmap((round(x), round(y * SCALE) + top), mask, color)

    @staticmethod
    @functools.lru_cache(1024)
    def width(text, bold=False, size=12):
        """How far a text goes, the spaces at its ends with it."""
        return font(bold, size).getlength(text) / SCALE

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
    shades += [_shades(paper, ink, 7) for paper in (CARD, MODULE, CHAIN, FAILED) for ink in (TEXT, QUIET)]
    shades += [_shades(paper, RED, 7) for paper in (CARD, FAILED)] + [[MISSING, ImageColor.getrgb(EDGE)]]
    colors = [color for ramp in shades for color in ramp]
    image = Image.new("P", (1, 1))
    image.putpalette([part for color in colors for part in color])
    return image


def _shades(paper, ink, n):
    """`paper`, then `n` colours to `ink`: none so near to the paper that Pillow would take it for the paper."""
    ends = [np.array(ImageColor.getrgb(each) if isinstance(each, str) else each) for each in (paper, ink)]
    return [tuple(map(int, ends[0] + share * (ends[1] - ends[0]))) for share in (0, *np.linspace(0.06, 1, n - 1))]


@functools.lru_cache(1024)
def stamp(text, bold, size):
    """A text as a mask with the place of its left middle: shapes and names come again and again."""
    left, top, right, bottom = map(int, font(bold, size).getbbox(text, anchor="lm"))
    mask = Image.new("L", (max(1, right - left), max(1, bottom - top)))
    ImageDraw.Draw(mask).text((-left, -top), text, 255, font(bold, size), "lm")
    return mask, left, top


@functools.cache
def font(bold, size):
    """DejaVu Sans, which matplotlib brings; Pillow's own where it is not found."""
    found = importlib.util.find_spec("matplotlib")
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    path = Path(found.origin).parent / "mpl-data/fonts/ttf" / name if found and found.origin else None
    if path is None or not path.exists():
        return ImageFont.load_default(size * SCALE)
    return ImageFont.truetype(str(path), size * SCALE)
