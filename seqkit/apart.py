"""Two numpy arrays of one shape: the first place where they differ by more than their dtype allows."""

import numpy as np

from seqkit.compare import FLOOR, TOLERANCE


def allowed(value):
    """The share of its largest value by which an array of floats may differ; 0 for anything else."""
    dtype = value.dtype if hasattr(value, "dtype") else np.asarray(value).dtype
    halves = 2 if "complex" in str(dtype) else 1
    exact = not ("float" in str(dtype) or halves == 2)
    return 0.0 if exact else TOLERANCE[max(2, min(dtype.itemsize // halves, 8))]


def first_place(one, other, share):
    """The first place where two arrays differ.

    Args:
        one: an array of numbers.
        other: an array of the same shape.
        share: by which share of the largest value they may differ and still agree. NaN agrees with NaN.

    Returns:
        (where, the number of `one` there, the number of `other`, the greatest difference), or None where they agree.
        The greatest difference is inf where a number stands beside none.
    """
    one, other = _of_one_kind(one, other)
    differ = ~_near(one, other, share)
    if not differ.any():
        return None
    where = tuple(int(i) for i in np.argwhere(differ)[0])
    with np.errstate(invalid="ignore", over="ignore"):
        apart = np.abs(one.astype(complex) - other.astype(complex))[differ]
    return where, _plain(one[where]), _plain(other[where]), float(apart.max() if np.isfinite(apart).all() else np.inf)


def _of_one_kind(one, other):
    """Whole numbers as they are; else both as float or complex."""
    if one.dtype.kind in "biu" and other.dtype.kind in "biu":
        return one, other
    kind = complex if "c" in (one.dtype.kind, other.dtype.kind) else float
    return one.astype(kind), other.astype(kind)


def _near(one, other, share):
    """Elementwise: the same, both no number, or within `share` of the largest value."""
    same = (one == other) | ((one != one) & (other != other))
    if not share or not one.size:
        return same
    finite = [np.abs(array[np.isfinite(array)]) for array in (one, other)]
    with np.errstate(invalid="ignore", over="ignore"):
        return same | (np.abs(one - other) <= FLOOR + share * max(part.max(initial=0) for part in finite))


def _plain(value):
    return value.item() if value.dtype.kind == "c" else float(value)
