import re

import jax
import numpy as np
import objax
from flax.core import freeze
from flax.traverse_util import unflatten_dict


def by_names_of_variables(chain):
    params = {}
    for name, variable in chain.vars().items():
        place, own = re.fullmatch(r"\(Sequential\)\[(\d+)\]\(Linear\)\.(w|b)", name).groups()
        params.setdefault(f"layers_{place}", {})[{"w": "kernel", "b": "bias"}[own]] = variable.value
    return {"params": params}


def by_comprehension(chain):
    linears = {f"layers_{i}": layer for i, layer in enumerate(chain) if hasattr(layer, "w")}
    return freeze({"params": {name: one(layer) for name, layer in linears.items()}})


def one(layer):
    names = (("bias", layer.b), ("kernel", layer.w))
    return {name: np.array(variable.value) for name, variable in names if variable is not None}


def by_flat_paths(chain):
    flat = {}
    for place in range(len(chain)):
        for own, name in zip("wb", ("kernel", "bias"), strict=True):
            variable = getattr(chain[place], own, None)
            if isinstance(variable, objax.TrainVar):
                flat["params", f"layers_{place}", name] = jax.numpy.asarray(variable.value)
    return unflatten_dict(flat)


class Converter(dict):
    def __init__(self, chain):
        params = {f"layers_{i}": self.layer(layer) for i, layer in enumerate(chain)}
        super().__init__(params={name: layer for name, layer in params.items() if layer})

    @staticmethod
    def layer(layer):
        if not isinstance(layer, objax.Module):
            return {}
        made = {"kernel": layer.w.value.copy()}
        return made if layer.b is None else made | {"bias": layer.b.value.copy()}


def by_match(chain):
    layers = {}
    for i, layer in enumerate(chain):
        match layer:
            case objax.nn.Linear(w=w, b=None):
                layers[f"layers_{i}"] = dict(kernel=w.value)
            case objax.nn.Linear(w=w, b=b):
                layers[f"layers_{i}"] = dict(bias=b.value, kernel=w.value)
    return dict(params=layers)


ANSWERS = [by_names_of_variables, by_comprehension, by_flat_paths, Converter, by_match]
