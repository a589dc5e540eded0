"""`forward(layers, x)`: a chain is a fold over callables."""

from seqkit.draws import array, fixed, number
from seqkit.exercise import Exercise

page = Exercise(
    "forward",
    number=1,
    lesson="01_what_is_a_chain",
    points=5,
    statement="""
Write `forward(layers, x)`: call the layers in order. The first gets `x`, each of the others gets what the one before
it returned, and `forward` returns what the last one returned. With no layer at all, `x` comes out as it went in.

    >>> forward([abs, float], -3)
    3.0
""",
    hints=(
        "Which value should the second layer receive?",
        "One name can hold the running value: it begins as x, and each layer replaces it.",
        "Inside the loop: x = layer(x). After the loop: return x.",
    ),
)


@page.answer
def forward(layers, x):
    """What comes out of the last of `layers` when `x` goes into the first."""
    for layer in layers:
        x = layer(x)
    return x


def double(x):
    return x * 2


def plus_three(x):
    return x + 3


def pair(x):
    return x, x + 1


def swap(both):
    return both[1], both[0]


@page.probe(x=number())
def one_layer(forward, x):
    """The first layer gets x; with one layer, what it returns comes out."""
    return forward([double], x)


@page.probe(x=number())
def no_layer(forward, x):
    """With no layer, x comes out as it went in."""
    return forward([], x)


@page.probe(layers=fixed("[double, plus_three, abs, double]"), x=number())
def order(forward, layers, x):
    """The layers are called in the order in which they stand."""
    return forward(layers, x)


@page.probe(x=array(2, 3))
def an_array(forward, x):
    """A layer may be called more than once, and x may be an array."""
    return forward([plus_three, double, plus_three], x)


@page.probe(x=number())
def a_tuple(forward, x):
    """Exactly one value is handed on: a tuple stays one tuple."""
    return forward([pair, swap, str], x)


@page.mistake("Every layer got the first x. Hand on the output: x = layer(x).")
def every_layer_gets_x(layers, x):
    y = x
    for layer in layers:
        y = layer(x)
    return y


@page.mistake("It returns after the first layer. Put the return behind the loop, not inside it.")
def stops_after_the_first(layers, x):
    for layer in layers:
        return layer(x)
    return x


@page.mistake("The layers were called from last to first. The first in the list is the first to be called.")
def backwards(layers, x):
    for layer in reversed(layers):
        x = layer(x)
    return x


@page.mistake("The output of the last layer is never returned. End with: return x.")
def returns_nothing(layers, x):
    for layer in layers:
        x = layer(x)


@page.mistake("It returns the output of every layer. Asked is the last one alone.")
def returns_all(layers, x):
    outputs = []
    for layer in layers:
        x = layer(x)
        outputs.append(x)
    return outputs


@page.mistake("A tuple was taken apart into several arguments. Here a layer gets one value, whatever it is.")
def expands_tuples(layers, x):
    for layer in layers:
        x = layer(*x) if isinstance(x, tuple) else layer(x)
    return x


@page.mistake("x came out as it went in: what a layer returns is not kept. Keep it: x = layer(x).")
def drops_what_comes_out(layers, x):
    for layer in layers:
        layer(x)
    return x


@page.mistake("The last layer is called once more after the loop. x is what it returned already: return x.")
def calls_the_last_twice(layers, x):
    for layer in layers:
        x = layer(x)
    return layer(x)


@page.mistake("The last layer is never called: the loop ends one too early. `for layer in layers` takes each of them.")
def leaves_the_last_out(layers, x):
    for layer in layers[:-1]:
        x = layer(x)
    return x
