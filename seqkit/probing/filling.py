"""Values for the parameters of an answer's layers."""

import math

MOST = 1_000_000
"""Parameters of any exercise are fewer; an answer that hands over more is not filled, it is refused."""


def uniform(rng, shape, low=-1, high=1):
    """An array of values between `low` and `high`.

    Raises:
        ValueError: it would be larger than any exercise needs.
    """
    if math.prod(shape) > MOST:
        raise ValueError(f"a parameter of shape {tuple(shape)} is too large for this exercise")
    return rng.uniform(low, high, shape)
