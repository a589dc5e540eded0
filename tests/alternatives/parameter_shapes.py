from functools import reduce
from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import objax
from flax.core import freeze
from flax.traverse_util import unflatten_dict


def by_pairs(features, n_in):
    sizes = enumerate(pairwise((n_in, *features)))
    return dict(params={"layers_" + str(2 * i): dict(bias=(out,), kernel=(n, out)) for i, (n, out) in sizes})


def by_reduce(features, n_in):
    def add(found, width):
        n, layers = found
        return width, {**layers, f"layers_{len(layers) * 2}": {"kernel": (n, width), "bias": (width,)}}

    return {"params": reduce(add, features, (n_in, {}))[1]}


def by_recursion(features, n_in, place=0):
    if not features:
        return {"params": {}}
    first, *rest = features
    later = by_recursion(rest, first, place + 2)["params"]
    return {"params": {f"layers_{place}": {"kernel": (n_in, first), "bias": (first,)}} | later}


def shapes_of_arrays(features, n_in):
    layers = {}
    for i in range(len(features)):
        kernel = np.empty((n_in if i == 0 else features[i - 1], features[i]))
        layers[f"layers_{i + i}"] = {"kernel": kernel.shape, "bias": kernel.shape[-1:]}
    return {"params": layers}


def by_jax(features, n_in):
    def init():
        sizes = [n_in, *features]
        layers = {
            f"layers_{2 * i}": (jnp.zeros(sizes[i : i + 2]), jnp.zeros(sizes[i + 1])) for i in range(len(features))
        }
        return {"params": {name: {"kernel": w, "bias": b} for name, (w, b) in layers.items()}}

    return jax.tree.map(jnp.shape, jax.eval_shape(init))


def lists_and_a_frozen_dict(features, n_in):
    flat, place = {}, 0
    for width in features:
        flat["params", f"layers_{place}", "kernel"] = [n_in, width]
        flat["params", f"layers_{place}", "bias"] = [width]
        n_in, place = width, place + 2
    return unflatten_dict(flat)


class ByAClass:
    def __new__(cls, features, n_in):
        made = super().__new__(cls)
        made.n = n_in
        return freeze({"params": {f"layers_{2 * i}": made.layer(width) for i, width in enumerate(features)}})

    def layer(self, width):
        n, self.n = self.n, width
        return {"kernel": (n, width), "bias": (width,)}


def by_objax(features, n_in):
    sizes, names = [n_in, *features], [f"layers_{2 * i}" for i in range(len(features))]
    made = [objax.nn.Linear(i, o, w_init=jnp.zeros) for i, o in zip(sizes, features, strict=False)]
    shapes = [{"kernel": layer.w.value.shape, "bias": layer.b.value.shape} for layer in made]
    return {"params": dict(zip(names, shapes, strict=True))}


ANSWERS = [by_pairs, by_reduce, by_recursion, shapes_of_arrays, by_jax, lists_and_a_frozen_dict, ByAClass, by_objax]
