"""What probes ask of Objax: layers with given numbers, the variables of a chain, its kinds of layers."""

import sys

import jax.numpy as jnp
import numpy as np
import objax

from seqkit.probing.filling import uniform
from seqkit.styles import objax as style


def linear(nin, nout, seed=1, use_bias=True):
    """`objax.nn.Linear(nin, nout)` with parameters drawn from `seed`; Objax's own generator is left alone."""
    layer = objax.nn.Linear(nin, nout, use_bias=use_bias, w_init=jnp.zeros)
    return filled(layer, seed)


def conv(nin, nout, size, seed=1):
    """`objax.nn.Conv2D(nin, nout, size)`, likewise."""
    return filled(objax.nn.Conv2D(nin, nout, size, w_init=jnp.zeros), seed)


def filled(module, seed):
    """`module` with values between -1 and 1 in every trainable variable, drawn in the order of the variables."""
    rng, known = np.random.default_rng(seed), set()
    for variable in module.vars().values():
        if isinstance(variable, objax.TrainVar) and id(variable) not in known:
            known.add(id(variable))
            variable.assign(jnp.asarray(uniform(rng, variable.value.shape), variable.value.dtype))
    return module


def values(module):
    """{name: array} of every variable, under Objax's own names."""
    return {name: variable.value for name, variable in module.vars().items()}


def shapes(module):
    """{name: shape} of every variable."""
    return {name: tuple(variable.value.shape) for name, variable in module.vars().items()}


def count(module):
    """How many parameter values a module has, shared ones once."""
    unique = {id(variable): variable for variable in module.vars().values()}
    return sum(variable.value.size for variable in unique.values())


def is_chain(thing):
    """Whether something is a Sequential of Objax or of seqkit."""
    return isinstance(thing, objax.nn.Sequential | style.Sequential)


def kinds(chain):
    """For each layer the name of its class, or `function`."""
    return [type(layer).__name__ if isinstance(layer, objax.Module) else "function" for layer in chain]


def counted(functions, f, *args, **kwargs):
    """(what `f(…)` returns, how often one of these Python functions ran meanwhile, under whatever name it was reached)."""
    watched, ran, before = {id(function.__code__) for function in functions}, [], sys.getprofile()
    sys.setprofile(lambda frame, event, _: event == "call" and id(frame.f_code) in watched and ran.append(event))
    try:
        output = f(*args, **kwargs)
    finally:
        sys.setprofile(before)
    return output, len(ran)


def quietly(f, *args, **kwargs):
    """What `f(…)` returns; Objax's own generator, from which new layers draw, is afterwards as it was."""
    with style.preserve(objax.ModuleList()):
        return f(*args, **kwargs)
