from typing import Any

import jax.numpy as jnp
import numpy as np
from flax import linen as nn


class Asserts(nn.Module):
    layer: Any

    @nn.compact
    def __call__(self, x):
        return (lambda y: [y + x] if y.shape == x.shape else self.refuse(x, y))(self.layer(x))[0]

    @nn.nowrap
    def refuse(self, x, y):
        raise AssertionError(f"want {list(y.shape)}, got {list(x.shape)}")


class ShapesDiffer(TypeError):
    def __init__(self, x, y):
        super().__init__("two shapes:", x, y)


class AddsByNumpyRules(nn.Module):
    inner: nn.Module

    def setup(self):
        self.inside = self.inner

    def __call__(self, x):
        y = self.inside(x)
        if np.ndim(x) != np.ndim(y) or any(a != b for a, b in zip(x.shape, y.shape, strict=True)):
            raise ShapesDiffer(x.shape, y.shape)
        return jnp.add(x, y)


class Split(nn.Module):
    inner: nn.Module

    def __call__(self, x):
        return x, self.inner(x)


def total(x, y):
    assert x.shape == y.shape, f"{x.shape} != {y.shape}"
    return sum([x, y])


def a_chain(inner):
    return nn.Sequential([Split(inner), total])


class SubclassOfSequential(nn.Sequential):
    @nn.compact
    def __call__(self, x):
        y = super().__call__(x)
        assert y.shape == x.shape, (x.shape, y.shape)
        return x + y


def by_subclass(inner):
    return SubclassOfSequential([inner])


ANSWERS = [Asserts, AddsByNumpyRules, a_chain, by_subclass]


# ---- wrong ----


class RoundEachLayer(nn.Module):
    inner: Any

    def __call__(self, x):
        for layer in getattr(self.inner, "layers", [self.inner]):
            x = x + layer(x)
        return x


class Relu(nn.Module):
    inner: Any

    def __call__(self, x):
        return nn.relu(x + self.inner(x))


NEAR_MISSES = [("a chain inside", RoundEachLayer), ("a function inside", Relu), ("inside a chain", Relu)]
