"""Jitted, the container disappears: the traced program of ours is the framework's, letter by letter."""

from functools import partial

import jax

from seqkit.styles import equinox, linen, nnx, objax

X, KEY = jax.numpy.ones((2, 4)), jax.random.key(0)


def main():
    """Print one row a style: whether the two programs are the same text."""
    import equinox as eqx
    import objax as real_objax
    from flax import linen as nn
    from flax import nnx as real_nnx

    listed = [real_objax.nn.Linear(4, 5), real_objax.functional.relu, real_objax.nn.Linear(5, 3)]
    described = [nn.Dense(5), nn.relu, nn.Dense(3)]
    variables = nn.Sequential(described).init(KEY, X)
    graph = [real_nnx.Linear(4, 5, rngs=real_nnx.Rngs(0)), real_nnx.relu, real_nnx.Linear(5, 3, rngs=real_nnx.Rngs(0))]
    tree = [eqx.nn.Linear(4, 5, key=KEY), eqx.nn.Lambda(jax.nn.relu), eqx.nn.Dropout(0.5), eqx.nn.Linear(5, 3, key=KEY)]
    same = [
        _same("objax", objax.Sequential(listed), real_objax.nn.Sequential(listed), X),
        _same("linen", *[partial(cls(described).apply, variables) for cls in (linen.Sequential, nn.Sequential)], X),
        _same("nnx", nnx.Sequential(*graph), real_nnx.Sequential(*graph), X),
        _same("equinox, key", *[partial(cls(tree), key=KEY) for cls in (equinox.Sequential, eqx.nn.Sequential)], X[0]),
    ]
    return all(same)


def _same(what, ours, theirs, x):
    same = str(jax.make_jaxpr(ours)(x)) == str(jax.make_jaxpr(theirs)(x))
    print(f"{'jaxpr of ' + what:58} {'identical to upstream' if same else 'differs ✗'}")
    return same
