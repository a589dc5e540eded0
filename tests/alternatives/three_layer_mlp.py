import jax
from flax import linen as nn
from flax.linen import Dense, relu

from seqkit.styles import linen as ours


class Attributes(nn.Module):
    hidden: int
    out: int

    @nn.compact
    def __call__(self, x):
        layers = [nn.Dense(features=self.hidden), nn.relu] * 1 + [nn.Dense(self.hidden), nn.relu, nn.Dense(self.out)]
        return nn.Sequential(layers)(x)


def module_with_attributes(seed, x, hidden, out):
    model = Attributes(hidden=int(hidden), out=int(out))
    return model.apply(model.init(jax.random.PRNGKey(int(seed)), x), x)


def init_with_output(seed, x, hidden, out):
    class Net(nn.Module):
        @nn.compact
        def __call__(self, x):
            widths = [round(hidden), round(hidden)]
            layers = [layer for width in widths for layer in (Dense(width), relu)]
            return nn.Sequential((*layers, Dense(round(out))))(x)

    y, _ = Net().init_with_output(jax.random.PRNGKey(int(seed)), x)
    return y


def chain_of_seqkit(seed, x, hidden, out):
    class Net(nn.Module):
        @nn.compact
        def __call__(self, x):
            layers = [nn.Dense(int(hidden)), jax.nn.relu, nn.Dense(int(hidden)), jax.nn.relu, nn.Dense(int(out))]
            return ours.Sequential(layers)(x)

    variables = Net().init(jax.random.PRNGKey(int(seed)), x)
    return jax.jit(Net().apply)(variables, x)


def two_chains(seed, x, hidden, out):
    class Net(nn.Module):
        @nn.compact
        def __call__(self, x):
            body = nn.Sequential([nn.Dense(int(hidden)), nn.relu, nn.Dense(int(hidden)), nn.relu])
            return nn.Dense(int(out))(body(x))

    variables = Net().init(jax.random.PRNGKey(int(seed)), x)
    return Net().apply(variables, x)


ANSWERS = [module_with_attributes, init_with_output, chain_of_seqkit, two_chains]
