from itertools import count, islice

import jax.numpy as jnp
import objax
from objax.nn import Conv2D


def counts(chain):
    seen = 0
    for i, layer in enumerate(chain):
        seen += isinstance(layer, Conv2D)
        if seen == 2:
            chain[i] = Conv2D(nin=20, nout=32, k=(3, 3), w_init=jnp.ones)
            return chain


def by_index(chain):
    second = [layer for layer in chain if isinstance(layer, Conv2D)][1]
    chain[chain.index(second)] = objax.nn.Conv2D(20, 32, 3, padding=objax.constants.ConvPadding.SAME)
    return chain


def by_islice(chain):
    found = (i for i, layer in zip(count(), chain, strict=False) if type(layer) is Conv2D)
    (place,) = islice(found, 1, 2)
    chain.pop(place)
    chain.insert(place, Conv2D(20, 32, 3))
    return chain


def by_slices(chain):
    kinds = [type(layer).__name__ for layer in chain]
    place = kinds.index("Conv2D", kinds.index("Conv2D") + 1)
    chain[:] = [*chain[:place], Conv2D(20, 32, 3, padding=1), *chain[place + 1 :]]
    return chain


class Replace:
    def __new__(cls, chain):
        _, place, *_ = (i for i in range(len(chain)) if isinstance(chain[i], Conv2D))
        chain[place] = Conv2D(20, 32, 3)
        return chain


ANSWERS = [counts, by_index, by_islice, by_slices, Replace]
