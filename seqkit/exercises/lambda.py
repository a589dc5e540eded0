"""`Lambda`: a function as a layer of Equinox. It takes a key, ignores it, and keeps the function in the tree."""

import sys
from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp

from seqkit.draws import array, number, seed, whole
from seqkit.exercise import Exercise
from seqkit.plain import outcome
from seqkit.probing.equinox import arrays, linear
from seqkit.styles import equinox as style

page = Exercise(
    "Lambda",
    number=25,
    lesson="08_equinox_chain",
    points=10,
    statement="""
Rebuild `equinox.nn.Lambda`: an `eqx.Module` that makes a layer of a function. `Lambda(fn)` keeps `fn` as its attribute
`fn`; called with one value it returns `fn` of that value.

A chain of Equinox calls every layer as `layer(x, key=…)`. So `Lambda` takes `key` by keyword only, may be called
without it, and ignores it: `fn` gets the value and nothing else.

`fn` is part of the tree: when it is a module with parameters, such as an `eqx.nn.Linear`, they are leaves of the
`Lambda` too, `jax.grad` reaches them, and `eqx.tree_at` may put another function in its place.

Write it yourself: nothing of `equinox.nn.Lambda` or of seqkit's may run inside.

    >>> Lambda(abs)(-3.0, key=jax.random.PRNGKey(1))
    3.0
""",
    hints=(
        "How does a chain of Equinox call a layer, and which part of that call does `abs` not take?",
        "An `eqx.Module` is a dataclass: declare `fn: Callable` in its body, and write `__call__` with a `key` behind `*`.",
        "def __call__(self, x, *, key=None): return self.fn(x)",
    ),
)


@page.answer
class Lambda(eqx.Module):
    """A function as a layer: called with one value, and a key to ignore."""

    fn: Callable

    def __call__(self, x, *, key=None):
        """What `fn` makes of `x`."""
        return self.fn(x)


def double(x):
    return x * 2


def plus_three(x):
    return x + 3


def swap(both):
    return both[1], both[0]


def with_key(x, key=None):
    return x if key is None else x + 100


NOT_TO_RUN = {cls.__call__.__code__ for cls in (eqx.nn.Lambda, style.Lambda)}


def ready_ones_inside(layer, x):
    """How many calls of a Lambda of Equinox or of seqkit there are in `layer(x)`, or in what `layer` is."""
    codes, before = [], sys.getprofile()
    sys.setprofile(lambda frame, event, _: codes.append(frame.f_code) if event == "call" else None)
    try:
        layer(x)
    finally:
        sys.setprofile(before)
    return sum(code in NOT_TO_RUN for code in codes) + isinstance(layer, eqx.nn.Lambda | style.Lambda)


@page.probe(x=number())
def a_call_without_a_key(Lambda, x):
    """Called with a value alone, it returns fn of that value: key has the default None."""
    return Lambda(double)(x)


@page.probe(x=number(), n=seed())
def a_call_with_a_key(Lambda, x, n):
    """A chain of Equinox hands every layer a key; Lambda takes it and does not use it."""
    return Lambda(double)(x, key=jax.random.PRNGKey(n))


@page.probe(x=number(), n=seed())
def a_function_that_would_take_a_key(Lambda, x, n):
    """The key is ignored: fn gets the value and nothing else, even if it takes a key."""
    return Lambda(with_key)(x, key=jax.random.PRNGKey(n))


@page.probe(call="outcome(Lambda(double), x, jax.random.PRNGKey(n))", x=number(), n=seed())
def a_key_by_position(Lambda, x, n):
    """A key comes by keyword only: write `*` before `key` in the signature."""
    return {"what comes of it": outcome(Lambda(double), x, jax.random.PRNGKey(n))}


@page.probe(x=number(), y=number())
def a_tuple(Lambda, x, y):
    """A layer of Equinox gets one value, and a tuple is one."""
    return Lambda(swap)((x, y))


@page.probe(call="Lambda(double)", x=number())
def a_module_of_its_own(Lambda, x):
    """It is an eqx.Module of your own, in which no ready-made Lambda is used."""
    layer = Lambda(double)
    return {"an eqx.Module": isinstance(layer, eqx.Module), "calls of a ready Lambda": ready_ones_inside(layer, x)}


@page.probe(n=seed())
def the_leaves_of_the_tree(Lambda, n):
    """What is inside fn is in the tree: a field that is not static, so that training finds the parameters."""
    return jax.tree_util.tree_leaves(Lambda(linear(3, 8, n)))


@page.probe(n=seed(), x=array(3))
def another_function_in_its_place(Lambda, n, x):
    """The function is the attribute fn, a node of the tree: eqx.tree_at may put another in its place."""
    return eqx.tree_at(lambda layer: layer.fn, Lambda(linear(3, 8, n)), jnp.tanh)(x)


def functions(rng, size):
    some = ["double", "plus_three", "jnp.tanh", f"linear(3, 3, {rng.integers(1, 1000)})", "jnp.sin"]
    return f"[{', '.join(str(rng.choice(some)) for _ in range(1 + size // 2))}]"


@page.probe(times=8, oracle=eqx.nn.Lambda, fns=functions, n=whole(1, 9999), x=array(3))
def a_chain_with_a_key(Lambda, fns, n, x):
    """In a chain it does what Equinox's own Lambda does, with its functions' parameters in the tree."""
    chain = eqx.nn.Sequential([Lambda(fn) for fn in fns])
    return {"output": chain(x, key=jax.random.PRNGKey(n)), "arrays": arrays(chain)}


@page.mistake("A chain calls every layer with a key, and this one takes none: def __call__(self, x, *, key=None).")
class no_key(eqx.Module):
    fn: Callable

    def __call__(self, x):
        return self.fn(x)


@page.mistake("The key is handed on to the function, which takes none. Ignore it: return self.fn(x).")
class hands_the_key_on(eqx.Module):
    fn: Callable

    def __call__(self, x, *, key=None):
        return self.fn(x, key=key)


@page.mistake("A call without a key fails, since `key` has no default. Write *, key=None.")
class needs_a_key(eqx.Module):
    fn: Callable

    def __call__(self, x, *, key):
        return self.fn(x)


@page.mistake("The key may come by position here, where Equinox takes it by keyword only. Put `*` before it.")
class key_by_position(eqx.Module):
    fn: Callable

    def __call__(self, x, key=None):
        return self.fn(x)


@page.mistake("The field is static, so parameters inside the function are no leaves. Declare it plainly: fn: Callable.")
class static_function(eqx.Module):
    fn: Callable = eqx.field(static=True)

    def __call__(self, x, *, key=None):
        return self.fn(x)


@page.mistake("It is a plain class, which JAX takes for one leaf. Make it an eqx.Module: class Lambda(eqx.Module).")
class plain_class:
    def __init__(self, fn):
        self.fn = fn

    def __call__(self, x, *, key=None):
        return self.fn(x)


@page.mistake(
    "It returns a plain function: parameters inside fn are hidden from JAX. Write a class that inherits from eqx.Module."
)
def a_function_around(fn):
    return lambda x, *, key=None: fn(x)


@page.mistake(
    "It is a ready-made Lambda under another name. Write a class that inherits from eqx.Module, with a __call__ of its own."
)
class the_ready_one(eqx.nn.Lambda):
    pass


@page.mistake("It keeps an eqx.nn.Lambda inside and calls that. Keep the function itself, and call it: self.fn(x).")
class wraps_the_ready_one(eqx.Module):
    inner: eqx.nn.Lambda

    def __init__(self, fn):
        self.inner = eqx.nn.Lambda(fn)

    @property
    def fn(self):
        return self.inner.fn

    def __call__(self, x, *, key=None):
        return self.inner(x, key=key)


@page.mistake("A tuple was taken apart into several arguments. In Equinox a layer gets one value: self.fn(x).")
class expands_tuples(eqx.Module):
    fn: Callable

    def __call__(self, x, *, key=None):
        return self.fn(*x) if isinstance(x, tuple) else self.fn(x)


@page.mistake("The function is called and its value is not returned. End with: return self.fn(x).")
class returns_nothing(eqx.Module):
    fn: Callable

    def __call__(self, x, *, key=None):
        self.fn(x)
