"""`named_layers(layers)`: the names that PyTorch gives to the layers of a chain, without PyTorch."""

import builtins
from collections import OrderedDict, UserDict  # noqa: F401 - draws name them
from collections.abc import Mapping
from types import MappingProxyType  # noqa: F401

from seqkit.exercise import Exercise

page = Exercise(
    "named_layers",
    number=4,
    lesson="01_what_is_a_chain",
    points=5,
    statement="""
PyTorch names the layers of a chain. Layers that come in a row get their position for a name, counted from 0 and written
as a text: `"0"`, `"1"`, … An `OrderedDict` brings names of its own, and they stay.

Write `named_layers(layers)`: a list of pairs `(name, layer)`, in the order in which the layers stand. `layers` is a list, a
tuple or a generator of layers, or any mapping from name to layer: an `OrderedDict`, a plain dict, or another. A layer is
any object; you need not call it. One that stands twice is listed twice. There is always at least one.

    >>> named_layers([abs, float])
    [('0', <built-in function abs>), ('1', <class 'float'>)]
""",
    hints=(
        "Which of the things that may be handed in knows names already?",
        "enumerate counts anything that can be walked, a generator too; items gives the pairs of any mapping.",
        "For a mapping: list(layers.items()). For the rest: [(str(i), layer) for i, layer in enumerate(layers)].",
    ),
)


@page.answer
def named_layers(layers):
    """Layers, or a mapping from name to layer → a list of (name, layer)."""
    if isinstance(layers, Mapping):
        return list(layers.items())
    return [(str(i), layer) for i, layer in enumerate(layers)]


LAYERS = ("abs", "round", "float", "int", "bool", "str", "repr")
NAMES = ("stem", "conv", "norm", "act", "drop", "mix", "pool", "head")


def row(form, count):
    """Draws `count` different layers, written into `form`; of more than there are, some come again."""

    def draw(rng, size):
        chosen = [*rng.permutation(LAYERS), *rng.permutation(LAYERS)][:count]
        return form.format(", ".join(chosen))

    return draw


def named(*forms):
    """Draws names that are not in the order of the alphabet, three of them for a plain dict, whose last layer is its first."""

    def draw(rng, size):
        names, layers = sorted(map(str, rng.permutation(NAMES)[:3]), reverse=True), rng.permutation(LAYERS)[:2]
        pairs = list(zip(names, [*layers, layers[0]], strict=True))[: 3 if forms[size] == "{…}" else 2]
        return forms[size].replace("…", ", ".join(f'"{name}": {layer}' for name, layer in pairs))

    return draw


def twice(rng, size):
    one, other = rng.permutation(LAYERS)[:2]
    return f"[{one}, {other}, {one}]"


def told(value):
    """The same value with the name of each layer in its place."""
    if isinstance(value, list | tuple):
        return list(map(told, value)) if isinstance(value, list) else tuple(map(told, value))
    name = getattr(value, "__name__", "")
    return f"the layer {name}" if name in LAYERS and value is vars(builtins)[name] else value


CALL = "named_layers(layers)"


@page.probe(call=CALL, layers=row("[{}]", 1))
def one_layer(named_layers, layers):
    """A list of pairs comes back: the name, which is the position as a text, "0", and the layer."""
    return told(named_layers(layers))


@page.probe(call=CALL, layers=row("[{}]", 3))
def a_list(named_layers, layers):
    """Layers in a row are named by their position, from "0" on."""
    return told(named_layers(layers))


@page.probe(call=CALL, layers=named("OrderedDict({…})"))
def an_ordered_dict(named_layers, layers):
    """A mapping brings the names, and its order stays."""
    return told(named_layers(layers))


@page.probe(call=CALL, times=3, layers=named("{…}", "MappingProxyType({…})", "UserDict({…})"))
def any_mapping(named_layers, layers):
    """Any mapping brings names, whatever its class: isinstance(layers, collections.abc.Mapping) knows them all."""
    return told(named_layers(layers))


@page.probe(call=CALL, layers=row("({})", 4))
def a_tuple(named_layers, layers):
    """A tuple is a row of layers like a list."""
    return told(named_layers(layers))


@page.probe(call=CALL, layers=row("(layer for layer in [{}])", 3))
def a_generator(named_layers, layers):
    """A generator has no length and can be walked once; its layers are a row like any other."""
    return told(named_layers(layers))


@page.probe(call=CALL, layers=twice)
def the_same_layer_twice(named_layers, layers):
    """A layer that stands twice is listed twice, under two names."""
    return told(named_layers(layers))


@page.probe(call=CALL, layers=row("[{}]", 12))
def twelve_layers(named_layers, layers):
    """The order is that of the layers, also where a name has two digits."""
    return told(named_layers(layers))


@page.mistake("The names are numbers. A name is a text: str(i).")
def numbers_for_names(layers):
    return list(layers.items() if isinstance(layers, Mapping) else enumerate(layers))


@page.mistake('The names begin at "1". The first layer is named "0": enumerate(layers) counts from 0.')
def counts_from_one(layers):
    if isinstance(layers, Mapping):
        return list(layers.items())
    return [(str(i), layer) for i, layer in enumerate(layers, 1)]


@page.mistake(
    "To walk a mapping gives its names, and here they came in the place of the layers. For a mapping return "
    "list(layers.items())."
)
def walks_the_names(layers):
    return [(str(i), layer) for i, layer in enumerate(layers)]


@page.mistake("The layers of a mapping were numbered. It brings names of its own, and they stay: layers.items().")
def numbers_a_mapping(layers):
    return named_layers(list(layers.values()) if isinstance(layers, Mapping) else layers)


@page.mistake(
    "A mapping is more than a dict: one that is no subclass of dict was taken for a row of layers. Ask for "
    "isinstance(layers, Mapping), from collections.abc."
)
def only_dicts(layers):
    return list(layers.items()) if isinstance(layers, dict) else walks_the_names(layers)


@page.mistake(
    "Only an OrderedDict keeps its names; a plain dict was taken for a row of layers. Ask for "
    "isinstance(layers, Mapping), from collections.abc."
)
def only_ordered_dicts(layers):
    return list(layers.items()) if isinstance(layers, OrderedDict) else walks_the_names(layers)


@page.mistake(
    "The names come from layers.index(layer), which finds the first place of a layer that stands twice, and which a "
    "generator does not have. Count while you walk: enumerate(layers)."
)
def asks_for_the_index(layers):
    if isinstance(layers, Mapping):
        return list(layers.items())
    return [(str(layers.index(layer)), layer) for layer in layers]


@page.mistake("A generator has no length. Count while you walk: for i, layer in enumerate(layers).")
def asks_for_the_length(layers):
    if isinstance(layers, Mapping):
        return list(layers.items())
    return [(str(i), layers[i]) for i in range(len(layers))]


@page.mistake("The pairs are turned round. The name stands first: (name, layer).")
def layer_first(layers):
    return [(layer, name) for name, layer in named_layers(layers)]


@page.mistake("A dict came back. Asked is a list of pairs: list(named.items()).")
def a_dict(layers):
    return dict(named_layers(layers))


@page.mistake("The pairs were sorted by name. They stay in the order of the layers.")
def sorted_by_name(layers):
    return sorted(named_layers(layers), key=lambda pair: pair[0])


@page.mistake("A layer that stands twice was listed once. Each place in the chain has a name of its own.")
def each_layer_once(layers):
    found = {}
    for name, layer in named_layers(layers):
        found.setdefault(layer, name)
    return [(name, layer) for layer, name in found.items()]
