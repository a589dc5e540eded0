"""What probes ask of Equinox: layers with given numbers, with a key, with state; the leaves of a tree; who runs a layer."""

import functools
import inspect
import sys

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from seqkit.probing.filling import uniform
from seqkit.probing.running import what_came
from seqkit.styles import equinox as style

CHAINS = (eqx.nn.Sequential, style.Sequential)


def filled(tree, seed):
    """A copy of `tree` with values between -1 and 1 in every array of floats, drawn in the order of the leaves."""
    rng = np.random.default_rng(seed)

    def drawn(leaf):
        return jnp.asarray(uniform(rng, leaf.shape), leaf.dtype) if eqx.is_inexact_array(leaf) else leaf

    return jax.tree_util.tree_map(drawn, tree)


def linear(n_in, n_out, seed=1, use_bias=True):
    """`equinox.nn.Linear(n_in, n_out)` with parameters drawn from `seed`."""
    return filled(_zeros(n_in, n_out, use_bias), seed)


@functools.cache
def _zeros(n_in, n_out, use_bias):
    """A Linear of zeros: finding its shapes takes 3 ms."""

    def zeros(leaf):
        return jnp.zeros(leaf.shape, leaf.dtype) if isinstance(leaf, jax.ShapeDtypeStruct) else leaf

    key = jax.random.PRNGKey(0)
    return jax.tree_util.tree_map(zeros, eqx.filter_eval_shape(eqx.nn.Linear, n_in, n_out, use_bias=use_bias, key=key))


def arrays(tree):
    """Every array of a tree, in the order of its leaves."""
    return [leaf for leaf in jax.tree_util.tree_leaves(tree) if eqx.is_array(leaf)]


def is_chain(thing):
    """Whether something is a Sequential of Equinox or of seqkit."""
    return isinstance(thing, CHAINS)


class Plus(eqx.Module):
    """A layer that adds a number."""

    amount: float

    def __call__(self, x, *, key=None):
        """`x + amount`."""
        return x + self.amount


class Times(eqx.Module):
    """A layer that multiplies by a number."""

    factor: float

    def __call__(self, x, *, key=None):
        """`x * factor`."""
        return x * self.factor


class Noise(eqx.Module):
    """A layer that adds numbers drawn from its key; with `key=None` it hands on `x`."""

    def __call__(self, x, *, key):
        """`x` plus noise."""
        return x if key is None else x + jax.random.normal(key, x.shape)


class Counter(eqx.nn.StatefulLayer):
    """A layer that counts its calls in the state and multiplies by that count."""

    index: eqx.nn.StateIndex

    def __init__(self, start=0):
        self.index = eqx.nn.StateIndex(jnp.array(start))

    def __call__(self, x, state, *, key=None):
        """(`x` times the new count, new state)."""
        count = state.get(self.index) + 1
        return x * count, state.set(self.index, count)


class CountedNoise(Counter):
    """A layer with state and key: adds noise times the new count; with `key=None` the count alone."""

    def __call__(self, x, state, *, key):
        """(`x` plus noise times the count, new state)."""
        count = state.get(self.index) + 1
        noise = 1 if key is None else jax.random.normal(key, x.shape)
        return x + noise * count, state.set(self.index, count)


class Quiet(eqx.nn.StatefulLayer):
    """A layer that could keep state and says that it keeps none: it is called without."""

    amount: float

    def is_stateful(self):
        """No."""
        return False

    def __call__(self, x, *, key=None):
        """`x + amount`."""
        return x + self.amount


class Witness(eqx.Module):
    """A layer whose output says whether a Sequential of Equinox or seqkit is running it."""

    def __call__(self, x, *, key=None):
        """True or False, whatever `x` is."""
        frame, ready_made = sys._getframe(), {inspect.unwrap(chain.__call__).__code__ for chain in CHAINS}
        while frame is not None and frame.f_code not in ready_made:
            frame = frame.f_back
        return frame is not None


def holds_chain(tree):
    """Whether something is, or has in it, a Sequential of Equinox or of seqkit."""
    return any(map(is_chain, jax.tree_util.tree_leaves(tree, is_leaf=is_chain)))


def state_values(value):
    """`value` with a list of its values in place of each State: plain data."""
    if isinstance(value, eqx.nn.State):
        return jax.tree_util.tree_leaves(value)
    return tuple(map(state_values, value)) if type(value) is tuple else value


def parts(chain):
    """What came back, the names of its layers if it is a Sequential, and every array in it."""
    layers = [style.name(layer) for layer in chain] if is_chain(chain) else []
    return {"what came back": what_came(chain, is_chain(chain)), "layers": layers, "arrays": arrays(chain)}
