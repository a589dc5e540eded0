"""The colours of a heat strip, and what is said of its values in a few words."""

import numpy as np

from seqkit.views.drawing.pen import MISSING, NEGATIVE, POSITIVE


def reach(cells):
    """The greatest magnitude, which is drawn in full colour."""
    known = np.abs(cells[np.isfinite(cells)])
    return known.max() if known.size and known.max() > 0 else 1.0


def colors(cells, scale=None):
    """(cells, 3) colours: white at zero, full orange or blue at `scale`; grey where it is no number."""
    scale = scale or reach(cells)
    share = np.nan_to_num(np.clip(np.abs(cells) / scale, 0, 1))[:, None]
    full = np.where(cells[:, None] > 0, POSITIVE, NEGATIVE)
    mixed = np.where(np.isfinite(cells)[:, None], 255 + share * (full - 255), MISSING)
    return mixed.round().astype(np.uint8)


def said(values):
    """The least and the greatest value, and the share of zeros: `0 … 2.2 · 38 % zero`. The live picture's is in `heat.js`."""
    known = values[np.isfinite(values)]
    words = [f"{short(known.min())} … {short(known.max())}"] if known.size else []
    words += [share] if (share := zeros(values)) else []
    return " · ".join(words + ["not finite"] * (known.size < values.size))


def zeros(values):
    """The share of exact zeros in words; nothing if there are none. 0 % and 100 % are only said of none and all."""
    found = int((values == 0).sum())
    if not found:
        return ""
    percent = 100 if found == values.size else min(99, max(1, round(100 * found / values.size)))
    return f"{percent} % zero"


def short(value):
    """A number in two digits."""
    return f"{value:.2g}".replace("-", "−")
