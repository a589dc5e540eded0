"""A spec as code, and back: what a style's `write` shows is what its `build` runs, line by line out of the same table,
and what its `describe` says of a layer.
"""

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


def line(layer, shape, table, i=0):
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


def alone(layer, shape):
    """The spec of one layer that gets examples of `shape`; behind a Flatten, where that is an image in one vector.

    Raises:
        SpecError: the layer cannot take that shape.
    """
    before = (Flatten(),) if shape.flat and len(shape.dims) == 3 else ()
    return Spec((*before, layer), shape.dims)


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


# ---- and back: the word of a spec for a layer of a framework ----

FLATTENS = (
    flatten,
    lambda x: x.reshape(len(x), -1),
    lambda x: x.reshape((len(x), -1)),
    lambda x: x.reshape(x.shape[0], -1),
    lambda x: x.reshape((x.shape[0], -1)),
)


def described(layer, kinds, functions):
    """The layer of a spec that a framework's `layer` is, None where a spec has no word for it.

    Args:
        layer: a module of the framework, or a function.
        kinds: {class: ({attribute: [every value that a spec's layer may have there]}, layer → its word or None)}.
        functions: [(function, its word)].
    """
    if type(layer) not in kinds:
        return next((word for function, word in functions if function is layer), None)
    settings, word = kinds[type(layer)]
    try:
        known = all(getattr(layer, name) in values for name, values in settings.items())
        return word(layer) if known else None
    except (TypeError, ValueError, AttributeError):  # what a learner put there may be anything
        return None


def padding_word(padding, size):
    """ "same" or "valid", where `padding` of a filter `size` wide means one of them at a stride of 1; else None."""
    if isinstance(padding, str):
        return padding.lower() if padding.lower() in ("same", "valid") else None
    edges = padding if isinstance(padding, tuple | list) else (padding, padding)
    edges = {edge for pair in edges for edge in (pair if isinstance(pair, tuple | list) else (pair, pair))}
    return "valid" if edges == {0} else "same" if edges == {(size - 1) / 2} else None


def convolution(features, sizes, padding, bias):
    """`Conv2D` of a framework's own numbers; None where the filter is no square, or padded in another way."""
    sizes = set(sizes) if isinstance(sizes, tuple | list) else {sizes}
    word = padding_word(padding, max(sizes))
    return Conv2D(features, max(sizes), word, bias) if word and len(sizes) == 1 else None


def dropout(rate):
    """`Dropout`, None for a rate at which nothing is left."""
    return Dropout(rate) if isinstance(rate, int | float) and 0 <= rate < 1 else None


def is_flatten(layer):
    """Whether a function is `flatten`, or does what it does in the same words."""
    code = getattr(layer, "__code__", None)
    if code is None or layer.__defaults__ or layer.__closure__:
        return False
    return any(_words(code) == _words(known.__code__) for known in FLATTENS)


def _words(code):
    return (
        code.co_code,
        code.co_names,
        [const for const in code.co_consts if not isinstance(const, str)],
        code.co_argcount,
    )
