"""What a learner can change of an input: a short vector by sliders, a picture on a pad, anything by noise."""

import math
import sys

import numpy as np

from seqkit.axes import has_batch
from seqkit.views.numbers import as_numpy, example_of_array

SLIDERS, SIGNED, PAD, NOISE = 32, 12, 64, 0.1
"""At most so many sliders; more values than this, none below zero, stay above it; a pad is at most so many cells wide; noise has
this share of the input's range."""


def describe(x, batch, index):
    """What the front end offers for an input: kind, values of the example, range, examples in the batch.

    Args:
        x: what the chain is called with.
        batch: how many examples it is, or None where it has no batch axis.
        index: which example of the batch.
    """
    array = as_numpy(np.asarray(x) if type(x) in (int, float) else x)
    if array is None or not array.size:
        return {"kind": "none", "examples": 0}
    values = example_of_array(array, batch, index)
    low, high = _range(array)
    kind, height, width = _kind(values)
    made = {"kind": kind, "examples": batch or 0, "low": low, "high": high}
    made |= {"step": 1 if _is_whole(x) else _step(high - low), "height": height, "width": width}
    return made | {"values": [float(value) for value in values.reshape(-1)] if kind != "none" else []}


def _is_whole(x):
    return str(getattr(x, "dtype", "float")).removeprefix("torch.").startswith(("int", "uint", "bool"))


def _kind(values):
    """(sliders, pad or none, height, width) for one example."""
    dims = [n for n in values.shape if n != 1] if values.ndim > 1 else list(values.shape)
    side = math.isqrt(values.size)
    if values.ndim > 1 and len(dims) == 2 and max(dims) <= PAD:
        return "pad", *dims
    if values.ndim <= 1 and values.size > SIGNED and side * side == values.size and side in (8, 28):
        return "pad", side, side
    return ("sliders", 0, 0) if values.ndim <= 1 and values.size <= SLIDERS else ("none", 0, 0)


def _range(array):
    """Round ends around all values of the input; both signs where it has both, or where it is all zero."""
    known = array[np.isfinite(array)]
    most = float(np.abs(known).max()) if known.size else 1.0
    top = 2.0 ** math.ceil(math.log2(most * 1.5)) if most > 0 else 1.0
    if known.size > SIGNED and known.min() >= 0:
        return 0.0, float(known.max()) or 1.0
    return -top, top


def _step(width):
    return 10.0 ** math.floor(math.log10(width / 50))


def changed(x, batch, index, places, values):
    """A copy of `x`, an array of the same kind, with `values` at flat `places` of example `index`.

    Raises:
        IndexError: a place that the example does not have.
    """
    array = np.array(as_plain(x), order="C")
    part = array[min(index, len(array) - 1) :][:1] if has_batch(array, batch) else array
    part.reshape(-1)[places] = values
    return like(x, array)


def noisy(x, seed):
    """A copy of `x` with normal noise on every value: a tenth of the input's range wide."""
    array = np.array(as_plain(x))
    low, high = _range(as_numpy(x))
    noise = np.random.default_rng(seed).normal(0, NOISE * (high - low) / 2, array.shape)
    return like(x, np.round(array + noise) if _is_whole(x) else np.clip(array + noise, low, high))


def as_plain(x):
    """An input as numpy, in its own dtype."""
    return np.asarray(x.detach().cpu() if hasattr(x, "detach") else x)


def like(x, array):
    """`array` as the kind of array that `x` is: numpy's, JAX's or PyTorch's; a number stays a number."""
    if hasattr(x, "new_tensor"):
        return x.new_tensor(array)
    if type(x) in (int, float):
        return type(x)(array)
    array = array.astype(as_plain(x).dtype)
    is_jax = "jax" in sys.modules and isinstance(x, sys.modules["jax"].Array)
    return sys.modules["jax"].numpy.asarray(array) if is_jax else array
