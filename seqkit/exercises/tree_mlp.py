"""`tree_mlp(key, n_in, hidden, n_out)`: Equinox's chain, a tree that holds its own parameters."""

import equinox as eqx
import jax

from seqkit.draws import array, fixed
from seqkit.exercise import Exercise
from seqkit.probing.equinox import arrays, is_chain
from seqkit.probing.running import run, what_came

page = Exercise(
    "tree_mlp",
    number=24,
    lesson="08_equinox_chain",
    points=10,
    statement="""
Write `tree_mlp(key, n_in, hidden, n_out)`. Return an `eqx.nn.Sequential` of `Linear(n_in, hidden)`, ReLU,
`Linear(hidden, hidden)`, ReLU, `Linear(hidden, n_out)`. The chain is made for one example: (n_in,) in, (n_out,) out.

A chain of Equinox calls each layer with a `key`, and a plain function takes none: put each ReLU in an `eqx.nn.Lambda`.
Split `key` by `jax.random.split(key, 3)` and give each `Linear` a subkey of its own, in order. The numbers are those of
the reference: everything else about the `Linear` layers stays as Equinox has it.

    >>> chain = tree_mlp(jax.random.PRNGKey(7), 3, 5, 2)
    >>> chain(jnp.array([1.0, 2.0, 3.0])).shape
    (2,)
""",
    hints=(
        "Three layers draw random numbers. How many keys do they need, and where do those come from?",
        "`first, second, third = jax.random.split(key, 3)`; each `eqx.nn.Linear` takes one of them as `key=`.",
        "return eqx.nn.Sequential([eqx.nn.Linear(n_in, hidden, key=first), eqx.nn.Lambda(jax.nn.relu), …])",
    ),
)


@page.answer
def tree_mlp(key, n_in, hidden, n_out):
    """(n_in,) → (n_out,): a chain of three Linear with ReLU between."""
    first, second, third = jax.random.split(key, 3)
    return eqx.nn.Sequential(
        [
            eqx.nn.Linear(n_in, hidden, key=first),
            eqx.nn.Lambda(jax.nn.relu),
            eqx.nn.Linear(hidden, hidden, key=second),
            eqx.nn.Lambda(jax.nn.relu),
            eqx.nn.Linear(hidden, n_out, key=third),
        ]
    )


def raw_key(rng, size):
    return f"jax.random.PRNGKey({rng.integers(1, 10000)})"


def typed_key(rng, size):
    return f"jax.random.key({rng.integers(1, 10000)})"


def kind(chain):
    return what_came(chain, is_chain(chain))


SIZES = {"n_in": fixed("3"), "hidden": fixed("7"), "n_out": fixed("8")}
CALL = "tree_mlp(key, n_in, hidden, n_out)"


@page.probe(call=CALL, key=raw_key, **SIZES)
def a_chain_with_three_linear_layers(tree_mlp, key, n_in, hidden, n_out):
    """The answer is a Sequential, and each of its three Linear layers has a weight of shape (out, in) and a bias."""
    chain = tree_mlp(key, n_in, hidden, n_out)
    return {"what came back": kind(chain), "shapes of its arrays": [array.shape for array in arrays(chain)]}


@page.probe(call=CALL, weight=2, key=raw_key, **SIZES)
def a_subkey_for_each_linear(tree_mlp, key, n_in, hidden, n_out):
    """Each Linear draws its numbers from its own subkey of jax.random.split(key, 3), in order."""
    return {"arrays": arrays(tree_mlp(key, n_in, hidden, n_out))}


@page.probe(call=f"{CALL}(x)", times=3, key=raw_key, **SIZES, x=array(3))
def the_output_for_one_example(tree_mlp, key, n_in, hidden, n_out, x):
    """ReLU stands between the layers and not after the last; a function in the chain is wrapped in eqx.nn.Lambda."""
    return run(tree_mlp(key, n_in, hidden, n_out), x)


@page.probe(call=f"{CALL}(x)", key=raw_key, n_in=fixed("7"), hidden=fixed("8"), n_out=fixed("3"), x=array(7))
def other_sizes(tree_mlp, key, n_in, hidden, n_out, x):
    """The sizes are the arguments."""
    return run(tree_mlp(key, n_in, hidden, n_out), x)


@page.probe(call=f"{CALL}(x)", key=typed_key, **SIZES, x=array(3))
def a_typed_key(tree_mlp, key, n_in, hidden, n_out, x):
    """A key of either kind serves: jax.random.key or jax.random.PRNGKey."""
    return run(tree_mlp(key, n_in, hidden, n_out), x)


def chain_of(keys, n_in, hidden, n_out, activation=jax.nn.relu):
    first, second, third = keys
    between = eqx.nn.Lambda(activation)
    layers = [eqx.nn.Linear(n_in, hidden, key=first), between, eqx.nn.Linear(hidden, hidden, key=second), between]
    return eqx.nn.Sequential([*layers, eqx.nn.Linear(hidden, n_out, key=third)])


@page.mistake(
    "All three Linear draw from one key. Give each a subkey of its own: first, second, third = jax.random.split(key, 3)."
)
def one_key_for_all(key, n_in, hidden, n_out):
    return chain_of([key, key, key], n_in, hidden, n_out)


@page.mistake(
    "The key was split in 4 and the first part left out. Split it in 3, one for each Linear, and use all: "
    "jax.random.split(key, 3)."
)
def keeps_a_key_back(key, n_in, hidden, n_out):
    return chain_of(jax.random.split(key, 4)[1:], n_in, hidden, n_out)


@page.mistake(
    "The key was split for all five layers. A Lambda draws nothing: split it in 3, and give each Linear the next one."
)
def a_key_for_every_layer(key, n_in, hidden, n_out):
    return chain_of(jax.random.split(key, 5)[::2], n_in, hidden, n_out)


@page.mistake("The key was split anew before each layer. Split it once, in three: jax.random.split(key, 3).")
def splits_again_and_again(key, n_in, hidden, n_out):
    keys = []
    for _ in range(3):
        key, subkey = jax.random.split(key)
        keys.append(subkey)
    return chain_of(keys, n_in, hidden, n_out)


@page.mistake(
    "A plain jax.nn.relu stands in the chain and is called with a key, which it does not take. "
    "Wrap it: eqx.nn.Lambda(jax.nn.relu)."
)
def no_lambda(key, n_in, hidden, n_out):
    linears = chain_of(jax.random.split(key, 3), n_in, hidden, n_out)[::2]
    return eqx.nn.Sequential([linears[0], jax.nn.relu, linears[1], jax.nn.relu, linears[2]])


@page.mistake("A ReLU stands after the last Linear, so no output is negative. Activations stand between layers only.")
def relu_after_the_last(key, n_in, hidden, n_out):
    return eqx.nn.Sequential([*tree_mlp(key, n_in, hidden, n_out), eqx.nn.Lambda(jax.nn.relu)])


@page.mistake("Nothing stands between the Linear layers, and three linear maps in a row are one. Put a ReLU after two.")
def no_activation(key, n_in, hidden, n_out):
    return tree_mlp(key, n_in, hidden, n_out)[::2]


@page.mistake(
    "The second ReLU is missing: one stands after the first Linear, and one belongs after the second as well."
)
def one_activation(key, n_in, hidden, n_out):
    chain = tree_mlp(key, n_in, hidden, n_out)
    return eqx.nn.Sequential([*chain[:3], chain[4]])


@page.mistake("It has two Linear layers. Asked are three: (n_in, hidden), (hidden, hidden), (hidden, n_out).")
def two_linear_layers(key, n_in, hidden, n_out):
    first, second = jax.random.split(key)
    inner, last = eqx.nn.Linear(n_in, hidden, key=first), eqx.nn.Linear(hidden, n_out, key=second)
    return eqx.nn.Sequential([inner, eqx.nn.Lambda(jax.nn.relu), last])


@page.mistake("The numbers are right, and eqx.nn.MLP is no chain. Put the five layers in an eqx.nn.Sequential.")
def the_ready_mlp(key, n_in, hidden, n_out):
    return eqx.nn.MLP(n_in, n_out, hidden, depth=2, key=key)


@page.mistake("A list of layers came back. Make a chain of it: eqx.nn.Sequential(layers).")
def a_list_of_layers(key, n_in, hidden, n_out):
    return list(tree_mlp(key, n_in, hidden, n_out))


@page.mistake(
    "The layers were handed over one by one. eqx.nn.Sequential takes one list of them: put [ ] around the five."
)
def no_list(key, n_in, hidden, n_out):
    return eqx.nn.Sequential(*tree_mlp(key, n_in, hidden, n_out))
