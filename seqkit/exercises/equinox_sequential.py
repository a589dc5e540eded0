"""`EquinoxSequential`: Equinox's chain rebuilt, with keys split and state threaded."""

import equinox as eqx
import jax
import jax.numpy as jnp

from seqkit.draws import array, fixed, number, one_of, seed, whole
from seqkit.exercise import Exercise
from seqkit.plain import outcome
from seqkit.probing.equinox import (
    CountedNoise,
    Counter,
    Noise,
    Plus,
    Quiet,
    Times,
    Witness,
    arrays,
    holds_chain,
    linear,
    state_values,
)
from seqkit.probing.running import run

page = Exercise(
    "EquinoxSequential",
    number=32,
    lesson="09_keys_and_state",
    points=25,
    statement="""
Write the class `EquinoxSequential`, a chain that behaves as `equinox.nn.Sequential` does, a subclass of
`equinox.nn.StatefulLayer`. Neither Equinox's own Sequential nor seqkit's may stand behind it: no subclass of one, none
inside.

**Made** by `EquinoxSequential(layers)`: any iterable of layers, a generator too. They stay in the tree, so that `jit`,
`grad` and `vmap` find their arrays. What is no iterable of layers (a single layer, a text) raises an error, when the chain
is made or when it is first called.

**Called** as `chain(x, state, *, key=None)`, where `state` may be left out:

- Each layer gets what the one before it returned, as one value: a tuple stays a tuple. With no layer, `x` comes out.
- `key` is split by `jax.random.split` into as many subkeys as there are layers; every layer gets its own as `key=`. Without
  a key, every layer gets `key=None`.
- A layer is stateful if it is an `equinox.nn.StatefulLayer` and its `is_stateful()` says so. It is called
  `layer(x, state=state, key=key)` and returns its output and a new state, which goes to the next stateful layer. All others
  are called without the state.
- Called with a state, the chain returns the output and the state that came last, even if no layer changed it. Called
  without one, it returns the output alone.

**Asked** `chain.is_stateful()`, it says whether any of its layers is stateful: so a chain can be a layer of a chain.

**Read** like a tuple: `chain[i]` is a layer, `chain[a:b]` an `EquinoxSequential` of those layers, `len(chain)` their number,
a `for` loop passes over them. A number beyond the end raises `IndexError`, an index that is neither number nor slice
`TypeError`.

    >>> halve, lift = eqx.nn.Lambda(lambda x: x / 2), eqx.nn.Lambda(lambda x: x + 3)
    >>> float(EquinoxSequential([halve, lift])(jnp.array(4.0)))
    5.0
""",
    hints=(
        "Of all layers, which ones get the state, and who tells you?",
        "One loop over layers and subkeys together. In it two calls: one that takes the state and gives it back renewed, "
        "one without.",
        "if isinstance(layer, eqx.nn.StatefulLayer) and layer.is_stateful(): x, state = layer(x, state=state, key=subkey)",
    ),
)


@page.answer
class EquinoxSequential(eqx.nn.StatefulLayer):
    """A chain of layers, each called with what the one before it returned."""

    layers: tuple

    def __init__(self, layers):
        """Keep the layers of any iterable."""
        self.layers = tuple(layers)

    def is_stateful(self):
        """Whether a layer of the chain is stateful."""
        return any(map(self._is_stateful, self.layers))

    def __call__(self, x, state=None, *, key=None):
        """Run the chain: the output; with a state (output, new state)."""
        keys = [None] * len(self)
        if key is not None:
            keys = jax.random.split(key, len(self))
        for layer, subkey in zip(self.layers, keys, strict=True):
            if self._is_stateful(layer):
                x, state = layer(x, state=state, key=subkey)
            else:
                x = layer(x, key=subkey)
        return x if state is None else (x, state)

    def __getitem__(self, i):
        """The layer at `i`; of a slice, a chain of those layers."""
        if isinstance(i, slice):
            return type(self)(self.layers[i])
        return self.layers[i]

    def __iter__(self):
        """One layer after the other."""
        return iter(self.layers)

    def __len__(self):
        """How many layers there are."""
        return len(self.layers)

    @staticmethod
    def _is_stateful(layer):
        stateful = isinstance(layer, eqx.nn.StatefulLayer)
        return stateful and layer.is_stateful()


# ---- what is drawn ----


def growing(always, *others):
    """A draw of chains that grow with `size`, from no layer to three; `always` stands somewhere in all but the empty one."""

    def draw(rng, size):
        length = min((size + 1) // 2, 3)
        chosen = [always, *(str(rng.choice(others)) for _ in range(length - 1))][:length]
        rng.shuffle(chosen)
        return "[" + ", ".join(layer.format(number=number()(rng, size)) for layer in chosen) + "]"

    return draw


def some_key(rng, size):
    """A key; for every fourth case none."""
    return "None" if size % 4 == 3 else key(rng, size)


def key(rng, size):
    return f"jax.random.PRNGKey({seed()(rng, size)})"


X = array(3)
THREE = fixed("[Plus(1.5), Noise(), Times(-2.0)]")


def pair(x):
    return x, x + 1


def swapped_difference(both):
    return both[1] * 2 - both[0]


# ---- probes ----


@page.probe(x=X)
def no_layer(EquinoxSequential, x):
    """With no layer, x comes out as it went in."""
    return EquinoxSequential([])(x)


@page.probe(
    call="EquinoxSequential(layers)(x, key=key)",
    weight=3,
    times=8,
    oracle=eqx.nn.Sequential,
    layers=growing("Noise()", "Noise()", "Plus({number})", "Times({number})", "eqx.nn.Lambda(jnp.tanh)"),
    x=X,
    key=some_key,
)
def random_chains_with_keys(EquinoxSequential, layers, x, key):
    """Layer i gets the i-th of jax.random.split(key, number of layers) as `key=`; without a key each gets None."""
    return run(EquinoxSequential(layers), x, key=key)


@page.probe(call="EquinoxSequential([eqx.nn.Lambda(pair), eqx.nn.Lambda(swapped_difference)])(x)", x=X)
def a_tuple(EquinoxSequential, x):
    """A layer gets one value: a tuple stays one tuple."""
    return EquinoxSequential([eqx.nn.Lambda(pair), eqx.nn.Lambda(swapped_difference)])(x)


@page.probe()
def arrays_in_the_tree(EquinoxSequential):
    """The chain is an Equinox module that keeps its layers in a field, so their arrays are leaves of its tree."""
    chain = EquinoxSequential([linear(3, 4), linear(4, 3, use_bias=False)])
    return {"is a StatefulLayer": isinstance(chain, eqx.nn.StatefulLayer), "arrays": [a.shape for a in arrays(chain)]}


@page.probe(weight=18)
def made_by_hand(EquinoxSequential):
    """Equinox's Sequential and seqkit's stay outside: the loop over the layers is to be yours."""
    chain = EquinoxSequential([Plus(1.5), Witness()])
    return {"holds a ready-made Sequential": holds_chain(chain), "a ready-made one runs the layers": chain(2.0)}


@page.probe(n=number())
def is_stateful(EquinoxSequential, n):
    """A chain is stateful if one of its layers says that it is: is_stateful() of a StatefulLayer may say no."""
    plain, quiet, counts = EquinoxSequential([Plus(n)]), EquinoxSequential([Quiet(n)]), EquinoxSequential([Counter()])
    return {
        "no layer": EquinoxSequential([]).is_stateful(),
        "Plus": plain.is_stateful(),
        "Quiet": quiet.is_stateful(),
        "Plus and Counter": EquinoxSequential([Plus(n), Counter()]).is_stateful(),
        "a chain of Quiet": EquinoxSequential([plain, quiet]).is_stateful(),
        "a chain of Counter": EquinoxSequential([plain, counts]).is_stateful(),
    }


@page.probe(
    weight=3,
    times=8,
    oracle=eqx.nn.Sequential,
    layers=growing("CountedNoise()", "Noise()", "Plus({number})", "Quiet({number})", "Counter()", "Counter(5)"),
    x=X,
    key=some_key,
)
def random_chains_with_state(EquinoxSequential, layers, x, key):
    """The state goes through the stateful layers and no others, renewed by each; the chain returns (output, state)."""
    chain, state = eqx.nn.make_with_state(EquinoxSequential)(layers)
    return state_values(chain(x, state, key=key))


@page.probe(x=X, n=number(), key=key)
def a_state_that_no_layer_wants(EquinoxSequential, x, n, key):
    """Called with a state, the chain returns (output, state) even if no layer is stateful."""
    chain, state = eqx.nn.make_with_state(EquinoxSequential)([Plus(n), Noise(), Quiet(n)])
    return state_values(chain(x, state, key=key))


@page.probe(x=X, n=number(), start=whole(1, 9), key=key)
def chains_in_a_chain(EquinoxSequential, x, n, start, key):
    """A chain can be a layer of a chain, of yours or of Equinox's: with state if one of its layers has some."""
    make = lambda: EquinoxSequential(
        [EquinoxSequential([Plus(n), Noise()]), EquinoxSequential([Counter(start)]), CountedNoise()]
    )
    outer, state = eqx.nn.make_with_state(lambda: eqx.nn.Sequential([make(), EquinoxSequential([Noise()])]))()
    return state_values(outer(x, state, key=key))


@page.probe(layers=THREE, x=X, i=one_of("0", "1", "2"), key=key)
def a_layer_by_its_number(EquinoxSequential, layers, x, i, key):
    """chain[i] is the layer itself, counted from the end if i is negative; beyond the end it raises IndexError."""
    chain = EquinoxSequential(layers)
    return {
        "chain[i](x)": chain[i](x, key=key),
        "chain[-1](x)": chain[-1](x, key=key),
        "chain[-3](x)": chain[-3](x, key=key),
        "chain[3] raises IndexError": isinstance(outcome(lambda: chain[3]), IndexError),
        'chain["1"] raises TypeError': isinstance(outcome(lambda: chain["1"]), TypeError),
    }


@page.probe(
    layers=THREE,
    x=X,
    times=4,
    part=lambda rng, size: f"slice({('0, 2', '1, None', '-2, -1', 'None, None, -1')[size]})",
    key=key,
)
def a_slice(EquinoxSequential, layers, x, part, key):
    """A slice of the chain is a chain of the same class, and splits its key by its own length."""
    chain = EquinoxSequential(layers)
    return {"same class": type(chain[part]) is type(chain), "output": chain[part](x, key=key)}


@page.probe(x=X, n=number())
def iteration(EquinoxSequential, x, n):
    """A chain can be made of a generator, has a length, and a loop passes over its layers, as often as you like."""
    chain = EquinoxSequential(layer for layer in [Plus(n), Times(n), Plus(1.0)])
    loops = [[layer(x) for layer in chain] for _ in range(2)]
    return {"length": len(chain), "each layer called with x": loops, "chain(x), twice": [chain(x), chain(x)]}


@eqx.filter_jit
def compiled(chain, x, key):
    return chain(x, key=key)


@eqx.filter_jit
@eqx.filter_grad
def gradient(chain, x, key):
    return jnp.sum(chain(x, key=key) ** 2)


@page.probe(first=seed(), second=seed(), x=X, xs=array(5, 3), key=key)
def jit_grad_vmap(EquinoxSequential, first, second, x, xs, key):
    """The chain works under jit, grad and vmap, as every Equinox module does."""
    chain = EquinoxSequential([linear(3, 4, seed=first), Noise(), linear(4, 3, seed=second)])
    return {
        "jit": compiled(chain, x, key),
        "grad": arrays(gradient(chain, x, key)),
        "vmap": jax.vmap(chain)(xs),
    }


def normed(chain):
    return lambda seed: chain([linear(3, 4, seed=seed), eqx.nn.BatchNorm(4, "batch", momentum=0.5, mode="batch")])


@eqx.filter_jit
def on_batch(chain, state, xs):
    return jax.vmap(chain, axis_name="batch", in_axes=(0, None), out_axes=(0, None))(xs, state)


@page.probe(seed=seed(), xs=array(5, 3))
def batch_norm_by_vmap(EquinoxSequential, seed, xs):
    """A chain with BatchNorm runs on a batch by vmap, called with x and the state by position."""
    chain, state = eqx.nn.make_with_state(normed(EquinoxSequential))(seed)
    return state_values(on_batch(chain, state, xs))


@page.probe(x=X)
def what_is_no_list_of_layers(EquinoxSequential, x):
    """A single layer or a text is no iterable of layers: it raises an error, when the chain is made or when it is called."""
    return {
        "a single layer raises": isinstance(outcome(lambda: EquinoxSequential(Plus(1.5))(x)), Exception),
        "a text raises": isinstance(outcome(lambda: EquinoxSequential("abc")(x)), Exception),
    }


# ---- mistakes ----


def split(key, n):
    return [None] * n if key is None else jax.random.split(key, n)


def run_layers(layers, x, state, keys, takes_state=EquinoxSequential._is_stateful):
    for layer, subkey in zip(layers, keys, strict=True):
        if takes_state(layer):
            x, state = layer(x, state=state, key=subkey)
        else:
            x = layer(x, key=subkey)
    return x if state is None else (x, state)


@page.mistake(
    "It is a subclass of equinox.nn.Sequential, so the loop is Equinox's. Start from equinox.nn.StatefulLayer and write it."
)
class subclass_of_the_real_one(eqx.nn.Sequential):
    def __getitem__(self, i):
        return type(self)(self.layers[i]) if isinstance(i, slice) else self.layers[i]


@page.mistake(
    "It keeps an equinox.nn.Sequential inside and lets that one run. Keep the layers and loop over them yourself."
)
class wraps_the_real_one(eqx.nn.StatefulLayer):
    chain: eqx.nn.Sequential

    def __init__(self, layers):
        self.chain = eqx.nn.Sequential(layers)

    def is_stateful(self):
        return self.chain.is_stateful()

    def __call__(self, x, *state, key=None):
        return self.chain(x, *state, key=key)

    def __getitem__(self, i):
        return type(self)(self.chain.layers[i]) if isinstance(i, slice) else self.chain[i]

    def __len__(self):
        return len(self.chain)


@page.mistake(
    "All layers get one and the same key. Split it: jax.random.split(key, len(self.layers)), one subkey for each."
)
class one_key_for_all(EquinoxSequential):
    def __call__(self, x, state=None, *, key=None):
        return run_layers(self.layers, x, state, [key] * len(self))


@page.mistake(
    "The subkeys are split off one after the other, so they are not Equinox's. One split gives them all: "
    "jax.random.split(key, len(self.layers))."
)
class a_split_for_each_layer(EquinoxSequential):
    def __call__(self, x, state=None, *, key=None):
        keys = []
        for _ in self.layers:
            key, subkey = split(key, 2)
            keys.append(subkey)
        return run_layers(self.layers, x, state, keys)


@page.mistake("The key is split even if there is none. With key=None every layer gets key=None.")
class splits_no_key(EquinoxSequential):
    def __call__(self, x, state=None, *, key=None):
        return run_layers(self.layers, x, state, jax.random.split(key, len(self)))


@page.mistake(
    "Every layer is called with the state as soon as there is one. Only a StatefulLayer whose is_stateful() is true takes it."
)
class state_for_every_layer(EquinoxSequential):
    def __call__(self, x, state=None, *, key=None):
        return run_layers(self.layers, x, state, split(key, len(self)), lambda layer: state is not None)


@page.mistake(
    "Every StatefulLayer is called with the state, and some of them keep none: ask `layer.is_stateful()` besides the class."
)
class never_asks_is_stateful(EquinoxSequential):
    @staticmethod
    def _is_stateful(layer):
        return isinstance(layer, eqx.nn.StatefulLayer)


@page.mistake(
    "Each stateful layer gets the state as it was at the start. Hand on the new one: x, state = layer(x, state=state, …)."
)
class same_state_for_all(EquinoxSequential):
    def __call__(self, x, state=None, *, key=None):
        first = state
        for layer, subkey in zip(self.layers, split(key, len(self)), strict=True):
            if self._is_stateful(layer):
                x, state = layer(x, state=first, key=subkey)
            else:
                x = layer(x, key=subkey)
        return x if state is None else (x, state)


@page.mistake(
    "Stateful layers get the state and no key. Every layer gets its subkey: layer(x, state=state, key=subkey)."
)
class no_key_for_stateful_layers(EquinoxSequential):
    def __call__(self, x, state=None, *, key=None):
        pairs = zip(self.layers, split(key, len(self)), strict=True)
        keys = [None if self._is_stateful(layer) else subkey for layer, subkey in pairs]
        return run_layers(self.layers, x, state, keys)


@page.mistake("It was called with a state and returns the output alone. Then return both: x, state.")
class forgets_the_state(EquinoxSequential):
    def __call__(self, x, state=None, *, key=None):
        result = run_layers(self.layers, x, state, split(key, len(self)))
        return result if state is None else result[0]


@page.mistake(
    "The state comes back only if a layer is stateful. Whoever calls with a state always gets (output, state)."
)
class state_only_if_stateful(EquinoxSequential):
    def __call__(self, x, state=None, *, key=None):
        result = run_layers(self.layers, x, state, split(key, len(self)))
        return result[0] if state is not None and not self.is_stateful() else result


@page.mistake(
    "Every chain says that it is stateful, as it does without an is_stateful() of its own. Say whether any of the layers is."
)
class always_stateful(EquinoxSequential):
    def is_stateful(self):
        return eqx.nn.StatefulLayer.is_stateful(self)


@page.mistake("A slice gives a bare tuple of layers. Make a chain of it: type(self)(self.layers[i]).")
class slice_gives_a_tuple(EquinoxSequential):
    def __getitem__(self, i):
        return self.layers[i]


@page.mistake(
    "A tuple was taken apart into several arguments, as Flax does. Here a layer gets one value, whatever it is."
)
class expands_tuples(EquinoxSequential):
    def __call__(self, x, state=None, *, key=None):
        for layer, subkey in zip(self.layers, split(key, len(self)), strict=True):
            xs = x if isinstance(x, tuple) else (x,)
            if self._is_stateful(layer):
                x, state = layer(*xs, state=state, key=subkey)
            else:
                x = layer(*xs, key=subkey)
        return x if state is None else (x, state)


@page.mistake(
    "What came in is kept as it is, so a generator is used up by the first loop. Keep a tuple: self.layers = tuple(layers)."
)
class keeps_what_it_gets(EquinoxSequential):
    def __init__(self, layers):
        self.layers = layers
