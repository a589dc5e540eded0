"""`CrossAttentionNetwork(num_layers)`: a Linen chain of blocks that hand a dict on."""

import jax
import numpy as np
from flax import linen as nn

from seqkit.draws import array, seed, whole
from seqkit.exercise import Exercise
from seqkit.probing.linen import filled, watched

page = Exercise(
    "CrossAttentionNetwork",
    number=20,
    lesson="07_many_inputs",
    points=15,
    statement="""
A block of cross-attention takes two arguments, `query` and `key_value`, and returns a dict with these two names: the
query is new, `key_value` as it came. The block is given.

Write the module `CrossAttentionNetwork`. It has one attribute, `num_layers` (a whole number, one or more), is called
with `query` and `key_value`, by position or by name, and runs an `nn.Sequential` of so many blocks, each with
parameters of its own. It returns the dict of the last block.

The example in Flax's documentation does not run as it is printed: look at what its `__call__` takes.

    >>> network, one = CrossAttentionNetwork(num_layers=2), jnp.ones((1, 4))
    >>> sorted(network.init_with_output(jax.random.key(1), one, one)[0])
    ['key_value', 'query']
""",
    hints=(
        "What does the second block of the chain get when the first one returns a dict?",
        "Make num_layers blocks in a list, chain them, and call the chain with both arguments.",
        "return nn.Sequential([CrossAttentionBlock() for _ in range(self.num_layers)])(query, key_value)",
    ),
)


@page.given
class CrossAttentionBlock(nn.Module):
    """(rows, n), (others, m) → {query: (rows, m), key_value: (others, m)}."""

    @nn.compact
    def __call__(self, query, key_value):
        asked, offered = nn.Dense(4)(query), nn.Dense(4)(key_value)
        shares = nn.softmax(asked @ offered.T / 2)
        return {"query": shares @ key_value, "key_value": key_value}


@page.answer
class CrossAttentionNetwork(nn.Module):
    """(rows, n), (others, m) → the dict of the last of `num_layers` blocks."""

    num_layers: int

    @nn.compact
    def __call__(self, query, key_value):
        """The dict of the last block, with the names query and key_value."""
        blocks = [CrossAttentionBlock() for _ in range(self.num_layers)]
        return nn.Sequential(blocks)(query, key_value)


@page.probe(seed=seed(), query=array(2, 3), key_value=array(4, 5))
def one_block(CrossAttentionNetwork, seed, query, key_value):
    """With num_layers=1 the output is the dict of one block: `query` is new, `key_value` as it came."""
    network = CrossAttentionNetwork(num_layers=1)
    variables, _ = filled(network, query, key_value, seed=seed)
    return {"output": network.apply(variables, query, key_value)}


@page.probe(weight=2, seed=seed(), query=array(2, 3), key_value=array(4, 5))
def two_blocks(CrossAttentionNetwork, seed, query, key_value):
    """The second block gets the dict of the first by name, and the network may be called by name too."""
    network = CrossAttentionNetwork(num_layers=2)
    variables, _ = filled(network, query=query, key_value=key_value, seed=seed)
    return {"output": network.apply(variables, query=query, key_value=key_value)}


INIT = "CrossAttentionNetwork(num_layers).init(jax.random.key(1), jnp.ones((2, 3)), jnp.ones((4, 5)))"


@page.probe(call=INIT, num_layers=whole(2, 3))
def its_parameters(CrossAttentionNetwork, num_layers):
    """There are num_layers blocks, each with parameters of its own: two Dense layers a block."""
    query, key_value = np.zeros((2, 3), np.float32), np.zeros((4, 5), np.float32)
    return {"parameters of each layer": filled(CrossAttentionNetwork(num_layers), query, key_value, seed=1)[1]}


@page.probe(call="CrossAttentionNetwork(1)", n=whole(2, 9))
def a_chain_ran(CrossAttentionNetwork, n):
    """The blocks are to run inside an `nn.Sequential`."""
    network, query, key_value = CrossAttentionNetwork(1), np.zeros((2, n)), np.zeros((4, 5))
    _, calls = watched(jax.eval_shape, lambda: network.init(jax.random.key(1), query, key_value))
    return {"a Sequential ran": calls.chains > 0}


def chain_of(num_layers):
    return nn.Sequential([CrossAttentionBlock() for _ in range(num_layers)])


@page.mistake(
    "As in the printed example, `__call__` takes one x, and the chain inside wants query and key_value. "
    "Write __call__(self, query, key_value)."
)
class AsPrinted(nn.Module):
    num_layers: int

    @nn.compact
    def __call__(self, x):
        return chain_of(self.num_layers)(query, key_value)  # noqa: F821 - the mistake


@page.mistake(
    "One block is made and used in every place, so all share its parameters. Make one for each: a comprehension."
)
class OneBlockAgain(nn.Module):
    num_layers: int

    @nn.compact
    def __call__(self, query, key_value):
        return nn.Sequential([CrossAttentionBlock()] * self.num_layers)(query, key_value)


@page.mistake("The query alone came out. Return the whole dict of the last block: what the chain returns.")
class QueryAlone(nn.Module):
    num_layers: int

    @nn.compact
    def __call__(self, query, key_value):
        return chain_of(self.num_layers)(query, key_value)["query"]


@page.mistake("The chain has one block, whatever num_layers says. Put self.num_layers blocks in the list.")
class OneBlock(nn.Module):
    num_layers: int

    @nn.compact
    def __call__(self, query, key_value):
        return chain_of(1)(query, key_value)


@page.mistake(
    "The two arguments changed places: the first block's query is `query`. Call the chain with (query, key_value)."
)
class Exchanged(nn.Module):
    num_layers: int

    @nn.compact
    def __call__(self, query, key_value):
        return chain_of(self.num_layers)(key_value, query)


@page.mistake("The chain got one argument, and its first block takes two. Call the chain with (query, key_value).")
class QueryIn(nn.Module):
    num_layers: int

    @nn.compact
    def __call__(self, query, key_value):
        return chain_of(self.num_layers)(query)


@page.mistake("The numbers are right, and the blocks are called in a loop of your own. Put them in an nn.Sequential.")
class ALoop(nn.Module):
    num_layers: int

    @nn.compact
    def __call__(self, query, key_value):
        for _ in range(self.num_layers):
            query = CrossAttentionBlock()(query, key_value)["query"]
        return {"query": query, "key_value": key_value}


@page.mistake("The list holds the class, and no block was made. Make one for each place: CrossAttentionBlock().")
class TheClass(nn.Module):
    num_layers: int

    @nn.compact
    def __call__(self, query, key_value):
        return nn.Sequential([CrossAttentionBlock for _ in range(self.num_layers)])(query, key_value)


@page.mistake("The chain is made and never called. Call it with both: nn.Sequential(blocks)(query, key_value).")
class NeverCalled(nn.Module):
    num_layers: int

    @nn.compact
    def __call__(self, query, key_value):
        return chain_of(self.num_layers)


@page.mistake("The blocks were handed over one by one. nn.Sequential takes one list of them: leave out the star.")
class NoList(nn.Module):
    num_layers: int

    @nn.compact
    def __call__(self, query, key_value):
        return nn.Sequential(*chain_of(self.num_layers).layers)(query, key_value)
