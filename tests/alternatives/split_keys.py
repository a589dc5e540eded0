import functools

import jax
import jax.numpy as jnp
import numpy as np


def by_reduce(layers, x, key):
    subkeys = [None for _ in layers] if key is None else list(jax.random.split(key, len(layers)))
    return functools.reduce(lambda value, both: both[0](value, key=both[1]), zip(layers, subkeys, strict=True), x)


def by_number(layers, x, key):
    n = len(layers)
    if key is None:
        for i in range(n):
            x = layers[i](x, key=None)
    else:
        subkeys = jax.random.split(key, num=(n,))
        for i in range(n):
            x = layers[i](x, key=subkeys[i])
    return x


def by_recursion(layers, x, key):
    def rest(i, value):
        return value if i == len(layers) else rest(i + 1, layers[i](value, key=subkey(i)))

    def subkey(i):
        return None if key is None else jax.random.split(key, len(layers))[i]

    return rest(0, x)


def with_numpy(layers, x, key):
    if key is None:
        subkeys = np.full(len(layers), None)
    elif jnp.issubdtype(key.dtype, jax.dtypes.prng_key):
        subkeys = jax.random.split(key, len(layers))
    else:
        subkeys = np.asarray(jax.random.split(key, len(layers)))
    for layer, subkey in zip(layers, subkeys, strict=False):
        x = layer(x, key=subkey)
    return x


def by_fold_in(layers, x, key):
    for i, layer in enumerate(layers):
        x = layer(x, key=None if key is None else jax.random.fold_in(key, i))
    return x


class Runner:
    def __new__(cls, layers, x, key):
        self = super().__new__(cls)
        self.layers, self.keys = layers, [None] * len(layers) if key is None else jax.random.split(key, len(layers))
        return self.run(x)

    def run(self, x):
        for i, layer in enumerate(self.layers):
            x = layer(x, key=self.keys[i])
        return x


ANSWERS = [by_reduce, by_number, by_recursion, with_numpy, by_fold_in, Runner]


# ---- wrong ----


def the_last_alone(layers, x, key):
    return layers[-1](x, key=None if key is None else jax.random.split(key, len(layers))[-1])


UNNAMED = [the_last_alone]
