"""`three_layer_mlp(seed, x, hidden, out)`: Flax's chain inside a compact module, initialised and applied."""

import jax
from flax import linen as nn

from seqkit.draws import array, as_float, fixed, seed
from seqkit.exercise import Exercise
from seqkit.probing.linen import watched

page = Exercise(
    "three_layer_mlp",
    number=14,
    lesson="05_flax_chain",
    points=10,
    statement="""
Write `three_layer_mlp(seed, x, hidden, out)`. Inside a `@nn.compact` module, chain
`Dense(hidden)`, ReLU, `Dense(hidden)`, ReLU, `Dense(out)` by `nn.Sequential`; initialise it with
`jax.random.PRNGKey` of the seed, apply it to `x`, and return the output.

`seed`, `hidden` and `out` arrive as **floats**. `x` is one example, of shape (n,); the output has shape (out,).
The numbers are those of the reference, and in Flax names decide numbers: leave the layers without names of your own.

    >>> three_layer_mlp(42.0, jnp.array([1.0, 2.0, 3.0]), 4.0, 2.0).shape
    (2,)
""",
    hints=(
        "A width of 4.0 is no width. Which of the four arguments must be whole numbers?",
        "Three steps: make the module, `variables = model.init(key, x)`, `model.apply(variables, x)`.",
        "In `__call__`: return nn.Sequential([nn.Dense(hidden), nn.relu, nn.Dense(hidden), nn.relu, nn.Dense(out)])(x)",
    ),
)


@page.answer
def three_layer_mlp(seed, x, hidden, out):
    """(n,) array → (out,) array: three Dense layers with relu between."""
    hidden, out = int(hidden), int(out)

    class MLP(nn.Module):
        @nn.compact
        def __call__(self, x):
            return nn.Sequential([nn.Dense(hidden), nn.relu, nn.Dense(hidden), nn.relu, nn.Dense(out)])(x)

    model = MLP()
    variables = model.init(jax.random.PRNGKey(int(seed)), x)
    return model.apply(variables, x)


CALL = "three_layer_mlp(seed, x, hidden, out)"


@page.probe(call=CALL, seed=as_float(seed()), x=array(3), hidden=fixed("4.0"), out=fixed("8.0"))
def a_small_chain(three_layer_mlp, seed, x, hidden, out):
    """Three Dense layers with ReLU between them, from PRNGKey(seed)."""
    return watched(three_layer_mlp, seed, x, hidden, out)[0]


@page.probe(call=CALL, seed=as_float(seed()), x=array(3), hidden=fixed("4.0"), out=fixed("8.0"))
def another_seed(three_layer_mlp, seed, x, hidden, out):
    """Another seed gives other parameters."""
    return watched(three_layer_mlp, seed, x, hidden, out)[0]


@page.probe(call=CALL, seed=as_float(seed()), x=array(5), hidden=fixed("7.0"), out=fixed("6.0"))
def other_widths(three_layer_mlp, seed, x, hidden, out):
    """The widths are the arguments, and the chain takes any number of inputs."""
    return watched(three_layer_mlp, seed, x, hidden, out)[0]


@page.probe(call=CALL, seed=as_float(seed()), x=array(3), hidden=fixed("4.0"), out=fixed("8.0"))
def a_chain_ran(three_layer_mlp, seed, x, hidden, out):
    """The layers are to run inside an `nn.Sequential`."""
    run, calls = watched(three_layer_mlp, seed, x, hidden, out)
    return {"a Sequential ran": calls.chains > 0, "shape": run.output.shape}


# ---- mistakes ----


class Module(nn.Module):
    """A module that calls `run` under @nn.compact."""

    run: object

    @nn.compact
    def __call__(self, x):
        return self.run(x)


def put_out(run, seed, x):
    """What a module around `run` puts out, initialised from the seed."""
    return Module(run).init_with_output(jax.random.PRNGKey(int(seed)), x)[0]


def three_dense(hidden, out):
    """The chain that is asked for, of widths as they come."""
    return nn.Sequential([nn.Dense(hidden), nn.relu, nn.Dense(hidden), nn.relu, nn.Dense(out)])


def network(hidden, out):
    """The module that is asked for, made and not initialised."""
    return Module(lambda x: three_dense(int(hidden), int(out))(x))


@page.mistake(
    "The last layer is followed by a ReLU, so no output is negative. Activations stand between the layers only."
)
def relu_after_the_last(seed, x, hidden, out):
    return nn.relu(three_layer_mlp(seed, x, hidden, out))


@page.mistake(
    "There is no activation between the layers: three linear maps in a row are one. Put nn.relu after the first two."
)
def no_activation(seed, x, hidden, out):
    widths = int(hidden), int(hidden), int(out)
    return put_out(lambda x: nn.Sequential([nn.Dense(width) for width in widths])(x), seed, x)


@page.mistake("It has one hidden layer; three Dense layers are asked: hidden, hidden, out.")
def two_layers(seed, x, hidden, out):
    return put_out(lambda x: nn.Sequential([nn.Dense(int(hidden)), nn.relu, nn.Dense(int(out))])(x), seed, x)


@page.mistake("The key is always that of seed 0. Make it of the argument: jax.random.PRNGKey(int(seed)).")
def ignores_the_seed(seed, x, hidden, out):
    return three_layer_mlp(0.0, x, hidden, out)


@page.mistake("A leading axis of 1 came out. x is one example of shape (n,): hand it to the chain as it is.")
def adds_a_batch_axis(seed, x, hidden, out):
    return three_layer_mlp(seed, x[None], hidden, out)


@page.mistake(
    "The chain is the whole model here, so its parameters are named layers_0, layers_2 …, and names decide numbers. "
    "Call it inside the `__call__` of a module, under @nn.compact."
)
def chain_of_its_own(seed, x, hidden, out):
    return three_dense(int(hidden), int(out)).init_with_output(jax.random.PRNGKey(int(seed)), x)[0]


@page.mistake("A width arrived as a float, and a Dense layer takes a whole number: int(hidden), int(out).")
def keeps_floats(seed, x, hidden, out):
    return put_out(lambda x: three_dense(hidden, out)(x), seed, x)


@page.mistake(
    "The seed arrived as a float, and a key wants a whole number: jax.random.PRNGKey(int(seed)). The widths are floats too: "
    "int(hidden), int(out)."
)
def keeps_every_float(seed, x, hidden, out):
    return Module(lambda x: three_dense(hidden, out)(x)).init_with_output(jax.random.PRNGKey(seed), x)[0]


@page.mistake(
    "The numbers are right, and no Sequential ran: the layers are called one by one. Put them in an nn.Sequential."
)
def no_chain(seed, x, hidden, out):
    def run(x):
        for _ in range(2):
            x = nn.relu(nn.Dense(int(hidden))(x))
        return nn.Dense(int(out))(x)

    return put_out(run, seed, x)


@page.mistake(
    "`init` takes a key first, made of the seed, and then the input: model.init(jax.random.PRNGKey(int(seed)), x)."
)
def key_after_the_input(seed, x, hidden, out):
    model, key = network(hidden, out), jax.random.PRNGKey(int(seed))
    return model.apply(model.init(x, key), x)


@page.mistake(
    "The module is called, and it holds no parameters. `init` makes them, `apply` hands them over: model.apply(variables, x)."
)
def calls_the_module(seed, x, hidden, out):
    return network(hidden, out)(x)


@page.mistake("The variables came back. Hand them over and return the output: model.apply(variables, x).")
def returns_the_variables(seed, x, hidden, out):
    return network(hidden, out).init(jax.random.PRNGKey(int(seed)), x)


@page.mistake(
    "`apply` got what is inside 'params'. It takes the whole dict that init returned: model.apply(variables, x)."
)
def hands_over_the_inner_dict(seed, x, hidden, out):
    model = network(hidden, out)
    return model.apply(model.init(jax.random.PRNGKey(int(seed)), x)["params"], x)


@page.mistake("The chain is made and never called, so it comes out itself. Call it on x: nn.Sequential([…])(x).")
def never_calls_the_chain(seed, x, hidden, out):
    return put_out(lambda x: three_dense(int(hidden), int(out)), seed, x)
