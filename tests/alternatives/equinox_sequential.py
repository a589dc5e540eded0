import functools
import itertools
import operator
from collections.abc import Callable

import equinox as eqx
import jax
from equinox.nn import StatefulLayer

from seqkit.styles import equinox as ours

NOTHING = object()


class ByFold(StatefulLayer):
    """A fold over (value, state); the default of `state` is an object of its own."""

    layers: tuple[Callable, ...]

    def __init__(self, layers):
        self.layers = (*layers,)

    def is_stateful(self):
        return True in [self.wants(layer) for layer in self.layers]

    @classmethod
    def wants(cls, layer):
        return issubclass(type(layer), StatefulLayer) and bool(layer.is_stateful())

    def __call__(self, x, state=NOTHING, *, key=None):
        def step(carry, layer_and_key):
            layer, key = layer_and_key
            if self.wants(layer):
                return layer(carry[0], carry[1], key=key)
            return layer(carry[0], key=key), carry[1]

        keys = itertools.repeat(None) if key is None else jax.random.split(key, num=len(self.layers))
        y, last = functools.reduce(step, zip(self.layers, keys, strict=False), (x, state))
        return y if last is NOTHING else (y, last)

    def __getitem__(self, i):
        chosen = self.layers[i]
        return ByFold(chosen) if isinstance(chosen, tuple) and isinstance(i, slice) else chosen

    def __len__(self):
        return len(self.layers)


class NumberedInADict(ours.StatefulLayer):
    """Layers in a dict by number, from seqkit's own StatefulLayer; checks what it gets."""

    by_number: dict

    def __init__(self, layers):
        if isinstance(layers, str) or not hasattr(layers, "__iter__"):
            raise ValueError(f"layers must be an iterable of layers, got {layers!r}")
        self.by_number = dict(enumerate(layers))

    def is_stateful(self):
        return any(isinstance(part, StatefulLayer) and part.is_stateful() for part in self.by_number.values())

    @eqx.filter_jit
    def keys(self, key):
        return [None for _ in self.by_number] if key is None else list(jax.random.split(key, len(self.by_number)))

    def __call__(self, x, state=None, *, key=None):
        given = state is not None
        keys = self.keys(key)
        for i, layer in self.by_number.items():
            stateful = isinstance(layer, StatefulLayer) and layer.is_stateful()
            extra = {"state": state} if stateful else {}
            x = layer(x, **extra, key=keys[i])
            if stateful:
                x, state = x
        return (x, state) if given else x

    def __getitem__(self, i):
        layers = [*self.by_number.values()]
        match i:
            case slice():
                return self.__class__(layers[i])
            case _:
                return layers[operator.index(i)]

    def __iter__(self):
        yield from self.by_number.values()

    def __len__(self):
        return len(self.by_number)


class FirstAndRest(StatefulLayer):
    """A list as Lisp has them: a layer, and the chain of the others."""

    first: Callable | None = None
    rest: "FirstAndRest | None" = None

    def __init__(self, layers):
        for layer in (both := iter(tuple(layers))):
            self.first, self.rest = layer, FirstAndRest(both)

    def is_stateful(self):
        return any(isinstance(layer, StatefulLayer) and layer.is_stateful() for layer in self)

    def __call__(self, x, state=None, *, key=None):
        keys = [None] * len(self) if key is None else [*jax.random.split(key, len(self))]
        y, last = self.run(x, state, keys)
        return y if last is None else (y, last)

    def run(self, x, state, keys):
        if self.rest is None:
            return x, state
        if isinstance(self.first, StatefulLayer) and self.first.is_stateful():
            x, state = self.first(x, state=state, key=keys[0])
        else:
            x = self.first(x, key=keys[0])
        return self.rest.run(x, state, keys[1:])

    def __getitem__(self, i):
        return FirstAndRest(tuple(self)[i]) if isinstance(i, slice) else tuple(self)[i]

    def __iter__(self):
        if self.rest is not None:
            yield self.first
            yield from self.rest

    def __len__(self):
        return sum(1 for _ in self)


def made_by_a_function():
    """A list for a field, one list for the keys; `len` and loops come out of `__getitem__`."""

    class EquinoxSequential(StatefulLayer):
        layers: list

        def __init__(self, layers):
            self.layers = [layer for layer in layers]

        def is_stateful(self):
            stateful = [layer for layer in self.layers if isinstance(layer, StatefulLayer) and layer.is_stateful()]
            return len(stateful) > 0

        def __call__(self, x, state=None, *, key=None):
            n = len(self.layers)
            keys = jax.random.split(key, n) if key is not None else n * [None]
            for i in range(n):
                if isinstance(self.layers[i], StatefulLayer) and self.layers[i].is_stateful():
                    x, state = self.layers[i](x, state=state, key=keys[i])
                else:
                    x = self.layers[i](x, key=keys[i])
            if state is None:
                return x
            return x, state

        def __getitem__(self, i):
            if isinstance(i, slice):
                return EquinoxSequential(self.layers[i])
            return self.layers[i]

        def __len__(self):
            return len(self.layers)

    return EquinoxSequential


ANSWERS = [ByFold, NumberedInADict, FirstAndRest, made_by_a_function()]


# ---- wrong ----


class Static(ByFold):
    layers: tuple[Callable, ...] = eqx.field(static=True)


class CountsRound(ByFold):
    def __getitem__(self, i):
        return super().__getitem__(i if isinstance(i, slice) else i % len(self))


class TakesOneLayer(ByFold):
    def __init__(self, layers):
        super().__init__([layers] if isinstance(layers, eqx.Module) else layers)


class AllAreStateful(ByFold):
    def is_stateful(self):
        return len(self) > 0 and all(map(self.wants, self.layers))


NEAR_MISSES = [
    ("arrays in the tree", Static),
    ("a layer by its number", CountsRound),
    ("what is no list of layers", TakesOneLayer),
    ("is stateful", AllAreStateful),
]
