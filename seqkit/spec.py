"""A chain as plain data, and its parameters in one canonical form that every style can read and write.

    spec = Spec([Dense(32), "relu", Dense(10)], input=(64,))

`input` is the shape of one example, channels last. Canonical parameters are a flat dict of numpy arrays:

    name            of           shape
    "0.weight"      Dense        (in, out); behind a Flatten of an image (height, width, channels, out)
    "0.kernel"      Conv2D       (height, width, in, out)
    "0.scale"       a norm       (features,), or the image's shape behind its Flatten
    "0.bias"        all three    likewise
    "0.mean", "0.variance"       BatchNorm's running state, likewise

so that a style which puts channels first finds in the array's own shape what it has to turn round.
"""

import inspect
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
        if isinstance(self.layers, (str, *LAYERS)):
            raise SpecError(
                f"Spec got {self.layers!r} for its layers. It takes a list: Spec([{self.layers!r}], input=…)."
            )
        layers = tuple(Activation(layer) if isinstance(layer, str) else layer for layer in self.layers)
        object.__setattr__(self, "layers", layers)
        object.__setattr__(self, "input", _input_shape(self.input))
        if not layers:
            raise SpecError("Spec got no layers. It takes one or more: Linen has no empty chain.")
        object.__setattr__(self, "shapes", tuple(_walk(layers, Shape(self.input, len(self.input) == 1))))

    @property
    def inputs(self):
        """The `Shape` that reaches each layer."""
        return (Shape(self.input, len(self.input) == 1), *self.shapes[:-1])


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


class Place(NamedTuple):
    """Where a style that changes nothing in place keeps an array, in its own words, and the array's shape."""

    where: tuple
    shape: tuple


class Layout(NamedTuple):
    """Where a style puts its axes: channels first or last in an image, outputs first or last in a weight."""

    channels_first: bool
    outputs_first: bool


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


def to_style(name, value, shape, layout):
    """A canonical array as a style with this `layout` keeps it, in the `shape` that the style's own array has.

    Raises:
        SpecError: the values do not fit that shape.
    """
    value = np.array(value)  # a copy: JAX would share the memory of what it is given
    if name.endswith(".kernel"):
        value = value.transpose(3, 2, 0, 1) if layout.outputs_first else value
    else:
        dims = value.ndim - name.endswith(".weight")
        if dims == 3 and layout.channels_first:
            value = np.moveaxis(value, 2, 0)
        if name.endswith(".weight"):
            value = value.reshape(-1, value.shape[-1])
            value = value.T if layout.outputs_first else value
    return _fit(name, value, tuple(shape))


def _fit(name, value, shape):
    exact = name.endswith((".weight", ".kernel"))
    if value.size != np.prod(shape) or (exact and value.shape != shape):
        raise SpecError(
            f"parameter {name} has the shape {value.shape} and the chain's own array {shape}. Same spec on both sides?"
        )
    return value.reshape(shape)


def to_canonical(name, value, layout, dims=None):
    """A style's array as the canonical one; `dims` is the image's shape where the layer sees one flattened.

    Raises:
        SpecError: the array does not belong to an image of that shape.
    """
    value, rest = np.asarray(value), ()
    if name.endswith(".kernel"):
        return value.transpose(2, 3, 1, 0) if layout.outputs_first else value
    if name.endswith(".weight"):
        value = value.T if layout.outputs_first else value
        rest = value.shape[-1:]
    else:
        value = value.reshape(-1)
    return value if dims is None else _unflatten(name, value, layout, dims, rest)


def _unflatten(name, value, layout, dims, rest):
    height, width, channels = dims
    if value.size != np.prod(dims + rest):
        raise SpecError(
            f"parameter {name} has the shape {value.shape}; behind an image {dims} it cannot. Is it this chain's spec?"
        )
    if layout.channels_first:
        return np.moveaxis(value.reshape(channels, height, width, *rest), 0, 2)
    return value.reshape(dims + rest)


def read(slots, layout, spec=None):
    """Canonical parameters out of `slots`: for each layer of a chain, {canonical name: the style's array}.

    Args:
        slots: one dict a layer, empty for a layer without parameters.
        layout: the style's `Layout`.
        spec: the chain's `Spec`; needed only where an image is flattened.

    Raises:
        SpecError: `spec` is of another chain.
    """
    shapes, found = dict(enumerate(spec.inputs)) if spec else {}, {}
    for i, arrays in enumerate(slots):
        shape = shapes.get(i)
        image = shape.dims if shape and shape.flat and len(shape.dims) == 3 else None
        for name, array in arrays.items():
            of_output = name == "bias" and ("weight" in arrays or "kernel" in arrays)
            found[f"{i}.{name}"] = to_canonical(f"{i}.{name}", array, layout, None if of_output else image)
    return found


def fit(slots, layout, canonical):
    """[(slot, array)]: every slot of a chain with its new array as the style keeps it, all checked before any is used.

    Args:
        slots: for each layer {canonical name: what has the shape of the style's array}.
        layout: the style's `Layout`.
        canonical: canonical parameters.

    Raises:
        SpecError: a name is missing or too many, or values do not fit their place.
    """
    places = {f"{i}.{name}": slot for i, layer in enumerate(slots) for name, slot in layer.items()}
    extra, missing = sorted(set(canonical) - set(places)), sorted(set(places) - set(canonical))
    if extra or missing:
        said = [f"{word} {', '.join(names)}" for word, names in (("lack", missing), ("also hold", extra)) if names]
        raise SpecError(
            f"the canonical parameters {' and '.join(said)}, seen from this chain. Same spec on both sides?"
        )
    return [(slot, to_style(name, canonical[name], slot.shape, layout)) for name, slot in places.items()]


# ---- what the styles share ----


def has(spec, *kinds):
    """Whether a layer of one of these kinds is in the spec."""
    return any(isinstance(layer, kinds) for layer in _spec(spec).layers)


def _spec(spec):
    if isinstance(spec, Spec):
        return spec
    raise SpecError(f"a chain is built from a Spec, and got a value of type {type(spec).__name__}: Spec([…], input=…).")


def lines(spec, line):
    """The code of each layer, as `line(layer, shape, i)` of a style has it."""
    both = zip(_spec(spec).layers, spec.inputs, strict=True)
    return [line(layer, shape, i) for i, (layer, shape) in enumerate(both)]


def body(spec, line, indent=4):
    """The code of all layers, a line each."""
    return "".join(f"{' ' * indent}{code},\n" for code in lines(spec, line))


def flatten(x):  # noqa: D103 - its source is what a learner reads
    return x.reshape(len(x), -1)


def flatten_code(spec):
    """The definition of `flatten` for the styles that have none of their own, if the spec has a Flatten."""
    code = inspect.getsource(flatten).replace("  # noqa: D103 - its source is what a learner reads", "")
    return f"\n{code}\n\n" if has(spec, Flatten) else ""


def made(spec, line, names):
    """The layers that this code makes: what `write` shows is what `build` runs. A spec holds only checked values."""
    return [eval(code, dict(names)) for code in lines(spec, line)]


def attributes(layer, slots):
    """{canonical name: the layer's own array or variable}, by the first class in `slots` that the layer is of."""
    names = next((names for kind, names in slots.items() if isinstance(layer, kind)), {})
    found = {name: getattr(layer, own, None) for name, own in names.items()}
    return {name: slot for name, slot in found.items() if slot is not None}
