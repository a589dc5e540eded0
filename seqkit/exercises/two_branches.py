"""`two_branches(features)`: a Linen chain in which a tuple goes from layer to layer."""

import jax  # noqa: F401 - the calls that are shown need it
import jax.numpy as jnp
import numpy as np
from flax import linen as nn

from seqkit.draws import array, fixed, seed, whole
from seqkit.exercise import Exercise
from seqkit.plain import kind_of
from seqkit.probing.linen import CHAINS, filled
from seqkit.probing.running import run, what_came

page = Exercise(
    "two_branches",
    number=19,
    lesson="07_many_inputs",
    points=10,
    statement="""
Write `two_branches(features)`: a Linen chain of exactly two layers, where `features` is a whole number. The first layer
returns a **tuple**: its input through one `Dense(features)`, and the same input through another. The second layer takes
two arguments and returns their sum.

A layer may be a function or a module. The two Dense layers have parameters of their own, under any names.

    >>> two_branches(4).init_with_output(jax.random.key(1), jnp.ones(3))[0].shape
    (4,)
""",
    hints=(
        "How many arguments does a layer of a Linen chain get when the one before it returned a tuple?",
        "A function may make modules while the chain runs, so the first layer can be lambda x: (…, …).",
        "return nn.Sequential([lambda x: (nn.Dense(features)(x), nn.Dense(features)(x)), lambda a, b: a + b])",
    ),
)


@page.answer
def two_branches(features):
    """A chain of two layers: two Dense outputs as a tuple, then their sum."""

    def branches(x):
        return nn.Dense(features)(x), nn.Dense(features)(x)

    def total(a, b):
        return a + b

    return nn.Sequential([branches, total])


def shapes_of(output):
    """The shape of an array, or of each part of a tuple or a list; of anything else what it is."""
    return type(output)(map(shapes_of, output)) if type(output) in (tuple, list) else _shape(output)


def _shape(output):
    return output.shape if hasattr(output, "shape") else kind_of(output)


@page.probe(call="two_branches(features)", features=whole(2, 9))
def the_chain(two_branches, features):
    """Asked is a Sequential of exactly two layers."""
    chain = two_branches(features)
    came = what_came(chain, isinstance(chain, CHAINS))
    return {"what comes back": came, "layers": len(getattr(chain, "layers", ()))}


@page.probe(
    call="two_branches(features).init(jax.random.key(1), jnp.ones(n_in))", features=whole(2, 9), n_in=whole(2, 9)
)
def its_parameters(two_branches, features, n_in):
    """There are two Dense layers, each with a weight of shape (inputs, features) and a bias of its own."""
    _, layers = filled(two_branches(features), np.zeros(n_in, np.float32), seed=1)
    return {"parameters of each Dense layer": layers}


@page.probe(features=fixed("6"), seed=seed(), x=array(4, 3))
def between_the_layers(two_branches, features, seed, x):
    """The first layer returns a tuple of two arrays, and both reach the second as arguments."""
    chain = two_branches(features)
    outputs = [output for _, output in run(chain, x, variables=filled(chain, x, seed=seed)[0]).layers]
    return {"output of the first layer": shapes_of(outputs[0]) if outputs else None}


@page.probe(weight=2, features=fixed("6"), seed=seed(), x=array(4, 3))
def the_sum(two_branches, features, seed, x):
    """With any parameters the output is Dense(x) of the one plus Dense(x) of the other."""
    chain = two_branches(features)
    return {"output": run(chain, x, variables=filled(chain, x, seed=seed)[0])}


@page.mistake(
    "Both branches are the same Dense layer, so one set of parameters serves twice. Make two: Dense(…), Dense(…)."
)
def one_dense_twice(features):
    def branches(x):
        dense = nn.Dense(features)
        return dense(x), dense(x)

    return nn.Sequential([branches, lambda a, b: a + b])


@page.mistake(
    "The Dense layers are made outside the function that calls them, so Flax does not know whose they are. "
    "Make them where they are called: nn.Dense(features)(x)."
)
def made_too_early(features):
    one, two = nn.Dense(features), nn.Dense(features)
    return nn.Sequential([lambda x: (one(x), two(x)), lambda a, b: a + b])


@page.mistake("The first layer returns one value, and to Linen's chain a list is one too. Return a tuple: (…, …).")
def a_list_between(features):
    return nn.Sequential([lambda x: [nn.Dense(features)(x), nn.Dense(features)(x)], lambda a, b: a + b])


@page.mistake("The second layer takes one argument, and the tuple arrives as two. Write it as lambda a, b: a + b.")
def takes_the_tuple_whole(features):
    return nn.Sequential([lambda x: (nn.Dense(features)(x), nn.Dense(features)(x)), lambda both: both[0] + both[1]])


@page.mistake("The two outputs are put side by side. Asked is their sum, which has `features` values.")
def concatenates(features):
    branches = two_branches(features).layers[0]
    return nn.Sequential([branches, lambda a, b: jnp.concatenate([a, b], axis=-1)])


@page.mistake("The second Dense layer gets the output of the first one. Both are to get the input of the chain.")
def one_behind_the_other(features):
    def branches(x):
        a = nn.Dense(features)(x)
        return a, nn.Dense(features)(a)

    return nn.Sequential([branches, lambda a, b: a + b])


@page.mistake("The first layer adds the branches itself. It is to return both, as a tuple; the second layer adds them.")
def adds_at_once(features):
    return nn.Sequential([lambda x: nn.Dense(features)(x) + nn.Dense(features)(x)])


@page.mistake(
    "The two Dense layers stand one behind the other in the chain. The first layer is to hold both and return a tuple."
)
def a_plain_chain(features):
    return nn.Sequential([nn.Dense(features), nn.Dense(features)])


@page.mistake("The numbers are right, and this is a module of its own. Asked is a chain: nn.Sequential([…, …]).")
def no_chain(features):
    class TwoBranches(nn.Module):
        @nn.compact
        def __call__(self, x):
            return nn.Dense(features)(x) + nn.Dense(features)(x)

    return TwoBranches()


@page.mistake("The first layer returns two Dense layers, not what they put out. Call each on x: nn.Dense(features)(x).")
def never_calls_them(features):
    return nn.Sequential([lambda x: (nn.Dense(features), nn.Dense(features)), lambda a, b: a + b])


@page.mistake("Python's sum(a, b) adds up the rows of a, starting from b. Add the two arrays: lambda a, b: a + b.")
def adds_by_sum(features):
    return nn.Sequential([two_branches(features).layers[0], sum])


@page.mistake("The layers were handed over one by one. nn.Sequential takes one list of them: nn.Sequential([…, …]).")
def no_list(features):
    return nn.Sequential(*two_branches(features).layers)


@page.mistake("Nothing came back. Put return before the chain: return nn.Sequential([…, …]).")
def returns_nothing(features):
    two_branches(features)
