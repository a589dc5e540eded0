"""A learner's run beside the reference's, layer by layer, as text: of the reference its shapes alone."""

from dataclasses import dataclass

import numpy as np

from seqkit.alignment import aligned
from seqkit.compare import cut, first_difference
from seqkit.plain import Huge, Raised, Run, Thing, kind_of

LONG_NAME, LONG_SHAPE = 60, 32
"""So many letters of a layer's name, and of a shape, are told."""


@dataclass(frozen=True)
class Line:
    """A layer of the answer beside the one that stands for it in the reference, as text; "" on the side that has none.

    Attributes:
        layer: place and name of the answer's: `layer[1] relu`.
        got: the shape that left it.
        differs: "" if both put out the same; else "shape", "values" …, or "alone" where one side has no layer.
        want: the shape that left the reference's. Never its name, nor its values.
    """

    layer: str
    got: str
    differs: str
    want: str


def layer_by_layer(seen, wanted):
    """The `Line`s of the first two runs in one place whose layers differ; none if there are no such."""
    beside = (_lines(one.layers, other.layers) for one, other in _runs(seen, wanted) if one.layers and other.layers)
    return next((lines for lines in beside if any(line.differs for line in lines)), ())


def _runs(seen, wanted):
    """Each two `Run`s that stand in one place of two observations."""
    if isinstance(seen, Run) and isinstance(wanted, Run):
        yield seen, wanted
    elif isinstance(seen, dict) and isinstance(wanted, dict):
        for key in filter(seen.__contains__, wanted):
            yield from _runs(seen[key], wanted[key])


def _lines(mine, theirs):
    """A layer more on one side stands alone, and does not shift those behind it."""
    pairs = aligned([_key(layer) for layer in mine], [_key(layer) for layer in theirs])
    return tuple(_line(i, None if i is None else mine[i], None if j is None else theirs[j]) for i, j in pairs)


def _key(layer):
    """By what `aligned` knows a layer; in a run a chain inside the chain is one layer among the others."""
    name, output = layer
    return False, name.partition("(")[0], _shape(output)


def _line(i, mine, theirs):
    layer, got = (f"layer[{i}] {cut(mine[0], LONG_NAME)}", _shape(mine[1])) if mine else ("", "")
    if not (mine and theirs):
        return Line(layer, got, "alone", _shape(theirs[1]) if theirs else "")
    found = first_difference(mine[1], theirs[1])
    return Line(layer, got, found.kind if found else "", _shape(theirs[1]))


def _shape(value):
    """What came out of a layer, without its numbers: the shape of an array, of several the shapes; else its kind."""
    return cut(_shapes(value), LONG_SHAPE)


def _shapes(value):
    if isinstance(value, np.ndarray):
        return str(value.shape) if value.ndim else "a single number"
    if isinstance(value, list | tuple):
        return " + ".join(map(_shapes, value)) or "nothing"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_shapes(part)}" for key, part in value.items()) + "}"
    return value.kind if isinstance(value, Thing | Huge | Raised) else kind_of(value)
