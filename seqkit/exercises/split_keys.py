"""`split_keys(layers, x, key)`: one key becomes one subkey for each layer of a chain."""

import equinox as eqx
import jax

from seqkit.draws import array, number, seed
from seqkit.exercise import Exercise
from seqkit.probing.equinox import Noise, Plus, Times, Witness, linear

page = Exercise(
    "split_keys",
    number=29,
    lesson="09_keys_and_state",
    points=10,
    statement="""
Write `split_keys(layers, x, key)`: run a list of Equinox layers in order, each called with what the one before it
returned and with a key of its own, and return what the last one returned.

The keys are those that Equinox hands out: `key` is split into as many subkeys as there are layers, and layer `i` is called
with subkey `i` as `key=`, whether it draws random numbers or not. If `key` is `None`, every layer is called with
`key=None`. Do it by hand: no `Sequential`, neither Equinox's nor seqkit's, is to run the layers. A layer gets one value: a
tuple stays one tuple. There is at least one layer.

    >>> layers = [eqx.nn.Dropout(0.5), eqx.nn.Lambda(lambda x: x + 1)]
    >>> split_keys(layers, jnp.array([1.0, 2.0, 3.0, 4.0]), jax.random.PRNGKey(1)).tolist()
    [1.0, 5.0, 1.0, 9.0]
""",
    hints=(
        "If two Dropout layers got the same key, which values would each of them drop?",
        "jax.random.split(key, n) gives n subkeys at once. Without a key, a list of n times None does instead.",
        "for layer, subkey in zip(layers, keys): x = layer(x, key=subkey)",
    ),
)


@page.answer
def split_keys(layers, x, key):
    """The output of a chain in which every layer gets a subkey of its own."""
    keys = [None] * len(layers)
    if key is not None:
        keys = jax.random.split(key, len(layers))
    for layer, subkey in zip(layers, keys, strict=True):
        x = layer(x, key=subkey)
    return x


class TakesKey(eqx.Module):
    """A layer that puts the key that it got behind the ones before."""

    def __call__(self, x, key):
        return (*x, key)


def key(rng, size):
    return f"jax.random.PRNGKey({seed()(rng, size)})"


def typed_key(rng, size):
    return f"jax.random.key({seed()(rng, size)})"


def growing(rng, size):
    """A list of 1, 1, 2, 2, 3, 3 … layers, Noise always among them."""
    others = ("Noise()", "Plus({})", "Times({})", "eqx.nn.Lambda(jnp.tanh)")
    chosen = ["Noise()", *(str(rng.choice(others)).format(number()(rng, size)) for _ in range(size // 2))]
    rng.shuffle(chosen)
    return f"[{', '.join(chosen)}]"


@page.probe(x=array(3), key=key)
def one_layer(split_keys, x, key):
    """A single layer gets the one subkey of jax.random.split(key, 1), not the key itself."""
    return split_keys([Noise()], x, key)


@page.probe(x=array(3), n=number())
def no_key(split_keys, x, n):
    """If the key is None, every layer is called with key=None."""
    return split_keys([Plus(n), Noise(), Times(n)], x, None)


@page.probe(call="split_keys(layers, x, key)", weight=2, times=8, layers=growing, x=array(3), key=key)
def random_chains(split_keys, layers, x, key):
    """Each layer gets what the one before it returned, and layer i gets the i-th of jax.random.split(key, len(layers))."""
    return split_keys(layers, x, key)


@page.probe(call="split_keys([TakesKey(), TakesKey(), TakesKey()], (), key)", weight=2, exact=True, times=2, key=key)
def the_keys_that_layers_get(split_keys, key):
    """Layer i gets the i-th of jax.random.split(key, len(layers)); a tuple is handed on as one value."""
    return split_keys([TakesKey(), TakesKey(), TakesKey()], (), key)


@page.probe(call="split_keys([TakesKey(), TakesKey()], (), key)", exact=True, key=typed_key)
def keys_of_the_new_type(split_keys, key):
    """A key of jax.random.key is split like one of jax.random.PRNGKey."""
    return split_keys([TakesKey(), TakesKey()], (), key)


@page.probe(first=seed(), second=seed(), x=array(3), key=key)
def layers_of_equinox(split_keys, first, second, x, key):
    """Every layer gets a subkey, also a Linear, which does not use it: the fourth layer gets the fourth of four."""
    layers = [linear(3, 4, seed=first), eqx.nn.Dropout(0.5), linear(4, 3, seed=second), Noise()]
    return split_keys(layers, x, key)


@page.probe(weight=5, key=key)
def made_by_hand(split_keys, key):
    """The layers are to be called in a loop of yours, not by a Sequential."""
    ran = split_keys([Witness()], 2.0, key)
    return {"a Sequential runs the layers": ran}


@page.mistake(
    "All layers get one and the same key, so they all draw the same numbers. Split it: one subkey for each layer."
)
def one_key_for_all(layers, x, key):
    for layer in layers:
        x = layer(x, key=key)
    return x


@page.mistake(
    "The subkeys are split off one after the other, so they are not the ones of Equinox. One call gives them all: "
    "jax.random.split(key, len(layers))."
)
def a_split_for_each_layer(layers, x, key):
    for layer in layers:
        subkey = None
        if key is not None:
            key, subkey = jax.random.split(key)
        x = layer(x, key=subkey)
    return x


@page.mistake(
    "The subkeys are split off one after the other, and None is split too. One call gives those of Equinox: "
    "jax.random.split(key, len(layers)); if the key is None, every layer is called with key=None."
)
def a_split_for_each_layer_and_of_none(layers, x, key):
    for layer in layers:
        key, subkey = jax.random.split(key)
        x = layer(x, key=subkey)
    return x


@page.mistake("With key=None it still splits. None is no key: then every layer is called with key=None.")
def splits_none(layers, x, key):
    for layer, subkey in zip(layers, jax.random.split(key, len(layers)), strict=True):
        x = layer(x, key=subkey)
    return x


@page.mistake("Without a key it makes one of its own. If the key is None, every layer is called with key=None.")
def makes_a_key(layers, x, key):
    return split_keys(layers, x, jax.random.PRNGKey(0) if key is None else key)


@page.mistake("The layers are called without a key. Hand each its own by name: layer(x, key=subkey).")
def hands_on_no_key(layers, x, key):
    for layer in layers:
        x = layer(x)
    return x


@page.mistake("The key is handed on by position. Equinox's layers take it by name: layer(x, key=subkey).")
def key_by_position(layers, x, key):
    keys = [None] * len(layers) if key is None else jax.random.split(key, len(layers))
    for layer, subkey in zip(layers, keys, strict=True):
        x = layer(x, subkey)
    return x


@page.mistake(
    "Subkeys are counted for random layers alone. Equinox splits for every layer, also for those that draw nothing."
)
def subkeys_for_random_layers_alone(layers, x, key):
    random = [layer for layer in layers if isinstance(layer, Noise | eqx.nn.Dropout | TakesKey | Witness)]
    keys = iter([None] * len(random) if key is None else jax.random.split(key, len(random)))
    for layer in layers:
        x = layer(x, key=next(keys) if any(layer is one for one in random) else None)
    return x


@page.mistake("It lets a Sequential do the work. Write the loop: x = layer(x, key=subkey) for each layer.")
def lets_sequential_run(layers, x, key):
    return eqx.nn.Sequential(layers)(x, key=key)


@page.mistake("Every layer got the first x. Hand on the output: x = layer(x, key=subkey).")
def every_layer_gets_x(layers, x, key):
    keys = [None] * len(layers) if key is None else jax.random.split(key, len(layers))
    for layer, subkey in zip(layers, keys, strict=True):
        y = layer(x, key=subkey)
    return y


@page.mistake("`return` stands inside the loop, so the first layer alone runs. Put it behind the loop.")
def returns_in_the_loop(layers, x, key):
    return split_keys(layers[:1], x, None) if key is None else layers[0](x, key=jax.random.split(key, len(layers))[0])


@page.mistake(
    "`if key` asks an array whether it is true, which it cannot say. Ask whether there is one: if key is not None."
)
def asks_whether_the_key_is_true(layers, x, key):
    return split_keys(layers, x, key if key else None)
