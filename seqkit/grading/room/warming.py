"""What every submission needs of the frameworks that are loaded, done once before it comes: the same for everybody."""

import sys


def warm():
    """Starts JAX's backend and runs a few operations of no exercise in particular."""
    import jax
    import jax.numpy as jnp

    x = jnp.array([1.0, -2.0, 0.5])
    key, other = jax.random.split(jax.random.PRNGKey(3))
    y = jax.nn.relu(x @ jax.random.normal(key, (3, 2)) + jnp.zeros(2))
    jax.random.fold_in(other, 2)
    for framework, steps in (("flax.linen", _linen), ("objax", _objax), ("equinox", _equinox)):
        if framework in sys.modules:
            steps(sys.modules[framework], jax, x)
    y.block_until_ready()


def _linen(nn, jax, x):
    chain = nn.Sequential([nn.Dense(2), nn.relu, nn.Dense(2)])
    chain.apply(chain.init(jax.random.PRNGKey(3), x), x)


def _objax(objax, jax, x):
    objax.nn.Sequential([objax.nn.Linear(3, 2), objax.functional.relu])(x[None])


def _equinox(eqx, jax, x):
    eqx.nn.Sequential([eqx.nn.Linear(3, 2, key=jax.random.PRNGKey(3)), eqx.nn.Lambda(jax.nn.relu)])(x)
