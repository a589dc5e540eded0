from itertools import count


def by_zip(layers):
    named = layers.items() if hasattr(layers, "items") else zip(map(str, count()), layers, strict=False)
    return [*named]


def by_keys(layers):
    try:
        return [(key, layers[key]) for key in layers.keys()]  # noqa: SIM118 - whether it has keys is the question
    except AttributeError:
        layers = tuple(layers)
        return [(f"{i}", layers[i]) for i in range(len(layers))]


def through_a_dict(layers):
    if not hasattr(layers, "keys"):
        layers = {format(i): layer for i, layer in enumerate(layers)}
    return list(dict(layers).items())


def by_a_loop(layers):
    from collections.abc import Mapping

    pairs = []
    if isinstance(layers, Mapping):
        for name in layers:
            pairs.append((name, layers[name]))
        return pairs
    for layer in layers:
        pairs.append((str(len(pairs)), layer))
    return pairs


def by_match(layers):
    from collections.abc import Mapping

    match layers:
        case Mapping():
            return list(zip(layers.keys(), layers.values(), strict=True))
        case _:
            return [(repr(i), layer) for i, layer in enumerate(layers)]


class NamedLayers(list):
    def __init__(self, layers):
        super().__init__(by_zip(layers))


ANSWERS = [by_zip, by_keys, through_a_dict, by_a_loop, by_match, NamedLayers]
