from functools import reduce
from itertools import accumulate

import jax
import jax.numpy as jnp
import objax

from seqkit.styles import objax as ours


def all_at_once(layers, x):
    def outputs(x):
        found = []
        for layer in layers:
            x = layer(x)
            found.append(x)
        return found

    return tuple(output.shape for output in jax.eval_shape(outputs, x))


def by_accumulate(layers, x):
    structs = accumulate(layers, lambda struct, layer: jax.eval_shape(layer, struct), initial=x)
    return tuple(struct.shape for struct in structs)[1:]


def by_lowering(layers, x):
    found = ()
    for layer in layers:
        x = jax.jit(layer).lower(x).out_info
        found += (tuple(x.shape),)
    return found


def by_recursion(layers, x):
    if not layers:
        return ()
    first, *others = layers
    struct = jax.eval_shape(first, x)
    return (struct.shape, *by_recursion(others, struct))


def by_jaxpr(layers, x):
    return [
        jax.make_jaxpr(lambda value, n=n: reduce(lambda v, layer: layer(v), layers[:n], value))(x).out_avals[0].shape
        for n in range(1, len(layers) + 1)
    ]


def of_the_chains(layers, x):
    return tuple(jax.eval_shape(objax.nn.Sequential(layers[: n + 1]), x).shape for n in range(len(layers)))


def of_a_chain_of_seqkit(layers, x):
    return tuple(jax.eval_shape(ours.Sequential(layers[: n + 1]), jnp.asarray(x)).shape for n in range(len(layers)))


class Shapes(tuple):
    def __new__(cls, layers, x):
        found = []
        for layer in layers:
            x = jax.eval_shape(layer, jax.ShapeDtypeStruct(x.shape, x.dtype))
            found.append(x.shape)
        return super().__new__(cls, found)


ANSWERS = [
    all_at_once,
    by_accumulate,
    by_lowering,
    by_recursion,
    by_jaxpr,
    of_the_chains,
    of_a_chain_of_seqkit,
    Shapes,
]
