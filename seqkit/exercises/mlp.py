"""`mlp(sizes, activation)`: a chain made by a loop, for any number of layers."""

from itertools import pairwise

import objax

from seqkit.draws import array, fixed, one_of, seed
from seqkit.exercise import Exercise
from seqkit.plain import Thing, kind_of
from seqkit.probing.objax import count, filled, is_chain, quietly
from seqkit.probing.running import run, what_came

page = Exercise(
    "mlp",
    number=6,
    lesson="02_list_chain",
    points=10,
    statement="""
Write `mlp(sizes, activation)`. It returns an `objax.nn.Sequential` that leads from `sizes[0]` features to `sizes[1]`, from
those to `sizes[2]`, and so on: an `objax.nn.Linear` for each step, with its bias, and `activation` between two of them. There
is none after the last.

`sizes` is a list or a tuple of two or more numbers, and `activation` is any function of one array. Every layer stands in the
chain itself: Linear, activation, Linear, … The numbers in the layers are free.

    >>> chain = mlp([3, 4, 2], objax.functional.relu)
    >>> [variable.value.shape for variable in chain.vars().values()]
    [(4,), (3, 4), (2,), (4, 2)]
""",
    hints=(
        "How many Linear layers do n sizes make, and how many activation functions?",
        "itertools.pairwise(sizes) gives the two numbers of each Linear. The last activation put in is one too many.",
        "In the loop: layers += [objax.nn.Linear(nin, nout), activation]. After it: objax.nn.Sequential(layers[:-1]).",
    ),
)


@page.answer
def mlp(sizes, activation):
    """n sizes → a chain of n - 1 Linear layers, `activation` between."""
    layers = []
    for nin, nout in pairwise(sizes):
        layers += [objax.nn.Linear(nin, nout), activation]
    return objax.nn.Sequential(layers[:-1])


def square(x):
    return x * x


def half(x):
    return x / 2


def laid_out(chain):
    """What comes back; for each layer what it is; the shapes of the parameters, and how many values they hold."""
    held = objax.ModuleList(chain if isinstance(chain, list) else [])
    return {
        "what comes back": what_came(chain, is_chain(chain)),
        "layers": [Thing(_kind(layer)) for layer in held],
        "shapes": [tuple(variable.value.shape) for variable in held.vars().values()],
        "values": count(held),
    }


def _kind(layer):
    if isinstance(layer, objax.nn.Linear):
        return "Linear"
    return "activation" if callable(layer) and not isinstance(layer, objax.Module) else kind_of(layer)


CALL = "mlp(sizes, activation)"
ACTIVATIONS = one_of("jnp.tanh", "jnp.sin", "square", "half")


@page.probe(call=CALL, sizes=one_of("[5, 8]", "(5, 8)", "[3, 5]", "(8, 3)"), activation=ACTIVATIONS)
def two_sizes(mlp, sizes, activation):
    """Two sizes make one Linear, and no activation function."""
    return laid_out(quietly(mlp, sizes, activation))


@page.probe(call=CALL, sizes=fixed("[3, 5, 8]"), activation=ACTIVATIONS)
def three_sizes(mlp, sizes, activation):
    """Three sizes make two Linear layers, with the activation function between them."""
    return laid_out(quietly(mlp, sizes, activation))


@page.probe(sizes=fixed("[3, 5, 8]"), activation=one_of("jnp.tanh", "square"), seed=seed(), x=array(2, 3))
def what_comes_out(mlp, sizes, activation, seed, x):
    """The activation function is the one that was handed in, and nothing follows the last layer."""
    chain = filled(quietly(mlp, sizes, activation), seed)
    return run(chain, x)


@page.probe(call=CALL, sizes=one_of("(5, 8, 3, 5)", "[8, 3, 5, 8]", "(3, 5, 8, 3)"), activation=ACTIVATIONS)
def more_sizes(mlp, sizes, activation):
    """Any number of sizes will do, a tuple too."""
    return laid_out(quietly(mlp, sizes, activation))


@page.probe(call=CALL, sizes=one_of("[3, 5, 8, 3, 5]", "(5, 8, 3, 5, 8, 3)"), activation=ACTIVATIONS)
def sizes_that_come_again(mlp, sizes, activation):
    """Every Linear has parameters of its own, also where two of them have the same sizes."""
    return laid_out(quietly(mlp, sizes, activation))


@page.probe(sizes=fixed("(3, 5, 8, 3, 5, 8)"), activation=one_of("jnp.sin", "half"), seed=seed(), x=array(2, 3))
def what_comes_out_of_more(mlp, sizes, activation, seed, x):
    """The activation function stands between every two layers."""
    chain = filled(quietly(mlp, sizes, activation), seed)
    return run(chain, x)


@page.mistake(
    "The last Linear is followed by the activation function. It stands between two layers only: leave the last one out."
)
def activation_after_the_last(sizes, activation):
    return objax.nn.Sequential([*mlp(sizes, activation), activation])


@page.mistake(
    "There is no activation between the layers: several linear maps in a row are one. It is a layer of its own in the list; "
    "a third argument of Linear says only whether there is a bias."
)
def no_activation(sizes, activation):
    return objax.nn.Sequential(mlp(sizes, activation)[::2])


@page.mistake("The activation is always relu. Use the function that is handed in: activation.")
def always_relu(sizes, activation):
    return mlp(sizes, objax.functional.relu)


@page.mistake(
    "The activation function was called while the chain was made. A layer is the function itself: activation, without ()."
)
def calls_the_activation(sizes, activation):
    layers = []
    for nin, nout in pairwise(sizes):
        layers += [objax.nn.Linear(nin, nout), activation()]
    return objax.nn.Sequential(layers[:-1])


@page.mistake(
    "Only the first three sizes are used. A loop makes a Linear for each two neighbours, however many there are."
)
def three_sizes_only(sizes, activation):
    return mlp(sizes[:3], activation)


@page.mistake("One Linear is missing at the end: n sizes make n - 1 of them, the last leading to sizes[-1].")
def stops_early(sizes, activation):
    return mlp(sizes[:-1], activation) if len(sizes) > 2 else objax.nn.Sequential()


@page.mistake(
    "The sizes of each Linear stand the wrong way round: Linear(nin, nout) takes first what goes in, then what comes out."
)
def sizes_exchanged(sizes, activation):
    layers = []
    for nin, nout in pairwise(sizes):
        layers += [objax.nn.Linear(nout, nin), activation]
    return objax.nn.Sequential(layers[:-1])


@page.mistake(
    "Every Linear leads from a size to the same size. It takes two neighbours: Linear(sizes[i], sizes[i + 1])."
)
def size_to_itself(sizes, activation):
    layers = []
    for size in sizes[1:]:
        layers += [objax.nn.Linear(size, size), activation]
    return objax.nn.Sequential(layers[:-1])


@page.mistake("A plain list came back, which cannot be called. Put it in objax.nn.Sequential(…).")
def a_plain_list(sizes, activation):
    return list(mlp(sizes, activation))


@page.mistake(
    "Layers of the same sizes are one and the same Linear, which shares its parameters between them. Make a new one at each "
    "step of the loop."
)
def shares_layers(sizes, activation):
    made, layers = {}, []
    for pair in pairwise(sizes):
        layers += [made.setdefault(pair, objax.nn.Linear(*pair)), activation]
    return objax.nn.Sequential(layers[:-1])


@page.mistake(
    "A list stands among the layers: append puts in one thing, the list itself. For two layers write layers += [linear, activation]."
)
def appends_lists(sizes, activation):
    layers = []
    for nin, nout in pairwise(sizes):
        layers.append([objax.nn.Linear(nin, nout), activation])
    return objax.nn.Sequential(layers)


@page.mistake("The Linear layers have no bias. A Linear has one unless use_bias=False is said: leave that out.")
def without_bias(sizes, activation):
    layers = []
    for nin, nout in pairwise(sizes):
        layers += [objax.nn.Linear(nin, nout, use_bias=False), activation]
    return objax.nn.Sequential(layers[:-1])


@page.mistake("The activation function stands before each Linear. It stands between two: the first layer is a Linear.")
def activation_before_each(sizes, activation):
    layers = []
    for nin, nout in pairwise(sizes):
        layers += [activation, objax.nn.Linear(nin, nout)]
    return objax.nn.Sequential(layers)


@page.mistake("Nothing comes back. Put return in front of the chain: return objax.nn.Sequential(…).")
def returns_nothing(sizes, activation):
    mlp(sizes, activation)
