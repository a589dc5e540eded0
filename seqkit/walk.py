"""How the parts of a model are found, with the path that the framework has for each."""

from collections import namedtuple

from seqkit.notes import own

Chain = namedtuple("Chain", "path owner layers paths replace")
"""A chain in a model: its path; the object whose call runs it; its layers and their paths; `replace(layers)` puts others
in their place and returns what puts the old ones back."""


def replaced(holder, attribute, new):
    """Put `new` in an object's attribute, past any guard of its class; returns what puts the old value back."""
    old = holder.__dict__[attribute]
    object.__setattr__(holder, attribute, new)
    return lambda: object.__setattr__(holder, attribute, old)


def find_chains(model, layers_of, is_module, join):
    """Every chain in `model`, each once, outermost first.

    Args:
        model: where to look: in attributes of modules, in lists, tuples and dicts.
        layers_of: object → (its layers, the attribute that holds them or "", `replace`), or None if it is no chain.
        is_module: object → whether it is a module of the framework.
        join: (path, key, part) → the path of the part; `key` is an attribute, a number, or (key,) of a dict.
    """
    found = []
    for path, thing in walk(model, lambda part: isinstance(part, dict | list | tuple) or is_module(part), join):
        chain = layers_of(thing)
        if chain:
            layers, attribute, replace = chain
            where = join(path, attribute, layers) if attribute else path
            found.append(Chain(path, thing, layers, [join(where, i, layer) for i, layer in enumerate(layers)], replace))
    return found


def walk(root, is_part, join):
    """(path, object) of `root` and of every part of it, each once: attributes, items of lists, tuples and dicts.

    Args:
        root: where to begin.
        is_part: whether an object is a part; asked once for each type, since JAX and Equinox take time to answer.
        join: (path, key, part) → the path of the part; `key` is an attribute, a number, or (key,) of a dict.
    """
    seen, known, rest = set(), {}, [(join("", "", root), root)]
    while rest:
        path, thing = rest.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        yield path, thing
        inside = []
        for key, part in _parts(thing):
            known_part = known.get(type(part))
            if known_part is None:
                known_part = known[type(part)] = is_part(part)
            if known_part:
                inside.append((join(path, key, part), part))
        rest += reversed(inside)


def _parts(thing):
    """(key, part) of an object's attributes, and of the items of a list, a tuple or a dict."""
    holds = own(thing).items()
    if isinstance(thing, dict):
        return [*holds, *(((key,), part) for key, part in thing.items())]
    return [*holds, *enumerate(thing)] if isinstance(thing, list | tuple) else list(holds)


MARKS = "./[("
"""What stands between the path of a layer and the name of its parameter."""


def by_layer(named, paths, outer):
    """{layer's path: {name: array}}: each named parameter with the innermost of `paths` that leads to it.

    Args:
        named: {name: array}, in order.
        paths: of the layers.
        outer: those of them that have others inside.
    """
    owned, near = {path: {} for path in paths}, ""
    for name, array in named.items():
        if not near or near in outer or not (name.startswith(near) and name[len(near) :][:1] in MARKS):
            near = name
            while near and near not in owned:
                near = near[: max(0, *map(near.rfind, MARKS))]
        if near:
            owned[near][name] = array
    return owned
