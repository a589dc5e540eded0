from functools import partial

import jax
from flax import linen as nn

from seqkit.styles import linen as ours


class InSetup(nn.Module):
    hidden: int
    out: int

    def setup(self):
        self.first, self.norm, self.last = nn.Dense(self.hidden), nn.BatchNorm(), nn.Dense(self.out)

    @nn.compact
    def __call__(self, x, train):
        norm = partial(self.norm, use_running_average=not train)
        return nn.Sequential([self.first, norm, nn.relu, self.last])(x)


class ChainOfSeqkit(nn.Module):
    out: int
    hidden: int

    @nn.compact
    def __call__(self, x, train=False):
        norm = nn.BatchNorm(not train, momentum=0.99, name="norm")
        return ours.Sequential((nn.Dense(self.hidden), norm, jax.nn.relu, nn.Dense(self.out)))(x)


class MadeInline(nn.Module):
    hidden: int
    out: int

    @nn.compact
    def __call__(self, x, train):
        def norm(x):
            return nn.BatchNorm()(x, use_running_average=not train)

        return nn.Sequential([nn.Dense(self.hidden), norm, lambda x: x.clip(0), nn.Dense(self.out)], name="chain")(x)


class Flagged(nn.Module):
    layer: nn.Module

    def __call__(self, x, train):
        return self.layer(x), train


class Norm(nn.Module):
    @nn.compact
    def __call__(self, x, train):
        return nn.BatchNorm(use_running_average=not train)(x)


class FlagByTuple(nn.Module):
    hidden: int
    out: int

    def setup(self):
        self.chain = nn.Sequential([Flagged(nn.Dense(self.hidden)), Norm(), nn.relu, nn.Dense(self.out)])

    def __call__(self, x, train):
        return self.chain(x, train=train)


def a_chain_itself(hidden, out):
    return nn.Sequential([Flagged(nn.Dense(hidden)), Norm(), nn.relu, nn.Dense(out)])


ANSWERS = [InSetup, ChainOfSeqkit, MadeInline, FlagByTuple, a_chain_itself]
