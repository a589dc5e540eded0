import numpy as np
from flax import linen as nn

from seqkit.styles import linen as ours


class Wide(nn.Module):
    @nn.compact
    def __call__(self, x):
        return nn.Dense(features=x.shape[-1], name="inner")(x)


def modules(depth):
    return nn.Sequential([Wide() if i % 2 == 0 else nn.relu for i in range(2 * depth - 1)])


def functions_that_activate(depth):
    def later(x):
        x = nn.relu(x)
        return nn.Dense(np.shape(x)[-1])(x)

    return nn.Sequential((lambda x: nn.Dense(x.shape[-1])(x), *(later for _ in range(depth - 1))))


def chain_of_seqkit(depth):
    layers = []
    for _ in range(depth):
        layers += [lambda x: nn.Dense(x.shape[-1])(x), lambda x: x.clip(0)]
    layers.pop()
    return ours.Sequential(layers)


def chain_of_chains(depth):
    first = nn.Sequential([Wide()])
    return first if depth == 1 else nn.Sequential([chain_of_chains(depth - 1), nn.relu, Wide()])


class Chain(nn.Sequential):
    pass


def a_subclass(depth):
    square = Wide
    return Chain([square()] + [layer for _ in range(1, depth) for layer in (nn.relu, square())])


ANSWERS = [modules, functions_that_activate, chain_of_seqkit, chain_of_chains, a_subclass]
