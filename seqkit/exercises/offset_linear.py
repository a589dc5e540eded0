"""`OffsetLinear`: an Objax Linear whose call takes side inputs."""

import jax.numpy as jnp
import numpy as np
import objax

from seqkit.draws import array, number, one_of, seed
from seqkit.exercise import Exercise
from seqkit.plain import outcome
from seqkit.probing.objax import quietly

page = Exercise(
    "OffsetLinear",
    number=12,
    lesson="04_side_inputs",
    points=10,
    statement="""
Write the class `OffsetLinear`, an `objax.nn.Linear` whose call takes side inputs: `offset`, which is required, and
`scale`, which is optional. It returns (x · w + b) · scale + offset: what a Linear gives, times the scale if there is
one, plus the offset. It is made like a Linear, and works without a bias too.

    >>> layer = OffsetLinear(3, 2, w_init=jnp.ones)
    >>> x = jnp.array([1.0, 2.0, 3.0])
    >>> layer(x, offset=0.5).tolist(), layer(x, offset=0.5, scale=2).tolist()
    ([6.5, 6.5], [12.5, 12.5])

- A call without `offset` raises `TypeError`, as for any parameter that has no default.
- `scale` may come by `**kwargs`, or be a parameter with the default 1. With `scale=0` only the offset is left.
- In a chain, `chain(x, offset=…, scale=…)` reaches every `OffsetLinear` of it.
""",
    hints=(
        "Which part of the work does the call of objax.nn.Linear already do?",
        "`super().__call__(x)` gives x · w + b, with a bias or without. Then comes the scale, then the offset.",
        "def __call__(self, x, offset, **kwargs): return super().__call__(x) * kwargs.get('scale', 1) + offset",
    ),
)


@page.answer
class OffsetLinear(objax.nn.Linear):
    """A Linear with an offset, and a scale if one is given, for its output."""

    def __call__(self, x, offset, **kwargs):
        """(…, nin) array → (…, nout) array: (x · w + b) · scale + offset."""
        y = jnp.dot(x, self.w.value)
        if self.b is not None:
            y = y + self.b.value
        if "scale" in kwargs:
            y = y * kwargs["scale"]
        return y + offset


def ready(OffsetLinear, nin, nout, seed, **kwargs):
    """An OffsetLinear with its weight and bias drawn from `seed`."""
    layer = quietly(OffsetLinear, nin, nout, **kwargs)
    for variable in layer.vars().values():
        rng = np.random.default_rng([seed, variable.value.ndim])
        variable.assign(jnp.asarray(rng.uniform(-1, 1, variable.value.shape), jnp.float32))
    return layer


def given(rng, size):
    """The side inputs of a chain, as code; growing."""
    more = ["", ", scale={}", ", negative_slope={}"][size].format(number()(rng, size))
    return f"dict(offset={number()(rng, size)}{more})"


@page.probe(seed=seed(), x=array(4, 3), offset=number())
def the_offset(OffsetLinear, seed, x, offset):
    """Without a scale, the offset is added to what a Linear gives: x · w + b."""
    return ready(OffsetLinear, 3, 5, seed)(x, offset=offset)


@page.probe(seed=seed(), x=array(4, 3), offset=number(), scale=number())
def the_scale(OffsetLinear, seed, x, offset, scale):
    """The scale multiplies x · w + b, and not the offset."""
    return ready(OffsetLinear, 3, 5, seed)(x, offset=offset, scale=scale)


@page.probe(seed=seed(), x=array(4, 3), offset=number(), zero=one_of("0", "0.0"))
def scale_0(OffsetLinear, seed, x, offset, zero):
    """A scale of 0 is a scale: it leaves the offset alone."""
    return ready(OffsetLinear, 3, 5, seed)(x, offset=offset, scale=zero)


@page.probe(seed=seed(), x=array(4, 3), offset=number(), scale=number())
def no_bias(OffsetLinear, seed, x, offset, scale):
    """Without a bias, the output is (x · w) · scale + offset."""
    return ready(OffsetLinear, 3, 5, seed, use_bias=False)(x, offset=offset, scale=scale)


@page.probe(seed=seed(), x=array(4, 3))
def offset_is_required(OffsetLinear, seed, x):
    """A call without `offset` raises TypeError: give that parameter no default."""
    return {"layer(x)": outcome(ready(OffsetLinear, 3, 5, seed), x)}


@page.probe(times=3, a=seed(), b=seed(), x=array(4, 3), given=given)
def in_a_chain(OffsetLinear, a, b, x, given):
    """In a chain every OffsetLinear gets the side inputs, and other layers get theirs."""
    first, last = ready(OffsetLinear, 3, 5, a), ready(OffsetLinear, 5, 7, b)
    return objax.nn.Sequential([first, objax.functional.leaky_relu, last])(x, **given)


@page.probe(seed=seed())
def a_linear(OffsetLinear, seed):
    """It is a subclass of objax.nn.Linear, with a weight and at most a bias for variables."""
    layers = {
        "with a bias": ready(OffsetLinear, 3, 5, seed),
        "without": ready(OffsetLinear, 3, 5, seed, use_bias=False),
    }
    variables = {name: sorted(v.value.shape for v in layer.vars().values()) for name, layer in layers.items()}
    return {"an objax.nn.Linear": isinstance(layers["without"], objax.nn.Linear), **variables}


@page.mistake("A variable is asked whether it is true, and an Objax variable cannot say. Ask: if self.b is not None.")
class asks_the_bias(OffsetLinear):
    def __call__(self, x, offset, **kwargs):
        y = jnp.dot(x, self.w.value)
        if self.b:
            y = y + self.b.value
        return y * kwargs.get("scale", 1) + offset


@page.mistake("With scale=0 nothing was scaled: 0 counts as false. Ask whether it was given: if 'scale' in kwargs.")
class asks_the_scale(OffsetLinear):
    def __call__(self, x, offset, scale=None):
        return super().__call__(x, offset, scale=scale or 1)


@page.mistake("The offset was scaled too. First multiply by the scale, then add the offset.")
class scales_the_offset(OffsetLinear):
    def __call__(self, x, offset, scale=1):
        return (super().__call__(x, 0) + offset) * scale


@page.mistake("The bias was added after the scale. It belongs to the Linear: (x · w + b) · scale.")
class scales_before_the_bias(OffsetLinear):
    def __call__(self, x, offset, scale=1):
        y = jnp.dot(x, self.w.value) * scale + offset
        return y if self.b is None else y + self.b.value


@page.mistake("The bias is missing. Add self.b.value where there is one, or let super().__call__(x) do both.")
class forgets_the_bias(OffsetLinear):
    def __call__(self, x, offset, scale=1):
        return jnp.dot(x, self.w.value) * scale + offset


@page.mistake(
    "A layer made with use_bias=False has None for its bias, and None has no value. Ask: if self.b is not None."
)
class needs_a_bias(OffsetLinear):
    def __call__(self, x, offset, scale=1):
        return (jnp.dot(x, self.w.value) + self.b.value) * scale + offset


@page.mistake("A call without `offset` went through. It is required: give the parameter no default.")
class offset_with_a_default(OffsetLinear):
    def __call__(self, x, offset=0.0, **kwargs):
        return super().__call__(x, offset, **kwargs)


@page.mistake("A call without `scale` fails, and it is optional: kwargs.get('scale', 1), or scale=1 as a parameter.")
class scale_is_required(OffsetLinear):
    def __call__(self, x, offset, scale):
        return super().__call__(x, offset, scale=scale)


@page.mistake("The scale has no effect. It arrives in kwargs: multiply by kwargs['scale'] if it is there.")
class ignores_the_scale(OffsetLinear):
    def __call__(self, x, offset, **kwargs):
        return super().__call__(x, offset)


@page.mistake("The numbers are right, and it is no objax.nn.Linear. Write class OffsetLinear(objax.nn.Linear).")
class holds_a_linear(objax.Module):
    def __init__(self, nin, nout, **kwargs):
        self.linear = objax.nn.Linear(nin, nout, **kwargs)

    def __call__(self, x, offset, scale=1):
        return self.linear(x) * scale + offset


@page.mistake(
    "A call without `scale` fails: kwargs['scale'] is looked up, and need not be there. kwargs.get('scale', 1) gives 1 then."
)
class looks_up_the_scale(OffsetLinear):
    def __call__(self, x, offset, **kwargs):
        return super().__call__(x, 0) * kwargs["scale"] + offset


@page.mistake("self.w is a variable, a box around its numbers: they are self.w.value, those of the bias self.b.value.")
class multiplies_by_the_box(OffsetLinear):
    def __call__(self, x, offset, scale=1):
        y = jnp.dot(x, self.w)
        return (y if self.b is None else y + self.b) * scale + offset
