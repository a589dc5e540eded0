"""What probes ask of Flax Linen: which modules were called, and parameters drawn in the order of those calls."""

import jax
import numpy as np
from flax import linen as nn
from flax.traverse_util import flatten_dict, unflatten_dict

from seqkit.plain import Run
from seqkit.probing.filling import uniform
from seqkit.recorder import Recorder, path_of
from seqkit.styles import linen as style

CHAINS = (nn.Sequential, style.Sequential)


class Calls:
    """The calls of modules inside `with calls.watched():`, in the order in which they began.

    Attributes:
        modules: each module that was called, bound, with the path that it had.
        outputs: {path: (short name, last output)} of each that is no chain and no model around others.
    """

    def __init__(self):
        self.modules, self.outputs = [], {}

    def watched(self):
        """A context in which every call of a module is noted."""
        return nn.intercept_methods(self._note)

    @property
    def chains(self):
        """How many calls of a Sequential there were, Flax's or seqkit's."""
        return sum(isinstance(module, CHAINS) for module, _ in self.modules)

    def paths(self):
        """The path of each module that was called, each once, in the order of the calls."""
        return list(dict.fromkeys(path for _, path in self.modules))

    def _note(self, call, args, kwargs, context):
        if context.method_name != "__call__":
            return call(*args, **kwargs)
        self.modules.append((context.module, context.module.path))
        before = len(self.modules)
        output = call(*args, **kwargs)
        if len(self.modules) == before:
            self.outputs[context.module.path] = style.name(context.module), output
        return output


def watched(f, *args, **kwargs):
    """(`Run` of `f(…)`, the `Calls`). The layers of the run are those of the chains inside, functions too; in the last run
    of each, since `init` is a run as well."""
    calls, recorder = Calls(), Recorder(style.keep, style.symbolic)
    with calls.watched(), style.watch(recorder, None):
        output = f(*args, **kwargs)
    run = [(path_of(step, chain), layer, step) for step, chain, layer in recorder.calls if len(step.position) == 1]
    last = {path: (style.name(layer), step.output) for path, layer, step in run}
    return Run(output, list(last.values())), calls


def filled(module, *args, seed, **kwargs):
    """(variables, layers) of a module, with parameters drawn in the order in which its layers are called.

    So two modules that differ in their names alone get the same numbers. Nothing is computed to find the order.

    Args:
        module: a Linen module.
        *args, **kwargs: what it is initialised with.
        seed: of the values, which lie between -1 and 1.

    Returns:
        The variables, as `init` shapes them, running statistics drawn too (variances between 0.5 and 1.5); and
        a list of {parameter: shape}, one for each layer that has parameters, in the order of the calls.
    """
    calls = Calls()
    with calls.watched():
        shapes = jax.eval_shape(lambda: module.init(jax.random.key(1), *args, **kwargs))
    flat, paths = flatten_dict(shapes), calls.paths()
    rank = {path: paths.index(path) if path in paths else len(paths) for path in {key[1:-1] for key in flat}}
    rng, values = np.random.default_rng(seed), {}
    for key in sorted(flat, key=lambda key: (rank[key[1:-1]], key)):
        values[key] = _drawn(rng, key, flat[key])
    layers = {}
    for key in values:
        if key[0] == "params":
            layers.setdefault(key[1:-1], {})[key[-1]] = values[key].shape
    return unflatten_dict(values), list(layers.values())


def _drawn(rng, key, leaf):
    low, high = (0.5, 1.5) if key[-1] == "var" else (-1, 1)
    return uniform(rng, leaf.shape, low, high).astype(leaf.dtype)
