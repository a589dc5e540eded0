from contextlib import suppress

import jax
import numpy as np
import objax


def by_reference(chain):
    if chain[0].b is not None:
        objax.TrainRef(chain[0].b).value += 1
    return chain


def through_the_names(chain):
    first = chain[0].vars()
    for name, variable in first.items():
        if name.endswith(".b"):
            variable.assign(variable.value + 1.0)
    return chain


def by_numpy(chain):
    layer = next(iter(chain))
    bias = getattr(layer, "b", None)
    if isinstance(bias, objax.TrainVar):
        bias.assign(jax.numpy.asarray(np.asarray(bias.value) + np.float32(1)))
    return chain


def by_suppress(chain):
    with suppress(AttributeError):
        chain[0].b.assign(chain[0].b.value.at[:].add(1))
    return chain


def with_assign(chain):
    named = {name: variable for name, variable in chain.vars().items() if "[0]" in name and name.endswith(".b")}
    objax.VarCollection(named).assign([variable.value + 1 for variable in named.values()])
    return chain


ANSWERS = [by_reference, through_the_names, by_numpy, by_suppress, with_assign]
