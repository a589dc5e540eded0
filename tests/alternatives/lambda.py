from collections.abc import Callable
from typing import Any

import equinox as eqx


class WithInit(eqx.Module):
    fn: Any

    def __init__(self, function):
        self.fn = function

    def __call__(self, value, *, key=None):
        del key
        result = self.fn(value)
        return result


class AnyKeywords(eqx.Module):
    fn: Callable

    def __call__(self, x, **ignored):
        return self.fn(x)


class Stateless(eqx.nn.StatefulLayer):
    fn: Callable

    def is_stateful(self):
        return False

    def __call__(self, x, *, key=None):
        return self.fn(x)


class Abstract(eqx.Module):
    fn: eqx.AbstractVar[Callable]

    def __call__(self, x, *, key=None):
        return self._apply(x)

    def _apply(self, x):
        return self.fn(x)


class InTwoClasses(Abstract):
    fn: Callable


def made_inside(fn):
    class Layer(eqx.Module):
        fn: Callable

        def __call__(self, x, *, key=None):
            return self.fn(x)

    return Layer(fn)


ANSWERS = [WithInit, AnyKeywords, Stateless, InTwoClasses, made_inside]


# ---- wrong ----


class OtherName(eqx.Module):
    function: Callable

    def __call__(self, x, *, key=None):
        return self.function(x)


class TriesTheKey(eqx.Module):
    fn: Callable

    def __call__(self, x, *, key=None):
        try:
            return self.fn(x, key=key)
        except TypeError:
            return self.fn(x)


NEAR_MISSES = [("another function in its place", OtherName), ("a function that would take a key", TriesTheKey)]
