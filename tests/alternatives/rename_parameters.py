import re
from functools import reduce

import jax
import numpy as np
from flax.core import freeze
from flax.traverse_util import flatten_dict, path_aware_map, unflatten_dict


def by_flat_paths(params):
    flat = flatten_dict(params)
    return unflatten_dict({(outer, f"layers_{int(name[6:]) * 2}", leaf): v for (outer, name, leaf), v in flat.items()})


def by_regular_expression(params):
    names = {
        name: re.sub(r"Dense_(\d+)", lambda found: f"layers_{int(found[1]) * 2}", name) for name in params["params"]
    }
    return {"params": {names[name]: dict(layer) for name, layer in params["params"].items()}}


def counted_in_numeric_order(params):
    inner = params["params"]
    names = sorted(inner, key=lambda name: (len(name), name))
    return dict(
        params=dict(zip([f"layers_{i}" for i in range(0, 2 * len(names), 2)], map(inner.get, names), strict=True))
    )


def frozen_numpy(params):
    def add(found, name):
        return found | {f"layers_{2 * int(name.rpartition('_')[2])}": jax.tree.map(np.asarray, params["params"][name])}

    return freeze({"params": reduce(add, params["params"], {})})


class Renamed(dict):
    def __init__(self, params):
        super().__init__(params)
        self["params"] = {}
        for i in range(len(params["params"])):
            self["params"][f"layers_{i * 2}"] = params["params"][f"Dense_{i}"]


def copied(params):
    deep = path_aware_map(lambda path, leaf: leaf, params)
    for name in sorted(deep["params"]):
        deep["params"]["layers_" + str(int(name.split("_")[-1]) * 2)] = deep["params"].pop(name)
    return deep


ANSWERS = [by_flat_paths, by_regular_expression, counted_in_numeric_order, frozen_numpy, Renamed, copied]
