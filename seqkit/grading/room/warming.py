"""What a submission will need of JAX, done in a spare child before it comes: the backend, keys, single layers of the right size."""

import re
import sys
from contextlib import suppress

NAME = re.compile(r"(\w+)(?:\((\d+)(?:, (\d+))?)?")


def warm(layers=()):
    """Starts JAX's backend and runs single layers on zeros; no two of them are ever put together.

    Args:
        layers: [name, shape of its input] of layers that chains in these exercises are made of: `["Dense(4)", [3]]`.
    """
    import jax
    import jax.numpy as jnp
    import numpy as np

    key, _ = jax.random.split(jax.random.PRNGKey(3))
    jax.random.fold_in(key, 2)
    for name, shape in layers:
        _try(name, jnp.array(np.zeros(shape).tolist()), key, jax)  # as a draw writes it


def trace(layers):
    """Does of this what needs no backend, before a fork server forks: its children find it done.

    Args:
        layers: see `warm`.
    """
    import jax

    _look_for_plugins()
    jax.eval_shape(lambda: warm(layers))


def _look_for_plugins():
    """JAX's backend, when it starts, reads what every installed package says of itself; it does so once."""
    with suppress(ImportError, AttributeError):  # JAX's own affair: a later version may have it otherwise
        from jax._src.xla_bridge import _discover_and_register_pjrt_plugins

        _discover_and_register_pjrt_plugins()


def _try(name, x, key, jax):
    word, *sizes = NAME.match(name).groups()
    sizes, nn = [int(size) for size in sizes if size], sys.modules.get("flax.linen")
    if word == "Dense" and sizes and nn:
        layer = nn.Sequential([nn.Dense(sizes[0])])
        layer.apply(layer.init(key, x), x)
    elif word == "Linear" and sizes and x.ndim:
        x @ jax.numpy.zeros((x.shape[-1], sizes[-1])) + jax.numpy.zeros(sizes[-1])
    elif word in ("relu", "tanh", "sigmoid", "gelu", "softmax"):
        getattr(jax.nn, word)(x)
