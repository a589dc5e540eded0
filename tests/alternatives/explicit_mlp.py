from collections.abc import Sequence
from functools import reduce

import jax
import jax.numpy as jnp
from flax import linen as nn


class Names(nn.Module):
    hidden: int
    out: int

    def setup(self):
        self.first = nn.Dense(self.hidden, name="Dense_0")
        self.second = nn.Dense(self.hidden, name="Dense_1")
        self.last = nn.Dense(self.out, name="Dense_2")

    def __call__(self, x):
        return self.last(nn.relu(self.second(nn.relu(self.first(x)))))


class Loop(nn.Module):
    out: int
    hidden: int

    @nn.compact
    def __call__(self, x):
        for i, width in enumerate([self.hidden] * 2 + [self.out]):
            if i:
                x = jnp.maximum(x, 0)
            x = nn.Dense(width)(x)
        return x


class Reduce(nn.Module):
    hidden: int
    out: int
    activation: object = jax.nn.relu

    @nn.compact
    def __call__(self, inputs):
        layers = [nn.Dense(self.hidden), self.activation, nn.Dense(self.hidden), self.activation, nn.Dense(self.out)]
        return reduce(lambda value, layer: layer(value), layers, inputs)


class Widths(nn.Module):
    widths: Sequence[int]

    @nn.compact
    def __call__(self, x):
        *body, last = (nn.Dense(features=width) for width in self.widths)
        for dense in body:
            x = nn.relu(dense(x))
        return last(x)


def a_function(hidden, out):
    return Widths((hidden, hidden, out))


class InSetupByAttribute(nn.Module):
    hidden: int
    out: int

    def setup(self):
        self.Dense_0 = nn.Dense(self.hidden)
        self.Dense_1 = nn.Dense(self.hidden)
        self.Dense_2 = nn.Dense(self.out)

    def __call__(self, x):
        for dense in (self.Dense_0, self.Dense_1):
            x = nn.relu(dense(x))
        return self.Dense_2(x)


ANSWERS = [Names, Loop, Reduce, a_function, InSetupByAttribute]
