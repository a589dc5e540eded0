"""`ExplicitMLP`: the three-layer MLP as a Linen module that calls its layers itself."""

import jax
from flax import linen as nn

from seqkit.draws import array, seed
from seqkit.exercise import Exercise
from seqkit.plain import Run
from seqkit.probing.linen import filled, watched

page = Exercise(
    "ExplicitMLP",
    number=17,
    lesson="06_explicit_or_chain",
    points=10,
    statement="""
Write the Linen module `ExplicitMLP(hidden=…, out=…)`: `Dense(hidden)`, ReLU, `Dense(hidden)`, ReLU, `Dense(out)`, as
in `three_layer_mlp`, and **without** `nn.Sequential`: it calls its layers one after the other.

From the same key it has the same parameters as the module around the chain, **to the bit**, under the same names. In
Flax names decide numbers: the first Dense that is made in `__call__` under `@nn.compact`, without a name of yours, is
called `Dense_0`, the next that is made `Dense_1`, and so on. `hidden` and `out` are whole numbers; the input is one
example of shape (n,), or a batch of shape (batch, n).

    >>> x = jnp.array([1.0, 2.0, 3.0])
    >>> sorted(ExplicitMLP(hidden=4, out=2).init(jax.random.PRNGKey(1), x)["params"])
    ['Dense_0', 'Dense_1', 'Dense_2']
""",
    hints=(
        "A chain hands each output on for you. Without it, which name holds the value that the next layer gets?",
        "Make each layer where it is called: nn.Dense(self.hidden)(x). Functions are called as they are: nn.relu(x).",
        "x = nn.relu(nn.Dense(self.hidden)(x)), twice; then: return nn.Dense(self.out)(x)",
    ),
)


@page.answer
class ExplicitMLP(nn.Module):
    """(…, n) array → (…, out) array: three Dense layers, ReLU between them."""

    hidden: int
    out: int

    @nn.compact
    def __call__(self, x):
        """The layers, called in order."""
        x = nn.relu(nn.Dense(self.hidden)(x))
        x = nn.relu(nn.Dense(self.hidden)(x))
        return nn.Dense(self.out)(x)


@page.probe(exact=True, seed=seed(), x=array(3))
def its_parameters(ExplicitMLP, seed, x):
    """Layers are named Dense_0, Dense_1, Dense_2 in the order in which they are made, and names decide numbers."""
    return ExplicitMLP(hidden=4, out=8).init(jax.random.PRNGKey(seed), x)


CALL = "ExplicitMLP(hidden=4, out=8).init_with_output(jax.random.PRNGKey(seed), x)[0]"


@page.probe(call=CALL, exact=True, seed=seed(), x=array(3))
def one_example(ExplicitMLP, seed, x):
    """Dense, ReLU, Dense, ReLU, Dense: each layer gets what the one before it returned."""
    run, calls = watched(ExplicitMLP(hidden=4, out=8).init_with_output, jax.random.PRNGKey(seed), x)
    return Run(run.output[0], list(calls.outputs.values()))


@page.probe(call=CALL, seed=seed(), x=array(2, 3))
def a_batch(ExplicitMLP, seed, x):
    """A batch has an axis more in front, which comes out as it went in."""
    run, calls = watched(ExplicitMLP(hidden=4, out=8).init_with_output, jax.random.PRNGKey(seed), x)
    return Run(run.output[0], list(calls.outputs.values()))


@page.probe(seed=seed(), x=array(3))
def other_widths(ExplicitMLP, seed, x):
    """The hidden layers are `hidden` wide and the last is `out` wide, and all of them have a bias."""
    model = ExplicitMLP(hidden=6, out=7)
    variables, shapes = filled(model, x, seed=seed)
    return {"shapes": shapes, "output": model.apply(variables, x)}


@page.probe(seed=seed(), x=array(3))
def without_a_Sequential(ExplicitMLP, seed, x):
    """Here the layers are called one by one, and no `nn.Sequential` runs."""
    run, calls = watched(ExplicitMLP(hidden=4, out=8).init_with_output, jax.random.PRNGKey(seed), x)
    return {"shape": run.output[0].shape, "a Sequential ran": calls.chains > 0}


@page.mistake("The numbers are right, and an nn.Sequential ran. Call the layers yourself, one after the other.")
class UsesTheChain(nn.Module):
    hidden: int
    out: int

    @nn.compact
    def __call__(self, x):
        layers = [nn.Dense(self.hidden), nn.relu, nn.Dense(self.hidden), nn.relu, nn.Dense(self.out)]
        return nn.Sequential(layers)(x)


@page.mistake("The last layer is followed by a ReLU, so no output is negative. ReLU stands between the layers only.")
class ReluAfterTheLast(nn.Module):
    hidden: int
    out: int

    @nn.compact
    def __call__(self, x):
        for width in (self.hidden, self.hidden, self.out):
            x = nn.relu(nn.Dense(width)(x))
        return x


@page.mistake("There is no activation between the layers. Put nn.relu around the first and around the second.")
class NoActivation(nn.Module):
    hidden: int
    out: int

    @nn.compact
    def __call__(self, x):
        for width in (self.hidden, self.hidden, self.out):
            x = nn.Dense(width)(x)
        return x


@page.mistake("It has one hidden layer; three Dense layers are asked: hidden, hidden, out.")
class OneHiddenLayer(nn.Module):
    hidden: int
    out: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(self.hidden)(x))
        return nn.Dense(self.out)(x)


@page.mistake(
    "The layers are named after attributes of `setup`: dense1, dense2, dense3. Other names, other numbers: make them in "
    "`__call__`, under @nn.compact."
)
class NamedInSetup(nn.Module):
    hidden: int
    out: int

    def setup(self):
        self.dense1, self.dense2, self.dense3 = nn.Dense(self.hidden), nn.Dense(self.hidden), nn.Dense(self.out)

    def __call__(self, x):
        return self.dense3(nn.relu(self.dense2(nn.relu(self.dense1(x)))))


@page.mistake("The layers have the names of a chain of its own, layers_0 to layers_4. Give them no name at all.")
class NamesOfAChain(nn.Module):
    hidden: int
    out: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(self.hidden, name="layers_0")(x))
        x = nn.relu(nn.Dense(self.hidden, name="layers_2")(x))
        return nn.Dense(self.out, name="layers_4")(x)


@page.mistake("@nn.compact is missing above `__call__`: without it a layer can be made in `setup` only.")
class WithoutCompact(nn.Module):
    hidden: int
    out: int

    def __call__(self, x):
        x = nn.relu(nn.Dense(self.hidden)(x))
        x = nn.relu(nn.Dense(self.hidden)(x))
        return nn.Dense(self.out)(x)


@page.mistake("One Dense is called twice, and its kernel fits one input width. Make a second nn.Dense(self.hidden).")
class OneDenseTwice(nn.Module):
    hidden: int
    out: int

    @nn.compact
    def __call__(self, x):
        dense = nn.Dense(self.hidden)
        x = nn.relu(dense(x))
        x = nn.relu(dense(x))
        return nn.Dense(self.out)(x)


@page.mistake(
    "The calls are nested, so the outermost layer is made first and the last one is called Dense_0. Make one layer a "
    "line: x = nn.relu(nn.Dense(self.hidden)(x))."
)
class NestedCalls(nn.Module):
    hidden: int
    out: int

    @nn.compact
    def __call__(self, x):
        return nn.Dense(self.out)(nn.relu(nn.Dense(self.hidden)(nn.relu(nn.Dense(self.hidden)(x)))))


@page.mistake("The second layer got the first x again. Hand the value on: x = nn.relu(nn.Dense(self.hidden)(x)).")
class EachGetsTheFirstX(nn.Module):
    hidden: int
    out: int

    @nn.compact
    def __call__(self, x):
        y = nn.relu(nn.Dense(self.hidden)(x))
        y = nn.relu(nn.Dense(self.hidden)(x))
        return nn.Dense(self.out)(y)


@page.mistake("A batch was made flat: its examples became one. Dense works on the last axis, so hand x on as it is.")
class FlattensABatch(nn.Module):
    hidden: int
    out: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(self.hidden)(x.ravel()))
        x = nn.relu(nn.Dense(self.hidden)(x))
        return nn.Dense(self.out)(x)


@page.mistake("The layers have no bias. nn.Dense has one unless use_bias=False is said: leave that out.")
class WithoutBias(nn.Module):
    hidden: int
    out: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(self.hidden, use_bias=False)(x))
        x = nn.relu(nn.Dense(self.hidden, use_bias=False)(x))
        return nn.Dense(self.out, use_bias=False)(x)


@page.mistake(
    "nn.relu got a layer in the place of numbers. nn.Dense(self.hidden) makes a layer, and (x) behind it calls it: "
    "nn.relu(nn.Dense(self.hidden)(x))."
)
class NeverCallsTheLayer(nn.Module):
    hidden: int
    out: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(self.hidden))(x)
        x = nn.relu(nn.Dense(self.hidden))(x)
        return nn.Dense(self.out)(x)


@page.mistake("Nothing comes back. The last line begins with return: return nn.Dense(self.out)(x).")
class ReturnsNothing(nn.Module):
    hidden: int
    out: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(self.hidden)(x))
        x = nn.relu(nn.Dense(self.hidden)(x))
        nn.Dense(self.out)(x)
