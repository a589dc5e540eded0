"""A chain as plain data, and its parameters in one canonical form that every style can read and write.

    spec = Spec([Dense(32), "relu", Dense(10)], input=(64,))

`input` is the shape of one example, channels last. `seqkit.writing` makes code of a spec, `seqkit.transport` carries
its parameters from style to style.
"""

from dataclasses import dataclass, field, fields
from typing import NamedTuple

import numpy as np

from seqkit.errors import SpecError

ACTIVATIONS = ("relu", "leaky_relu", "tanh", "sigmoid", "elu", "silu", "softplus", "softmax", "log_softmax")
EPSILON = 1e-5
"""Added to the variance by BatchNorm and LayerNorm in every style; the frameworks' defaults differ."""


@dataclass(frozen=True)
class Dense:
    """A linear map of the last axis to `features` values, with a bias or without."""

    features: int
    bias: bool = True


@dataclass(frozen=True)
class Conv2D:
    """`features` square filters `size` cells wide over an image; `padding` is "same" or "valid", the stride is 1."""

    features: int
    size: int
    padding: str = "same"
    bias: bool = True


@dataclass(frozen=True)
class BatchNorm:
    """Each feature (of an image: each channel) shifted and scaled by its running mean and variance."""


@dataclass(frozen=True)
class LayerNorm:
    """Each example, a vector, shifted and scaled by its own mean and variance."""


@dataclass(frozen=True)
class Dropout:
    """A share `rate` (0 to 1) of the values set to zero in training; built for evaluation, where nothing happens."""

    rate: float


@dataclass(frozen=True)
class Flatten:
    """Each example as one vector, in the order in which the style keeps the axes of an image."""


@dataclass(frozen=True)
class Activation:
    """An activation function by name; see `ACTIVATIONS`. leaky_relu has the slope 0.01 below zero."""

    name: str


LAYERS = (Dense, Conv2D, BatchNorm, LayerNorm, Dropout, Flatten, Activation)


@dataclass(frozen=True)
class Spec:
    """A chain as plain data: `layers` in order, for examples of the shape `input` (channels last).

    Args:
        layers: layers of this file; a string stands for the activation function of that name.
        input: (features,) or (height, width, channels): the shape of one example, without the batch axis.

    Raises:
        SpecError: a layer is none of this file's, has a size that cannot be, or does not fit what comes before it.
    """

    layers: tuple
    input: tuple[int, ...]
    shapes: tuple = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        """Turn names into activations, then walk the shapes once: a spec that exists can be built."""
        if isinstance(self.layers, str) or not hasattr(self.layers, "__iter__"):
            raise SpecError(
                f"Spec got {self.layers!r} for its layers. It takes a list: Spec([{self.layers!r}], input=…)."
            )
        layers = tuple(Activation(layer) if isinstance(layer, str) else layer for layer in self.layers)
        object.__setattr__(self, "layers", layers)
        object.__setattr__(self, "input", _input_shape(self.input))
        first = Shape(self.input, len(self.input) == 1)
        if not layers:
            raise SpecError("Spec got no layers. It takes one or more: Linen has no empty chain.")
        object.__setattr__(self, "shapes", (first, *_walk(layers, first)))

    def has(self, *kinds):
        """Whether a layer of one of these kinds is in the spec."""
        return any(isinstance(layer, kinds) for layer in self.layers)

    @property
    def inputs(self):
        """The `Shape` that reaches each layer."""
        return self.shapes[:-1]


class Shape(NamedTuple):
    """One example between two layers: `dims` in canonical order; `flat` when they lie in one vector."""

    dims: tuple[int, ...]
    flat: bool

    @property
    def size(self):
        """Values in one example."""
        return int(np.prod(self.dims))

    @property
    def features(self):
        """What a norm has one scale for: each value of a vector, each channel of an image."""
        return self.size if self.flat else self.dims[-1]


def _input_shape(shape):
    shape = tuple(shape) if isinstance(shape, tuple | list) else (shape,)
    if len(shape) not in (1, 3) or not all(_is_count(n) for n in shape):
        raise SpecError(
            f"Spec got input={shape}. It takes (features,) or (height, width, channels), whole numbers from 1."
        )
    return tuple(int(n) for n in shape)


def _walk(layers, shape):
    for i, layer in enumerate(layers):
        if not isinstance(layer, LAYERS):
            takes = ", ".join(kind.__name__ for kind in LAYERS)
            raise SpecError(f"layer[{i}] of the spec is {layer!r}. A spec takes {takes}, or an activation's name.")
        _check_sizes(i, layer)
        shape = _after(i, layer, shape)
        yield shape


def _check_sizes(i, layer):
    for part in fields(layer):
        value = getattr(layer, part.name)
        if part.type is int and not _is_count(value):
            raise SpecError(f"layer[{i}] {layer!r}: {part.name} takes a whole number of 1 or more.")
    if isinstance(layer, Dropout) and not (isinstance(layer.rate, int | float) and 0 <= layer.rate < 1):
        raise SpecError(f"layer[{i}] {layer!r}: rate takes a share from 0 up to, but not with, 1.")
    if isinstance(layer, Conv2D) and layer.padding not in ("same", "valid"):
        raise SpecError(f'layer[{i}] {layer!r}: padding takes "same" or "valid".')
    if isinstance(layer, Activation) and layer.name not in ACTIVATIONS:
        raise SpecError(f"layer[{i}] {layer!r}: the activation functions are {', '.join(ACTIVATIONS)}.")


def _after(i, layer, shape):
    """The `Shape` behind `layer`, which must be able to take `shape`."""
    over_vector = isinstance(layer, Dense | LayerNorm) or (isinstance(layer, Activation) and "softmax" in layer.name)
    if over_vector and not shape.flat:
        raise SpecError(f"layer[{i}] {layer!r} takes a vector and gets an image {shape.dims}. Put Flatten() before it.")
    match layer:
        case Dense():
            return Shape((layer.features,), True)
        case Conv2D():
            return Shape((*_convolved(i, layer, shape), layer.features), False)
        case Flatten():
            return Shape(shape.dims, True)
    return shape


def _convolved(i, layer, shape):
    if shape.flat:
        raise SpecError(f"layer[{i}] {layer!r} takes an image and gets a vector {shape.dims}. Put it before Flatten().")
    shrink = layer.size - 1 if layer.padding == "valid" else 0
    height, width = shape.dims[0] - shrink, shape.dims[1] - shrink
    if min(height, width) < 1:
        raise SpecError(
            f'layer[{i}] {layer!r} is wider than its image {shape.dims}. Make it smaller, or padding="same".'
        )
    return height, width


def _is_count(n):
    return isinstance(n, int | np.integer) and not isinstance(n, bool) and n >= 1


def parameter_shapes(spec):
    """{canonical name: shape} of everything that a chain of this `spec` keeps: parameters, then BatchNorm's state."""
    found = {}
    for i, (layer, shape) in enumerate(zip(spec.layers, spec.inputs, strict=True)):
        found |= {f"{i}.{name}": dims for name, dims in _parameters_of(layer, shape).items()}
    return found


def _parameters_of(layer, shape):
    features = shape.dims if shape.flat else shape.dims[-1:]
    match layer:
        case Dense(out, bias):
            return {"weight": (*shape.dims, out)} | ({"bias": (out,)} if bias else {})
        case Conv2D(out, size, _, bias):
            return {"kernel": (size, size, shape.dims[-1], out)} | ({"bias": (out,)} if bias else {})
        case BatchNorm():
            return dict.fromkeys(("scale", "bias", "mean", "variance"), features)
        case LayerNorm():
            return dict.fromkeys(("scale", "bias"), features)
    return {}


def draw(spec, seed=0):
    """Initial canonical parameters: weights and kernels normal with variance 2 / fan-in, biases 0, scales 1.

    Source: He et al. 2015, equation 10.
    """
    rng, found = np.random.default_rng(seed), {}
    for name, shape in parameter_shapes(spec).items():
        if name.endswith((".weight", ".kernel")):
            value = rng.normal(0, np.sqrt(2 / np.prod(shape[:-1])), shape)
        else:
            value = np.full(shape, name.endswith((".scale", ".variance")))
        found[name] = value.astype(np.float32)
    return found
