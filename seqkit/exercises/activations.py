"""`activations(chain, x)`: what every layer of a chain puts out."""

import objax

from seqkit.draws import array, fixed, number
from seqkit.exercise import Exercise
from seqkit.probing.objax import linear  # noqa: F401 - named in drawn code

page = Exercise(
    "activations",
    number=38,
    lesson="12_beyond_the_chain",
    points=10,
    statement="""
Write `activations(chain, x)`: the output of every layer of an Objax chain, as a list, in the order in which the layers
run. Functions are layers too. `x` itself is not in the list; its last item is what the chain puts out.

    >>> activations(objax.nn.Sequential([abs, float, str]), -3)
    [3, 3.0, '3.0']

The chain has at least one layer, each takes one value, and the chain stays as it is.
""",
    hints=(
        "Where is the output of the second layer while the chain runs?",
        "Run the chain by hand: a loop over its layers, which keeps each output before it goes on.",
        "Inside the loop: x = layer(x); outputs.append(x).",
    ),
)


@page.answer
def activations(chain, x):
    """A list: the output of each layer of `chain`, in order."""
    outputs = []
    for layer in chain:
        x = layer(x)
        outputs.append(x)
    return outputs


relu = objax.functional.relu


def double(x):
    return x * 2


def minus_one(x):
    return x - 1


class Shift(objax.Module):
    """A module without variables."""

    def __call__(self, x):
        return x + 0.5


def chain(rng, size):
    """A chain of one layer and more, as code; growing."""
    layers, width = [], 3
    for i in range(1 + size):
        linear_layer = f"linear({width}, {7 - width}, seed={rng.integers(1, 999)})"
        layers.append(linear_layer if i % 3 == 1 else str(rng.choice(["relu", "double", "minus_one", "Shift()"])))
        width = 7 - width if i % 3 == 1 else width
    return f"objax.nn.Sequential([{', '.join(layers)}])"


@page.probe(x=number())
def one_layer(activations, x):
    """A chain of one layer has one output: it, and not x, is in the list."""
    return activations(objax.nn.Sequential([double]), x)


@page.probe(x=number())
def functions(activations, x):
    """Each layer gets the output of the one before; all outputs are kept, in order."""
    return activations(objax.nn.Sequential([double, minus_one, abs, minus_one]), x)


@page.probe(
    chain=fixed("objax.nn.Sequential([linear(3, 4, seed=7), relu, Shift(), linear(4, 3, seed=8)])"), x=array(2, 3)
)
def functions_and_modules(activations, chain, x):
    """Modules and functions are layers alike: each has an output in the list."""
    return activations(chain, x)


@page.probe(times=6, chain=chain, x=array(2, 3))
def random_chains(activations, chain, x):
    """There are as many outputs as layers, the last being that of the chain."""
    return activations(chain, x)


@page.probe(times=2, chain=chain, x=array(2, 3))
def the_chain_stays(activations, chain, x):
    """The chain keeps its layers."""
    layers = list(chain)
    activations(chain, x)
    return {"layers": len(chain), "the same": [layer is own for layer, own in zip(chain, layers, strict=False)]}


@page.mistake("`x` itself is in the list. Begin with an empty list, and append what a layer returns.")
def with_the_input(chain, x):
    return [x, *activations(chain, x)]


@page.mistake("The inputs of the layers were kept, not their outputs. First x = layer(x), then append x.")
def inputs(chain, x):
    return [x, *activations(chain, x)][:-1]


@page.mistake("Every layer got the first x. Hand on the output: x = layer(x).")
def every_layer_gets_x(chain, x):
    return [layer(x) for layer in chain]


@page.mistake("The outputs of functions are missing. A function is a layer like any other: append its output too.")
def modules_alone(chain, x):
    return [y for layer, y in zip(chain, activations(chain, x), strict=True) if isinstance(layer, objax.Module)]


@page.mistake("Only the last output came back. Append each output to a list, and return the list behind the loop.")
def the_last_alone(chain, x):
    return chain(x)


@page.mistake("The last output is missing. It is that of the whole chain, and belongs in the list.")
def without_the_last(chain, x):
    return activations(chain, x)[:-1]


@page.mistake("The layers are in the list, not what they put out. Call each: x = layer(x), and append x.")
def layers(chain, x):
    return list(chain)


@page.mistake("The list begins with the last output. Asked is the order in which the layers run.")
def last_first(chain, x):
    return activations(chain, x)[::-1]


@page.mistake(
    "The layers were taken out of the chain while it ran, and now it is empty. Loop over them: for layer in chain."
)
def takes_them_out(chain, x):
    outputs = []
    while chain:
        x = chain.pop(0)(x)
        outputs.append(x)
    return outputs
