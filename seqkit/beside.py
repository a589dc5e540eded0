"""Two traces beside each other: which layer stands beside which, and where their values part.

Two styles put their axes in two orders, and Equinox runs one example where the others run a batch. So what the right
trace kept is turned into the order of the left one, and of a batch beside one example the first example is compared.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import isfinite

from seqkit.alignment import aligned
from seqkit.apart import first_place
from seqkit.axes import Axes, first_array, in_one_order, numbers, plain_name
from seqkit.compare import allowed
from seqkit.errors import TraceError
from seqkit.steps import Trace, count, index_text, shape_text

SHAPES = object()
"""Found instead of a place: the two are of another shape or kind."""


@dataclass(frozen=True)
class Parting:
    """How what a layer put out on the left differs from what it put out on the right.

    Attributes:
        sentence: it in plain words, with the layer's name.
        part: the keys that lead to the array, where a layer puts out a tuple or dict: `output[part[0]][where]`.
        where: the first place that differs, as an index into the array of the left; None if shapes or errors differ.
        left: the number there.
        right: the number in its place on the right.
        most: the greatest absolute difference in the array; inf where a number stands beside none.
        shapes: the two shapes as text, where these differ; else None.
    """

    sentence: str
    part: tuple = ()
    where: tuple | None = None
    left: float | None = None
    right: float | None = None
    most: float | None = None
    shapes: tuple[str, str] | None = None


@dataclass(frozen=True)
class Pair:
    """Two steps side by side, by their numbers; None where the layer is in one trace only."""

    left: int | None
    right: int | None
    difference: Parting | None


@dataclass(frozen=True, repr=False)
class Beside:
    """Two traces, layer by layer.

    Attributes:
        pairs: every step of both, in order.
        first: the number of the first pair that differs, innermost in nested chains; None if none does.
        output: the `Parting` of what the two chains returned, or None.
        within: the share of its largest value by which an array may differ and still agree; 0 is exactly.
        raised: the class of the error that both runs ended with, or "".
    """

    pairs: tuple[Pair, ...]
    first: int | None
    output: Parting | None
    within: float
    raised: str

    def __repr__(self):
        return sentence(self)


def match(a, b):
    """Two traces beside each other, a layer that is in one only beside none.

    Args:
        a: the `Trace` on the left.
        b: the `Trace` on the right; of any style.

    Returns:
        A `Beside`.

    Raises:
        TraceError: one of them is no trace.
    """
    for trace in (a, b):
        if not isinstance(trace, Trace):
            raise TraceError(f"match got a value of type {type(trace).__name__}. It takes two traces: match(a, b).")
    sides = Axes(a), Axes(b)
    keys = [[axes.key(step) for step in axes.trace.steps] for axes in sides]
    pairs = tuple(Pair(i, j, _of_steps(i, j, *sides)) for i, j in aligned(*keys))
    raised = type(a.error).__name__ if a.error is not None and type(a.error) is type(b.error) else ""
    return Beside(pairs, _first(pairs, a, b), _of_answers(*sides), _within(a, b), raised)


def sentence(beside):
    """A `Beside` in one line: how many layers agree, and where they first part."""
    counted = [pair for pair in beside.pairs if not _is_group(pair)]
    if beside.first is not None:
        agree, where = sum(pair.difference is None for pair in counted), beside.pairs[beside.first].difference
        return f"{agree:,} of {count(len(counted), 'layer')} agree; the first difference is at {where.sentence}"
    said = f"{_all(len(counted))}{_share_text(beside.within)}" if counted else "no layer ran on either side"
    said += f"; both then raise {beside.raised}" if beside.raised else ""
    return f"{said}; {beside.output.sentence}" if beside.output else said


def _all(n):
    return "the one layer agrees" if n == 1 else "both layers agree" if n == 2 else f"all {n:,} layers agree"


def _share_text(share):
    return f" to {share:.0e} of the largest value".replace("e-0", "e-") if share else ""


def _within(a, b):
    """The coarsest share that an array of the two traces is allowed."""
    arrays = [first_array(step.output) for step in (*a.steps, *b.steps)]
    return max((allowed(array) for array in arrays if array is not None), default=0.0)


def _first(pairs, a, b):
    """The first pair that differs; if a layer inside it differs too, that one."""
    differ = [n for n, pair in enumerate(pairs) if pair.difference is not None]
    for n, following in pairwise([*differ, None]):
        if following is None or not _inside(pairs[following], pairs[n], a, b):
            return n
    return None


def _inside(inner, outer, a, b):
    ends = ((a, inner.left, outer.left), (b, inner.right, outer.right))
    spots = [(t.steps[i].position, t.steps[o].position) for t, i, o in ends if i is not None and o is not None]
    return any(len(deep) > len(flat) and deep[: len(flat)] == flat for deep, flat in spots)


def _is_group(pair):
    """Whether only one side puts these layers into a chain of their own, which computes nothing by itself."""
    return None in (pair.left, pair.right) and pair.difference is None


def _of_steps(i, j, a, b):
    """The `Parting` of step `i` of the left and `j` of the right, or None."""
    left, right = None if i is None else a.trace.steps[i], None if j is None else b.trace.steps[j]
    if left is None or right is None:
        step, where = (left, "here") if left else (right, "there")
        return None if step.kind == "chain" else Parting(f"{_called(step)}, which is only {where}")
    name = _called(left)
    if left.position != right.position or plain_name(left) != plain_name(right):
        name += f" beside {_called(right)}"
    if left.error is not None or right.error is not None:
        return _of_errors(left.error, right.error, name)
    return _of_values(left.output, right.output, a, b, name, b.images[j])


def _called(step):
    return f"layer{index_text(step.position)} {step.layer}"


def _of_errors(left, right, name):
    if type(left) is type(right):
        return None
    names = [error and type(error).__name__ for error in (left, right)]
    said = f"raises {names[0]} here, {names[1]} there" if all(names) else ""
    said = said or (f"raises {names[0]} here, not there" if names[0] else f"raises {names[1]} there, not here")
    return Parting(f"{name}: {said}")


def _of_answers(a, b):
    """The `Parting` of what two chains returned: a chain may answer something else than its last layer."""
    left, right, name = a.trace, b.trace, "the chain's own answer"
    if left.error is not None or right.error is not None:
        return _of_errors(left.error, right.error, "the chain")
    return _of_values(left.output, right.output, a, b, name, b.images[-1] if b.images else None)


def _of_values(left, right, a, b, name, image):
    left, right = _without_state(left, a), _without_state(right, b)
    for part, one, other in _parts(left, right):
        arrays = numbers(one), numbers(other)
        if any(array is None for array in arrays):
            found = None if shape_text(one) == shape_text(other) else SHAPES
        else:
            arrays = in_one_order(*arrays, a, b, image)
            found = _of_arrays(*arrays, max(allowed(one), allowed(other)))
        if found is not None:
            return _worded(name, part, one, other, found)
    return None


def _of_arrays(one, other, share):
    return SHAPES if one.shape != other.shape else first_place(one, other, share)


def _without_state(value, axes):
    """What a stateful layer of Equinox puts out, without the state that it hands on."""
    stateful = axes.trace.style == "equinox" and isinstance(value, tuple) and len(value) == 2
    return value[0] if stateful and type(value[1]).__name__ == "State" else value


def _parts(left, right, path=()):
    """(keys, left, right) of every part of two values; where one has other parts, both stay whole."""
    one, other = (dict(enumerate(value)) if isinstance(value, tuple | list) else value for value in (left, right))
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key in one:
            yield from _parts(one[key], other[key], (*path, key))
    else:
        yield path, left, right


def _worded(name, part, left, right, found):
    keys = "".join(f"[{key!r}]" for key in part)
    if found is SHAPES:
        shapes = shape_text(left), shape_text(right)
        return Parting(f"{name}: {f'at {keys} ' * bool(keys)}{shapes[0]} here, {shapes[1]} there", part, shapes=shapes)
    where, one, other, most = found
    place = keys + (str(list(where)) if where else "")
    said = f"{name}: {f'at {place} ' * bool(place)}{one:.4g} here, {other:.4g} there"
    said += f"; they differ by at most {most:.4g}" if isfinite(most) else ""
    return Parting(said, part, where, one, other, most)
