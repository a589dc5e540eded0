"""`raise_bias(chain)`: a parameter changed where it stands, inside the chain."""

import copy

import objax

from seqkit.draws import seed
from seqkit.exercise import Exercise
from seqkit.plain import Thing, kind_of
from seqkit.probing.objax import conv, linear, values  # noqa: F401 - draws name the layers

page = Exercise(
    "raise_bias",
    number=7,
    lesson="03_edit_the_chain",
    points=5,
    in_place=True,
    statement="""
Write `raise_bias(chain)`. It adds 1 to each number in the bias of the first layer, in the chain that it is given, and returns
that chain. Everything else stays as it is.

`chain` is an `objax.nn.Sequential`, and its first layer an `objax.nn.Linear` or an `objax.nn.Conv2D`. The bias is the
layer's variable `b`; a layer made with `use_bias=False` has `b = None`, and then nothing changes. Change the value of the
variable and keep the variable itself: an optimizer, or another chain, may hold it too.

    >>> chain = objax.nn.Sequential([objax.nn.Linear(3, 2), objax.functional.relu])
    >>> print(raise_bias(chain)[0].b.value)
    [1. 1.]
""",
    hints=(
        "Where does a layer keep its bias, and what is there if it has none?",
        "A variable has its numbers in `.value`; `.assign` puts others in their place, for everybody who holds the variable.",
        "If chain[0].b is not None: chain[0].b.assign(chain[0].b.value + 1). Then return chain.",
    ),
)


@page.answer
def raise_bias(chain):
    """The chain that was given, 1 added to the bias of its first layer."""
    bias = chain[0].b
    if bias is not None:
        bias.assign(bias.value + 1)
    return chain


def drawn(code):
    """Draws a chain: in `code` each `seed` gets a number of its own."""
    number = seed()

    def draw(rng, size):
        parts = code.split("seed")
        return "".join([parts[0], *(f"seed={number(rng, size)}{part}" for part in parts[1:])])

    return draw


CALL = "raise_bias(chain)"


@page.probe(call=CALL, chain=drawn("objax.nn.Sequential([linear(3, 5, seed)])"))
def one_layer(raise_bias, chain):
    """The bias of the first layer is larger by 1, and its weight is what it was."""
    raise_bias(chain)
    return values(chain)


@page.probe(
    call=CALL, chain=drawn("objax.nn.Sequential([linear(3, 5, seed), objax.functional.tanh, linear(5, 2, seed)])")
)
def a_longer_chain(raise_bias, chain):
    """Only the first layer changes."""
    raise_bias(chain)
    return values(chain)


@page.probe(
    call=CALL, chain=drawn("objax.nn.Sequential([conv(2, 4, 3, seed), objax.functional.relu, conv(4, 5, 3, seed)])")
)
def a_convolution(raise_bias, chain):
    """The bias of a convolution has more than one axis, and keeps its shape."""
    raise_bias(chain)
    return values(chain)


@page.probe(
    call=CALL,
    chain=drawn("objax.nn.Sequential([linear(3, 5, seed, use_bias=False), objax.functional.relu, linear(5, 2, seed)])"),
)
def no_bias(raise_bias, chain):
    """Where the first layer has no bias, its b is None, and nothing changes."""
    raise_bias(chain)
    return values(chain)


@page.probe(chain=drawn("objax.nn.Sequential([linear(3, 5, seed), objax.functional.tanh, linear(5, 2, seed)])"))
def the_variable_stays(raise_bias, chain):
    """The variable stays and gets another value, so that whoever holds it sees the change."""
    held, layers = chain.vars(), list(chain)
    raise_bias(chain)
    return {
        "values of the variables that were there": {name: variable.value for name, variable in held.items()},
        "layers": ["old" if any(layer is old for old in layers) else "new" for layer in chain],
    }


@page.probe(call=CALL, chain=drawn("objax.nn.Sequential([linear(3, 5, seed)])"))
def the_chain_comes_back(raise_bias, chain):
    """What comes back is the chain that was given, not a copy and not something else."""
    returned = raise_bias(chain)
    return Thing("the chain that was given" if returned is chain else kind_of(returned))


@page.mistake("Nothing comes back. End with: return chain.")
def returns_nothing(chain):
    raise_bias(chain)


@page.mistake(
    "The bias is what it was: `.value + 1` alone changes nothing. Put the sum in its place: chain[0].b.assign(…)."
)
def computes_and_drops(chain):
    if chain[0].b is not None:
        chain[0].b.value + 1
    return chain


@page.mistake("The bias of every layer grew. Asked is that of chain[0] alone.")
def every_bias(chain):
    for layer in chain:
        if getattr(layer, "b", None) is not None:
            layer.b.assign(layer.b.value + 1)
    return chain


@page.mistake("The weight grew too. Only the bias, chain[0].b, is to change.")
def the_weight_too(chain):
    for variable in chain[0].vars().values():
        variable.assign(variable.value + 1)
    return chain


@page.mistake(
    "A layer made with use_bias=False has b = None, and None has no value. Ask first: if chain[0].b is not None."
)
def always_a_bias(chain):
    chain[0].b.assign(chain[0].b.value + 1)
    return chain


@page.mistake(
    "`chain[0].b = …`, or `+= 1`, puts a plain array in the place of the variable, so the bias is no parameter any more. "
    "Change its value: chain[0].b.assign(chain[0].b.value + 1)."
)
def an_array_for_a_variable(chain):
    if chain[0].b is not None:
        chain[0].b = chain[0].b + 1
    return chain


@page.mistake(
    "`chain[0].b = …`, or `+= 1`, puts a plain array in the place of the variable; and where a layer has no bias, b is None. "
    "If chain[0].b is not None: chain[0].b.assign(chain[0].b.value + 1)."
)
def an_array_for_a_variable_or_none(chain):
    chain[0].b = chain[0].b + 1
    return chain


@page.mistake(
    "The layer got a new variable, and whoever held the old one still sees the old bias. Keep it and change its value: "
    "chain[0].b.assign(…)."
)
def a_new_variable(chain):
    if chain[0].b is not None:
        chain[0].b = objax.TrainVar(chain[0].b.value + 1)
    return chain


@page.mistake(
    "Objax refuses to set the `b.value` of a variable that is trained. Assign the new value: chain[0].b.assign(chain[0].b.value + 1)."
)
def sets_the_value(chain):
    if chain[0].b is not None:
        chain[0].b.value += 1
    return chain


@page.mistake(
    "Objax refuses to set the `b.value` of a variable that is trained, and where a layer has no bias, b is None. "
    "If chain[0].b is not None: chain[0].b.assign(chain[0].b.value + 1)."
)
def sets_the_value_of_what_may_be_none(chain):
    chain[0].b.value += 1
    return chain


@page.mistake(
    "copy.deepcopy makes plain arrays of Objax's variables, so the copy has no bias to assign to. No copy is needed: change the "
    "chain that was given, and return it."
)
def changes_a_copy(chain):
    chain = copy.deepcopy(chain)
    if chain[0].b is not None:
        chain[0].b.assign(chain[0].b.value + 1)
    return chain


@page.mistake("The bias is 1 everywhere. 1 is to be added to what is there: chain[0].b.value + 1.")
def sets_to_one(chain):
    if chain[0].b is not None:
        chain[0].b.assign(chain[0].b.value * 0 + 1)
    return chain


@page.mistake("The bias came back in place of the chain. End with: return chain.")
def returns_the_bias(chain):
    raise_bias(chain)
    return chain[0].b.value if chain[0].b is not None else None


@page.mistake(
    "`assign` returns nothing, and `chain[0].b = …` put that None in the place of the bias. Call it on a line of its own: "
    "chain[0].b.assign(…)."
)
def assigns_what_assign_returns(chain):
    if chain[0].b is not None:
        chain[0].b = chain[0].b.assign(chain[0].b.value + 1)
    return chain


@page.mistake(
    "A variable is asked whether it is true, and an Objax variable cannot say. Ask whether there is one: "
    "if chain[0].b is not None."
)
def asks_the_bias(chain):
    if chain[0].b:
        chain[0].b.assign(chain[0].b.value + 1)
    return chain
