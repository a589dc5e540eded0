"""`swap_layer(chain, i, layer)`: a chain of Equinox never changes; an edit is another chain."""

import equinox as eqx
import jax

from seqkit.draws import array, fixed, seed, whole
from seqkit.exercise import Exercise
from seqkit.probing.equinox import is_chain, linear, parts
from seqkit.probing.running import run

page = Exercise(
    "swap_layer",
    number=27,
    lesson="08_equinox_chain",
    points=10,
    statement="""
Write `swap_layer(chain, i, layer)`. Return a new `eqx.nn.Sequential` like `chain`, with `layer` in the place of layer
number `i`. A negative `i` counts from the end, as in a list. Every other layer stays as it is, and so does `chain`:
whoever holds it keeps the old layers.

`layer` may be of another kind than the one before: a `Lambda` for a `Linear`, a `Linear` without bias for one with.
A layer that stands twice in the chain is exchanged at `i` only.

    >>> chain = eqx.nn.Sequential([eqx.nn.Identity(), eqx.nn.Lambda(jax.nn.relu)])
    >>> swap_layer(chain, -1, eqx.nn.Lambda(jnp.tanh))[1](0.0).item()
    0.0
    >>> len(swap_layer(chain, 0, eqx.nn.Identity()))
    2
""",
    hints=(
        "`chain.layers` is a tuple inside a frozen module. If nothing in it can be replaced, what has to be made?",
        "`eqx.tree_at(where, tree, new)` returns a copy of `tree`, with `new` at the place that `where(tree)` points to.",
        "return eqx.tree_at(lambda each: each.layers[i], chain, layer)",
    ),
)


@page.answer
def swap_layer(chain, i, layer):
    """A new chain: `layer` at place `i`; a negative i counts from the end."""
    return eqx.tree_at(lambda each: each.layers[i], chain, layer)


def chain_of_three(n):
    return eqx.nn.Sequential([linear(3, 7, n), eqx.nn.Lambda(jax.nn.relu), linear(7, 4, n + 1)])


def twice_the_same(n):
    layer, sine = linear(3, 3, n), eqx.nn.Lambda(jax.numpy.sin)
    return eqx.nn.Sequential([layer, sine, layer, sine])


@page.probe(
    call="swap_layer(eqx.nn.Sequential([linear(3, 7, n)]), 0, linear(3, 7, m))", n=seed(), m=whole(10000, 99999)
)
def a_chain_of_one_layer(swap_layer, n, m):
    """A new Sequential holds the new layer, with the numbers that it came with."""
    return parts(swap_layer(eqx.nn.Sequential([linear(3, 7, n)]), 0, linear(3, 7, m)))


@page.probe(call="swap_layer(chain_of_three(n), i, linear(5, 2, n))", times=3, n=seed(), i=lambda rng, size: str(size))
def each_place_from_the_front(swap_layer, n, i):
    """Layer number i is exchanged, the others stay, and the chain keeps its length."""
    return parts(swap_layer(chain_of_three(n), i, linear(5, 2, n)))


@page.probe(
    call="swap_layer(chain_of_three(n), i, linear(5, 2, n))", times=3, n=seed(), i=lambda rng, size: str(-1 - size)
)
def each_place_from_the_end(swap_layer, n, i):
    """A negative number counts from the end: -1 is the last layer."""
    return parts(swap_layer(chain_of_three(n), i, linear(5, 2, n)))


@page.probe(n=seed(), i=whole(0, 2), layer=fixed("eqx.nn.Lambda(jax.numpy.tanh)"))
def the_old_chain(swap_layer, n, i, layer):
    """The chain that was handed in keeps its own layers: nothing in Equinox changes in place."""
    chain = chain_of_three(n)
    new = swap_layer(chain, i, layer)
    return {"a new chain": is_chain(new) and new is not chain, "the old one": parts(chain)}


@page.probe(n=seed(), x=array(3))
def another_activation_function(swap_layer, n, x):
    """The new chain runs with the new layer in its place."""
    return run(swap_layer(chain_of_three(n), 1, eqx.nn.Lambda(jax.numpy.tanh)), x)


@page.probe(call="swap_layer(chain_of_three(n), -1, linear(7, 4, m, use_bias=False))", n=seed(), m=whole(10000, 99999))
def a_layer_without_bias(swap_layer, n, m):
    """The whole layer is exchanged, also for one of other shape or without a bias."""
    return parts(swap_layer(chain_of_three(n), -1, linear(7, 4, m, use_bias=False)))


@page.probe(call="swap_layer(twice_the_same(n), i, eqx.nn.Identity())", n=seed(), i=whole(0, 3))
def a_layer_that_stands_twice(swap_layer, n, i):
    """The place counts: a layer that stands at two places is exchanged at i only."""
    return parts(swap_layer(twice_the_same(n), i, eqx.nn.Identity()))


@page.mistake(
    "A negative i goes wrong: chain[i + 1:] of -1 begins at 0, so layers come twice. Add len(chain) to i when it is "
    "below 0, or use eqx.tree_at."
)
def slices_around(chain, i, layer):
    return eqx.nn.Sequential([*chain[:i], layer, *chain[i + 1 :]])


@page.mistake(
    "Neither a chain nor its tuple of layers can be assigned to. Make a new one: eqx.tree_at, or a list of the "
    "layers and eqx.nn.Sequential of that."
)
def assigns_to_the_tuple(chain, i, layer):
    chain.layers[i] = layer
    return chain


@page.mistake("An Equinox module is frozen: its fields cannot be set. Make a new chain by eqx.tree_at.")
def sets_the_field(chain, i, layer):
    layers = list(chain.layers)
    layers[i] = layer
    chain.layers = tuple(layers)
    return chain


@page.mistake("The chain that was handed in has changed. Leave it as it is and return a new one: eqx.tree_at.")
def forces_the_field(chain, i, layer):
    layers = list(chain.layers)
    layers[i] = layer
    object.__setattr__(chain, "layers", tuple(layers))
    return chain


@page.mistake("A list came back. Make a chain of the layers: eqx.nn.Sequential(layers).")
def a_list(chain, i, layer):
    layers = list(chain.layers)
    layers[i] = layer
    return layers


@page.mistake(
    "The old chain came back, with its old layers. Return a new one: eqx.tree_at makes it, and leaves the old as it is."
)
def returns_the_old_one(chain, i, layer):
    eqx.tree_at(lambda each: each.layers[i], chain, layer)
    return chain


@page.mistake("Nothing came back. Put return before the new chain, whatever makes it.")
def returns_nothing(chain, i, layer):
    eqx.tree_at(lambda each: each.layers[i], chain, layer)


@page.mistake("eqx.tree_at got a layer where it wants a function that leads there: lambda tree: tree.layers[i].")
def a_layer_for_the_way_there(chain, i, layer):
    return eqx.tree_at(chain.layers[i], chain, layer)


@page.mistake("The layer was put in beside the old one, so the chain is one longer. Take the old one's place.")
def inserts(chain, i, layer):
    layers = list(chain.layers)
    layers.insert(i % len(layers), layer)
    return eqx.nn.Sequential(layers)


@page.mistake(
    "A layer that stands at two places was exchanged at both. Go by the place, i, not by which layer stands there."
)
def by_identity(chain, i, layer):
    return eqx.nn.Sequential([layer if each is chain[i] else each for each in chain])


@page.mistake(
    "Only the numbers of a Linear were exchanged. `where` is to point to the whole layer: lambda each: each.layers[i]."
)
def weight_and_bias_only(chain, i, layer):
    return eqx.tree_at(lambda each: (each.layers[i].weight, each.layers[i].bias), chain, (layer.weight, layer.bias))
