"""`MaybeStateful`: a layer around another, stateful exactly when that one is."""

import equinox as eqx
import jax
import jax.numpy as jnp

from seqkit.draws import array, number, seed, whole
from seqkit.exercise import Exercise
from seqkit.probing.equinox import CountedNoise, Counter, Noise, Plus, Quiet, arrays, filled, linear, state_values

page = Exercise(
    "MaybeStateful",
    number=31,
    lesson="09_keys_and_state",
    points=15,
    statement="""
Write the class `MaybeStateful`, an `equinox.nn.StatefulLayer` made by `MaybeStateful(layer)` around any Equinox layer, whose
parameters stay in the tree. It is called as `(x, state, *, key=None)`, where `state` may be left out. Inside an
`equinox.nn.Sequential` it behaves as the layer alone would.

- `is_stateful()` says whether the layer inside is stateful: whether it is an `equinox.nn.StatefulLayer` and its own
  `is_stateful()` says so. The layer may change its mind, so it is asked anew each time.
- Called with a state, when stateful: it calls the layer with `x`, state and key, and returns the output
  and the new state, as the layer does.
- Called without one, when not stateful: it calls the layer with `x` and `key` alone and returns its output.

The key is handed on unchanged, and is `None` if none is given. How it behaves with a state that it does not want, or
without one that it needs, is not asked.

    >>> [MaybeStateful(layer).is_stateful() for layer in (eqx.nn.Identity(), eqx.nn.BatchNorm(2, "batch", mode="batch"))]
    [False, True]
""",
    hints=(
        "A chain asks a layer `is_stateful()` before it calls it. What must a layer around another answer?",
        "Ask the layer inside twice: is it a StatefulLayer at all, and if so, what does its is_stateful() say now?",
        "return isinstance(self.layer, eqx.nn.StatefulLayer) and self.layer.is_stateful()",
    ),
)


@page.answer
class MaybeStateful(eqx.nn.StatefulLayer):
    """A layer that is stateful when the layer inside it is."""

    layer: eqx.Module

    def is_stateful(self):
        """Whether the layer inside is stateful, asked now."""
        stateful = isinstance(self.layer, eqx.nn.StatefulLayer)
        return stateful and self.layer.is_stateful()

    def __call__(self, x, state=None, *, key=None):
        """The output; if stateful (output, new state)."""
        if self.is_stateful():
            return self.layer(x, state=state, key=key)
        return self.layer(x, key=key)


class Switch:
    """Something that can be turned off and on."""

    on = True


class Switched(eqx.nn.StatefulLayer):
    """A layer that is stateful while its switch is on."""

    switch: object

    def is_stateful(self):
        return self.switch.on

    def __call__(self, x, state=None, *, key=None):
        return (x, state) if self.switch.on else x


def key(rng, size):
    return f"jax.random.PRNGKey({seed()(rng, size)})"


def growing(rng, size):
    """A list of 1, 2, 3, 3 layers, CountedNoise always among them."""
    others = ("Noise()", "Plus({})", "Quiet({})", "Counter()", "Counter(5)")
    chosen = ["CountedNoise()", *(str(rng.choice(others)).format(number()(rng, size)) for _ in range(min(size, 2)))]
    rng.shuffle(chosen)
    return f"[{', '.join(chosen)}]"


@page.probe(x=array(3), n=number())
def a_layer_without_state(MaybeStateful, x, n):
    """Around a layer without state, it is called without state and returns the output alone."""
    return MaybeStateful(Plus(n))(x)


@page.probe(n=number(), start=whole(1, 9))
def is_stateful(MaybeStateful, n, start):
    """It is a StatefulLayer, and stateful if the layer inside is one whose is_stateful() says so."""
    return {
        "is a StatefulLayer": isinstance(MaybeStateful(Plus(n)), eqx.nn.StatefulLayer),
        "Plus": MaybeStateful(Plus(n)).is_stateful(),
        "Counter": MaybeStateful(Counter(start)).is_stateful(),
        "Quiet": MaybeStateful(Quiet(n)).is_stateful(),
        "a chain of Plus": MaybeStateful(eqx.nn.Sequential([Plus(n)])).is_stateful(),
        "a chain of Counter": MaybeStateful(eqx.nn.Sequential([Counter(start)])).is_stateful(),
        "MaybeStateful of Counter": MaybeStateful(MaybeStateful(Counter(start))).is_stateful(),
    }


@page.probe(x=array(3), key=key)
def the_key(MaybeStateful, x, key):
    """The key is handed on unchanged; without a key the layer gets key=None."""
    layer = MaybeStateful(Noise())
    return {"with a key": layer(x, key=key), "without": layer(x)}


@page.probe(x=array(3), start=whole(1, 9), key=key)
def a_layer_with_state(MaybeStateful, x, start, key):
    """Around a stateful layer, it hands on state and key, and returns the output and the new state."""
    layer, state = eqx.nn.make_with_state(lambda: MaybeStateful(CountedNoise(start)))()
    return state_values(layer(x, state=state, key=key))


@page.probe(x=number(), n=number())
def asked_anew(MaybeStateful, x, n):
    """The layer inside may change its mind: it is asked anew at each is_stateful() and at each call."""
    switch = Switch()
    layer = MaybeStateful(Switched(switch))
    on = layer.is_stateful(), layer(x, state=[n])
    switch.on = False
    return {"on": on, "off": (layer.is_stateful(), layer(x))}


@page.probe(weight=2, times=4, layers=growing, x=array(3), key=key)
def in_a_sequential(MaybeStateful, layers, x, key):
    """A Sequential runs a layer in MaybeStateful as it runs the layer alone: with state where it is stateful."""
    chain = lambda: eqx.nn.Sequential([MaybeStateful(layer) for layer in layers])
    chain, state = eqx.nn.make_with_state(chain)()
    return state_values(chain(x, state, key=key))


@page.probe(x=array(3), n=number(), start=whole(1, 9), key=key)
def around_chains(MaybeStateful, x, n, start, key):
    """The layer inside may be a chain or another MaybeStateful."""
    inner = lambda: MaybeStateful(MaybeStateful(eqx.nn.Sequential([Counter(start), Noise()])))
    chain = lambda: eqx.nn.Sequential([inner(), MaybeStateful(eqx.nn.Sequential([Plus(n), Noise()]))])
    chain, state = eqx.nn.make_with_state(chain)()
    return state_values(chain(x, state, key=key))


@eqx.filter_jit
@eqx.filter_grad
def gradient(layer, x):
    return jnp.sum(layer(x) ** 2)


@page.probe(seed=seed(), x=array(3))
def parameters_in_the_tree(MaybeStateful, seed, x):
    """The parameters of the layer inside stay leaves of the tree: gradients find them."""
    return arrays(gradient(MaybeStateful(linear(3, 4, seed=seed)), x))


@eqx.filter_jit
def on_batch(layer, state, xs):
    return jax.vmap(layer, axis_name="batch", in_axes=(0, None), out_axes=(0, None))(xs, state)


@page.probe(seed=seed(), xs=array(5, 3))
def batch_norm_by_vmap(MaybeStateful, seed, xs):
    """Around BatchNorm it runs on a batch by vmap, called with x and the state by position."""
    norm = lambda: MaybeStateful(eqx.nn.BatchNorm(3, axis_name="batch", momentum=0.5, mode="batch"))
    layer, state = eqx.nn.make_with_state(norm)()
    return state_values(on_batch(filled(layer, seed), state, xs))


@page.mistake(
    "The layer inside is asked once, when the object is made, and its answer is kept. Ask it each time in is_stateful()."
)
class asks_once(eqx.nn.StatefulLayer):
    layer: eqx.Module
    stateful: bool = eqx.field(static=True)

    def __init__(self, layer):
        self.layer = layer
        self.stateful = isinstance(layer, eqx.nn.StatefulLayer) and layer.is_stateful()

    def is_stateful(self):
        return self.stateful

    def __call__(self, x, state=None, *, key=None):
        if self.stateful:
            return self.layer(x, state=state, key=key)
        return self.layer(x, key=key)


@page.mistake(
    "It always says that it is stateful, as it does without an is_stateful() of its own. Ask the layer inside."
)
class always_stateful(eqx.nn.StatefulLayer):
    layer: eqx.Module

    def __call__(self, x, state=None, *, key=None):
        if isinstance(self.layer, eqx.nn.StatefulLayer) and self.layer.is_stateful():
            return self.layer(x, state=state, key=key)
        return self.layer(x, key=key)


@page.mistake(
    "The class alone decides, and a StatefulLayer may say that it keeps no state: ask its is_stateful() as well."
)
class asks_the_class_alone(MaybeStateful):
    def is_stateful(self):
        return isinstance(self.layer, eqx.nn.StatefulLayer)


@page.mistake(
    "Every layer is asked is_stateful(), and only a StatefulLayer has it. First isinstance(self.layer, eqx.nn.StatefulLayer)."
)
class asks_every_layer(MaybeStateful):
    def is_stateful(self):
        return self.layer.is_stateful()


@page.mistake(
    "It is a Module and no StatefulLayer, so a Sequential never gives it the state: class MaybeStateful(eqx.nn.StatefulLayer)."
)
class no_stateful_layer(eqx.Module):
    layer: eqx.Module

    def is_stateful(self):
        return isinstance(self.layer, eqx.nn.StatefulLayer | no_stateful_layer) and self.layer.is_stateful()

    def __call__(self, x, state=None, *, key=None):
        if self.is_stateful():
            return self.layer(x, state=state, key=key)
        return self.layer(x, key=key)


@page.mistake("It always returns a pair. Around a layer without state it returns the output alone.")
class always_a_pair(MaybeStateful):
    def __call__(self, x, state=None, *, key=None):
        if self.is_stateful():
            return self.layer(x, state=state, key=key)
        return self.layer(x, key=key), state


@page.mistake("The state has no default, so a layer without state cannot be called with x alone: state=None.")
class state_required(MaybeStateful):
    def __call__(self, x, state, *, key=None):
        if self.is_stateful():
            return self.layer(x, state=state, key=key)
        return self.layer(x, key=key)


@page.mistake("The new state is thrown away. Return what the layer returns: the output and the new state.")
class output_alone(MaybeStateful):
    def __call__(self, x, state=None, *, key=None):
        if self.is_stateful():
            return self.layer(x, state=state, key=key)[0]
        return self.layer(x, key=key)


@page.mistake("The layer inside gets no key. Hand it on as it came: key=key.")
class drops_the_key(MaybeStateful):
    def __call__(self, x, state=None, *, key=None):
        if self.is_stateful():
            return self.layer(x, state=state, key=None)
        return self.layer(x, key=None)


@page.mistake("The key is split on the way. There is one layer inside: it gets the key as it came.")
class splits_the_key(MaybeStateful):
    def __call__(self, x, state=None, *, key=None):
        if key is not None:
            (key,) = jax.random.split(key, 1)
        if self.is_stateful():
            return self.layer(x, state=state, key=key)
        return self.layer(x, key=key)


@page.mistake("Every layer is called with the state. A layer without state does not take it: self.layer(x, key=key).")
class state_for_every_layer(MaybeStateful):
    def __call__(self, x, state=None, *, key=None):
        return self.layer(x, state=state, key=key)
