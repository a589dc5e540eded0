"""What probes ask of Equinox: layers with given numbers, the leaves of a tree, which classes its layers have."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from seqkit.styles import equinox as style

CHAINS = (eqx.nn.Sequential, style.Sequential)


def filled(tree, seed):
    """A copy of `tree` with values between -1 and 1 in every array of floats, drawn in the order of the leaves."""
    rng = np.random.default_rng(seed)

    def drawn(leaf):
        return jnp.asarray(rng.uniform(-1, 1, leaf.shape), leaf.dtype) if eqx.is_inexact_array(leaf) else leaf

    return jax.tree_util.tree_map(drawn, tree)


def linear(n_in, n_out, seed=1, use_bias=True):
    """`equinox.nn.Linear(n_in, n_out)` with parameters drawn from `seed`."""
    layer = eqx.filter_eval_shape(eqx.nn.Linear, n_in, n_out, use_bias=use_bias, key=jax.random.PRNGKey(0))
    return filled(jax.tree_util.tree_map(_zeros, layer), seed)


def _zeros(leaf):
    return jnp.zeros(leaf.shape, leaf.dtype) if isinstance(leaf, jax.ShapeDtypeStruct) else leaf


def arrays(tree):
    """Every array of a tree, in the order of its leaves."""
    return [leaf for leaf in jax.tree_util.tree_leaves(tree) if eqx.is_array(leaf)]


def is_chain(thing):
    """Whether something is a Sequential of Equinox or of seqkit."""
    return isinstance(thing, CHAINS)
