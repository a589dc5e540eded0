from functools import reduce
from itertools import pairwise

import jax.numpy as jnp
import objax
from objax.nn import Linear, Sequential

from seqkit.styles import objax as ours


def by_pairwise(sizes, activation):
    first, *others = [Linear(*pair) for pair in pairwise(sizes)]
    return Sequential([first, *(layer for linear in others for layer in (activation, linear))])


def by_index(sizes, activation):
    chain = Sequential()
    for i in range(len(sizes) - 1):
        chain.append(Linear(sizes[i], sizes[i + 1]))
        if i < len(sizes) - 2:
            chain.append(activation)
    return chain


def by_reduce(sizes, activation):
    start = [Linear(sizes[0], sizes[1])]
    pairs = pairwise(sizes[1:])
    return ours.Sequential(reduce(lambda chain, pair: [*chain, activation, Linear(*pair)], pairs, start))


def takes_the_last_off(sizes, activation):
    chain = Sequential()
    for nin, nout in pairwise(sizes):
        chain.extend([Linear(nin, nout, w_init=lambda shape: objax.random.uniform(shape)), lambda x: activation(x)])
    chain.pop()
    return chain


class MLP(objax.nn.Sequential):
    def __init__(self, sizes, activation):
        layers = [Linear(sizes[-2], sizes[-1])]
        for nout, nin in pairwise(reversed(sizes[:-1])):
            layers = [Linear(nin, nout), activation, *layers]
        super().__init__(layers)


ANSWERS = [by_pairwise, by_index, by_reduce, takes_the_last_off, MLP]


# ---- wrong ----


def always_sin(sizes, activation):
    return by_index(sizes, jnp.sin)


UNNAMED = [always_sin]
