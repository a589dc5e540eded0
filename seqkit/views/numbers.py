"""Arrays as the few numbers that a front end draws: strips, histograms, least and greatest, the share of zeros.

A record is a row of float32, laid out as `HEAD`, then `CELLS` cells of a strip, then `BINS` counts of a histogram; the
record of a parameter has no cells. Cells are pooled: each is the mean of neighbours where there are more values than cells.
"""

from typing import NamedTuple

import numpy as np

from seqkit import axes

CELLS, BINS, SAMPLE = 64, 24, 4096
HEAD = ("size", "least", "greatest", "mean", "spread", "zeros", "finite", "dead", "units", "cells")
STATISTICS = len(HEAD) + BINS
RECORD = len(HEAD) + CELLS + BINS


class Dead(NamedTuple):
    """How many units are zero in every example of a batch, and how many there are; both 0 where there is no batch."""

    dead: int
    units: int


def as_numpy(value):
    """An array of any framework as float64, or None if it holds no numbers: a key, an object, a shape alone."""
    found = axes.numbers(value) if hasattr(value, "shape") else None
    return None if found is None else found.real.astype(np.float64)


def arrays(value):
    """The arrays of numbers in a value: one, or those of a tuple, list or dict, in order."""
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, tuple | list):
        return [array for part in value for array in arrays(part)]
    found = as_numpy(value)
    return [] if found is None else [found]


def example_of_array(array, batch, index):
    """Example `index` of an array, the last if there are fewer; the array itself where it has no batch axis."""
    return array[min(index, len(array) - 1)] if axes.has_batch(array, batch) and len(array) else array


def example(value, batch, index=0):
    """Example `index` of a value, (values,) float64, the arrays of a tuple or dict one after the other; or None.

    Args:
        value: an array of any framework, or a tuple or dict of several.
        batch: how many examples went through the chain at once, or None (see `axes.batch`).
        index: which of them.
    """
    found = [example_of_array(array, batch, index).reshape(-1) for array in arrays(value)]
    return np.concatenate(found) if found else None


def dead(value, batch):
    """`Dead` of a value: the units that are zero whatever the example."""
    found = [array for array in arrays(value) if axes.has_batch(array, batch) and len(array) > 1]
    return Dead(sum(int((~array.any(0)).sum()) for array in found), sum(array[0].size for array in found))


def pool(values, cells=CELLS):
    """At most `cells` means of neighbours, in order."""
    if len(values) <= cells:
        return values
    starts = np.linspace(0, len(values), cells, endpoint=False).astype(int)
    return np.add.reduceat(values, starts) / np.diff([*starts, len(values)])


NO_BATCH = Dead(0, 0)


def record(values, units=NO_BATCH, strip=True):
    """A record of flat `values`, float32; all zeros for None or no values."""
    made = np.zeros(RECORD if strip else STATISTICS, np.float32)
    if values is None or not values.size:
        return made
    known = values if np.isfinite(values).all() else values[np.isfinite(values)]
    cells = pool(values) if strip else ()
    made[: len(HEAD)] = [*_statistics(values, known), *units, len(cells)]
    made[len(HEAD) : len(HEAD) + len(cells)] = cells
    made[-BINS:] = histogram(known)
    return made


def packed(records):
    """Records as bytes, one after the other."""
    return np.concatenate(records).tobytes() if records else b""


def _statistics(values, known):
    """size, least, greatest, mean, spread, share of zeros, share of finite values."""
    if not known.size:
        return values.size, np.nan, np.nan, np.nan, np.nan, 0, 0
    zeros = 1 - np.count_nonzero(values) / values.size
    return values.size, known.min(), known.max(), known.mean(), known.std(), zeros, known.size / values.size


def histogram(known):
    """(BINS,) counts between least and greatest, of at most about `SAMPLE` values taken at even steps."""
    sample = known[:: max(1, len(known) // SAMPLE)]
    if not sample.size:
        return np.zeros(BINS)
    low, high = sample.min(), sample.max()
    if not high > low:
        return np.eye(1, BINS, BINS // 2)[0] * len(sample)
    places = ((sample - low) * (BINS / (high - low))).astype(int)
    return np.bincount(np.minimum(places, BINS - 1), minlength=BINS)
