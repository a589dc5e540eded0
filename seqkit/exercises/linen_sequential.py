"""`LinenSequential(layers)`: Flax's chain rebuilt, a module that hands tuples and dicts on as arguments."""

import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax
from flax import linen as nn

from seqkit.draws import array, number, seed
from seqkit.exercise import Exercise
from seqkit.plain import Thing, outcome
from seqkit.probing.linen import CHAINS

page = Exercise(
    "LinenSequential",
    number=23,
    lesson="07_many_inputs",
    points=25,
    statement="""
Rebuild Flax's chain: write `LinenSequential(layers)`, a `linen.Module` with the one attribute `layers`. No Sequential
that is there already may do the work: none returned, none inside, none above.

- The first layer gets everything that the call got, positional and by keyword. The others get no keyword of the call.
- What a layer returns goes to the next one: a tuple as several arguments, a dict as keywords, anything else (a list
  too) as one argument. What the last one returns comes out as it is.
- The parameters have the paths and, from the same key, the values that `nn.Sequential` gives them: `layers_0`,
  `layers_2` …; a layer may also be a function that makes a module while it runs:
  `lambda x: nn.Dense(x.shape[-1])(x)`.
- A chain without layers raises `ValueError`, and so do layers in anything but a sequence (a list, a tuple): a
  generator, a dict, a set, one layer alone. A text is no sequence of layers. When the chain is made or when it first
  runs, as you like.

    >>> LinenSequential([lambda x: (x, x + 1), lambda a, b: a * b]).apply({}, 3)
    12
""",
    hints=(
        "What does the next layer get if the last one returned a tuple, and what if it returned a dict?",
        "Call the first layer with *args and **kwargs. Then one loop over the others, with three cases.",
        "In the loop: isinstance(x, tuple) calls layer(*x), isinstance(x, dict) layer(**x), else layer(x). "
        "Put @nn.compact above __call__.",
    ),
)


@page.answer
class LinenSequential(nn.Module):
    """Layers called in order; a tuple goes on as arguments, a dict by name."""

    layers: Sequence[Callable]

    def __post_init__(self):
        """ValueError: `layers` is no sequence of layers."""
        is_text = isinstance(self.layers, str)
        if is_text or not isinstance(self.layers, Sequence):
            raise ValueError("LinenSequential takes a list of layers.")
        super().__post_init__()

    @nn.compact
    def __call__(self, *args, **kwargs):
        """The output of the last layer; the first gets args and kwargs."""
        if not self.layers:
            raise ValueError("LinenSequential got no layer.")
        x = self.layers[0](*args, **kwargs)
        for layer in self.layers[1:]:
            if isinstance(x, tuple):
                x = layer(*x)
            elif isinstance(x, dict):
                x = layer(**x)
            else:
                x = layer(x)
        return x


class Point(NamedTuple):
    a: object
    b: object


def double(x):
    return x * 2


def plus_three(x):
    return x + 3


def pair(x):
    return x, x + 1


def named(x):
    return {"b": x, "a": x * 3}


def listed(x):
    return [x, x + 1]


def alone(x):
    return (x,)


def nothing(x):
    return ()


def seven():
    return 7.0


def point(x):
    return Point(x, x * 3)


def minus(a, b):
    return a - 2 * b


def swap(a, b):
    return b, a


def rename(a, b):
    return {"b": a, "a": b}


def ends(items):
    return items[0] - 2 * items[1]


def scaled(x, factor=1):
    return x * factor


def shifted(x, factor=1):
    return x + factor


def square(x):
    return nn.Dense(x.shape[-1])(x)


MOVES = {
    "one": {"double": "one", "plus_three": "one", "alone": "one", "pair": "two", "named": "two", "listed": "list"},
    "two": {"minus": "one", "swap": "two", "rename": "two"},
    "list": {"ends": "one"},
}
"""What may stand behind a layer that puts out one value, two, or a list; and what it puts out itself."""


def functions(rng, size):
    """Code of a chain of functions, longer with every second case."""
    layers, state = [], "one"
    for _ in range(1 + size // 2):
        layers.append(str(rng.choice(list(MOVES[state]))))
        state = MOVES[state][layers[-1]]
    return f"[{', '.join(layers)}]"


def random_chain(rng, size):
    """Code of a chain in which every second layer or so has parameters, likewise: 3 values or 4 go from layer to layer."""
    made, state, width = [], "one", 3
    for i in range(1 + size // 2):
        if state == "one" and sum("Dense" in layer for layer in made) < 2 and (i == size // 2 or rng.random() < 0.5):
            width = 7 - width
            made.append(f"nn.Dense({width})")
            continue
        made.append(str(rng.choice(list(MOVES[state]))))
        state = MOVES[state][made[-1]]
    return f"[{', '.join(made)}]"


def each(*codes):
    """One code after another, a case for each."""
    return lambda rng, size: codes[size]


class Model(nn.Module):
    chain: type

    @nn.compact
    def __call__(self, x):
        inside = self.chain([square, nn.relu, square], name="inside")
        return self.chain([nn.Dense(4), inside, nn.Dense(3)])(x)


def ready_made(f):
    """(what `f()` returns, whether a Sequential of Flax or of seqkit did some of the work)."""
    inner = {getattr(chain.__call__, "__wrapped__", chain.__call__).__code__ for chain in CHAINS}
    seen, before = set(), sys.getprofile()
    sys.setprofile(lambda frame, event, value: seen.add(frame.f_code) if event == "call" else None)
    try:
        output = f()
    finally:
        sys.setprofile(before)
    return output, bool(seen & inner)


@page.probe(
    call="LinenSequential(layers).apply({}, x)", times=10, oracle=nn.Sequential, weight=3, layers=functions, x=number()
)
def chains_of_functions(LinenSequential, layers, x):
    """Each layer gets what the one before it returned: a tuple as arguments, a dict as keywords, the rest as one value."""
    return {"output": LinenSequential(layers).apply({}, x)}


MAKE = "LinenSequential(layers).init_with_output(jax.random.key(seed), x)"


@page.probe(call=MAKE, times=8, oracle=nn.Sequential, weight=3, layers=random_chain, seed=seed(), x=array(3))
def chains_with_parameters(LinenSequential, layers, seed, x):
    """The parameters of layer i are `layers_i`, from the attribute `layers`, with the values that Flax's chain draws."""
    output, variables = LinenSequential(layers).init_with_output(jax.random.key(seed), x)
    return {"output": output, "variables": variables}


@page.probe(weight=17, call="LinenSequential([double, pair, minus, named, minus]).apply({}, x)", x=number())
def built_without_a_sequential(LinenSequential, x):
    """The chain is to be a module of your own that calls the layers itself."""
    chain = LinenSequential([double, pair, minus, named, minus])
    output, lent = ready_made(lambda: chain.apply({}, x))
    is_one = isinstance(chain, CHAINS)
    return {
        "output": output,
        "a Module": isinstance(chain, nn.Module),
        "a ready-made Sequential took part": lent or is_one,
    }


HANDED = [
    "[double]",
    "(double, plus_three)",
    "[pair]",
    "[pair, minus]",
    "[named]",
    "[named, minus]",
    "[listed, ends]",
    "[alone, double]",
    "[point, minus]",
    "[nothing, seven]",
    "[pair, swap, rename, minus, double]",
]


@page.probe(
    call="LinenSequential(layers).apply({}, x)",
    times=len(HANDED),
    oracle=nn.Sequential,
    weight=2,
    layers=each(*HANDED),
    x=number(),
)
def what_is_handed_on(LinenSequential, layers, x):
    """A tuple goes on as several arguments, a dict as keywords; a list is one value; the last output comes out as it is."""
    return {"output": LinenSequential(layers).apply({}, x)}


@page.probe(oracle=nn.Sequential, a=number(), b=number())
def several_arguments(LinenSequential, a, b):
    """The first layer gets every argument of the call."""
    return LinenSequential([minus, double]).apply({}, a, b)


@page.probe(oracle=nn.Sequential, a=number(), b=number())
def keywords_alone(LinenSequential, a, b):
    """A call may have keywords and nothing else: the first layer gets them."""
    return LinenSequential([minus, double]).apply({}, b=b, a=a)


@page.probe(oracle=nn.Sequential, weight=2, x=number(), factor=number())
def keywords_end_at_the_first(LinenSequential, x, factor):
    """Keywords of the call reach the first layer only, whatever the others would take."""
    return LinenSequential([scaled, shifted, scaled]).apply({}, x, factor=factor)


@page.probe(oracle=nn.Sequential, seed=seed(), x=array(3))
def one_layer_twice(LinenSequential, seed, x):
    """The same layer at two places has one set of parameters, under its first name."""
    dense = nn.Dense(3)
    return LinenSequential([nn.relu, dense, double, dense]).init(jax.random.key(seed), x)


@page.probe(
    weight=2,
    oracle=nn.Sequential,
    call="Model(LinenSequential).init_with_output(jax.random.key(seed), x)",
    seed=seed(),
    x=array(3),
)
def chains_inside_a_model(LinenSequential, seed, x):
    """A chain may stand inside a module or a chain, and make modules while it runs: @nn.compact above `__call__`."""
    output, variables = Model(LinenSequential).init_with_output(jax.random.key(seed), x)
    return {"output": output, "variables": variables}


def refusal(f):
    """A ValueError, whatever its words; else what came of `f()`."""
    came = outcome(f)
    return Thing("a ValueError") if isinstance(came, ValueError) else came


@page.probe(call="outcome(lambda: LinenSequential([]).apply({}, x))", x=number())
def no_layer(LinenSequential, x):
    """A chain without layers raises ValueError."""
    return {"what came": refusal(lambda: LinenSequential([]).apply({}, x))}


@page.probe(
    call="outcome(lambda: LinenSequential(layers).init(jax.random.key(1), x))",
    times=6,
    layers=each("(f for f in [double])", "{'a': double}", "{double}", "double", "nn.Dense(4)", "'double'"),
    x=number(),
)
def no_sequence(LinenSequential, layers, x):
    """Layers that do not come in a list or a tuple raise ValueError; a text is no sequence of layers."""
    return {"what came": refusal(lambda: LinenSequential(layers).init(jax.random.key(1), x))}


class Mine(nn.Module):
    """The reference with one step left open: how an output goes on, and how the call begins."""

    layers: Sequence[Callable]

    def __post_init__(self):
        if isinstance(self.layers, str) or not isinstance(self.layers, Sequence):
            raise ValueError("no sequence")
        super().__post_init__()

    @nn.compact
    def __call__(self, *args, **kwargs):
        if not self.layers:
            raise ValueError("no layer")
        x = self.layers[0](*args, **kwargs)
        for layer in self.layers[1:]:
            x = self._next(layer, x, kwargs)
        return x

    @nn.nowrap
    def _next(self, layer, x, kwargs):
        return layer(*x) if isinstance(x, tuple) else layer(**x) if isinstance(x, dict) else layer(x)


@page.mistake("A tuple reached the next layer as one argument. Several outputs are several arguments: layer(*x).")
class TuplesStayWhole(Mine):
    def _next(self, layer, x, kwargs):
        return layer(**x) if isinstance(x, dict) else layer(x)


@page.mistake("A dict reached the next layer as one argument. Its entries are keywords: layer(**x).")
class DictsStayWhole(Mine):
    def _next(self, layer, x, kwargs):
        return layer(*x) if isinstance(x, tuple) else layer(x)


@page.mistake("A list was taken apart into several arguments. Only a tuple is: isinstance(x, tuple).")
class ListsExpand(Mine):
    def _next(self, layer, x, kwargs):
        return layer(*x) if isinstance(x, tuple | list) else layer(**x) if isinstance(x, dict) else layer(x)


@page.mistake("A dict went on by position. Its keys are the names of arguments: layer(**x), not layer(*x.values()).")
class DictsByPosition(Mine):
    def _next(self, layer, x, kwargs):
        x = tuple(x.values()) if isinstance(x, dict) else x
        return layer(*x) if isinstance(x, tuple) else layer(x)


@page.mistake(
    "The keywords of the call reached every layer. They belong to the first alone; the others get its output."
)
class KeywordsForAll(Mine):
    def _next(self, layer, x, kwargs):
        return super()._next(lambda *args, **named: layer(*args, **named, **kwargs), x, kwargs)


@page.mistake(
    "The call takes one x and nothing else. Write __call__(self, *args, **kwargs) and give both to the first."
)
class OneArgument(Mine):
    @nn.compact
    def __call__(self, x):
        return super().__call__(x)


@page.mistake("A chain without layers gave its input back. Objax does that; Flax's chain raises ValueError.")
class EmptyIsIdentity(Mine):
    @nn.compact
    def __call__(self, *args, **kwargs):
        return super().__call__(*args, **kwargs) if self.layers else args[0]


@page.mistake(
    "Layers that are no sequence were accepted. Before the first layer runs, raise ValueError if they are a str or "
    "not isinstance(self.layers, Sequence)."
)
class AcceptsAnything(Mine):
    def __post_init__(self):
        if isinstance(self.layers, nn.Module) or not hasattr(self.layers, "__iter__"):
            self.layers = [self.layers]
        self.layers = [double] if isinstance(self.layers, str) else list(self.layers)
        super().__post_init__()


@page.mistake(
    "`__call__` is not compact, so a layer that makes its module while it runs fails. Put @nn.compact above it."
)
class NotCompact(Mine):
    def __call__(self, *args, **kwargs):
        return Mine.__call__.__wrapped__(self, *args, **kwargs)


@page.mistake(
    "Flax names parameters after the attribute that holds the layers. Call it `layers`, so that they are layers_0, layers_1."
)
class OtherAttribute(nn.Module):
    steps: Sequence[Callable]

    def __post_init__(self):
        if isinstance(self.steps, str) or not isinstance(self.steps, Sequence):
            raise ValueError("no sequence")
        super().__post_init__()

    @nn.compact
    def __call__(self, *args, **kwargs):
        if not self.steps:
            raise ValueError("no layer")
        x = self.steps[0](*args, **kwargs)
        for layer in self.steps[1:]:
            x = Mine._next(self, layer, x, kwargs)
        return x


@page.mistake("This hands back Flax's own chain. The task is to build one: a class of your own that calls the layers.")
def returns_the_original(layers):
    return nn.Sequential(layers)


@page.mistake("This is Flax's chain under another name. Derive it from nn.Module and write `__call__` yourself.")
class Subclass(nn.Sequential):
    pass


@page.mistake(
    "A list of layers was refused: Flax keeps the list that a module gets as a tuple, so isinstance(…, list) says no. "
    "Ask whether it is a Sequence."
)
class ListsAlone(Mine):
    def __post_init__(self):
        if not isinstance(self.layers, list):
            raise ValueError("no list")
        super().__post_init__()


@page.mistake(
    "A named tuple reached the next layer as one argument. It is a tuple too: ask isinstance(x, tuple), which says so."
)
class NamedTuplesStayWhole(Mine):
    def _next(self, layer, x, kwargs):
        return layer(*x) if type(x) is tuple else layer(**x) if isinstance(x, dict) else layer(x)


@page.mistake("`return` stands inside the loop, so at most two layers run. Put it behind the loop.")
class ReturnsInTheLoop(Mine):
    @nn.compact
    def __call__(self, *args, **kwargs):
        if not self.layers:
            raise ValueError("no layer")
        x = self.layers[0](*args, **kwargs)
        for layer in self.layers[1:]:
            return self._next(layer, x, kwargs)
