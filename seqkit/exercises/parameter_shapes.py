"""`parameter_shapes(features, n_in)`: what a chain of Dense layers will initialise, worked out by hand."""

import sys
from itertools import pairwise
from pathlib import Path

import jax
import jax.numpy as jnp
from flax import linen as nn

from seqkit.draws import whole
from seqkit.exercise import Exercise

page = Exercise(
    "parameter_shapes",
    number=15,
    lesson="05_flax_chain",
    points=10,
    statement="""
Take this chain, a model of its own, called with an input of `n_in` features:

    nn.Sequential([nn.Dense(f0), nn.relu, nn.Dense(f1), nn.relu, …, nn.Dense(fk)])

Write `parameter_shapes(features, n_in)`: the shapes of the parameters that its `init` would make, worked out
**without Flax**. No layer of Flax is made or run; a probe watches.

`features` is the list of the widths f0 … fk: one at least, and some may be equal. The answer is a dict as `init`
returns it, the outer level `'params'` included, with a tuple, the shape, in the place of each array. A Dense layer is
called `layers_` and its place in the chain; it has a `'kernel'` of shape (inputs, outputs) and a `'bias'` of shape
(outputs,). Functions stand at places too, and have no entry.

    >>> parameter_shapes([8], 3)
    {'params': {'layers_0': {'kernel': (3, 8), 'bias': (8,)}}}
""",
    hints=(
        "The chain is Dense, relu, Dense, relu, Dense: at which places, counted from 0, do the Dense layers stand?",
        "A layer has as many inputs as the one before it has outputs: keep that number while you walk along features.",
        'shapes[f"layers_{2 * i}"] = {"kernel": (n_in, width), "bias": (width,)}, and then n_in = width',
    ),
)


@page.answer
def parameter_shapes(features, n_in):
    """(widths, inputs) → {"params": {layer: {parameter: shape}}}."""
    shapes = {}
    for i, width in enumerate(features):
        shapes[f"layers_{2 * i}"] = {"kernel": (n_in, width), "bias": (width,)}
        n_in = width
    return {"params": shapes}


def widths(fewest, more=0):
    """Different widths from 2 to 40: `fewest` of them, and `more` with each case."""

    def draw(rng, size):
        return str(rng.permutation(range(2, 41))[: fewest + more * size].tolist())

    return draw


def equal_widths(rng, size):
    one, other = rng.permutation(range(2, 41))[:2].tolist()
    return str([one, one, other, one])


inputs = whole(41, 99)


@page.probe(features=widths(1), n_in=inputs)
def one_layer(parameter_shapes, features, n_in):
    """The first Dense is layers_0. Its kernel has a row for each input and a column for each output, its bias a value for each."""
    return parameter_shapes(features, n_in)


@page.probe(features=widths(2), n_in=inputs)
def two_layers(parameter_shapes, features, n_in):
    """Each Dense has an entry, named after its place in the chain; relu stands at a place too, and has no parameters."""
    return parameter_shapes(features, n_in)


@page.probe(features=widths(3), n_in=inputs)
def three_layers(parameter_shapes, features, n_in):
    """A layer has as many inputs as the Dense layer before it has outputs; the first has n_in."""
    return parameter_shapes(features, n_in)


@page.probe(features=equal_widths, n_in=inputs)
def equal_widths_in_one_chain(parameter_shapes, features, n_in):
    """Layers of the same width are layers of their own, each with its place and its parameters."""
    return parameter_shapes(features, n_in)


@page.probe(times=3, features=widths(4, more=4), n_in=inputs)
def longer_chains(parameter_shapes, features, n_in):
    """The chain may have any number of layers."""
    return parameter_shapes(features, n_in)


LAYERS_OF_FLAX = tuple(str(Path(nn.__file__).parent.parent / room) for room in ("linen", "nnx"))


def watching_flax(f, *args):
    """(what `f` returns, whether a layer of Flax was made or run meanwhile)."""
    ran, before = [], sys.getprofile()

    def note(frame, event, _):
        if not ran and event == "call" and frame.f_code.co_filename.startswith(LAYERS_OF_FLAX):
            ran.append(True)

    sys.setprofile(note)
    try:
        value = f(*args)
    finally:
        sys.setprofile(before)
    return value, bool(ran)


@page.probe(call="parameter_shapes(features, n_in)", features=widths(2), n_in=inputs)
def without_Flax(parameter_shapes, features, n_in):
    """The shapes follow from the widths alone: work them out without a layer of Flax."""
    shapes, ran = watching_flax(parameter_shapes, features, n_in)
    return {"shapes": shapes, "a layer of Flax was used": ran}


@page.mistake(
    "The Dense layers are numbered 0, 1, 2. relu takes a place as well: they are layers_0, layers_2, layers_4."
)
def no_gaps(features, n_in):
    sizes = [n_in, *features]
    pairs = enumerate(zip(sizes, features, strict=False))
    return {"params": {f"layers_{i}": {"kernel": pair, "bias": pair[1:]} for i, pair in pairs}}


@page.mistake("The outer level is missing. What init returns is {'params': {…}}, with the layers inside.")
def no_outer_level(features, n_in):
    return parameter_shapes(features, n_in)["params"]


@page.mistake("The kernels have rows and columns exchanged. In Flax a kernel has the shape (inputs, outputs).")
def kernels_turned(features, n_in):
    layers = parameter_shapes(features, n_in)["params"]
    return {"params": {name: layer | {"kernel": layer["kernel"][::-1]} for name, layer in layers.items()}}


@page.mistake(
    "Dense_0, Dense_1 … are the names that a chain gives inside a @nn.compact module. Here the chain is the model: "
    "layers_ and the place."
)
def names_of_a_compact_module(features, n_in):
    layers = parameter_shapes(features, n_in)["params"].values()
    return {"params": {f"Dense_{i}": layer for i, layer in enumerate(layers)}}


@page.mistake("Every kernel has n_in rows. Only the first layer gets the input; each other gets the outputs before it.")
def n_in_for_every_layer(features, n_in):
    return {"params": {f"layers_{2 * i}": {"kernel": (n_in, f), "bias": (f,)} for i, f in enumerate(features)}}


@page.mistake("The biases are missing. nn.Dense has a bias unless it is told use_bias=False: its shape is (outputs,).")
def no_bias(features, n_in):
    layers = parameter_shapes(features, n_in)["params"]
    return {"params": {name: {"kernel": layer["kernel"]} for name, layer in layers.items()}}


@page.mistake(
    "The shape of a bias is a number, no tuple, which brackets alone do not change. A tuple of one has a comma: (width,)."
)
def bias_without_a_comma(features, n_in):
    layers = parameter_shapes(features, n_in)["params"]
    return {"params": {name: layer | {"bias": layer["bias"][0]} for name, layer in layers.items()}}


@page.mistake("The functions have entries of their own. A function has no parameters, so init has no entry for it.")
def entries_for_functions(features, n_in):
    layers = parameter_shapes(features, n_in)["params"]
    return {"params": layers | {f"layers_{2 * i + 1}": {} for i in range(len(features) - 1)}}


@page.mistake("The first Dense is missing: its kernel goes from n_in to the first width. Pair [n_in, *features] up.")
def forgets_the_first(features, n_in):
    pairs = enumerate(pairwise(features))
    return {"params": {f"layers_{2 * i}": {"kernel": pair, "bias": pair[1:]} for i, pair in pairs}}


@page.mistake("Two layers of the same width got one place: list.index finds the first of them. Count with enumerate.")
def places_by_index(features, n_in):
    shapes = {}
    for width in features:
        shapes[f"layers_{2 * features.index(width)}"] = {"kernel": (n_in, width), "bias": (width,)}
        n_in = width
    return {"params": shapes}


@page.mistake("The shapes are right, and Flax worked them out. They follow from the widths: build the dict yourself.")
def lets_flax_do_it(features, n_in):
    layers = [layer for width in features for layer in (nn.Dense(width), nn.relu)]
    made = jax.eval_shape(nn.Sequential(layers[:-1]).init, jax.random.PRNGKey(1), jnp.ones(n_in))
    return jax.tree.map(lambda leaf: leaf.shape, made)
