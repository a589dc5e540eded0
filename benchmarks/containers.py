"""The container's own time in one eager call: ten identity layers, ours beside the framework's class."""

import jax
import numpy as np

from benchmarks.pairs import compare
from seqkit.styles import equinox, keras, linen, nnx, objax

X = jax.numpy.ones((2, 4))
KEY = jax.random.key(0)


def identity(x):
    return x


def scaled(x, scale=1.0):
    return x


def drawing(x, rngs=None):
    return x


def main():
    """Print one row a style and case."""
    import equinox as eqx
    import objax as real_objax
    from flax import linen as nn
    from flax import nnx as real_nnx

    met = []

    def both(what, bar, ours, theirs, call):
        met.append(compare(what, lambda: call(ours), lambda: call(theirs), bar))

    ten = [identity] * 10
    both("objax, no keyword", 0.15, objax.Sequential(ten), real_objax.nn.Sequential(ten), lambda m: m(X))
    ten = [scaled] * 10
    both("objax, one keyword", 0.35, objax.Sequential(ten), real_objax.nn.Sequential(ten), lambda m: m(X, scale=2.0))
    ten = [identity] * 10
    both("linen, apply", 1.05, linen.Sequential(ten), nn.Sequential(ten), lambda m: m.apply({}, X))
    bound = [cls(ten).bind({}) for cls in (linen.Sequential, nn.Sequential)]
    both("linen, bound", 1.05, *bound, lambda m: m(X))
    both("nnx, no rngs", 1.05, nnx.Sequential(*ten), real_nnx.Sequential(*ten), lambda m: m(X))
    ten, rngs = [drawing] * 10, real_nnx.Rngs(0)
    both("nnx, rngs", 0.5, nnx.Sequential(*ten), real_nnx.Sequential(*ten), lambda m: m(X, rngs=rngs))
    ten = [eqx.nn.Identity()] * 10
    both("equinox, no key", 1.05, equinox.Sequential(ten), eqx.nn.Sequential(ten), lambda m: m(X))
    both("equinox, key", 0.9, equinox.Sequential(ten), eqx.nn.Sequential(ten), lambda m: m(X, key=KEY))
    real_keras = keras.keras
    chains = [
        cls([real_keras.layers.Identity() for _ in range(10)]) for cls in (keras.Sequential, real_keras.Sequential)
    ]
    both("keras", 1.05, *chains, lambda m: m(X))
    return all([*met, torch_row()])


def torch_row():
    """PyTorch's row, where it is installed."""
    try:
        from seqkit.styles import torch as style
    except ImportError as missing:
        print(f"{'torch':58} {str(missing).partition(':')[0]}")
        return True
    torch = style.torch
    chains = [cls(*[torch.nn.Identity() for _ in range(10)]) for cls in (style.Sequential, torch.nn.Sequential)]
    x = torch.tensor(np.ones((2, 4)))
    return compare("torch", lambda: chains[0](x), lambda: chains[1](x), 1.05)
