import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np


def by_filter(chain):
    params = eqx.filter(chain, eqx.is_inexact_array)
    return params, eqx.filter(chain, eqx.is_inexact_array, inverse=True)


def by_a_mask(chain):
    mask = jax.tree_util.tree_map(eqx.is_inexact_array, chain)
    return eqx.partition(chain, mask)


def _moves(leaf):
    return isinstance(leaf, jax.Array | np.ndarray) and jnp.issubdtype(leaf.dtype, jnp.floating)


def by_two_maps(chain):
    first = jax.tree_util.tree_map(lambda leaf: leaf if _moves(leaf) else None, chain)
    second = jax.tree_util.tree_map(lambda leaf: None if _moves(leaf) else leaf, chain)
    return [first, second]


class Trainable(tuple):
    def __new__(cls, chain):
        leaves, structure = jax.tree_util.tree_flatten(chain)
        parts = ([leaf if _moves(leaf) == kept else None for leaf in leaves] for kept in (True, False))
        return super().__new__(cls, (structure.unflatten(part) for part in parts))


def layer_by_layer(chain):
    pairs = [eqx.partition(layer, eqx.is_inexact_array) for layer in chain]
    first, second = zip(*pairs, strict=True)
    return eqx.nn.Sequential(first), eqx.nn.Sequential(second)


ANSWERS = [by_filter, by_a_mask, by_two_maps, Trainable, layer_by_layer]


# ---- wrong ----


def zeros(chain):
    return eqx.partition(jax.tree_util.tree_map(lambda x: x * 0 if _moves(x) else x, chain), eqx.is_inexact_array)


def whole_numbers_too(chain):
    return eqx.partition(chain, eqx.is_array)


NEAR_MISSES = [("the two recombined", zeros), ("a gradient", zeros), ("an array of whole numbers", whole_numbers_too)]
