"""In which order the arrays of a trace keep their axes, and how one style's arrays come into the order of another's."""

import importlib
import re
from math import prod

import numpy as np

from seqkit.steps import received

ALIASES = {"linear": "dense", "ravel": "flatten"}
"""One layer, two names."""


def batch(trace):
    """How many examples went through a chain at once; None where it got one example without a batch axis."""
    first = first_array(received(trace.steps[0])) if trace.steps else None
    known = first is not None and trace.style != "equinox" and len(first.shape) > 1
    return first.shape[0] if known else None


def numbers(value):
    """An array of any framework as numpy; None if there are no numbers in it, as in a key."""
    try:
        value = value.detach().cpu() if hasattr(value, "detach") else value
        # torch cannot hand its bfloat16 to numpy
        array = np.asarray(value.double() if str(getattr(value, "dtype", "")) == "torch.bfloat16" else value)
    except (TypeError, ValueError):
        return None
    return array if array.dtype.kind in "biufc" or "float" in array.dtype.name else None


def has_batch(array, examples):
    """Whether the first axis of an array counts `examples`; None: no array has a batch axis."""
    return examples is not None and len(array.shape) > 0 and array.shape[0] == examples


def channels_first(style):
    """Whether a style puts the channels of an image before its height and width."""
    return importlib.import_module(f"seqkit.styles.{style}").LAYOUT.channels_first


class Axes:
    """In which order the arrays of one trace keep their axes.

    Attributes:
        batch: how many examples went through at once, or None.
        channels_first: where this style keeps the channels of an image.
        images: behind each step the shape of the image whose values lie in one vector there, or None.
    """

    def __init__(self, trace):
        self.trace, self.batch = trace, batch(trace)
        self.channels_first = channels_first(trace.style)
        self.images = list(self._flattened())

    def dims(self, value):
        """The shape of one example in the first array of a value; None without an array."""
        array = first_array(value)
        return None if array is None else tuple(array.shape)[self.has_batch(array) :]

    def has_batch(self, array):
        """Whether the first axis counts examples."""
        return has_batch(array, self.batch)

    def key(self, step):
        """By what `alignment` knows a layer: (whether it is a chain, plain name, shape of an example, channels last)."""
        dims = self.dims(step.output)
        if dims and len(dims) == 3 and self.channels_first:
            dims = (*dims[1:], dims[0])
        return step.kind == "chain", plain_name(step), dims

    def _flattened(self):
        image = None
        for step in self.trace.steps:
            got, gave = self.dims(received(step)), self.dims(step.output)
            if got and gave and len(got) == 3 and gave == (prod(got),):
                image = got
            elif image and (gave != (prod(image),) or plain_name(step) == "dense"):
                image = None
            yield image


def plain_name(step):
    """`Lambda(relu)`, `ReLU` and `relu` as relu; `Conv2d(1, 8)` as conv; `BatchNormalization` as batchnorm."""
    name = re.sub(r"^(Lambda|Activation)\((.*)\)$", r"\2", step.layer).partition("(")[0].lower()
    name = re.sub(r"\d+d$", "", name).replace("normalization", "norm").replace("_", "")
    return ALIASES.get(name, name)


def first_array(value):
    """The first array in a value, which may be a tuple or dict; None if there is none."""
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, tuple | list):
        return next((found for found in map(first_array, value) if found is not None), None)
    return value if hasattr(value, "shape") and hasattr(value, "dtype") else None


def in_one_order(one, other, a, b, image):
    """Two numpy arrays so that each place of the first is the same place of the second.

    Args:
        one: an array out of a trace.
        other: an array out of the other trace; it is the one that is turned.
        a: the `Axes` of the first trace.
        b: the `Axes` of the other.
        image: the shape of the image whose values lie in one vector in `other`, or None.

    Returns:
        (`one`, or its first example as a batch of one; `other` in its order).
    """
    dims = b.dims(other)
    if b.has_batch(other) and a.batch is None:
        other = other[0]
    elif a.has_batch(one) and b.batch is None:
        one, other = one[:1], other[None]
    if a.channels_first != b.channels_first:
        other = _turned(other, dims, image, b.channels_first)
    return one, other


def _turned(array, dims, image, channels_first):
    """An array with its channels at the other end; a flattened image likewise."""
    source, target = (-3, -1) if channels_first else (-1, -3)
    if image and dims == (prod(image),):
        return np.moveaxis(array.reshape(*array.shape[:-1], *image), source, target).reshape(array.shape)
    return np.moveaxis(array, source, target) if len(dims) == 3 else array
