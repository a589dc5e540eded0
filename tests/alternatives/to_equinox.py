import functools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import objax

from seqkit.styles import equinox as ours
from seqkit.styles import objax as theirs


def both_at_once(chain):
    def convert(layer):
        if not isinstance(layer, objax.Module):
            return eqx.nn.Lambda(layer)
        w, b = layer.w.value, layer.b.value if layer.b is not None else None
        new = eqx.nn.Linear(w.shape[0], w.shape[1], use_bias=b is not None, key=jax.random.key(3))
        where = lambda one: (one.weight, one.bias)
        return eqx.tree_at(where, new, (jnp.transpose(w), b), is_leaf=lambda leaf: leaf is None)

    return eqx.nn.Sequential(map(convert, chain))


class FromObjax(eqx.nn.Linear):
    def __init__(self, layer):
        self.weight = jnp.array(np.asarray(layer.w.value).T)
        self.bias = None if layer.b is None else jnp.array(layer.b.value)
        self.in_features, self.out_features = layer.w.value.shape
        self.use_bias = layer.b is not None


def of_a_subclass(chain):
    return ours.Sequential([FromObjax(each) if hasattr(each, "w") else each for each in chain])


def by_seqkit(chain):
    layers = []
    for layer in chain:
        if not isinstance(layer, objax.nn.Linear):
            layers.append(ours.Lambda(layer))
            continue
        slots = theirs.parameters([layer])
        n_in, n_out = slots["0.weight"].shape
        layers.append(eqx.nn.Linear(n_in, n_out, "0.bias" in slots, key=jax.random.PRNGKey(1)))
    return ours.load(ours.Sequential(layers), theirs.parameters(chain))[0]


def by_the_variables(chain):
    names = {id(variable): name for name, variable in chain.vars().items()}
    values = {name: variable.value for name, variable in chain.vars().items()}

    def add(layers, layer):
        if callable(layer) and not hasattr(layer, "vars"):
            return [*layers, eqx.nn.Lambda(lambda x: layer(x))]
        weight = values[names[id(layer.w)]].swapaxes(0, 1)
        out, n = weight.shape
        new = eqx.filter_eval_shape(eqx.nn.Linear, n, out, use_bias=layer.b is not None, key=jax.random.PRNGKey(0))
        new = eqx.tree_at(lambda one: one.weight, new, weight)
        if layer.b is not None:
            new = eqx.tree_at(lambda one: one.bias, new, values[names[id(layer.b)]])
        return [*layers, new]

    return eqx.nn.Sequential(functools.reduce(add, chain, []))


def with_numpy_arrays(chain):
    layers = []
    for layer in chain:
        if isinstance(layer, objax.nn.Linear):
            w = np.array(layer.w.value)
            new = eqx.nn.Linear(*w.shape, use_bias=layer.b is not None, key=jax.random.PRNGKey(0))
            new = eqx.tree_at(lambda one: one.weight, new, np.ascontiguousarray(w.T))
            if layer.b is not None:
                new = eqx.tree_at(lambda one: one.bias, new, np.array(layer.b.value))
            layers.append(new)
        else:
            layers.append(eqx.nn.Lambda(layer))
    return eqx.nn.Sequential(tuple(layers))


ANSWERS = [both_at_once, of_a_subclass, by_seqkit, by_the_variables, with_numpy_arrays]
