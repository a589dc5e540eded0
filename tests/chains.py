"""Chains that Hypothesis draws, the plain functions that stand in them, and how what two chains do is compared."""

import functools
import itertools
import operator
import re
from typing import NamedTuple

import jax
import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st


def examples(count):
    """So many examples, the same ones in every run."""
    return settings(max_examples=count, deadline=None, derandomize=True, database=None)


def plans(names, most=4, deep=True):
    """A chain as a tuple of names, nested where `deep`; a name that stands twice is one layer, shared."""
    part = st.sampled_from(names)
    if deep:
        part = st.one_of(
            part, part, st.recursive(part, lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=3)
        )
    return st.lists(part, max_size=most).map(tuple)


PAIRS = tuple(
    itertools.product(["double", "pair", "named_pair", "table", "listed", "one_of"], ["one_of", "join", "double"])
)
"""Every kind of value between two layers, before a layer that tells how it got it and two that may not take it."""


def make(plan, layers, sequence):
    """The chain of a plan: `sequence` makes a chain of a list, `layers` has the layer of each name."""
    return sequence([make(part, layers, sequence) if isinstance(part, tuple) else layers[part] for part in plan])


def plain(value):
    """A value with its structure, classes and bits, as something that compares with `==`."""
    if isinstance(value, dict):
        return type(value), {key: plain(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return type(value), [plain(part) for part in value]
    if isinstance(value, jax.Array) and jax.dtypes.issubdtype(value.dtype, jax.dtypes.prng_key):
        value = jax.random.key_data(value)
    if hasattr(value, "dtype"):
        array = np.asarray(value)
        return type(value), str(value.dtype), array.shape, repr(array.tolist())
    return value


def outcome(run):
    """What a call gives: ("returned", its value as `plain`) or ("raised", the class of the error)."""
    try:
        return "returned", plain(run())
    except Exception as error:
        return "raised", type(error)


def without_path(text):
    """A `repr` without the module in front of each class and without addresses: all that may differ."""
    return re.sub(r"0x[0-9a-f]+", "0x", re.sub(r"\b(\w+\.)+(?=[A-Z])", "", text))


class Pair(NamedTuple):
    """What a layer may return: a tuple with names."""

    left: object
    right: object


def double(x):
    """Twice x."""
    return 2 * x


def pair(x):
    """Two values for the next layer."""
    return x, -x


def named_pair(x):
    """Two values, with names."""
    return Pair(x, x + 1)


def table(x):
    """Two values in a dict, by the names of `join`."""
    return {"left": x, "right": 3 * x}


def listed(x):
    """Two values in a list, which is one value."""
    return [x, -x]


def one_of(*values, **named):
    """The first of what it gets, and how it got it."""
    return {"positions": len(values), "names": sorted(named), "kind": [type(value).__name__ for value in values]}


def join(left, right):
    """One value of two."""
    return left - 2 * right


def scaled(x, factor=3.0):
    """x, by a factor that a side input may set."""
    return x * factor


def shifted(x, *, offset=0.0, **others):
    """x, shifted by a side input; takes every other side input and uses their number."""
    return x + offset + len(others)


FUNCTIONS = {
    "double": double,
    "pair": pair,
    "named_pair": named_pair,
    "table": table,
    "listed": listed,
    "one_of": one_of,
    "join": join,
    "scaled": scaled,
    "shifted": shifted,
    "partial": functools.partial(scaled, factor=0.5),
    "builtin": abs,
    "operator": operator.neg,
    "relu": jax.nn.relu,
}


def failed(run):
    """The error that a call raises."""
    with pytest.raises(Exception) as caught:
        run()
    return caught.value


def notes(run):
    """What seqkit adds to the error that a call raises; JAX adds a note of its own."""
    return [note for note in failed(run).__notes__ if note.startswith("layer[")]
