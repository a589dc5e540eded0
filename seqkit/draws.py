"""What a probe is called with, drawn anew for each seed: as *code*, so that a learner can be shown the very call.

Each function here returns a `draw(rng, size)` that gives a line of Python for one value; `size` grows from case to case.
Numbers are eighths: short to read, the same in float32 and float64. Shapes do not vary: new shapes would compile anew.
"""

import math

EIGHTHS = 24
"""Numbers lie between -3 and 3."""
SMALL = 16
"""An array of up to so many values is written out; of more, the line that draws it."""


def number():
    """A number that is not whole, of either sign."""
    return lambda rng, size: repr(_eighth(rng) if rng.random() < 0.5 else -_eighth(rng))


def _eighth(rng):
    return float(8 * rng.integers(0, EIGHTHS // 8) + rng.integers(1, 8)) / 8


def whole(low, high):
    """A whole number from `low` to `high`."""
    return lambda rng, size: str(int(rng.integers(low, high + 1)))


def seed():
    """A seed other than 0."""
    return whole(1, 9999)


def as_float(draw):
    """The same number as a float: `7.0` for `7`."""
    return lambda rng, size: f"{draw(rng, size)}.0"


def one_of(*codes):
    """One of several pieces of code."""
    return lambda rng, size: codes[int(rng.integers(len(codes)))]


def fixed(code):
    """Always the same code: for what may not vary, a shape or a width."""
    return lambda rng, size: code


def array(*shape, of="jnp"):
    """An array of this shape: float32 eighths of either sign."""

    def draw(rng, size):
        import numpy as np

        code = f"np.random.default_rng({int(rng.integers(1, 10**6))}).integers(-{EIGHTHS}, {EIGHTHS}, {shape}) / 8"
        if math.prod(shape) <= SMALL:
            code = str(eval(code, {"np": np}).tolist())
            return f"{of}.array({code})" if of == "jnp" else f"{of}.array({code}, dtype={of}.float32)"
        return f"{of}.array({code}, dtype={of}.float32)"

    return draw
