"""`chain_of(features)`: a Linen chain of Dense layers, from a list of widths."""

import jax
from flax import linen as nn

from seqkit.draws import array, fixed, seed
from seqkit.exercise import Exercise
from seqkit.plain import Thing, kind_of
from seqkit.probing.linen import CHAINS, filled
from seqkit.probing.running import run

page = Exercise(
    "chain_of",
    number=16,
    lesson="05_flax_chain",
    points=10,
    statement="""
Write `chain_of(features)`: the chain

    nn.Sequential([nn.Dense(f0), nn.relu, nn.Dense(f1), nn.relu, …, nn.Dense(fk)])

for a list of widths f0 … fk of any length, one at least. ReLU stands **between** the Dense layers, and never behind
the last. Widths may be equal: each Dense is a layer with parameters of its own.

Return the chain itself, an `nn.Sequential` that nobody has initialised or called yet. The probes give it parameters
of their own and compare what it puts out, so names and initial values are yours to choose.

    >>> len(chain_of([8, 4, 2]).layers)
    5
""",
    hints=(
        "How many activation functions stand between three Dense layers, and how many between one?",
        "Collect the layers in a list first, a Dense and a relu for each width; what is left over at the end?",
        "layers += [nn.Dense(width), nn.relu] for each width, then: return nn.Sequential(layers[:-1])",
    ),
)


@page.answer
def chain_of(features):
    """(widths) → a Linen chain of Dense layers, relu between them only."""
    layers = []
    for width in features:
        layers += [nn.Dense(width), nn.relu]
    return nn.Sequential(layers[:-1])


def kind(chain):
    return Thing("a chain of Linen" if isinstance(chain, CHAINS) else kind_of(chain))


def output(chain, x, seed):
    """The output of a chain whose parameters are drawn from `seed`."""
    variables, _ = filled(chain, x, seed=seed)
    return run(chain, x, variables=variables)


@page.probe(call="chain_of(features)", features=fixed("[5, 8]"))
def a_Sequential(chain_of, features):
    """What is asked for is the chain itself: an `nn.Sequential`, not yet initialised or called."""
    return kind(chain_of(features))


@page.probe(features=fixed("[8]"), x=array(7), seed=seed())
def one_layer(chain_of, features, x, seed):
    """With one width there is one Dense and no activation: its output may be negative."""
    return output(chain_of(features), x, seed)


@page.probe(features=fixed("[5, 8]"), x=array(7), seed=seed())
def two_layers(chain_of, features, x, seed):
    """ReLU stands between the two Dense layers, and nowhere else."""
    return output(chain_of(features), x, seed)


@page.probe(features=fixed("[5, 5, 8]"), x=array(7), seed=seed())
def equal_widths(chain_of, features, x, seed):
    """There is a Dense for each width, equal ones too, with parameters of its own, and ReLU between any two."""
    chain = chain_of(features)
    variables, shapes = filled(chain, x, seed=seed)
    return {"shapes": shapes, "output": run(chain, x, variables=variables)}


def five_widths(rng, size):
    return str(rng.integers(2, 10, 5).tolist())


@page.probe(features=five_widths, x=array(7))
def a_longer_chain(chain_of, features, x):
    """The list may have any length: each width makes a kernel and a bias."""
    return filled(chain_of(features), x, seed=1)[1]


@page.mistake("A ReLU stands behind the last Dense, so no output is negative. Leave the last one off: layers[:-1].")
def relu_after_the_last(features):
    return nn.Sequential([layer for width in features for layer in (nn.Dense(width), nn.relu)])


@page.mistake("There is no activation between the layers: linear maps in a row are one. Put nn.relu between them.")
def no_activation(features):
    return nn.Sequential([nn.Dense(width) for width in features])


@page.mistake("The chain begins with a ReLU, so the input loses its negative values. The first layer is a Dense.")
def relu_before_the_first(features):
    return nn.Sequential([layer for width in features for layer in (nn.relu, nn.Dense(width))])


@page.mistake("The last Dense is missing. The chain ends with the last width, and only its ReLU is left off.")
def forgets_the_last(features):
    layers = [layer for width in features[:-1] for layer in (nn.Dense(width), nn.relu)]
    return nn.Sequential(layers[:-1])


@page.mistake("It returns a list of layers. Hand that list to nn.Sequential and return the chain.")
def returns_a_list(features):
    return list(chain_of(features).layers)


@page.mistake("The layers came one by one. nn.Sequential takes one list: nn.Sequential(layers), without a star.")
def hands_over_without_a_list(features):
    return nn.Sequential(*chain_of(features).layers)


@page.mistake("`nn.relu()` calls the function with nothing. The layer is the function itself: nn.relu.")
def calls_relu(features):
    layers = []
    for width in features:
        layers += [nn.Dense(width), nn.relu()]
    return nn.Sequential(layers[:-1])


@page.mistake("`nn.Dense` without brackets is a class, no layer. Make a layer of each width: nn.Dense(width).")
def classes_for_layers(features):
    return nn.Sequential([layer for _ in features for layer in (nn.Dense, nn.relu)][:-1])


@page.mistake(
    "A list times a number repeats the same layer, with one kernel for all its places. Make a new nn.Dense for each."
)
def one_layer_many_times(features):
    body = [nn.Dense(features[0]), nn.relu] * (len(features) - 1)
    return nn.Sequential([*body, nn.Dense(features[-1])])


@page.mistake("It returns a module of its own. Asked is the chain alone: return nn.Sequential(layers).")
def a_module_around_it(features):
    class MLP(nn.Module):
        @nn.compact
        def __call__(self, x):
            return chain_of(features)(x)

    return MLP()


@page.mistake(
    "It returns the parameters, and the chain is gone. Asked is the chain: whoever calls chain_of initialises it."
)
def initialises_it(features):
    return chain_of(features).init(jax.random.PRNGKey(1), jax.numpy.ones(7))


@page.mistake("Nothing comes back. Put return in front of the chain: return nn.Sequential(…).")
def returns_nothing(features):
    chain_of(features)


@page.mistake(
    "A list stands in the place of layers: append puts in one thing, the list itself. Write "
    "layers += [nn.Dense(width), nn.relu]."
)
def appends_lists(features):
    return nn.Sequential([[nn.Dense(width), nn.relu] for width in features][:-1])


@page.mistake("The list of layers stands in a list of its own. One is enough: nn.Sequential(layers).")
def a_list_in_a_list(features):
    return nn.Sequential([list(chain_of(features).layers)])


@page.mistake(
    "`nn.relu(…)` is called at once, and a number stands in the chain. The layer is the function itself: nn.relu."
)
def calls_relu_on_the_width(features):
    layers = []
    for width in features:
        layers += [nn.Dense(width), nn.relu(width)]
    return nn.Sequential(layers[:-1])
