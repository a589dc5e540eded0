"""What is said of a layer: its short name, and the one sentence that an error gains when a layer raises it."""

import functools
import re
from collections import namedtuple
from contextlib import suppress

from seqkit.errors import LayersError
from seqkit.spec import ACTIVATIONS
from seqkit.steps import index_text, shape_text

Takes = namedtuple("Takes", "size axis fix one", defaults=[False])
"""What a layer takes where it can be known: `size` values along `axis`, which is the first of an input if it takes `one` example;
`fix` says how to make it take {got}; "" if what it says of itself fits and only its array does not."""
KEEPING = {name.replace("_", "") for name in ACTIVATIONS} | {
    "dropout",
    "batchnorm",
    "batchnormalization",
    "layernorm",
    "layernormalization",
}
"""Layers that put out as many values as they get, by their names in any style: the width comes from before them."""
PLACE = re.compile(r"\{layer (\d+)\}")
"""Where a sentence names an earlier layer of the same chain."""


class LayerNote(str):
    """The sentence about a failing layer. `indexes` leads to it; `said` is the sentence with its places open."""


def explain(error, index, layers, inputs, name, takes):
    """Add to `error` the sentence about `layers[index]`, which raised it; a sentence from a chain inside gains the index.

    Args: as of `sentence`, with the error first.
    """
    notes = getattr(error, "__notes__", [])
    known = next((note for note in notes if isinstance(note, LayerNote)), None)
    if known is not None and known.layer is not layers[index]:
        notes[notes.index(known)] = _note((index, *known.indexes), known.said, known.layer)
        return
    if known is not None:  # the same error object again, from an earlier run
        notes.remove(known)
    with suppress(Exception):  # a layer that nothing can be said of still fails with its own error
        error.add_note(sentence((index,), layers, inputs, name, takes))


def sentence(position, layers, inputs, name, takes):
    """What a layer got, from where, and, where it can be known, what it takes and what to try.

    Args:
        position: where the layer stands; its last number is the one among `layers`.
        layers: the layers of the chain.
        inputs: tuple of what the layer got by position.
        name: layer → its short name.
        takes: layer → `Takes`, or None where it cannot be known.
    """
    index = position[-1]
    before = f"the output of {{layer {index - 1}}} {name(layers[index - 1])}" if index else "the input of {chain}"
    remedy = _remedy(takes(layers[index]), inputs, _source(list(map(name, layers[:index]))))
    return _note(position, f"{{this}} {name(layers[index])} got {describe(inputs)}, {before}.{remedy}", layers[index])


def _source(names):
    """What decides how wide the output of these layers is: the last that may change it, else what the chain gets."""
    wide = [i for i, name in enumerate(names) if not _keeps_width(name)]
    return f"let {{layer {wide[-1]}}} put out" if wide else "hand {chain}"


def _keeps_width(name):
    word = name.removeprefix("Lambda(").removeprefix("Activation(").partition("(")[0]
    return word.rstrip(")").replace("_", "").lower() in KEEPING


def _note(indexes, said, layer):
    note = LayerNote(_placed(said, indexes))
    note.indexes, note.said, note.layer = indexes, said, layer
    return note


def _placed(said, indexes):
    """The sentence with the places that it leaves open; a layer of a chain inside gets the input of that chain."""
    places = {
        "{this}": f"layer{index_text(indexes)}",
        "{chain}": f"its chain, layer{index_text(indexes[:-1])}" if indexes[1:] else "the chain",
    }
    for name, place in places.items():
        said = said.replace(name, place)
    return PLACE.sub(lambda found: f"layer{index_text((*indexes[:-1], int(found[1])))}", said)


def _remedy(takes, inputs, source):
    """What the layer takes and what to try, when the size of what it got is the matter; else nothing.

    Args:
        takes: its `Takes`, or None.
        inputs: tuple of what it got.
        source: what decides about that size, as the beginning of an advice.
    """
    shape = getattr(inputs[0], "shape", None) if len(inputs) == 1 else None
    if takes is None or shape is None:
        return ""
    if takes.one and len(shape) > -takes.axis:
        return f" It takes {_one_example(takes)}: one example. Call jax.vmap(chain) with a batch."
    if len(shape) >= -takes.axis and shape[takes.axis] == takes.size:
        return ""
    place = "…, " + str(takes.size) + ", …" * (-takes.axis - 1)
    if len(shape) < -takes.axis:
        return f" It takes ({place}): {-takes.axis} axes or more."
    if not takes.fix:
        return f" It takes ({place})."
    fix = takes.fix.replace("{got}", str(shape[takes.axis]))
    return f" It takes ({place}). {fix[0].upper()}{fix[1:]}, or {source} {takes.size}."


def _one_example(takes):
    """The shape of one example, as far as it is known: `(3,)`, `(1, …, …)`."""
    return str((takes.size, *["…"] * (-takes.axis - 1))).replace("'", "")


def refuse_classes(layers, module):
    """Look for the class of a module where an instance belongs.

    Raises:
        LayersError: it names the first one, and the line to write.
    """
    for i, layer in enumerate(layers):
        if isinstance(layer, type) and issubclass(layer, module):
            raise LayersError(f"layer[{i}] is the class {layer.__name__}. Make a layer of it: {layer.__name__}(…).")


def wants_a_list(layers, name):
    """The error for layers that were handed over one by one."""
    return LayersError(f"Sequential takes one list. Write Sequential([{', '.join(map(name, layers))}]).")


def wants_no_list(layers, name):
    """The error for layers that were handed over in a list."""
    inside = ", ".join(map(name, layers))
    return LayersError(f"Sequential takes layers one by one, not in a list. Write Sequential({inside}).")


def describe(value):
    """What a layer got, for a sentence: `shape (4, 3) float32`."""
    if isinstance(value, tuple) and len(value) == 1:
        return describe(value[0])
    dtype = getattr(value, "dtype", None)
    if dtype is not None and hasattr(value, "shape"):
        return f"shape {tuple(value.shape)} {str(dtype).removeprefix('torch.')}"
    if isinstance(value, tuple | list | dict):
        return f"a {type(value).__name__} of {shape_text(value)}"
    return f"a value of type {type(value).__name__}"


def function_name(f):
    """A callable by its name; a partial with the arguments that it fixes."""
    if isinstance(f, functools.partial):
        fixed = [repr(a) for a in f.args] + [f"{k}={v!r}" for k, v in f.keywords.items()]
        return f"{function_name(f.func)}({', '.join(fixed)})"
    name = getattr(f, "__name__", None)
    return (name if isinstance(name, str) else type(f).__name__).replace("<lambda>", "lambda")


def own(thing):
    """An object's own attributes as a dict, past the `__getattribute__` of its class, which in Equinox takes its time."""
    try:
        return object.__getattribute__(thing, "__dict__")
    except AttributeError:
        return {}


def module_name(module, *sizes):
    """A module by its class and those of its own attributes, named `sizes`, that it has: `Linear(64, 32)`."""
    held = own(module)
    known = ", ".join([str(held[size]) for size in sizes if held.get(size) is not None])
    return f"{type(module).__name__}({known})" if known else type(module).__name__
