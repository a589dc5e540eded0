"""`ListSequential`: Objax's chain rebuilt, a list that runs."""

import collections
import functools
import inspect

import objax

from seqkit.draws import array, number, seed
from seqkit.exercise import Exercise
from seqkit.probing.objax import counted, is_chain, linear, values
from seqkit.probing.running import run
from seqkit.styles import objax as style

page = Exercise(
    "ListSequential",
    number=13,
    lesson="04_side_inputs",
    points=25,
    statement="""
Rebuild Objax's Sequential: write the class `ListSequential`, a list of layers that runs. It takes one iterable of
layers (modules, functions, other chains), and it is both a Python `list` and an `objax.Module`. You may begin with
`objax.ModuleList`, which has `vars()` already; `objax.nn.Sequential` and `objax.util.local_kwargs` stay out of it.

    >>> chain = ListSequential([abs, lambda x, scale=2.0: x * scale])
    >>> chain(-3.0), chain(-3.0, scale=10.0)
    (6.0, 30.0)

- `chain(*args, **side_inputs)` calls the layers in order; the first gets `args`, each other one what came before it.
- A tuple goes on as several arguments, a namedtuple too; a list or a dict is one value. What the last layer returns
  comes out as it is. With no layer, one value comes out as it went in, several as a tuple.
- A side input reaches every layer that has a parameter of its name, or `**kwargs`; one that no layer takes is dropped.
  A layer with no parameters gets nothing.
- Lists can be edited: a chain runs, and lists the variables of, the layers that it holds at that moment.
- `vars()` names a variable by its place, under the name of the class: `(ListSequential)[0](Linear).w`.
- `chain[i]` is a layer; a slice is a `ListSequential` that holds the same layers.
""",
    hints=(
        "Running it is the loop that you know. What may stand between two layers: always one value?",
        "Keep a tuple of arguments, and give each layer those side inputs that inspect.signature(layer) names.",
        "args = output if isinstance(output, tuple) else (output,); a slice: type(self)(list.__getitem__(self, key)).",
    ),
)


@page.answer
class ListSequential(objax.ModuleList):
    """A list of layers that runs: each gets what the one before returned."""

    def __call__(self, *args, **side_inputs):
        """What the last layer returns when `args` go into the first."""
        output = args[0] if len(args) == 1 else args
        for layer in self:
            output = layer(*args, **self._taken(layer, side_inputs))
            args = output if isinstance(output, tuple) else (output,)
        return output

    def __getitem__(self, key):
        """A layer; of a slice, a chain of this class with the same layers."""
        found = list.__getitem__(self, key)
        return type(self)(found) if isinstance(key, slice) else found

    def _taken(self, layer, side_inputs):
        names = inspect.signature(layer).parameters
        if any(p.kind is p.VAR_KEYWORD for p in names.values()):
            return side_inputs
        return {name: side_inputs[name] for name in side_inputs if name in names}


# ---- layers, and chains of them drawn at random ----

Both = collections.namedtuple("Both", "one other")


def scaled(x, scale=2.0):
    return x * scale


half = functools.partial(scaled, scale=0.5)


def shifted(x, *, shift=0.5):
    return x + shift


def summed(x, **given):
    return x + sum(given.values())


def pair(x):
    return x, x + 1


def both(x, shift=0.25):
    return Both(x, x - shift)


def product(x, y):
    return x * y


def mixed(x, y, scale=0.5):
    return x - y * scale


def listed(x):
    return [x, x + 1]


def named(x):
    return {"one": x, "other": x + 1}


def total(x):
    return sum(x.values() if isinstance(x, dict) else x)


def single(x):
    return (x,)


def drop(x):
    return ()


def constant():
    return 7.0


class Gain(objax.Module):
    """A module with a side input that it needs."""

    def __call__(self, x, gain):
        return x * gain


ARGUMENTS = ("(%s, %s)", "(%s, %s)", "((%s, %s),)", "(%s, %s)")
PAIRED = ("[pair, product]", "[both, mixed]", "[single, abs]", "[scaled, pair]", "[scaled, single]")
GIVEN = ("{}", "{'scale': %s}", "{'shift': %s}", "{'scale': %s, 'shift': %s}", "{'scale': %s, 'colour': %s}")
KINDS = ("[summed, abs]", "[half, abs]", "[Gain(), scaled]", "[drop, constant]")


def each(*codes):
    """One piece of code for each case, with a drawn number in the place of every `%s`."""

    def draw(rng, size):
        return codes[size] % tuple(number()(rng, size) for _ in range(codes[size].count("%s")))

    return draw


ONE = ("abs", "scaled", "shifted", "summed", "half", "objax.functional.relu")
TWO = ("product", "mixed")
PAIRS = ("pair", "both")


def chain_of(rng, size):
    """A list of `size` layers that fit each other, as code."""
    layers, width, open_pair = [], 3, False
    for _ in range(size):
        if open_pair:
            layers.append(str(rng.choice(TWO)))
        elif rng.random() < 0.25:
            layers.append(str(rng.choice(PAIRS)))
        elif rng.random() < 0.15:
            width, before = 7 - width, width
            layers.append(f"linear({before}, {width}, seed={rng.integers(1, 999)})")
        else:
            layers.append(str(rng.choice(ONE)))
        open_pair = layers[-1] in PAIRS
    return f"[{', '.join(layers)}]"


def nested_layers(rng, size):
    """A list of layers, some of them lists of layers, as code; growing."""
    layers = [_layer_or_list(rng, 2 if size > 3 else 1 if size else 0) for _ in range(1 + size // 2)]
    return f"[{', '.join(layers)}]"


def _layer_or_list(rng, depth):
    if depth and rng.random() < 0.4:
        return f"[{', '.join(_layer_or_list(rng, depth - 1) for _ in range(rng.integers(1, 3)))}]"
    bias = ", use_bias=False" if rng.random() < 0.3 else ""
    return f"linear(3, 4, seed={rng.integers(1, 999)}{bias})" if rng.random() < 0.5 else str(rng.choice(ONE))


def given(rng, size):
    """From no side input to three, as code; growing."""
    names = rng.permutation(["scale", "shift", "colour"])[: min(3, (size + 1) // 2)]
    return "{" + ", ".join(f"{str(name)!r}: {int(rng.integers(5, 25)) / 8}" for name in names) + "}"


def nested(ListSequential, layers):
    """A chain with a chain in the place of every list of layers."""
    return ListSequential([nested(ListSequential, layer) if type(layer) is list else layer for layer in layers])


def by_name(chain):
    """{name of a variable: its values}; the class of the chain is called ListSequential in it."""
    kind = f"({type(chain).__name__})"
    return {name.replace(kind, "(ListSequential)"): value for name, value in values(chain).items()}


# ---- probes ----


@page.probe(x=number())
def one_layer(ListSequential, x):
    """The first layer gets what the chain is called with."""
    return ListSequential([scaled])(x)


@page.probe(a=seed(), b=seed(), x=array(2, 3))
def in_order(ListSequential, a, b, x):
    """Each layer gets what the one before it returned; the last output comes out."""
    chain = ListSequential([linear(3, 4, seed=a), objax.functional.relu, linear(4, 3, seed=b), abs, scaled])
    return run(chain, x)


@page.probe(x=number())
def no_layer(ListSequential, x):
    """With no layer, one value comes out as it went in."""
    return ListSequential([])(x)


@page.probe(times=4, layers=each("[product]", "[product, scaled]", "[total]", "[]"), args=each(*ARGUMENTS))
def several_inputs(ListSequential, layers, args):
    """The first layer gets the arguments of the call, as many as there are; with no layer they come out as a tuple."""
    return ListSequential(layers)(*args)


@page.probe(
    times=5,
    layers=each(*PAIRED),
    x=number(),
)
def tuples(ListSequential, layers, x):
    """A tuple goes on as several arguments, a namedtuple too; the last layer's comes out as it is."""
    return ListSequential(layers)(x)


@page.probe(times=2, layers=each("[listed, total]", "[named, total]"), x=number())
def lists_and_dicts(ListSequential, layers, x):
    """A list is one value, and so is a dict; only a tuple is several."""
    return ListSequential(layers)(x)


@page.probe(
    times=5,
    x=number(),
    given=each(*GIVEN),
)
def side_inputs(ListSequential, x, given):
    """A side input reaches every layer that names it, and no other; one that no layer names is dropped."""
    return ListSequential([scaled, shifted, pair, mixed])(x, **given)


READY_MADE = (
    objax.util.local_kwargs,
    objax.nn.Sequential.__call__,
    objax.nn.Sequential.run_layer,
    style.Sequential.__call__,
)


@page.probe(weight=17, x=number(), scale=number())
def by_your_own_lines(ListSequential, x, scale):
    """It is rebuilt: no Sequential made by others, nor `objax.util.local_kwargs`, is called or inherited."""
    chain = ListSequential([scaled, shifted])
    output, calls = counted(READY_MADE, chain, x, scale=scale)
    return {"a Sequential made by others": is_chain(chain), "calls of what others made": calls, "output": output}


@page.probe(
    times=4,
    layers=each(*KINDS),
    x=number(),
    gain=number(),
    scale=number(),
)
def kinds_of_layers(ListSequential, layers, x, gain, scale):
    """A layer with `**kwargs` takes all side inputs, a partial what it binds by keyword, a module what it names."""
    return ListSequential(layers)(x, gain=gain, scale=scale)


@page.probe(x=number(), gain=number(), scale=number())
def a_chain_in_a_chain(ListSequential, x, gain, scale):
    """A chain is a layer of another chain: it takes every side input, and hands it on to its own layers."""
    inner = ListSequential([Gain(), pair])
    return ListSequential([abs, inner, mixed])(x, gain=gain, scale=scale)


@page.probe(times=8, layers=chain_of, x=array(3, of="np"), oracle=objax.nn.Sequential)
def random_chains(ListSequential, layers, x):
    """Whatever the layers, the chain gives what Objax's gives."""
    return run(ListSequential(layers), x)


@page.probe(times=8, layers=chain_of, x=array(3, of="np"), given=given, oracle=objax.nn.Sequential)
def random_side_inputs(ListSequential, layers, x, given):
    """Whatever the layers and the side inputs, the chain gives what Objax's gives."""
    return ListSequential(layers)(x, **given)


@page.probe(x=number())
def a_list(ListSequential, x):
    """It is a list and an Objax module, made of any iterable of layers."""
    chain = ListSequential(layer for layer in (scaled, abs, shifted))
    walked = [layer is own for layer, own in zip(chain, (scaled, abs, shifted), strict=False)]
    kinds = {"a list": isinstance(chain, list), "an objax.Module": isinstance(chain, objax.Module)}
    return {
        **kinds,
        "length": len(chain),
        "the layers": [*walked, chain[1] is abs, chain[-1] is shifted],
        "output": chain(x),
    }


@page.probe(x=number())
def edits(ListSequential, x):
    """A chain that was edited runs the layers that it holds now."""
    chain = ListSequential([scaled, abs, shifted])
    chain[1] = shifted
    chain.append(scaled)
    chain.insert(0, shifted)
    del chain[2]
    return {"length": len(chain), "output": chain(x)}


@page.probe(a=seed(), b=seed())
def variables(ListSequential, a, b):
    """`vars()` names each variable by its place, in chains inside too, and a layer that stands twice at both places."""
    first, inner = linear(3, 4, seed=a), ListSequential([abs, linear(4, 3, seed=b)])
    chain = ListSequential([first, abs, inner, first])
    chain.append(linear(3, 4, seed=b, use_bias=False))
    return by_name(chain)


@page.probe(times=7, layers=nested_layers, oracle=objax.nn.Sequential)
def random_variables(ListSequential, layers):
    """Variables have the names that Objax gives them, but for the name of the class."""
    return by_name(nested(ListSequential, layers))


@page.probe(a=seed())
def slices(ListSequential, a):
    """A slice is a ListSequential, and the layers in it are the same, not copies."""
    chain = ListSequential([linear(3, 4, seed=a), abs, scaled, shifted])
    part = chain[:3:2]
    return {"a ListSequential": type(part) is type(chain), "same layers": [part[0] is chain[0], part[1] is chain[2]]}


@page.probe(x=number())
def a_slice_runs(ListSequential, x):
    """A slice is called like any other chain, an empty one too."""
    chain = ListSequential([scaled, abs, shifted])
    return {"chain[1:](x)": chain[1:](x), "chain[:-1](x)": chain[:-1](x), "chain[3:](x)": chain[3:](x)}


# ---- known mistakes ----


@page.mistake(
    "The class inherits from objax.nn.Sequential, which has done all the work. "
    "Begin with objax.ModuleList, and write `__call__` and `__getitem__`."
)
class inherits(objax.nn.Sequential):
    def __call__(self, *args, **side_inputs):
        return super().__call__(*args, **side_inputs)

    def __getitem__(self, key):
        found = list.__getitem__(self, key)
        return type(self)(found) if isinstance(key, slice) else found


@page.mistake("The chain runs inside an objax.nn.Sequential. Call the layers yourself, in a loop.")
class wraps(ListSequential):
    def __call__(self, *args, **side_inputs):
        return objax.nn.Sequential(self)(*args, **side_inputs) if self else super().__call__(*args)


@page.mistake("`objax.util.local_kwargs` is called. Read inspect.signature(layer) yourself.")
class asks_objax(ListSequential):
    def _taken(self, layer, side_inputs):
        return objax.util.local_kwargs(side_inputs, layer)


@page.mistake(
    "A slice is no chain of this class: it is what the class that you inherit from makes. Write `__getitem__`."
)
class slices_of_another_class(objax.ModuleList):
    def __call__(self, *args, **side_inputs):
        return ListSequential.__call__(self, *args, **side_inputs)

    _taken = ListSequential._taken


@page.mistake(
    "A slice holds copies of the layers. Hand over the layers themselves, so that their variables are shared."
)
class slices_copy(ListSequential):
    def __getitem__(self, key):
        import copy

        found = list.__getitem__(self, key)
        return type(self)(copy.deepcopy(list(found))) if isinstance(key, slice) else found


@page.mistake("Every layer got every side input. Give each the names that inspect.signature(layer).parameters has.")
class all_to_all(ListSequential):
    def _taken(self, layer, side_inputs):
        return side_inputs


@page.mistake("Side inputs reach the first layer alone. Every layer gets those that it names.")
class first_alone(ListSequential):
    def __call__(self, *args, **side_inputs):
        output = args[0] if len(args) == 1 else args
        for i, layer in enumerate(self):
            output = layer(*args, **(self._taken(layer, side_inputs) if i == 0 else {}))
            args = output if isinstance(output, tuple) else (output,)
        return output


@page.mistake("Side inputs reach no layer. Call layer(*args, **taken), with those of them that the layer names.")
class dropped(ListSequential):
    def _taken(self, layer, side_inputs):
        return {}


@page.mistake("A layer with `**kwargs` got too little: it takes every side input. Look for the kind VAR_KEYWORD.")
class without_kwargs(ListSequential):
    def _taken(self, layer, side_inputs):
        return {name: side_inputs[name] for name in side_inputs if name in inspect.signature(layer).parameters}


@page.mistake("A tuple went on as one value. Between two layers it is taken apart: layer(*args).")
class one_value(ListSequential):
    def __call__(self, *args, **side_inputs):
        output = args[0] if len(args) == 1 else args
        for layer in self:
            output = layer(*args, **self._taken(layer, side_inputs))
            args = (output,)
        return output


@page.mistake("A list was taken apart into several arguments. That is done with a tuple alone.")
class lists_too(ListSequential):
    def __call__(self, *args, **side_inputs):
        output = args[0] if len(args) == 1 else args
        for layer in self:
            output = layer(*args, **self._taken(layer, side_inputs))
            args = output if isinstance(output, tuple | list) else (output,)
        return output


@page.mistake("It returns the arguments of a layer that is not there: always a tuple. Return the last output as it is.")
class returns_arguments(ListSequential):
    def __call__(self, *args, **side_inputs):
        for layer in self:
            output = layer(*args, **self._taken(layer, side_inputs))
            args = output if isinstance(output, tuple) else (output,)
        return args


@page.mistake(
    "A chain without layers has no output to return. It gives back what went in, several values as a tuple: begin with "
    "output = args[0] if len(args) == 1 else args."
)
class needs_a_layer(ListSequential):
    def __call__(self, *args, **side_inputs):
        for layer in self:
            output = layer(*args, **self._taken(layer, side_inputs))
            args = output if isinstance(output, tuple) else (output,)
        return output


@page.mistake("The first layer can get one value alone. Take several: def __call__(self, *args, **side_inputs).")
class one_argument(ListSequential):
    def __call__(self, x, **side_inputs):
        return super().__call__(x, **side_inputs)


@page.mistake(
    "The layers are kept a second time when the chain is made, and later edits are not seen. Loop over `self`."
)
class keeps_a_copy(ListSequential):
    def __init__(self, layers=()):
        super().__init__(layers)
        self.steps = list(layers)

    def __call__(self, *args, **side_inputs):
        return ListSequential.__call__(ListSequential(self.steps), *args, **side_inputs)


@page.mistake(
    "The chain holds a list and is none: no append, and nothing in vars(). Let it inherit from objax.ModuleList; loop over `self`."
)
class holds_a_list(objax.Module):
    def __init__(self, layers):
        self.layers = list(layers)

    def __call__(self, *args, **side_inputs):
        return ListSequential(self.layers)(*args, **side_inputs)

    def __len__(self):
        return len(self.layers)

    def __getitem__(self, key):
        return type(self)(self.layers[key]) if isinstance(key, slice) else self.layers[key]


@page.mistake(
    "A single output was taken apart: `*args` of an array are its rows. Make a tuple of it first: "
    "args = output if isinstance(output, tuple) else (output,)."
)
class spreads_every_output(ListSequential):
    def __call__(self, *args, **side_inputs):
        for layer in self:
            args = layer(*args, **self._taken(layer, side_inputs))
        return args


@page.mistake(
    "`self[key]` inside `__getitem__` calls `__getitem__` again, without end. Ask the list: list.__getitem__(self, key)."
)
class asks_itself_for_an_item(ListSequential):
    def __getitem__(self, key):
        return self[key]
