"""`Residual(inner)`: a Linen layer that adds its input to what the chain inside puts out."""

import re
from collections.abc import Callable

import jax
from flax import linen as nn

from seqkit.draws import array, one_of, seed
from seqkit.exercise import Exercise
from seqkit.plain import outcome
from seqkit.probing.linen import filled, watched

page = Exercise(
    "Residual",
    number=37,
    lesson="12_beyond_the_chain",
    points=10,
    statement="""
A chain has no way round a layer. Write the Linen layer `Residual(inner)`: called with `x`, it returns `x + inner(x)`.
`inner` is a chain, a single layer or a function such as `nn.tanh`, and `Residual` itself can stand in a chain.

The sum needs two equal shapes. If `inner` puts out another shape than that of `x`, raise an error (of any class) whose
message names **both shapes**, as in `(4, 3)` and `(4, 1)`. Those two could be added, by stretching the second: that is
an error too.

    >>> Residual(nn.tanh).apply({}, jnp.zeros((4, 3))).shape
    (4, 3)
""",
    hints=(
        "Which value is needed twice: before the chain inside runs, and again after it?",
        "Keep the output of self.inner(x) under another name, so that x is still there; compare the two shapes.",
        "y = self.inner(x); if y.shape != x.shape: raise ValueError(f'… {x.shape} … {y.shape}'); return x + y",
    ),
)


@page.answer
class Residual(nn.Module):
    """(…) → (…): x + inner(x), where `inner` keeps the shape of x."""

    inner: Callable

    def __call__(self, x):
        """x + inner(x); ValueError naming both shapes if they differ."""
        y = self.inner(x)
        if y.shape != x.shape:
            raise ValueError(f"x is {x.shape}, inner puts out {y.shape}.")
        return x + y


def total(x):
    return x.sum(axis=0)


def stacked(x):
    return x[None]


def shapes_named(error, *shapes):
    """Which of these shapes the message of an error names, in any of the usual ways to write one."""
    forms = [r"[(\[]\s*" + r"\s*[,x×]\s*".join(map(str, shape)) + r"\s*,?\s*[)\]]" for shape in shapes]
    named = [str(shape) for shape, form in zip(shapes, forms, strict=True) if re.search(form, str(error))]
    return " and ".join(named) or "no shape"


@page.probe(x=array(4, 3), f=one_of("nn.tanh", "nn.sigmoid", "abs"))
def a_function_inside(Residual, x, f):
    """The output is x + inner(x)."""
    return {"output": Residual(f).apply({}, x)}


@page.probe(seed=seed(), x=array(4, 3))
def a_chain_inside(Residual, seed, x):
    """A whole chain may be inside: its parameters are found, and x is added to its last output."""
    layer = Residual(nn.Sequential([nn.Dense(5), nn.tanh, nn.Dense(3)]))
    variables, layers = filled(layer, x, seed=seed)
    return {"parameters of each layer": layers, "output": watched(layer.apply, variables, x)[0]}


@page.probe(seed=seed(), x=array(4, 3))
def inside_a_chain(Residual, seed, x):
    """It is a layer like any other: two of them can stand in a chain, each with its own parameters."""
    chain = nn.Sequential([Residual(nn.Dense(3)), nn.relu, Residual(nn.Dense(3))])
    variables, layers = filled(chain, x, seed=seed)
    return {"parameters of each layer": layers, "output": watched(chain.apply, variables, x)[0]}


@page.probe(call="outcome(lambda: Residual(nn.Dense(5)).init(jax.random.key(1), x))", x=array(4, 3))
def another_width(Residual, x):
    """If inner puts out another shape, an error names both shapes."""
    error = outcome(lambda: Residual(nn.Dense(5)).init(jax.random.key(1), x))
    return {"an error came": isinstance(error, Exception), "its message names": shapes_named(error, (4, 3), (4, 5))}


@page.probe(call="outcome(lambda: Residual(nn.Dense(1)).init(jax.random.key(1), x))", x=array(4, 3))
def a_width_of_one(Residual, x):
    """JAX adds (4, 3) and (4, 1) without a word, by stretching the second: compare the shapes yourself."""
    error = outcome(lambda: Residual(nn.Dense(1)).init(jax.random.key(1), x))
    return {"an error came": isinstance(error, Exception), "its message names": shapes_named(error, (4, 3), (4, 1))}


@page.probe(
    call="outcome(lambda: Residual(f).apply({}, x))",
    times=2,
    f=lambda rng, size: ("total", "stacked")[size],
    x=array(4, 3),
)
def another_number_of_axes(Residual, f, x):
    """The whole shape must agree, neither the last axis alone nor the number of values: (3,) and (1, 4, 3) are not (4, 3)."""
    error = outcome(lambda: Residual(f).apply({}, x))
    named = shapes_named(error, (4, 3), f(x).shape)
    return {"an error came": isinstance(error, Exception), "its message names": named}


class Mine(nn.Module):
    inner: Callable

    def fits(self, x, y):
        if x.shape != y.shape:
            raise ValueError(f"{x.shape} and {y.shape}")


@page.mistake(
    "Where (4, 1) meets (4, 3) no error comes: JAX stretches it without a word. "
    "Before adding: if y.shape != x.shape, raise an error that names both."
)
class NothingCompared(Mine):
    def __call__(self, x):
        return x + self.inner(x)


@page.mistake("The output is that of inner alone. Keep x, and return the sum of both.")
class InnerAlone(Mine):
    def __call__(self, x):
        y = self.inner(x)
        self.fits(x, y)
        return y


@page.mistake(
    "x was replaced before it was added, so inner's output is counted twice. Give that output a name of its own."
)
class XReplaced(Mine):
    def __call__(self, x):
        before = x
        x = self.inner(x)
        self.fits(before, x)
        return x + x


@page.mistake(
    "The error names one shape. Name both, that of x and that of inner's output: a reader must see the difference."
)
class OneShapeNamed(Mine):
    def __call__(self, x):
        y = self.inner(x)
        if x.shape != y.shape:
            raise ValueError(f"inner puts out {y.shape}, which does not fit")
        return x + y


@page.mistake("The error names no shape. Put both into its message: f'… {x.shape} … {y.shape}'.")
class NoShapeNamed(Mine):
    def __call__(self, x):
        y = self.inner(x)
        if x.shape != y.shape:
            raise ValueError("the shapes do not agree")
        return x + y


@page.mistake(
    "Only the last axis is compared, and (3,) ends like (4, 3). Compare the whole shapes: y.shape != x.shape."
)
class LastAxisCompared(Mine):
    def __call__(self, x):
        y = self.inner(x)
        if x.shape[-1] != y.shape[-1]:
            raise ValueError(f"{x.shape} and {y.shape}")
        return x + y


@page.mistake("Where the shapes differ, something comes out all the same. Raise an error there, one that names both.")
class LeavesXOut(Mine):
    def __call__(self, x):
        y = self.inner(x)
        return x + y if x.shape == y.shape else y


@page.mistake(
    "A ReLU follows the sum. The output is x + inner(x) as it is; an activation function can stand behind it."
)
class ReluAfter(Mine):
    def __call__(self, x):
        y = self.inner(x)
        self.fits(x, y)
        return nn.relu(x + y)
