"""Two numpy arrays of one shape: the first place where they differ by more than their dtype allows."""

import numpy as np

from seqkit.compare import near


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
    differ = ~near(one, other, share, one, other)
    if not differ.any():
        return None
    where = tuple(int(i) for i in np.argwhere(differ)[0])
    with np.errstate(invalid="ignore", over="ignore"):
        apart = np.abs(one.astype(complex) - other.astype(complex))[differ]
    return where, _plain(one[where]), _plain(other[where]), float(apart.max() if np.isfinite(apart).all() else np.inf)


def _plain(value):
    return value.item() if value.dtype.kind == "c" else float(value)
