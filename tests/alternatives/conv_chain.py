from functools import partial

import jax
import jax.numpy as jnp
import objax
from objax.functional import leaky_relu, relu
from objax.nn import Conv2D, Sequential

from seqkit.styles import objax as ours


def put_together():
    chain = Sequential()
    chain.append(Conv2D(nin=1, nout=20, k=(5, 5)))
    chain.append(relu)
    chain += [Conv2D(20, 64, 5, strides=1, padding="SAME", w_init=jnp.zeros)]
    chain.insert(3, partial(leaky_relu, negative_slope=0.1))
    return chain


def functions_of_jax():
    layers = (Conv2D(1, 20, 5), jax.nn.relu, Conv2D(20, 64, 5), partial(jax.nn.leaky_relu, negative_slope=0.1))
    return Sequential(layers)


def chain_of_seqkit():
    return ours.Sequential([Conv2D(1, 20, 5), relu, Conv2D(20, 64, 5), partial(leaky_relu, negative_slope=1 / 10)])


class LeakyReLU(objax.Module):
    def __init__(self, slope):
        self.slope = slope

    def __call__(self, x):
        return jnp.maximum(x, self.slope * x)

    def __repr__(self):
        return f"LeakyReLU({self.slope})"


def an_object():
    convolutions = [Conv2D(n_in, n_out, 5) for n_in, n_out in ((1, 20), (20, 64))]
    activations = [lambda x: jnp.maximum(x, 0), LeakyReLU(0.1)]
    return Sequential(layer for pair in zip(convolutions, activations, strict=True) for layer in pair)


def a_named_function():
    def leaky_relu(x, negative_slope=0.1):
        return jnp.where(x > 0, x, negative_slope * x)

    return Sequential([Conv2D(1, 20, 5), relu, Conv2D(20, 64, 5), leaky_relu])


class ConvChain(Sequential):
    def __init__(self):
        leaky = partial(leaky_relu, negative_slope=0.1)
        super().__init__((Conv2D(1, 20, 5), relu, Conv2D(20, 64, 5), leaky))


ANSWERS = [put_together, functions_of_jax, chain_of_seqkit, an_object, a_named_function, ConvChain]
