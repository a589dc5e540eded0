import jax
import objax


def by_extend(chain):
    chain.extend([objax.nn.Conv2D(32, 8, 3), objax.functional.relu])
    return chain


def by_length(chain):
    chain.append(jax.nn.relu)
    chain.insert(len(chain) - 1, objax.nn.Conv2D(nin=32, nout=8, k=(3, 3)))
    return chain


def by_slice(chain):
    chain[len(chain) :] = [objax.nn.Conv2D(32, 8, 3), lambda x: jax.numpy.maximum(x, 0)]
    return chain


def by_addition(chain):
    chain += (objax.nn.Conv2D(32, 8, 3), objax.functional.relu)
    return chain


ANSWERS = [by_extend, by_length, by_slice, by_addition]
