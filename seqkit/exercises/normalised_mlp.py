"""`NormalisedMLP(hidden, out)`: a Linen module around a chain, with a flag for the one layer that needs it."""

import jax
import numpy as np
from flax import linen as nn
from flax.traverse_util import flatten_dict

from seqkit.draws import array, seed, whole
from seqkit.exercise import Exercise
from seqkit.probing.linen import filled, watched

page = Exercise(
    "NormalisedMLP",
    number=22,
    lesson="07_many_inputs",
    points=15,
    statement="""
Write the Linen module `NormalisedMLP`, made with `hidden=` and `out=` (whole numbers) and called with `(x, train)`,
where `x` is a batch. It runs an `nn.Sequential` of `Dense(hidden)`, `BatchNorm`, ReLU and `Dense(out)`.

With `train=True` the batch is normalised by its own mean and variance, and `apply` with `mutable=["batch_stats"]` also
returns updated running statistics. With `train=False` the running ones are used, and none changes. The keywords of a
chain reach its first layer only: see that the flag reaches the layer that needs it. Apart from the flag, BatchNorm is
as Flax makes it. Names are free.

    >>> model, x = NormalisedMLP(hidden=3, out=2), jnp.ones((4, 5))
    >>> variables = model.init(jax.random.key(1), x, train=False)
    >>> y, changed = model.apply(variables, x, train=True, mutable=["batch_stats"])
    >>> y.shape, list(changed)
    ((4, 2), ['batch_stats'])
""",
    hints=(
        "Which of the four layers behaves differently in training, and which argument of its constructor says so?",
        "The chain is made inside `__call__`, under @nn.compact, where `train` is known: give it to the layer there.",
        "nn.BatchNorm(use_running_average=not train), between nn.Dense(self.hidden) and nn.relu.",
    ),
)


@page.answer
class NormalisedMLP(nn.Module):
    """(batch, n) → (batch, out): Dense, BatchNorm, ReLU, Dense in a chain."""

    hidden: int
    out: int

    @nn.compact
    def __call__(self, x, train):
        """(batch, n) → (batch, out); with `train`, by batch statistics."""
        layers = [
            nn.Dense(self.hidden),
            nn.BatchNorm(use_running_average=not train),
            nn.relu,
            nn.Dense(self.out),
        ]
        return nn.Sequential(layers)(x)


def statistics(variables):
    """{mean: …, var: …} of the running statistics, wherever they stand."""
    return {path[-1]: value for path, value in flatten_dict(variables).items() if path[0] == "batch_stats"}


INIT = "NormalisedMLP(hidden=hidden, out=out).init(jax.random.key(1), jnp.ones((6, 3)), False)"


@page.probe(call=INIT, hidden=whole(5, 9), out=whole(2, 4))
def its_parameters(NormalisedMLP, hidden, out):
    """The layers with parameters are Dense(hidden), BatchNorm and Dense(out), in this order."""
    variables, layers = filled(NormalisedMLP(hidden=hidden, out=out), np.zeros((6, 3), np.float32), False, seed=1)
    shapes = {name: value.shape for name, value in statistics(variables).items()}
    return {"parameters of each layer": layers, "running statistics": shapes}


@page.probe(weight=2, seed=seed(), x=array(6, 3))
def evaluation(NormalisedMLP, seed, x):
    """With train=False the running statistics normalise, and nothing is updated."""
    model = NormalisedMLP(hidden=5, out=4)
    variables, _ = filled(model, x, False, seed=seed)
    return {"output": watched(model.apply, variables, x, train=False)[0]}


@page.probe(weight=2, seed=seed(), x=array(6, 3))
def training(NormalisedMLP, seed, x):
    """With train=True the mean and variance of the batch normalise, and the running statistics move towards them."""
    model = NormalisedMLP(hidden=5, out=4)
    variables, _ = filled(model, x, False, seed=seed)
    output, changed = model.apply(variables, x, True, mutable=["batch_stats"])
    return {"output": output, "new running statistics": statistics(changed)}


@page.probe(call="NormalisedMLP(hidden=5, out=4)", n=whole(2, 9))
def a_chain_ran(NormalisedMLP, n):
    """The layers are to run inside an `nn.Sequential`."""
    model, x = NormalisedMLP(hidden=5, out=4), np.zeros((6, n), np.float32)
    _, calls = watched(jax.eval_shape, lambda: model.init(jax.random.key(1), x, False))
    return {"a Sequential ran": calls.chains > 0}


class Mine(nn.Module):
    hidden: int
    out: int


@page.mistake(
    "The running statistics are used in training too, so they never move. Give the layer use_running_average=not train."
)
class AlwaysRunning(Mine):
    @nn.compact
    def __call__(self, x, train):
        norm = nn.BatchNorm(use_running_average=True)
        return nn.Sequential([nn.Dense(self.hidden), norm, nn.relu, nn.Dense(self.out)])(x)


@page.mistake(
    "The statistics of the batch are used in evaluation too, and Flax refuses the update. "
    "Give the layer use_running_average=not train."
)
class AlwaysBatch(Mine):
    @nn.compact
    def __call__(self, x, train):
        norm = nn.BatchNorm(use_running_average=False)
        return nn.Sequential([nn.Dense(self.hidden), norm, nn.relu, nn.Dense(self.out)])(x)


@page.mistake("The flag is turned round: in training the running average is not used. use_running_average=not train.")
class FlagTurnedRound(Mine):
    @nn.compact
    def __call__(self, x, train):
        norm = nn.BatchNorm(use_running_average=train)
        return nn.Sequential([nn.Dense(self.hidden), norm, nn.relu, nn.Dense(self.out)])(x)


@page.mistake(
    "The flag went to the chain, which hands keywords to its first layer, a Dense. Give it to the BatchNorm when it is made."
)
class FlagToTheChain(Mine):
    @nn.compact
    def __call__(self, x, train):
        layers = [nn.Dense(self.hidden), nn.BatchNorm(), nn.relu, nn.Dense(self.out)]
        return nn.Sequential(layers)(x, use_running_average=not train)


@page.mistake(
    "The BatchNorm knows nothing of the flag, and Flax asks for it. Make it with use_running_average=not train."
)
class NoFlag(Mine):
    @nn.compact
    def __call__(self, x, train):
        return nn.Sequential([nn.Dense(self.hidden), nn.BatchNorm(), nn.relu, nn.Dense(self.out)])(x)


@page.mistake("ReLU stands before BatchNorm. The order asked for is Dense, BatchNorm, ReLU, Dense.")
class ActivationFirst(Mine):
    @nn.compact
    def __call__(self, x, train):
        norm = nn.BatchNorm(use_running_average=not train)
        return nn.Sequential([nn.Dense(self.hidden), nn.relu, norm, nn.Dense(self.out)])(x)


@page.mistake("The normalising layer is a LayerNorm, which keeps no running statistics. Asked is nn.BatchNorm.")
class LayerNormInstead(Mine):
    @nn.compact
    def __call__(self, x, train):
        return nn.Sequential([nn.Dense(self.hidden), nn.LayerNorm(), nn.relu, nn.Dense(self.out)])(x)


@page.mistake("The numbers are right, and no Sequential ran: the layers are called one by one. Put them in one.")
class NoChain(Mine):
    @nn.compact
    def __call__(self, x, train):
        x = nn.BatchNorm(use_running_average=not train)(nn.Dense(self.hidden)(x))
        return nn.Dense(self.out)(nn.relu(x))


@page.mistake("The chain is made and never called. Call it on x: nn.Sequential(layers)(x).")
class NeverCalled(Mine):
    @nn.compact
    def __call__(self, x, train):
        norm = nn.BatchNorm(use_running_average=not train)
        return nn.Sequential([nn.Dense(self.hidden), norm, nn.relu, nn.Dense(self.out)])


@page.mistake(
    "A batch moves the running statistics a tenth of the way, and Flax's own share is a hundredth. Leave momentum out: "
    "asked is BatchNorm as Flax makes it."
)
class AnotherMomentum(Mine):
    @nn.compact
    def __call__(self, x, train):
        norm = nn.BatchNorm(use_running_average=not train, momentum=0.9)
        return nn.Sequential([nn.Dense(self.hidden), norm, nn.relu, nn.Dense(self.out)])(x)
