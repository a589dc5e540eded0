"""`trainable(chain)`: what training changes, and everything else, as two trees of one shape."""

import equinox as eqx
import jax
import jax.numpy as jnp

from seqkit.draws import array, seed
from seqkit.exercise import Exercise
from seqkit.probing.equinox import arrays, filled, linear
from seqkit.probing.running import run

page = Exercise(
    "trainable",
    number=28,
    lesson="08_equinox_chain",
    points=10,
    statement="""
A chain of Equinox is a tree, and not every leaf of it is a parameter: it holds functions, Python numbers such as the
rate of a `Dropout`, perhaps an array of indices. `jax.grad` takes none of those.

Write `trainable(chain)`. Return a pair of trees like `chain`: in the first, every array of floating-point numbers and
`None` in the place of all other leaves; in the second those others, and `None` in the place of the arrays. So
`eqx.combine(first, second)` is the whole chain again, and `jax.grad` takes the first.

A whole-number array is not trained, and neither is a Python float: both belong to the second part.

    >>> chain = eqx.nn.Sequential([eqx.nn.Linear(3, 2, key=jax.random.PRNGKey(1)), eqx.nn.Lambda(jax.nn.relu)])
    >>> first, second = trainable(chain)
    >>> [array.shape for array in jax.tree_util.tree_leaves(first)]
    [(2, 3), (2,)]
    >>> len(jax.tree_util.tree_leaves(second))
    1
""",
    hints=(
        "Which leaves of the chain may move by a small step, and how does Equinox ask one leaf whether it is such an array?",
        "`eqx.partition(tree, question)` gives two trees: the leaves of which the question is true, and the others.",
        "return eqx.partition(chain, eqx.is_inexact_array)",
    ),
)


@page.answer
def trainable(chain):
    """(the arrays that training changes, everything else), both as trees."""
    return eqx.partition(chain, eqx.is_inexact_array)


class Reorder(eqx.Module):
    """A layer with whole numbers: the features in another order."""

    order: jax.Array

    def __call__(self, x, *, key=None):
        return x[self.order]


def one_linear(n):
    return eqx.nn.Sequential([linear(3, 7, n)])


def with_a_norm(n):
    norms = [eqx.nn.LayerNorm(7), eqx.nn.LayerNorm(7, dtype=jnp.float16)]
    layers = [linear(3, 7, n), *norms, eqx.nn.Lambda(jax.nn.relu), linear(7, 4, n)]
    return filled(eqx.nn.Sequential(layers), n)


def that_reorders(n):
    return eqx.nn.Sequential([Reorder(jnp.array([2, 0, 1])), linear(3, 7, n), eqx.nn.Lambda(jnp.tanh)])


def with_dropout(n):
    return eqx.nn.Sequential([linear(3, 7, n), eqx.nn.Dropout(0.25, inference=True), linear(7, 4, n + 1)])


def leaves(pair):
    """The leaves of both parts, arrays by their dtype and shape; of what is no pair, the thing itself."""
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        return pair
    first, second = ([said(leaf) for leaf in jax.tree_util.tree_leaves(part)] for part in pair)
    return {"leaves of the first part": first, "leaves of the second part": second}


def said(leaf):
    return f"{leaf.dtype} array of shape {leaf.shape}" if eqx.is_array(leaf) else leaf


@page.probe(call="trainable(one_linear(n))", n=seed())
def one_layer(trainable, n):
    """Weight and bias are arrays of floats: both in the first part, and nothing else there or left over."""
    return leaves(trainable(one_linear(n)))


@page.probe(call="trainable(with_a_norm(n))", n=seed())
def functions_and_other_layers(trainable, n):
    """Every layer's arrays of floats are in the first part; functions, and nothing of those arrays, in the second."""
    return leaves(trainable(with_a_norm(n)))


@page.probe(call="trainable(that_reorders(n))", n=seed())
def an_array_of_whole_numbers(trainable, n):
    """An array of whole numbers is not trained: ask for floating-point arrays, not for any array."""
    return leaves(trainable(that_reorders(n)))


@page.probe(call="trainable(with_dropout(n))", n=seed())
def a_Python_float(trainable, n):
    """The rate of a Dropout is a Python float, no array: it belongs to the second part."""
    return leaves(trainable(with_dropout(n)))


@page.probe(n=seed(), x=array(3))
def the_two_recombined(trainable, n, x):
    """eqx.combine of both parts, trees of one shape, is the whole chain again."""
    first, second = trainable(that_reorders(n))
    return run(eqx.combine(first, second), x)


@page.probe(n=seed(), x=array(3))
def a_gradient(trainable, n, x):
    """jax.grad takes the first part: every leaf of it is an array of floats, and the others are None."""
    first, second = trainable(that_reorders(n))
    gradient = jax.grad(lambda part: jnp.sum(eqx.combine(part, second)(x) ** 2))(first)
    return {"arrays of the gradient": arrays(gradient)}


@page.mistake(
    "Arrays of whole numbers are in the first part, and jax.grad refuses them. Ask for floats: eqx.is_inexact_array."
)
def any_array(chain):
    return eqx.partition(chain, eqx.is_array)


@page.mistake("Only float32 arrays are in the first part. Any floating-point array is trained: eqx.is_inexact_array.")
def one_precision_alone(chain):
    return eqx.partition(chain, lambda leaf: eqx.is_array(leaf) and leaf.dtype == jnp.float32)


@page.mistake("Python floats, such as a Dropout's rate, are in the first part. Ask for arrays: eqx.is_inexact_array.")
def floats_of_python_too(chain):
    return eqx.partition(chain, eqx.is_inexact_array_like)


@page.mistake("The two parts are exchanged. The arrays that training changes come first.")
def the_other_way_round(chain):
    first, second = eqx.partition(chain, eqx.is_inexact_array)
    return second, first


@page.mistake(
    "The second part is the whole chain, arrays included. Leave None in their place, as eqx.partition does by itself."
)
def the_whole_chain_behind(chain):
    return eqx.filter(chain, eqx.is_inexact_array), chain


@page.mistake("One tree came back, where two are asked. eqx.partition gives both parts, eqx.filter one.")
def the_first_alone(chain):
    return eqx.filter(chain, eqx.is_inexact_array)


@page.mistake("Two lists of leaves came back, which eqx.combine cannot put together. Keep the tree: eqx.partition.")
def lists_of_leaves(chain):
    leaves = jax.tree_util.tree_leaves(chain)
    return [x for x in leaves if eqx.is_inexact_array(x)], [x for x in leaves if not eqx.is_inexact_array(x)]


@page.mistake("Weights alone are in the first part; biases, of one axis, are trained too. Ask eqx.is_inexact_array.")
def weights_alone(chain):
    return eqx.partition(chain, lambda leaf: eqx.is_inexact_array(leaf) and leaf.ndim > 1)


@page.mistake(
    "Only Linear layers are taken, and others train as well, LayerNorm for one. Ask every leaf, not the layer."
)
def linear_layers_alone(chain):
    mask = jax.tree_util.tree_map(lambda leaf: False, chain)
    of_linear = [isinstance(layer, eqx.nn.Linear) for layer in chain]
    layers = [
        jax.tree_util.tree_map(lambda leaf, one=one: one, each) for each, one in zip(chain, of_linear, strict=True)
    ]
    return eqx.partition(chain, eqx.tree_at(lambda tree: tree.layers, mask, tuple(layers)))


@page.mistake(
    "The question was asked once, of the whole chain. Hand over the question itself, and each leaf is asked: "
    "eqx.partition(chain, eqx.is_inexact_array)."
)
def asks_the_chain(chain):
    return eqx.partition(chain, eqx.is_inexact_array(chain))
