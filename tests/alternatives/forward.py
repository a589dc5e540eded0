from functools import reduce


def by_reduce(layers, x):
    return reduce(lambda value, layer: layer(value), layers, x)


def by_recursion(layers, x):
    return x if not layers else by_recursion(layers[1:], layers[0](x))


class Forward:
    def __new__(cls, layers, x):
        for layer in layers:
            x = layer(x)
        return x


def by_composition(layers, x):
    def whole(value):
        return value

    for layer in layers:
        whole = (lambda before, now: lambda value: now(before(value)))(whole, layer)
    return whole(x)


ANSWERS = [by_reduce, by_recursion, Forward, by_composition]


# ---- wrong ----


def the_last_alone(layers, x):
    return layers[-1](x) if layers else x


UNNAMED = [the_last_alone]
