"""The word of a spec for a layer of a framework, and a spec of that word alone."""

from seqkit.spec import ACTIVATIONS, Activation, Conv2D, Dropout, Flatten, Spec
from seqkit.writing import flatten

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


def functions(*homes):
    """[(function, its word)]: the activation functions of these modules."""
    return [(getattr(home, name), Activation(name)) for home in homes for name in ACTIVATIONS if hasattr(home, name)]


def padding_word(padding, size):
    """ "same" or "valid", where `padding` of a filter `size` wide means one of them at a stride of 1; else None."""
    if isinstance(padding, str):
        return padding.lower() if padding.lower() in ("same", "valid") else None
    edges = padding if isinstance(padding, tuple | list) else (padding, padding)
    edges = {edge for pair in edges for edge in (pair if isinstance(pair, tuple | list) else (pair, pair))}
    return "valid" if edges == {0} else "same" if edges == {(size - 1) / 2} else None


def convolution(features, sizes, padding, bias):
    """`Conv2D` of a framework's own numbers; None where the filter is no square, or padded in another way."""
    height, width = sizes  # an int, or one number or three, is no filter of an image: `described` takes the error
    word = padding_word(padding, height)
    return Conv2D(features, height, word, bias) if word and height == width else None


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


def alone(layer, shape):
    """The spec of one layer that gets examples of `shape`; behind a Flatten, where that is an image in one vector.

    Raises:
        SpecError: the layer cannot take that shape.
    """
    before = (Flatten(),) if shape.flat and len(shape.dims) == 3 else ()
    return Spec((*before, layer), shape.dims)
