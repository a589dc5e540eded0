"""A `Trace` as the plain data that the front end draws: a row for each step, in names and shapes, without any numbers.

structure   style, title, total, bytes, batch, failed, error, sentence, x, out, edges, rows
row         p position · l layer · k kind · c path · i, o edges in and out · s side inputs · q parameters · w spec
edge        [name or null, shape or null, dtype]
parameter   [framework's name, canonical name, shape, dtype, bytes, who it is shared with or null]
"""

from dataclasses import asdict
from typing import NamedTuple

from seqkit import axes
from seqkit.steps import first_line, received, received_by, shape_text, size, summary

CANONICAL = {"b": "bias", "bias": "bias", "beta": "bias", "gamma": "scale", "scale": "scale"}
WEIGHTS = {1: "scale", 2: "weight"}


def structure(trace, pending=(), described=None):
    """What a front end needs to know of a trace once, until a layer or a shape changes.

    Args:
        trace: a `Trace`.
        pending: (position, short name, kind) of each layer behind one that raised: they did not run.
        described: {position: spec layer} of the layers that a spec has a word for.
    """
    edges, shared = _Edges(), {}
    rows = [_row(step, edges, shared, described or {}) for step in trace.steps]
    rows += [_pending(each, described or {}) for each in pending]
    return {
        "style": trace.style,
        "title": summary(trace),
        "total": trace.total_parameters,
        "bytes": sum(owner.size_bytes for owner in shared.values()),
        "batch": axes.batch(trace),
        "failed": None if trace.failed is None else trace.failed.number,
        "error": None if trace.error is None else f"{type(trace.error).__name__}: {first_line(trace.error)}",
        "sentence": trace.sentence,
        "x": edges.of(received_by(trace)),
        "out": edges.of(trace.output) if trace.error is None else [],
        "edges": edges.known,
        "rows": rows,
    }


def alike(one, other):
    """Whether two traces have the same rows, so that only numbers differ between them."""
    same = one.style == other.style and len(one) == len(other) and one.total_parameters == other.total_parameters
    return (
        same
        and str(one.error) == str(other.error)
        and all(map(_same_row, one.steps, other.steps))
        and _same_x(one, other)
    )


def _same_x(one, other):
    return not one.steps or _same_form(received(one[0]), received(other[0]))


def _same_row(one, other):
    named = one.path == other.path and one.layer == other.layer and one.position == other.position
    marked = one.side_inputs or other.side_inputs
    return named and _same_form(one.output, other.output) and (not marked or _marks(one) == _marks(other))


def _same_form(one, other):
    """Whether two values have the same `form`; of two arrays asked without making text of it."""
    if isinstance(getattr(one, "shape", None), tuple) and isinstance(getattr(other, "shape", None), tuple):
        return one.shape == other.shape and one.dtype == other.dtype
    return form(one) == form(other)


def form(value):
    """Shape and dtype of a value, of several inside a tuple or dict likewise: what an edge shows."""
    if isinstance(value, dict):
        return tuple((str(name), *form(part)) for name, part in value.items())
    if isinstance(value, tuple | list):
        return tuple(found for part in value for found in form(part))
    if isinstance(getattr(value, "shape", None), tuple):
        return ((None, tuple(value.shape), str(value.dtype).removeprefix("torch.")),)
    return ((None, None, type(value).__name__),)


class _Edges:
    """Every edge that occurs, once: a long chain of equal layers has one or two."""

    def __init__(self):
        self.known, self._places = [], {}

    def of(self, value):
        """The numbers of the edges of a value."""
        return [self._place(edge) for edge in _edges(value)]

    def _place(self, edge):
        if edge not in self._places:
            self._places[edge] = len(self.known)
            name, shape, dtype = edge
            self.known.append([name, None if shape is None else list(shape), dtype])
        return self._places[edge]


def _edges(value, name=None):
    if isinstance(value, dict):
        return [edge for key, part in value.items() for edge in _edges(part, str(key))]
    if isinstance(value, tuple):
        return [edge for part in value for edge in _edges(part, name)]
    if isinstance(value, list):  # one argument of the next layer, whatever is in it
        return [(name, None, shape_text(value))]
    return [(name, *edge[1:]) for edge in form(value)]


def _row(step, edges, shared, described):
    failed = step.error is not None
    return {
        "p": list(step.position),
        "l": step.layer,
        "k": step.kind,
        "c": step.path,
        "i": edges.of(received(step)),
        "o": [] if failed else edges.of(step.output),
        "s": _marks(step),
        "q": [_parameter(step, name, array, shared) for name, array in step.parameters.items()],
        **_worded(described.get(step.position)),
    }


def _pending(layer, described):
    position, name, kind = layer
    empty = {"c": "", "i": [], "o": [], "s": [], "q": [], "pending": True}
    return {"p": list(position), "l": name, "k": kind, **empty, **_worded(described.get(tuple(position)))}


def _worded(layer):
    return {} if layer is None else {"w": word(layer)}


def word(layer):
    """A spec layer as the front end names it: {"kind": "Dense", "features": 8, "bias": True}."""
    return {"kind": type(layer).__name__, **asdict(layer)}


def _marks(step):
    """The side inputs that reached a layer beside its value, as short text; those that are None reached nobody."""
    if not step.inputs:
        return []
    given = {name: value for name, value in step.side_inputs.items() if value is not None}
    stateful = ["state"] if any(type(value).__name__ == "State" for value in step.inputs[1:]) else []
    return [_mark(name, value) for name, value in given.items()] + stateful


def _mark(name, value):
    plain = isinstance(value, bool | int | float | str) and len(str(value)) < 12
    return f"{name}={value}" if plain and name not in ("key", "state", "rngs") else name


class _Owner(NamedTuple):
    """Who had an array first: it is held here, so that no other gets its id."""

    array: object
    name: str
    number: int

    @property
    def size_bytes(self):
        return size(self.array) * getattr(self.array.dtype, "itemsize", 4)


def _parameter(step, name, array, shared):
    first = shared.setdefault(id(array), _Owner(array, name, step.number))
    again = None if first.number == step.number else first.name
    dims, dtype = [int(n) for n in array.shape], str(array.dtype).removeprefix("torch.")
    return [name, _canonical(step, name, len(dims)), dims, dtype, first.size_bytes, again]


def _canonical(step, name, ndim):
    """The name that every style shares: `2.weight`."""
    own = name.replace("/", ".").rpartition(".")[2].strip("'])")
    own = CANONICAL.get(own) or (WEIGHTS.get(ndim, "kernel") if own in ("w", "weight", "kernel") else own)
    return f"{'.'.join(map(str, step.position))}.{own}"
