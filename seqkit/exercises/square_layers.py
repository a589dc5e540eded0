"""`square_layers(depth)`: a Linen chain that learns its widths from its input."""

import jax  # noqa: F401 - the calls that are shown need it
import numpy as np
from flax import linen as nn

from seqkit.draws import array, seed, whole
from seqkit.exercise import Exercise
from seqkit.probing.linen import CHAINS, filled
from seqkit.probing.running import run, what_came

page = Exercise(
    "square_layers",
    number=21,
    lesson="07_many_inputs",
    points=10,
    statement="""
Write `square_layers(depth)`: a Linen chain of `depth` Dense layers (one or more), each as wide as its own input, with
ReLU between them and none after the last. No width is given: the chain looks at its input when it is **called**, so the
same chain can be initialised for 5 values and for 6.

A function in a chain may make a module while it runs. The names of the parameters are free.

    >>> square_layers(2).init_with_output(jax.random.key(1), jnp.ones(5))[0].shape
    (5,)
""",
    hints=(
        "When is the width of the input known: when the chain is made, or when it is called?",
        "Put a function in the place of each Dense layer: it gets x, and x.shape[-1] is the width.",
        "A layer is lambda x: nn.Dense(x.shape[-1])(x). Put nn.relu before each of them but the first.",
    ),
)


@page.answer
def square_layers(depth):
    """A chain of `depth` Dense layers as wide as their input, ReLU between."""

    def square(x):
        return nn.Dense(x.shape[-1])(x)

    layers = [square]
    for _ in range(depth - 1):
        layers += [nn.relu, square]
    return nn.Sequential(layers)


@page.probe(call="square_layers(depth).init(jax.random.key(1), jnp.ones(n))", depth=whole(1, 2), n=whole(3, 9))
def its_parameters(square_layers, depth, n):
    """Each of the `depth` Dense layers has a weight of shape (n, n) and a bias for an input of n values."""
    _, layers = filled(square_layers(depth), np.zeros(n, np.float32), seed=1)
    return {"parameters of each Dense layer": layers}


@page.probe(seed=seed(), x=array(4, 6))
def one_layer(square_layers, seed, x):
    """A chain of depth 1 is one Dense layer, with no activation function behind it."""
    chain = square_layers(1)
    return {"output": run(chain, x, variables=filled(chain, x, seed=seed)[0])}


@page.probe(seed=seed(), x=array(4, 6))
def three_layers(square_layers, seed, x):
    """ReLU stands between the Dense layers, and none behind the last."""
    chain = square_layers(3)
    return {"output": run(chain, x, variables=filled(chain, x, seed=seed)[0])}


@page.probe(depth=whole(1, 2), first=whole(3, 5), second=whole(6, 8))
def two_widths(square_layers, depth, first, second):
    """The same chain takes inputs of any width."""
    chain = square_layers(depth)
    return {n: filled(chain, np.zeros(n, np.float32), seed=1)[1] for n in (first, second)}


@page.probe(call="square_layers(depth)", depth=whole(1, 3))
def a_chain(square_layers, depth):
    """Asked is a Sequential of Flax (or of seqkit)."""
    chain = square_layers(depth)
    return {"what comes back": what_came(chain, isinstance(chain, CHAINS))}


def square(x):
    return nn.Dense(x.shape[-1])(x)


@page.mistake("The width is fixed when the chain is made. Take it from the input: lambda x: nn.Dense(x.shape[-1])(x).")
def a_fixed_width(depth):
    return nn.Sequential([nn.Dense(6), *[nn.relu, nn.Dense(6)] * (depth - 1)])


@page.mistake("There is a ReLU behind the last Dense layer, so no output is negative. It stands between them only.")
def relu_after_the_last(depth):
    return nn.Sequential([square, nn.relu] * depth)


@page.mistake("There is no activation function: Dense layers in a row are one linear map. Put nn.relu between them.")
def no_activation(depth):
    return nn.Sequential([square] * depth)


@page.mistake("There is one Dense layer too many: depth counts them all, the first one too.")
def one_too_many(depth):
    return nn.Sequential([square, *[nn.relu, square] * depth])


@page.mistake("It has one Dense layer, whatever the depth. Repeat nn.relu and the Dense layer depth - 1 times.")
def always_one(depth):
    return nn.Sequential([square])


@page.mistake(
    "The width is that of the first axis, which counts the examples. The values of one stand in the last: x.shape[-1]."
)
def the_first_axis(depth):
    def first(x):
        return nn.Dense(x.shape[0])(x)

    return nn.Sequential([first, *[nn.relu, first] * (depth - 1)])


@page.mistake("The function returns the Dense layer and never calls it. Call it on x: nn.Dense(x.shape[-1])(x).")
def never_calls_it(depth):
    def layer(x):
        return nn.Dense(x.shape[-1])

    return nn.Sequential([layer, *[nn.relu, layer] * (depth - 1)])


@page.mistake("The numbers are right, and this is a module of its own. Asked is a chain: nn.Sequential(layers).")
def no_chain(depth):
    class Square(nn.Module):
        @nn.compact
        def __call__(self, x):
            for i in range(depth):
                x = square(nn.relu(x) if i else x)
            return x

    return Square()


@page.mistake("Nothing came back. Put return before the chain: return nn.Sequential(layers).")
def returns_nothing(depth):
    square_layers(depth)
