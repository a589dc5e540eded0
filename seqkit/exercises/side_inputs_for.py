"""`side_inputs_for(f, given)`: a signature says which side inputs a layer takes."""

import functools
import inspect

import objax

from seqkit.draws import fixed, number
from seqkit.exercise import Exercise
from seqkit.plain import outcome
from seqkit.probing.objax import counted, linear

page = Exercise(
    "side_inputs_for",
    number=11,
    lesson="04_side_inputs",
    points=15,
    statement="""
A layer gets its input by position, and **side inputs** by name. Write `side_inputs_for(f, given)`: of the dict `given`
it returns, as a dict, the part that the callable `f` accepts. Objax's chain asks this for each of its layers.

    >>> side_inputs_for(lambda x, scale=1.0: x * scale, {"scale": 2.0, "shift": 3.0})
    {'scale': 2.0}

`inspect.signature(f)` is what counts, as it does in Objax:

- a name in `given` is accepted if it is the name of a parameter: with or without a default, keyword-only, and
  positional-only too;
- a callable with `**kwargs` accepts everything; one with no parameters accepts nothing;
- of a `functools.partial`, what was bound by keyword may still be given, what was bound by position may not;
- an Objax module accepts what its call accepts, and `objax.Jit(layer)` what the layer accepts;
- where Python can read no signature, as of `int`, the `ValueError` of `inspect.signature` is let through.

`f` itself is never called, `given` is left as it is, and `objax.util.local_kwargs` is not called: here you write it.
""",
    hints=(
        "Where does Python keep the names that a callable accepts, and which of them stands for all names?",
        "inspect.signature(f).parameters maps names to parameters; p.kind is p.VAR_KEYWORD marks `**kwargs`.",
        "Without `**kwargs`: return {name: value for name, value in given.items() if name in parameters}.",
    ),
)


@page.answer
def side_inputs_for(f, given):
    """The part of `given` that the callable `f` accepts, as a dict."""
    parameters = inspect.signature(f).parameters
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return given
    return {name: given[name] for name in given if name in parameters}


NAMES = ("scale", "shift", "training", "mask")


def side_inputs(rng, size):
    """A dict of up to three side inputs, as code; growing."""
    names = rng.permutation(NAMES)[: 1 + size % 3]
    return "{" + ", ".join(f"{str(name)!r}: {rng.integers(1, 99)}" for name in names) + "}"


def signature(rng, size):
    """A function of up to four parameters of every kind, as code; growing."""
    names = [str(name) for name in rng.permutation(NAMES)[: min(4, size // 2)]]
    first, last = names[: len(names) // 2], names[len(names) // 2 :]
    parts = [*first, *(["/"] if first and rng.random() < 0.4 else [])]
    parts += [*(["*"] if last and rng.random() < 0.5 else []), *(f"{name}=0" for name in last)]
    parts += ["**rest"] if rng.random() < 0.3 else []
    return f"lambda {', '.join(parts)}: None" if parts else "lambda: None"


def everything(a, b):
    return {"scale": a, "shift": b, "training": True, "mask": None, "x": a + b, "rest": b, "kwargs": a}


def scaled(x, scale=1.0):
    product = x * scale
    return product


def masked(x, *, mask):
    return x * mask


def shifted(x, /, shift=0.0):
    return x + shift


def summed(*numbers, scale=1.0):
    return sum(numbers) * scale


def with_all(x, **rest):
    return x + sum(rest.values())


def with_nothing():
    return 3


class Gain(objax.Module):
    def __call__(self, x, scale):
        return x * scale


@page.probe(a=number(), b=number())
def one_name(side_inputs_for, a, b):
    """Of the given names, those of parameters are accepted; a name inside the body is none."""
    return side_inputs_for(scaled, {"scale": a, "shift": b, "product": b})


@page.probe(a=number(), b=number())
def kinds_of_parameters(side_inputs_for, a, b):
    """Every parameter has a name, with a default or without, keyword-only, positional-only."""
    return {f.__name__: side_inputs_for(f, everything(a, b)) for f in (scaled, masked, shifted, summed)}


@page.probe(a=number(), b=number())
def all_names(side_inputs_for, a, b):
    """A callable with `**kwargs` accepts every name."""
    return side_inputs_for(with_all, everything(a, b))


@page.probe(a=number(), b=number())
def no_parameter(side_inputs_for, a, b):
    """A callable with no parameters accepts nothing: an empty dict."""
    return side_inputs_for(with_nothing, everything(a, b))


@page.probe(a=number(), b=number())
def a_partial(side_inputs_for, a, b):
    """What a partial bound by keyword may still be given; what it bound by position may not."""
    by_keyword, by_position = functools.partial(scaled, scale=b), functools.partial(scaled, b)
    of_all_names = functools.partial(with_all, scale=a)
    return {
        "partial(scaled, scale=b)": side_inputs_for(by_keyword, everything(a, b)),
        "partial(scaled, b)": side_inputs_for(by_position, everything(a, b)),
        "partial(with_all, scale=a)": side_inputs_for(of_all_names, everything(a, b)),
    }


@page.probe(a=number(), b=number())
def modules(side_inputs_for, a, b):
    """A module accepts what its call accepts, and what is wrapped around it accepts the same."""
    dropout = objax.nn.Dropout(0.5, generator=objax.random.Generator(1))
    layers = [Gain(), dropout, linear(3, 2), objax.Jit(Gain()), objax.nn.Sequential([abs])]
    return {type(layer).__name__: side_inputs_for(layer, everything(a, b)) for layer in layers}


@page.probe(a=number(), b=number())
def no_signature(side_inputs_for, a, b):
    """Where Python can read no signature, nobody knows: the ValueError of `inspect.signature` is let through."""
    return {"side inputs for int": outcome(side_inputs_for, int, everything(a, b))}


@page.probe(times=12, f=signature, given=side_inputs, call="side_inputs_for(f, given)")
def any_signature(side_inputs_for, f, given):
    """Without `**kwargs` the names of the parameters are accepted, with it every name."""
    return side_inputs_for(f, given)


@page.probe(a=number(), given=fixed("{'scale': [1, 2], 'shift': 3}"))
def only_looked_at(side_inputs_for, a, given):
    """`f` is never called, `given` keeps what it has, and the values go on as they are."""
    calls = []
    found = side_inputs_for(lambda x=a, scale=a: calls.append(x), given)
    return {"calls of f": len(calls), "given": dict(given), "the same value": found.get("scale") is given["scale"]}


@page.probe(weight=9, a=number(), b=number())
def by_your_own_lines(side_inputs_for, a, b):
    """`objax.util.local_kwargs` is not called."""
    found, calls = counted([objax.util.local_kwargs], side_inputs_for, scaled, everything(a, b))
    return {"side inputs": found, "calls of objax.util.local_kwargs": calls}


@page.mistake("Every name was accepted. Keep those that are in inspect.signature(f).parameters.")
def keeps_all(f, given):
    return given


@page.mistake("A callable with `**kwargs` accepts every name. Look for a parameter of the kind VAR_KEYWORD first.")
def without_kwargs(f, given):
    return {name: value for name, value in given.items() if name in inspect.signature(f).parameters}


@page.mistake(
    "`f.__code__` is read: it lists the names inside the body too, and a partial or a module has none. "
    "Ask inspect.signature(f)."
)
def by_code(f, given):
    return {name: value for name, value in given.items() if name in f.__code__.co_varnames}


@page.mistake("It calls `f` to see what it takes. A layer may cost much or change something: read its signature.")
def by_trying(f, given):
    accepted = {}
    for name, value in given.items():
        try:
            f(1.0, **{name: value})
            accepted[name] = value
        except TypeError:
            pass
    return accepted


@page.mistake("Positional-only parameters were left out. Objax goes by the name alone: leave the kinds aside.")
def without_positional_only(f, given):
    parameters = inspect.signature(f).parameters
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return given
    return {name: value for name, value in given.items() if name in parameters and parameters[name].kind != 0}


@page.mistake("The function inside a partial was asked. The partial itself has a signature: inspect.signature(f).")
def inside_the_partial(f, given):
    return side_inputs_for(f.func if isinstance(f, functools.partial) else f, given)


@page.mistake(
    "What a partial bound by keyword was left out. That is a default, and a side input goes before a default."
)
def not_what_is_bound(f, given):
    bound = f.keywords if isinstance(f, functools.partial) else {}
    return {name: value for name, value in side_inputs_for(f, given).items() if name not in bound}


@page.mistake("`int` got an empty dict. Its signature cannot be read: let the ValueError through, without try.")
def hides_the_error(f, given):
    try:
        return side_inputs_for(f, given)
    except ValueError:
        return {}


@page.mistake("The signature of `f.__call__` is read, which says `*args, **kwargs` of a function. Read that of `f`.")
def signature_of_the_call(f, given):
    return side_inputs_for(f.__call__, given)


@page.mistake(
    "A callable with no parameters raised an error, because its last parameter is asked for. "
    "Look at all of them: any(p.kind is p.VAR_KEYWORD for p in parameters.values())."
)
def asks_the_last_parameter(f, given):
    parameters = inspect.signature(f).parameters
    if list(parameters.values())[-1].kind is inspect.Parameter.VAR_KEYWORD:
        return given
    return {name: value for name, value in given.items() if name in parameters}


@page.mistake("`objax.util.local_kwargs` is called. Write what it does by your own lines: ask inspect.signature(f).")
def asks_objax(f, given):
    return objax.util.local_kwargs(given, f)


@page.mistake("It returns the names alone. Asked is a dict: each accepted name with the value that was given.")
def names_alone(f, given):
    return list(side_inputs_for(f, given))


@page.mistake(
    "A parameter called `kwargs` was looked for, and two stars may stand before any name: `**rest`. Look for the kind VAR_KEYWORD."
)
def looks_for_the_name_kwargs(f, given):
    parameters = inspect.signature(f).parameters
    if "kwargs" in parameters:
        return given
    return {name: given[name] for name in given if name in parameters}


@page.mistake(
    "Every parameter was looked up in `given`, which need not have it. Go through `given`, and keep the names that are in "
    "parameters."
)
def looks_up_every_parameter(f, given):
    parameters = inspect.signature(f).parameters
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return given
    return {name: given[name] for name in parameters}
