"""What one run of a chain was: a `Trace` of `Step`s, as plain records, and how they read as text."""

import math
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False, kw_only=True)
class Step:
    """One call of one layer in one run.

    Attributes:
        number: which call of the run this was, from 0.
        position: where the layer stands: (2,) in its chain, (2, 0) in a chain that is layer 2 of another.
        chain: the path of the chain that called it, in the framework's own words.
        path: the path of the layer, likewise.
        layer: the layer's own short text, `Linear(64, 32)`.
        kind: "module", "chain" or "function".
        inputs: tuple of what was passed by position.
        output: what came out; None if the layer raised.
        side_inputs: what was passed by keyword.
        parameters: the layer's own parameters (not those of a chain inside it) under the framework's own names.
        seconds: wall time until the call returned; JAX may go on computing behind it.
        error: what the layer raised, or None.
    """

    number: int
    position: tuple[int, ...]
    chain: str = ""
    path: str = ""
    layer: str = ""
    kind: str
    inputs: tuple
    output: object = None
    side_inputs: dict = field(default_factory=dict)
    parameters: dict = field(default_factory=dict)
    seconds: float = 0.0
    error: Exception | None = None


@dataclass(frozen=True)
class Trace:
    """One run of one chain, or of a model with chains in it.

    Attributes:
        style: "objax", "linen", "nnx", "equinox", "keras" or "torch".
        steps: every call of a layer, in the order of the calls.
        output: what the run returned: the chain's own answer, to the bit. None if it raised.
        total_parameters: how many values training would change, shared ones once; None where only outputs are known.
        error: what the run raised, or None.
        sentence: about the layer that raised: what it got, from where, what to try. None if none did.
    """

    style: str
    steps: tuple[Step, ...]
    output: object
    total_parameters: int | None
    error: Exception | None = None
    sentence: str | None = None

    def __len__(self):
        return len(self.steps)

    def __iter__(self):
        return iter(self.steps)

    def __getitem__(self, index):
        """A step by its number, several by a slice, or one by its position: `trace[2]`, `trace[1:3]`, `trace[2, 0]`."""
        if not isinstance(index, tuple):
            return self.steps[index]
        found = [step for step in self.steps if step.position == index]
        if len(found) == 1:
            return found[0]
        where = ", ".join(str(step.number) for step in found) or "none"
        raise KeyError(f"trace[{', '.join(map(str, index))}] names one position; the steps that have it: {where}.")

    def find(self, text):
        """The steps whose layer's text holds `text`: `trace.find("Dense")`."""
        return [step for step in self.steps if text in step.layer]

    @property
    def failed(self):
        """The step that raised, innermost first; None if none did."""
        return next((step for step in reversed(self.steps) if step.error is not None), None)

    def __repr__(self):
        return table(self)


def table(trace):
    """`trace` as lines of text: index, layer, in, out, parameters."""
    rows = [("", "layer", "in", "out", "parameters"), *(_row(step) for step in trace.steps)]
    widths = [max(len(row[k]) for row in rows) for k in range(5)]
    lines = [summary(trace)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:4], widths, strict=False)]
        lines.append("  ".join([*cells, row[4].rjust(widths[4])]).rstrip())
    if trace.error is not None:
        lines.append(f"{type(trace.error).__name__}: {first_line(trace.error)}")
        lines += [trace.sentence] if trace.sentence else []
    return "\n".join(lines)


def summary(trace):
    """`trace` in one line of text."""
    first, last = (trace.steps[0], trace.steps[-1]) if trace.steps else (None, None)
    said = ", ".join(filter(None, [f"{trace.style} chain", count(len(trace.steps), "step"), parameters_text(trace)]))
    if trace.failed is not None:
        return f"{said}: fails at layer{index_text(trace.failed.position)} {trace.failed.layer}"
    if trace.error is not None:
        return f"{said}: the chain fails behind its last step"
    return f"{said}: {shape_text(received(first))} → {shape_text(trace.output)}" if last else f"{said}: x → x"


def count(n, noun):
    """`1 step`, `5,130 parameters`."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def parameters_text(trace):
    """How many parameters the chain of a trace has: `5,130 parameters`; "" where that is not known."""
    return "" if trace.total_parameters is None else count(trace.total_parameters, "parameter")


def index_text(position):
    """(2, 0) as `[2][0]`."""
    return "".join(f"[{i}]" for i in position)


def first_line(error):
    """The first line of an error's message."""
    return str(error).strip().partition("\n")[0]


def _row(step):
    out = "✗" if step.error is not None else shape_text(step.output)
    values = sum(size(array) for array in step.parameters.values())
    return (index_text(step.position), step.layer, shape_text(received(step)), out, f"{values:,}" if values else "")


def received(step):
    """What a layer was called with: by position, or, when a dict was handed on, by keyword."""
    return step.inputs or step.side_inputs


def received_by(trace):
    """What the first layer of a run got; where no layer ran, what came out as it went in."""
    return received(trace.steps[0]) if trace.steps else trace.output


def size(array):
    """How many values an array of any framework has."""
    return math.prod(array.shape)


def shape_text(value):
    """The shape of an array as text; of a tuple, a list or a dict the shapes inside; of anything else its type."""
    if isinstance(value, tuple) and len(value) == 1 and not hasattr(value, "_fields"):
        return shape_text(value[0])
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {shape_text(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(shape_text, value))}]"
    if isinstance(value, tuple):
        return " + ".join(map(shape_text, value)) if value else "nothing"
    shape = getattr(value, "shape", None)
    return str(tuple(shape)) if isinstance(shape, tuple | list) else type(value).__name__
