import equinox as eqx
import jax
import jax.numpy as jnp


def in_a_loop(chain, xs):
    return jnp.stack([chain(x) for x in xs])


def filtered(chain, xs):
    return eqx.filter_vmap(chain)(xs)


def layer_by_layer(chain, xs):
    for layer in chain.layers:
        xs = jax.vmap(layer, in_axes=0, out_axes=0)(xs)
    return xs


def by_map(chain, xs):
    return jax.lax.map(chain, xs)


class OnBatch:
    def __new__(cls, chain, xs):
        return jax.vmap(lambda x: chain(x, key=None), axis_name="batch")(xs)


def keys_too(chain, xs):
    keys = jax.random.split(jax.random.PRNGKey(0), len(xs))
    return jax.vmap(lambda x, key: chain(x, key=key))(xs, keys)


def of_arguments(chain, xs):
    return eqx.filter_vmap(lambda one, x: one(x), in_axes=(None, 0))(chain, xs)


ANSWERS = [in_a_loop, filtered, layer_by_layer, by_map, OnBatch, keys_too, of_arguments]
