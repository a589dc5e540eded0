"""`to_equinox(chain)`: the parameters of an Objax chain as a chain of Equinox, with weights turned round."""

from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import objax

from seqkit.draws import array, seed
from seqkit.exercise import Exercise
from seqkit.probing import objax as probing
from seqkit.probing.equinox import arrays, is_chain
from seqkit.probing.objax import linear
from seqkit.probing.running import run, what_came

page = Exercise(
    "to_equinox",
    number=34,
    lesson="10_one_chain_six_ways",
    points=15,
    statement="""
Write `to_equinox(chain)`: `chain` is an `objax.nn.Sequential` of `objax.nn.Linear` layers, with or without bias, and
functions, in any order. Return an `eqx.nn.Sequential` that gives the same outputs: an `eqx.nn.Linear` for each `Linear`,
an `eqx.nn.Lambda` for each function, in the same order.

Objax keeps a weight of shape (n_in, n_out) in a variable, and its array is `layer.w.value`; Equinox keeps an array of
shape (n_out, n_in). A layer whose `b` is None becomes one without bias. The Equinox chain is made for one example, holds
arrays of its own, and does not call the Objax chain: what happens to that afterwards does not reach it.

    >>> chain = objax.nn.Sequential([objax.nn.Linear(3, 2), jnp.tanh])
    >>> to_equinox(chain)[0].weight.shape
    (2, 3)
""",
    hints=(
        "Objax computes x @ w and Equinox weight @ x. What has to happen to w on the way?",
        "Make an `eqx.nn.Linear` of the right sizes with any key, then put the arrays in by `eqx.tree_at`.",
        "linear = eqx.tree_at(lambda each: each.weight, linear, layer.w.value.T), and likewise for a bias that is not None.",
    ),
)


@page.answer
def to_equinox(chain):
    """Objax chain → Equinox chain for one example, with the same numbers."""
    layers, key = [], jax.random.PRNGKey(0)
    for layer in chain:
        if isinstance(layer, objax.nn.Linear):
            n_in, n_out = layer.w.value.shape
            has_bias = layer.b is not None
            new = eqx.nn.Linear(n_in, n_out, use_bias=has_bias, key=key)
            new = eqx.tree_at(lambda one: one.weight, new, layer.w.value.T)
            if has_bias:
                new = eqx.tree_at(lambda one: one.bias, new, layer.b.value)
            layers.append(new)
        else:
            layers.append(eqx.nn.Lambda(layer))
    return eqx.nn.Sequential(layers)


leaky = partial(objax.functional.leaky_relu, negative_slope=0.1)


def one_linear(n):
    return objax.nn.Sequential([linear(3, 8, n)])


def mlp(n):
    return objax.nn.Sequential([linear(3, 7, n), objax.functional.relu, linear(7, 8, n + 1)])


def without_bias(n):
    return objax.nn.Sequential([linear(3, 7, n, use_bias=False), leaky, linear(7, 8, n + 1)])


def functions_around(n):
    return objax.nn.Sequential([jnp.sin, linear(3, 7, n), linear(7, 8, n + 1), jnp.tanh, leaky])


def contents(chain):
    """What came back, its layers with the sizes that they say, and every array."""
    layers = [said(layer) for layer in chain] if is_chain(chain) else []
    kind = what_came(chain, is_chain(chain))
    return {"what came back": kind, "layers": layers, "arrays": arrays(chain)}


def said(layer):
    is_linear = isinstance(layer, eqx.nn.Linear)
    return f"Linear({layer.in_features}, {layer.out_features})" if is_linear else "function"


@page.probe(call="to_equinox(one_linear(n))", n=seed())
def one_layer(to_equinox, n):
    """A Linear becomes an eqx.nn.Linear with the numbers of the Objax layer, its weight as (n_out, n_in)."""
    return contents(to_equinox(one_linear(n)))


@page.probe(call="to_equinox(mlp(n))(x)", n=seed(), x=array(3))
def an_MLP_on_one_example(to_equinox, n, x):
    """The Equinox chain gives the outputs of the Objax chain; a function in it is wrapped in eqx.nn.Lambda."""
    return run(to_equinox(mlp(n)), x)


@page.probe(call="to_equinox(mlp(n))", n=seed())
def the_layers_of_an_MLP(to_equinox, n):
    """The layers stand in the same order, an eqx.nn.Linear for each Linear, and every parameter is an array of the tree."""
    return contents(to_equinox(mlp(n)))


@page.probe(call="to_equinox(without_bias(n))", n=seed(), x=array(3))
def a_layer_without_bias(to_equinox, n, x):
    """A Linear whose b is None becomes an eqx.nn.Linear with use_bias=False."""
    chain = to_equinox(without_bias(n))
    return {"the chain": contents(chain), "output": run(chain, x)}


@page.probe(n=seed(), x=array(3))
def functions_first_and_last(to_equinox, n, x):
    """Functions may stand anywhere, two in a row or none between two Linear layers."""
    return run(to_equinox(functions_around(n)), x)


@page.probe(n=seed(), xs=array(5, 3))
def a_batch(to_equinox, n, xs):
    """The chain is one for one example: jax.vmap makes a batch of it."""
    return jax.vmap(to_equinox(mlp(n)))(xs)


@page.probe(n=seed(), m=seed(), x=array(3))
def other_numbers_in_the_Objax_chain(to_equinox, n, m, x):
    """The Equinox chain holds arrays of its own and does not call the Objax chain: it stays when that one changes."""
    chain = mlp(n)
    new = to_equinox(chain)
    probing.filled(chain, m)
    return new(x)


def converted(chain, turn=True, bias=True):
    new = to_equinox(chain)
    for i, layer in enumerate(chain):
        if isinstance(layer, objax.nn.Linear):
            fresh = eqx.nn.Linear(*layer.w.value.shape, use_bias=layer.b is not None, key=jax.random.PRNGKey(0))
            weight = layer.w.value.T if turn else layer.w.value
            fresh = eqx.tree_at(lambda one: one.weight, fresh, weight)
            if bias and layer.b is not None:
                fresh = eqx.tree_at(lambda one: one.bias, fresh, layer.b.value)
            new = eqx.tree_at(lambda tree, i=i: tree.layers[i], new, fresh)
    return new


@page.mistake("The weights are as Objax keeps them, (n_in, n_out). Equinox keeps (n_out, n_in): layer.w.value.T.")
def not_turned_round(chain):
    return converted(chain, turn=False)


@page.mistake(
    "The weights were brought to the right shape by reshape, which mixes rows and columns up. Turn them: layer.w.value.T."
)
def reshaped(chain):
    new = to_equinox(chain)
    for i, layer in enumerate(chain):
        if isinstance(layer, objax.nn.Linear):
            weight = layer.w.value.reshape(layer.w.value.shape[::-1])
            new = eqx.tree_at(lambda tree, i=i: tree.layers[i].weight, new, weight)
    return new


@page.mistake("The biases are new random numbers. Put layer.b.value in their place wherever it is not None.")
def new_biases(chain):
    return converted(chain, bias=False)


@page.mistake(
    "The layers have the right sizes and new random numbers. Put layer.w.value.T and layer.b.value in them, and keep "
    "the layer that eqx.tree_at returns."
)
def new_numbers(chain):
    layers = [eqx.nn.Lambda(each) if not isinstance(each, objax.nn.Linear) else each for each in chain]
    for i, each in enumerate(layers):
        if isinstance(each, objax.nn.Linear):
            shape, has_bias = each.w.value.shape, each.b is not None
            layers[i] = eqx.nn.Linear(*shape, use_bias=has_bias, key=jax.random.PRNGKey(0))
    return eqx.nn.Sequential(layers)


@page.mistake("A layer without bias has b None, and None has no value. Ask first: layer.b is not None.")
def always_a_bias(chain):
    for layer in chain:
        if isinstance(layer, objax.nn.Linear):
            layer.b.value  # noqa: B018 - raises where there is none
    return to_equinox(chain)


@page.mistake(
    "A layer without bias got one of zeros, which training would change. Make it without: use_bias=layer.b is not None."
)
def a_bias_of_zeros(chain):
    layers = list(to_equinox(chain))
    for i, each in enumerate(layers):
        if isinstance(each, eqx.nn.Linear) and each.bias is None:
            wide = eqx.nn.Linear(each.in_features, each.out_features, key=jax.random.PRNGKey(0))
            arrays = each.weight, jnp.zeros(each.out_features)
            layers[i] = eqx.tree_at(lambda one: (one.weight, one.bias), wide, arrays)
    return eqx.nn.Sequential(layers)


@page.mistake(
    "Linear layers are made as (n_out, n_in). Equinox's Linear takes the sizes in Objax's order: n_in, then n_out."
)
def sizes_exchanged(chain):
    layers = list(to_equinox(chain))
    for i, each in enumerate(layers):
        if isinstance(each, eqx.nn.Linear):
            sizes, has_bias = (each.out_features, each.in_features), each.use_bias
            new = eqx.nn.Linear(*sizes, use_bias=has_bias, key=jax.random.PRNGKey(0))
            new = eqx.tree_at(lambda one: one.weight, new, each.weight)
            layers[i] = eqx.tree_at(lambda one: one.bias, new, each.bias) if has_bias else new
    return eqx.nn.Sequential(layers)


@page.mistake("The layers hold Objax's variables, where arrays are asked. Take the array out: layer.w.value.T.")
def holds_variables(chain):
    new = to_equinox(chain)
    for i, layer in enumerate(chain):
        if isinstance(layer, objax.nn.Linear):
            new = eqx.tree_at(lambda tree, i=i: tree.layers[i].weight, new, layer.w)
            if layer.b is not None:
                new = eqx.tree_at(lambda tree, i=i: tree.layers[i].bias, new, layer.b)
    return new


@page.mistake("A module of Equinox is frozen: its fields cannot be set. Make another layer by eqx.tree_at.")
def sets_the_field(chain):
    for new, layer in zip(to_equinox(chain), chain, strict=True):
        if isinstance(layer, objax.nn.Linear):
            new.weight = layer.w.value.T


@page.mistake("The functions are left out. Each becomes a layer too: eqx.nn.Lambda(layer).")
def no_functions(chain):
    return eqx.nn.Sequential([layer for layer in to_equinox(chain) if isinstance(layer, eqx.nn.Linear)])


@page.mistake("A plain function stands in the chain and is called with a key. Wrap it: eqx.nn.Lambda(layer).")
def functions_not_wrapped(chain):
    new = to_equinox(chain)
    return eqx.nn.Sequential([one if isinstance(one, eqx.nn.Linear) else one.fn for one in new])


@page.mistake(
    "The whole Objax chain is wrapped and still does the work. Make an eqx.nn.Linear of each Linear, with its numbers."
)
def the_chain_wrapped(chain):
    return eqx.nn.Sequential([eqx.nn.Lambda(chain)])


@page.mistake(
    "Each layer of Objax is wrapped and still does the work. Make an eqx.nn.Linear of each Linear, with its numbers."
)
def each_layer_wrapped(chain):
    return eqx.nn.Sequential([eqx.nn.Lambda(layer) for layer in chain])


@page.mistake("A list of layers came back. Make a chain of it: eqx.nn.Sequential(layers).")
def a_list_of_layers(chain):
    return list(to_equinox(chain))
