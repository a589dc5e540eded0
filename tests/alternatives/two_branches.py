import operator

import jax.numpy as jnp
from flax import linen as nn

from seqkit.styles import linen as ours


class Branches(nn.Module):
    width: int

    def setup(self):
        self.left, self.right = nn.Dense(self.width), nn.Dense(self.width)

    def __call__(self, x):
        right = self.right(x)
        return self.left(x), right


class Total(nn.Module):
    def __call__(self, *parts):
        return sum(parts)


def two_modules(features):
    return nn.Sequential([Branches(features), Total()])


class Fan(nn.Module):
    inner: tuple

    def __call__(self, x):
        return tuple(layer(x) for layer in self.inner)


def layers_of_a_layer(features):
    return nn.Sequential(layers=(Fan((nn.Dense(features), nn.Dense(features))), jnp.add))


def chain_of_seqkit(features):
    class Pair(nn.Module):
        @nn.compact
        def __call__(self, x):
            return nn.Dense(features, name="b")(x), nn.Dense(features, name="a")(x)

    return ours.Sequential([Pair(), operator.add])


class SumOfTwo(nn.Sequential):
    pass


def a_subclass(features):
    return SumOfTwo([Branches(features), lambda a, b: b + a])


ANSWERS = [two_modules, layers_of_a_layer, chain_of_seqkit, a_subclass]
