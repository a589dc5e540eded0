"""A spec as code: what a style's `write` shows is what its `build` runs, line by line out of the same table."""

import inspect

from seqkit.errors import SpecError
from seqkit.spec import EPSILON, Activation, BatchNorm, Conv2D, Dropout, Flatten, Spec


def lines(spec, table):
    """The code of each layer.

    Args:
        spec: a `Spec`.
        table: the style's own words: {kind of layer, or name of an activation: template}. A template may hold {n}, the
            features that the layer gets; {features}, {size}, {padding}, {rate}, {name} of the layer; {PADDING} in
            capitals; {keep}, 1 − rate; {eps}; {i}, the layer's number; and {bias}, which is `table["no bias"]` or "".

    Raises:
        SpecError: it is no spec.
    """
    if not isinstance(spec, Spec):
        raise SpecError(
            f"a chain is built from a Spec, and got a value of type {type(spec).__name__}: Spec([…], input=…)."
        )
    return [line(layer, shape, table, i) for i, (layer, shape) in enumerate(zip(spec.layers, spec.inputs, strict=True))]


def line(layer, shape, table, i):
    """The code of one layer of a spec, number `i`, that gets examples of `shape`, a `spec.Shape`."""
    return _template(layer, shape, table).format(**_values(layer, shape, i, table))


def _template(layer, shape, table):
    kind = layer.name if isinstance(layer, Activation) else type(layer).__name__
    if isinstance(layer, BatchNorm) and not shape.flat:
        kind = "BatchNorm of an image" if "BatchNorm of an image" in table else kind
    return table[kind] if kind in table else table["Activation"]


def _values(layer, shape, i, table):
    values = vars(layer) | {"n": shape.features, "i": i, "eps": EPSILON}
    values["bias"] = "" if getattr(layer, "bias", True) else table["no bias"]
    if isinstance(layer, Conv2D):
        values["PADDING"] = layer.padding.upper()
    if isinstance(layer, Dropout):
        values["keep"] = round(1 - layer.rate, 12)
    return values


def body(spec, table, indent=4):
    """The code of all layers, a line each."""
    return "".join(f"{' ' * indent}{code},\n" for code in lines(spec, table))


def made(spec, table, names):
    """The layers that the code makes, with these `names` known. A spec holds only values that were checked."""
    return [eval(code, dict(names)) for code in lines(spec, table)]


def flatten(x):  # noqa: D103 - its source is what a learner reads
    return x.reshape(len(x), -1)


def flatten_code(spec):
    """The definition of `flatten`, if the spec has a Flatten, for the styles that have none of their own."""
    code = inspect.getsource(flatten).replace("  # noqa: D103 - its source is what a learner reads", "")
    return f"\n{code}\n\n" if spec.has(Flatten) else ""
