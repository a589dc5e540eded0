import equinox as eqx
import jax
import jax.numpy as jnp
from equinox.nn import Lambda, Linear, Sequential

from seqkit.styles import equinox as ours


def in_a_loop(key, n_in, hidden, n_out):
    sizes, layers = [n_in, hidden, hidden, n_out], []
    for i, subkey in enumerate(jax.random.split(key, len(sizes) - 1)):
        layers += [Linear(sizes[i], sizes[i + 1], key=subkey), Lambda(lambda x: jnp.maximum(x, 0))]
    return Sequential(tuple(layers[:-1]))


class Subclass(eqx.nn.Sequential):
    def __init__(self, key, n_in, hidden, n_out):
        keys = iter(jax.random.split(key, 3))
        super().__init__(
            [
                Linear(in_features=n_in, out_features=hidden, use_bias=True, key=next(keys)),
                Lambda(fn=jax.nn.relu),
                Linear(hidden, hidden, key=next(keys)),
                Lambda(jax.nn.relu),
                Linear(hidden, n_out, key=next(keys)),
            ]
        )


def of_seqkit(key, n_in, hidden, n_out):
    a, b, c = jax.random.split(key, num=3)
    layers = [Linear(n_in, hidden, key=a), jax.nn.relu, Linear(hidden, hidden, key=b), jax.nn.relu]
    return ours.Sequential([*layers, Linear(hidden, n_out, key=c)])


class Activation(eqx.Module):
    def __call__(self, x, key=None):
        return jnp.where(x > 0, x, 0.0)


def layers_of_its_own(key, n_in, hidden, n_out):
    keys = jax.random.split(key, 3)
    body = Sequential([Linear(n_in, hidden, key=keys[0]), Activation(), Linear(hidden, hidden, key=keys[1])])
    return Sequential([body, Activation(), Linear(hidden, n_out, key=keys[2])])


def from_the_mlp(key, n_in, hidden, n_out):
    first, second, third = eqx.nn.MLP(n_in, n_out, hidden, 2, key=key).layers
    return Sequential((first, Lambda(jax.nn.relu), second, Lambda(jax.nn.relu), third))


ANSWERS = [in_a_loop, Subclass, of_seqkit, layers_of_its_own, from_the_mlp]
