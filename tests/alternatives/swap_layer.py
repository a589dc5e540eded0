import dataclasses

import equinox as eqx
import jax

from seqkit.styles import equinox as ours


def by_a_list(chain, i, layer):
    layers = list(chain.layers)
    layers[i] = layer
    return eqx.nn.Sequential(layers)


def by_slices(chain, i, layer):
    i %= len(chain)
    return eqx.nn.Sequential((*chain[:i], layer, *chain[i + 1 :]))


def by_counting(chain, i, layer):
    place = range(len(chain))[i]
    return type(chain)(layer if j == place else each for j, each in enumerate(chain))


def by_dataclass(chain, i, layer):
    layers = [*chain]
    layers.pop(i)
    layers.insert(i if i >= 0 else len(layers) + 1 + i, layer)
    return dataclasses.replace(chain, layers=tuple(layers))


class SwapLayer:
    def __new__(cls, chain, i, layer):
        return eqx.tree_at(lambda tree: tree[i], chain, replace_fn=lambda old: layer)


def by_flattening(chain, i, layer):
    layers, structure = jax.tree_util.tree_flatten(chain, is_leaf=lambda node: node is not chain and _is_layer(node))
    layers[i] = layer
    return jax.tree_util.tree_unflatten(structure, layers)


def _is_layer(node):
    return isinstance(node, eqx.Module)


def of_seqkit(chain, i, layer):
    layers = [*chain.layers]
    layers[i] = layer
    return ours.Sequential(layers)


ANSWERS = [by_a_list, by_slices, by_counting, by_dataclass, SwapLayer, by_flattening, of_seqkit]
