from functools import reduce

import jax
import jax.numpy as jnp
from flax import linen as nn

from seqkit.styles import linen as ours


def head_and_rest(features):
    first, *rest = features
    layers = [nn.Dense(features=first)]
    for width in rest:
        layers.extend((jax.nn.relu, nn.Dense(features=width)))
    return nn.Sequential(tuple(layers))


def chain_of_seqkit(features):
    layers = [part for width in features for part in (nn.Dense(width), nn.relu)]
    return ours.Sequential(layers[:-1])


def nested(features):
    *body, last = features
    return nn.Sequential([*(nn.Sequential([nn.Dense(width), nn.relu]) for width in body), nn.Dense(last)])


def by_reduce(features):
    return reduce(
        lambda chain, width: nn.Sequential([*chain.layers, lambda x: jnp.maximum(x, 0), nn.Dense(width)]),
        features[1:],
        nn.Sequential([nn.Dense(features[0])]),
    )


class MLP(nn.Sequential):
    pass


def subclass_with_names(features):
    layers = []
    for i, width in enumerate(features):
        layers.append(nn.Dense(width, name=f"dense{i}"))
        if i < len(features) - 1:
            layers.append(nn.relu)
    return MLP(layers)


def inner(width):
    return lambda x: nn.relu(nn.Dense(width)(x))


def made_inline(features):
    return nn.Sequential([*map(inner, features[:-1]), nn.Dense(features[-1])])


ANSWERS = [head_and_rest, chain_of_seqkit, nested, by_reduce, subclass_with_names, made_inline]
