"""The parameters of a chain in one canonical form, and the way there and back from the form of each style.

A flat dict of numpy arrays:

    name            of           shape
    "0.weight"      Dense        (in, out); behind a Flatten of an image (height, width, channels, out)
    "0.kernel"      Conv2D       (height, width, in, out)
    "0.scale"       a norm       (features,), or the image's shape behind its Flatten
    "0.bias"        all three    likewise; of Dense and Conv2D (out,)
    "0.mean", "0.variance"       BatchNorm's running state, as the scale

so that a style which puts channels first finds in the array's own shape what it has to turn round.
"""

from typing import NamedTuple

import numpy as np

from seqkit.errors import SpecError


class Place(NamedTuple):
    """Where a style that changes nothing in place keeps an array, in its own words, and the array's shape."""

    where: tuple
    shape: tuple


class Layout(NamedTuple):
    """Where a style puts its axes: channels in an image, outputs in a weight; whether a call takes a batch or one example."""

    channels_first: bool
    outputs_first: bool
    batched: bool = True


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


def to_canonical(name, value, layout, dims):
    """A style's array as the canonical one; `dims` is the image's shape where the layer sees one flattened, else None.

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


def read(slots, layout, spec):
    """Canonical parameters out of `slots`: for each layer of a chain, {canonical name: the style's array}.

    Args:
        slots: one dict a layer, empty for a layer without parameters.
        layout: the style's `Layout`.
        spec: the chain's `Spec`; None will do where no image is flattened.

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


def names_of(layer, slots):
    """{canonical name: the style's own}, by the first class in `slots` that the layer is of."""
    return next((names for kind, names in slots.items() if isinstance(layer, kind)), {})


def attributes(layer, slots):
    """{canonical name: the layer's own array or variable}."""
    found = {name: getattr(layer, own, None) for name, own in names_of(layer, slots).items()}
    return {name: slot for name, slot in found.items() if slot is not None}
