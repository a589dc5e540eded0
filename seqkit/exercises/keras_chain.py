"""`keras_chain()`: a chain that is put together layer by layer, and built for a shape."""

from random import getstate, setstate

import numpy as np

from seqkit.draws import array, seed
from seqkit.exercise import Exercise
from seqkit.probing.running import run, what_came
from seqkit.styles import keras as style
from seqkit.styles.keras import keras

page = Exercise(
    "keras_chain",
    number=3,
    lesson="01_what_is_a_chain",
    points=5,
    statement="""
Write `keras_chain()`. It makes a `keras.Sequential`, adds `Dense(8)` and `Dense(4)` to it, builds the chain for any number of
examples of 16 features each, and returns it.

There is no activation function, each layer has its bias, and nothing else is in the chain, except that a `keras.Input` may
stand in front. `add` and the list form are both right.

    >>> keras_chain().count_params()
    172
""",
    hints=(
        "When does a Keras layer learn how many features go into it, and make its parameters?",
        "Three steps: an empty keras.Sequential(), add for each layer, build with the shape of a batch, None for its size.",
        "chain.add(keras.layers.Dense(8)), the same with 4, then chain.build((None, 16)), and return chain.",
    ),
)


@page.answer
def keras_chain():
    """A chain built for (batch, 16) arrays: Dense(8), then Dense(4)."""
    chain = keras.Sequential()
    chain.add(keras.layers.Dense(8))
    chain.add(keras.layers.Dense(4))
    chain.build((None, 16))
    return chain


def made(keras_chain):
    """The chain that an answer makes; Python's own random numbers, of which Keras makes seeds, are afterwards as they were."""
    before = getstate()
    try:
        return keras_chain()
    finally:
        setstate(before)


def filled(chain, seed):
    """`chain` with values between -1 and 1 in every parameter."""
    if not chain.built:
        raise ValueError("the chain is not built, so it has no parameters yet")
    rng = np.random.default_rng(seed)
    chain.set_weights([rng.uniform(-1, 1, weight.shape) for weight in chain.weights])
    return chain


def kind(layer):
    """The name of a layer's class, that of Dense for those under it too."""
    return "Dense" if isinstance(layer, keras.layers.Dense) else type(layer).__name__


@page.probe(call="keras_chain()")
def the_layers(keras_chain):
    """The chain is a keras.Sequential, and holds two Dense layers."""
    chain = made(keras_chain)
    is_chain = isinstance(chain, keras.Sequential | style.Sequential)
    layers = [kind(layer) for layer in chain.layers] if is_chain else []
    return {"what comes back": what_came(chain, is_chain), "layers": layers}


@page.probe(call="keras_chain().input_shape")
def built_for_any_batch(keras_chain):
    """build((None, 16)) tells the chain what goes in: None for any number of examples, then 16 features."""
    return made(keras_chain).input_shape


@page.probe(call="[weight.shape for weight in keras_chain().weights]")
def the_parameters(keras_chain):
    """Dense(8) turns 16 features into 8, Dense(4) turns those into 4, each adding a bias: 172 values."""
    return [tuple(weight.shape) for weight in made(keras_chain).weights]


@page.probe(seed=seed(), x=array(3, 16, of="np"))
def what_comes_out(keras_chain, seed, x):
    """The layers run one after the other, with nothing in between."""
    chain = filled(made(keras_chain), seed)
    return run(chain, x)


@page.mistake(
    "The chain is not built, so no layer has parameters yet. Before the return: chain.build((None, 16)), with None for the "
    "number of examples."
)
def not_built():
    return keras.Sequential([keras.layers.Dense(8), keras.layers.Dense(4)])


@page.mistake("build wants the shape of a whole batch, and (16,) is that of one example: chain.build((None, 16)).")
def built_for_one_example():
    chain = keras.Sequential([keras.layers.Dense(8), keras.layers.Dense(4)])
    chain.build((16,))
    return chain


@page.mistake(
    "The chain is built for batches of 1 alone. None leaves the number of examples open: chain.build((None, 16))."
)
def built_for_a_batch_of_one():
    chain = keras.Sequential([keras.layers.Dense(8), keras.layers.Dense(4)])
    chain.build((1, 16))
    return chain


@page.mistake(
    "Nothing comes back: build changes the chain and returns nothing. Call it on a line of its own, and end with: return chain."
)
def returns_what_build_returns():
    return keras.Sequential([keras.layers.Dense(8), keras.layers.Dense(4)]).build((None, 16))


@page.mistake(
    "16 is the number of features that go in, and no layer: with a Dense(16) there are three layers. Tell build about it: "
    "chain.build((None, 16))."
)
def a_layer_for_the_input():
    chain = keras.Sequential([keras.layers.Dense(16), keras.layers.Dense(8), keras.layers.Dense(4)])
    chain.build((None, 16))
    return chain


@page.mistake("The layers stand the wrong way round: Dense(8) comes first, and Dense(4) takes its 8 values.")
def the_other_way_round():
    chain = keras.Sequential([keras.layers.Dense(4), keras.layers.Dense(8)])
    chain.build((None, 16))
    return chain


@page.mistake(
    "There is a ReLU after the first layer, so none of its values is negative. No activation function is asked here."
)
def with_an_activation():
    chain = keras.Sequential([keras.layers.Dense(8, activation="relu"), keras.layers.Dense(4)])
    chain.build((None, 16))
    return chain


@page.mistake("The layers have no bias, which leaves 160 of the 172 values. A Dense has one unless use_bias=False.")
def without_bias():
    chain = keras.Sequential([keras.layers.Dense(8, use_bias=False), keras.layers.Dense(4, use_bias=False)])
    chain.build((None, 16))
    return chain


@page.mistake(
    "The chain has no layers. Put one at its end with chain.add: chain.layers is a copy, and what is appended to it is lost."
)
def appends_to_the_copy():
    chain = keras.Sequential()
    chain.layers.append(keras.layers.Dense(8))
    chain.layers.append(keras.layers.Dense(4))
    chain.build((None, 16))
    return chain


@page.mistake(
    "The layers came as several arguments, and the second is taken for `trainable`. A chain of Keras takes one list: "
    "keras.Sequential([…])."
)
def layers_without_a_list():
    chain = keras.Sequential(keras.layers.Dense(8), keras.layers.Dense(4))
    chain.build((None, 16))
    return chain


@page.mistake(
    "The second argument of Dense is its activation function. It is told only how many values it makes, Dense(8); how many "
    "go in, build says."
)
def says_what_goes_in():
    chain = keras.Sequential([keras.layers.Dense(16, 8), keras.layers.Dense(8, 4)])
    chain.build((None, 16))
    return chain
