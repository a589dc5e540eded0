"""The six styles as test parameters: a style that is added to `seqkit.trace` is tested by being there."""

import importlib

import numpy as np
import pytest

from seqkit import trace as face  # noqa: F401 - the face is imported first, as by a learner
from seqkit.spec import Dense, Dropout, Spec
from tests.conftest import INSTALLED

MLP = Spec([Dense(5), "relu", Dropout(0.5), Dense(3)], input=(4,))
X = np.random.default_rng(1).normal(size=(2, 4)).astype(np.float32)

NAMES = ["objax", "linen", "nnx", "equinox", "keras", "torch"]


def _param(name):
    lacks = name == "torch" and not INSTALLED["torch"]
    return pytest.param(name, marks=pytest.mark.skipif(lacks, reason="PyTorch is not installed"))


every_style = pytest.mark.parametrize("style", [_param(name) for name in NAMES])


def load(name):
    """The module of a style."""
    return importlib.import_module(f"seqkit.styles.{name}")


def native(name, x):
    """`x`, a batch with channels last, as a chain of this style takes it: Equinox takes the first example only."""
    if x.ndim == 4 and load(name).LAYOUT.channels_first:
        x = np.moveaxis(x, 3, 1)
    if name == "torch":
        import torch

        return torch.tensor(x)
    import jax.numpy as jnp

    return jnp.asarray(x[0] if name == "equinox" else x)


def written(name, spec):
    """(chain, what a call takes beside x) of the framework's own class, as the code of `write` makes it."""
    names = {}
    exec(load(name).write(spec), names)
    outside = {key: names[key] for key in ("variables", "state") if key in names}
    return names["chain"], outside | (load(name).given(spec) if name == "objax" else {})


def plain_call(name, chain, x, outside):
    """The framework's own call, without seqkit."""
    if name == "linen":
        return chain.apply(outside["variables"], x)
    return chain(x, **outside)


def numbers(value):
    """A result as numpy."""
    if isinstance(value, tuple):
        value = value[0]
    return np.asarray(value.detach() if hasattr(value, "detach") else value)
