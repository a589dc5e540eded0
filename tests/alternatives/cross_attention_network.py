from flax import linen as nn

from seqkit.exercises.cross_attention_network import CrossAttentionBlock
from seqkit.styles import linen as ours


class InSetup(nn.Module):
    num_layers: int

    def setup(self):
        self.blocks = nn.Sequential([CrossAttentionBlock() for _ in range(self.num_layers)])

    def __call__(self, query, key_value):
        return self.blocks(query=query, key_value=key_value)


class ChainOfSeqkit(nn.Module):
    num_layers: int

    @nn.compact
    def __call__(self, *args, **kwargs):
        blocks = tuple(CrossAttentionBlock(name=f"block{i}") for i in range(self.num_layers))
        return ours.Sequential(blocks)(*args, **kwargs)


def a_chain_itself(num_layers):
    return nn.Sequential([CrossAttentionBlock() for _ in range(num_layers)])


class ByTuple(nn.Module):
    num_layers: int

    @nn.compact
    def __call__(self, query, key_value):
        def block(query, key_value):
            output = CrossAttentionBlock()(query, key_value)
            return output["query"], output["key_value"]

        blocks = [block] * self.num_layers
        return nn.Sequential([*blocks, lambda query, key_value: dict(key_value=key_value, query=query)])(
            query, key_value
        )


class Subclass(nn.Sequential):
    pass


class OfASubclass(nn.Module):
    num_layers: int = 1

    def setup(self):
        self.chain = Subclass(list(map(lambda _: CrossAttentionBlock(), range(self.num_layers))))

    def __call__(self, query, key_value):
        return {**self.chain(query, key_value=key_value)}


ANSWERS = [InSetup, ChainOfSeqkit, a_chain_itself, ByTuple, OfASubclass]
