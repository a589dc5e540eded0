import inspect
from functools import reduce

import objax
from objax import VarCollection
from objax.variable import BaseVar


class FromScratch(objax.Module, list):
    def __call__(self, *args, **kwargs):
        if not len(self):
            return args if len(args) != 1 else args[0]
        for f in list(self)[:-1]:
            args = f(*args, **accepted(f, kwargs))
            args = args if isinstance(args, tuple) else (args,)
        last = list(self)[-1]
        return last(*args, **accepted(last, kwargs))

    def __getitem__(self, key):
        return FromScratch(list(self)[key]) if isinstance(key, slice) else list.__getitem__(self, key)

    def vars(self, scope=""):
        collected = VarCollection()
        for i, layer in enumerate(self):
            at = f"{scope}({type(self).__name__})[{i}]"
            if isinstance(layer, BaseVar):
                collected[at] = layer
            elif isinstance(layer, objax.Module):
                collected.update(layer.vars(at))
        return collected


def accepted(f, kwargs):
    parameters = inspect.signature(f).parameters
    if not parameters:
        return {}
    if list(parameters.values())[-1].kind == inspect.Parameter.VAR_KEYWORD:
        return kwargs
    return {name: kwargs[name] for name in parameters if name in kwargs}


class ByReduce(objax.ModuleList):
    def __init__(self, layers=()):
        super().__init__(layers)

    def __call__(self, *args, **kwargs):
        def call(value, layer):
            return layer(*(value if isinstance(value, tuple) else (value,)), **accepted(layer, kwargs))

        if len(args) == 1 and isinstance(args[0], tuple):
            return call_first(self, args, kwargs)
        return reduce(call, self, args[0] if len(args) == 1 else args)

    def __getitem__(self, key):
        found = super().__getitem__(key)
        return self.__class__(found) if isinstance(key, slice) else found


def call_first(chain, args, kwargs):
    if not chain:
        return args[0]
    return chain[1:](chain[0](*args, **accepted(chain[0], kwargs)), **kwargs)


class Recursive(objax.ModuleList):
    def __call__(self, *args, **kwargs):
        if not self:
            return args[0] if len(args) == 1 else args
        first, rest = self[0], self[1:]
        output = first(*args, **accepted(first, kwargs))
        if not rest:
            return output
        return rest(*output, **kwargs) if isinstance(output, tuple) else rest(output, **kwargs)

    def __getitem__(self, key):
        return type(self)(list.__getitem__(self, key)) if type(key) is slice else list.__getitem__(self, key)


def made_by_a_function(layers=()):
    return Recursive(layers)


ANSWERS = [FromScratch, ByReduce, Recursive, made_by_a_function]


# ---- wrong ----


class NoModule(list):
    __call__, __getitem__, vars = FromScratch.__call__, FromScratch.__getitem__, FromScratch.vars


NEAR_MISSES = [("a list", NoModule)]
