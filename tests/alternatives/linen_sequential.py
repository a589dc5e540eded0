from collections.abc import Sequence
from functools import reduce
from typing import Any

from flax import linen as nn


def hand_on(x, layer):
    match x:
        case tuple():
            return layer(*x)
        case dict():
            return layer(**x)
        case _:
            return layer(x)


class ByReduce(nn.Module):
    layers: Any

    @nn.compact
    def __call__(self, *args, **kwargs):
        if not isinstance(self.layers, list | tuple) or len(self.layers) == 0:
            raise ValueError(f"a list of layers, not {self.layers}")
        return reduce(hand_on, self.layers[1:], self.layers[0](*args, **kwargs))


class ArgumentsOnTheWay(nn.Module):
    layers: list

    def __post_init__(self):
        if not isinstance(self.layers, Sequence) or isinstance(self.layers, str | bytes) or len(self.layers) < 1:
            raise ValueError("layers")
        super().__post_init__()

    @nn.compact
    def __call__(self, *args, **kwargs):
        for layer in self.layers:
            x = layer(*args, **kwargs)
            args = x if isinstance(x, tuple) else () if isinstance(x, dict) else (x,)
            kwargs = x if isinstance(x, dict) else {}
        return x


class CheckedInSetup(nn.Module):
    layers: tuple

    def setup(self):
        if isinstance(self.layers, str) or not isinstance(self.layers, Sequence) or not self.layers:
            raise ValueError("Give me a list with a layer in it.")

    @nn.compact
    def __call__(self, *args, **kwargs):
        return self.rest(1, self.layers[0](*args, **kwargs))

    def rest(self, i, x):
        return x if i == len(self.layers) else self.rest(i + 1, hand_on(x, self.layers[i]))


def of_a_function(layers, **more):
    if type(layers) not in (list, tuple) or not layers:
        raise ValueError("layers")

    class LinenSequential(nn.Module):
        layers: tuple

        @nn.compact
        def __call__(self, *args, **kwargs):
            outputs = [self.layers[0](*args, **kwargs)]
            for i in range(1, len(self.layers)):
                outputs.append(hand_on(outputs[-1], self.layers[i]))
            return outputs[-1]

    return LinenSequential(tuple(layers), **more)


ANSWERS = [ByReduce, ArgumentsOnTheWay, CheckedInSetup, of_a_function]


# ---- wrong ----


def copies(layers, **more):
    return ByReduce([layer.clone() if isinstance(layer, nn.Module) else layer for layer in layers], **more)


class OneArgument(ByReduce):
    @nn.compact
    def __call__(self, x=None, **kwargs):
        return super().__call__(*(() if x is None else (x,)), **kwargs)


class EmptyGivesNothing(ByReduce):
    @nn.compact
    def __call__(self, *args, **kwargs):
        return super().__call__(*args, **kwargs) if self.layers else None


NEAR_MISSES = [("one layer twice", copies), ("several arguments", OneArgument), ("no layer", EmptyGivesNothing)]
UNNAMED = [EmptyGivesNothing]
