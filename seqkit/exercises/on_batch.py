"""`on_batch(chain, xs)`: a chain of Equinox is made for one example; `jax.vmap` makes a batch of it."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from seqkit.draws import array, seed
from seqkit.exercise import Exercise
from seqkit.probing.equinox import linear

page = Exercise(
    "on_batch",
    number=26,
    lesson="08_equinox_chain",
    points=5,
    statement="""
A chain of Equinox is made for one example. Write `on_batch(chain, xs)`: `xs` is a batch, with one example in each row
`xs[0]`, `xs[1]`, …, and so is what comes back: row i is `chain(xs[i])`, whatever the layers do. A batch of one example
stays a batch.

It is to work inside `jax.jit` too.

    >>> chain = eqx.nn.Sequential([eqx.nn.Linear(3, 2, key=jax.random.PRNGKey(1)), eqx.nn.Lambda(jax.nn.relu)])
    >>> on_batch(chain, jnp.ones((5, 3))).shape
    (5, 2)
""",
    hints=(
        "The chain takes (3,) and you hold (5, 3). Which function of JAX makes one that takes a leading axis more?",
        "`jax.vmap(f)` is a new function, and like every function it still has to be called.",
        "return jax.vmap(chain)(xs)",
    ),
)


@page.answer
def on_batch(chain, xs):
    """(batch, …) array → (batch, …) array: row i is `chain(xs[i])`."""
    return jax.vmap(chain)(xs)


def centred(x):
    return x - jnp.mean(x)


def one_layer(n):
    return eqx.nn.Sequential([linear(3, 4, n, use_bias=False)])


def chain_of_three(n):
    return eqx.nn.Sequential([linear(3, 7, n), eqx.nn.Lambda(jax.nn.relu), linear(7, 4, n + 1)])


def that_centres(n):
    return eqx.nn.Sequential([eqx.nn.Lambda(centred), linear(3, 4, n)])


@page.probe(n=seed(), xs=array(5, 3))
def a_batch(on_batch, n, xs):
    """Row i of the output is chain(xs[i])."""
    return on_batch(chain_of_three(n), xs)


@page.probe(n=seed(), xs=array(1, 3))
def a_batch_of_one(on_batch, n, xs):
    """A batch of one example is a batch: (1, 3) in, (1, 4) out."""
    return on_batch(chain_of_three(n), xs)


@page.probe(n=seed(), xs=array(3, 3))
def as_many_examples_as_features(on_batch, n, xs):
    """The first axis is the batch, also where (3, 3) looks as if it might be one example."""
    return on_batch(one_layer(n), xs)


@page.probe(n=seed(), xs=array(5, 3))
def a_layer_that_looks_at_a_whole_example(on_batch, n, xs):
    """No layer may see more than one example: a mean over a layer's input is one over an example."""
    return on_batch(that_centres(n), xs)


@page.probe(n=seed(), xs=array(5, 3))
def inside_jit(on_batch, n, xs):
    """Inside jax.jit the batch has no numbers yet: JAX's functions take that, NumPy's and float do not."""
    return eqx.filter_jit(on_batch)(chain_of_three(n), xs)


@page.mistake("The chain got the whole batch at once, and it is made for one example. Map it: jax.vmap(chain)(xs).")
def the_whole_batch_at_once(chain, xs):
    return chain(xs)


@page.mistake("It returns the mapped chain, a function. Call it with the batch: jax.vmap(chain)(xs).")
def vmap_not_called(chain, xs):
    return jax.vmap(chain)


@page.mistake("The outputs came back one by one, where one array is asked. Map with jax.vmap, or end with jnp.stack.")
def a_list(chain, xs):
    return [chain(x) for x in xs]


@page.mistake("Examples were laid along the second axis of the output. Leave out_axes as it is: jax.vmap(chain)(xs).")
def examples_in_columns(chain, xs):
    return jax.vmap(chain, out_axes=1)(xs)


@page.mistake(
    "The columns of the batch were taken for its examples. They are its rows, axis 0, which is what jax.vmap takes."
)
def maps_over_columns(chain, xs):
    return jax.vmap(chain, in_axes=1)(xs)


@page.mistake(
    "The batch was turned round to fit the weights; then a layer that is no Linear, and every bias, see the wrong axis. "
    "Use jax.vmap(chain)(xs)."
)
def turned_round(chain, xs):
    return chain(xs.T).T


@page.mistake("Only the first example was run. Run each: jax.vmap(chain)(xs).")
def the_first_only(chain, xs):
    return chain(xs[0])


@page.mistake("NumPy was used, which cannot work inside jax.jit. Stay with JAX: jax.vmap(chain)(xs), or jnp.stack.")
def with_numpy(chain, xs):
    return np.stack([np.asarray(chain(x)) for x in xs])


@page.mistake("A batch of one lost its first axis. Leave the output as jax.vmap gives it, without squeeze.")
def squeezed(chain, xs):
    return jnp.squeeze(jax.vmap(chain)(xs), axis=0) if len(xs) == 1 else jax.vmap(chain)(xs)


@page.mistake(
    "jax.vmap got the batch, and it wants the function alone. Its result takes the batch: jax.vmap(chain)(xs)."
)
def the_batch_to_vmap(chain, xs):
    return jax.vmap(chain, xs)
