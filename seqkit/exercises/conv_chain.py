"""`conv_chain()`: modules and functions side by side in one chain, one function with an argument set beforehand."""

import re
from functools import partial

import objax

from seqkit.draws import array, seed
from seqkit.exercise import Exercise
from seqkit.plain import Thing, kind_of
from seqkit.probing.objax import count, filled, is_chain, quietly, shapes
from seqkit.probing.running import run, what_came

page = Exercise(
    "conv_chain",
    number=5,
    lesson="02_list_chain",
    points=10,
    statement="""
Write `conv_chain()`. It returns an `objax.nn.Sequential` of four layers: a convolution from 1 to 20 channels with a kernel of
size 5, `relu`, a convolution from 20 to 64 channels with a kernel of size 5, and `leaky_relu` with a slope of 0.1.

The convolutions are `objax.nn.Conv2D` as they come, with bias, and the numbers in them are free. The slope of `leaky_relu` is
0.01 unless it is set. Set it with `functools.partial`: then the chain, printed, shows the function and its slope; of a lambda
it can show neither.

    >>> print(conv_chain()[3:])
    objax.nn.Sequential(
      [0] leaky_relu(*, negative_slope=0.1)
    )
    >>> sum(variable.value.size for variable in conv_chain().vars().values())
    32584
""",
    hints=(
        "Which of the four layers has parameters, and which is a plain function?",
        "A chain takes one list. partial(f, name=value) is the function f with that argument set, and still waits for x.",
        "The last layer: partial(objax.functional.leaky_relu, negative_slope=0.1).",
    ),
)


@page.answer
def conv_chain():
    """A chain of (batch, 1, h, w) → (batch, 64, h, w) arrays."""
    return objax.nn.Sequential(
        [
            objax.nn.Conv2D(1, 20, 5),
            objax.functional.relu,
            objax.nn.Conv2D(20, 64, 5),
            partial(objax.functional.leaky_relu, negative_slope=0.1),
        ]
    )


def kind(layer):
    """`Conv2D`, or `an activation function`, which may be an object."""
    if isinstance(layer, objax.nn.Conv2D):
        return "Conv2D"
    has_variables = isinstance(layer, objax.Module) and len(layer.vars())
    return "an activation function" if callable(layer) and not has_variables else kind_of(layer)


def printed(layer):
    """The name and the numbers in the line that a chain prints of one layer."""
    line = repr(objax.nn.Sequential([layer])).splitlines()[1].partition("] ")[2]
    named = re.search("leaky_?relu", line, re.IGNORECASE)
    name = "leaky_relu" if named else line.partition("(")[0]
    return {"name": name, "numbers": [float(number) for number in re.findall(r"\d*\.\d+", line)]}


@page.probe(call="conv_chain()")
def four_layers(conv_chain):
    """The chain is an objax.nn.Sequential of Conv2D, relu, Conv2D, leaky_relu."""
    chain = quietly(conv_chain)
    layers = [Thing(kind(layer)) for layer in chain] if isinstance(chain, list) else []
    return {"what comes back": what_came(chain, is_chain(chain)), "layers": layers}


@page.probe(call="conv_chain().vars()")
def the_parameters(conv_chain):
    """Objax names a parameter by the place of its layer; the four of them hold 32,584 values."""
    chain = objax.nn.Sequential(quietly(conv_chain)[:4])
    return {"shapes": shapes(chain), "values": count(chain)}


@page.probe(call="conv_chain()[1](x), conv_chain()[3](x)", x=array(2, 8))
def the_activation_functions(conv_chain, x):
    """relu makes 0 of what is negative; leaky_relu with slope 0.1 makes a tenth of it."""
    chain = quietly(conv_chain)
    return {"layer 1": chain[1](x), "layer 3": chain[3](x)}


@page.probe(seed=seed(), x=array(1, 1, 6, 7))
def what_comes_out(conv_chain, seed, x):
    """With the same parameters the chain gives the same output, of the height and width that went in."""
    chain = filled(quietly(conv_chain), seed)
    return run(chain, x)


@page.probe(call="print(conv_chain()[3:])")
def what_is_printed(conv_chain):
    """A partial of leaky_relu prints as leaky_relu with its slope, so that a reader sees what the layer does."""
    chain = quietly(conv_chain)
    return printed(chain[3])


@page.mistake(
    "It runs right, but the last layer is a lambda, and prints as <lambda>: nobody sees what it does. Write "
    "partial(objax.functional.leaky_relu, negative_slope=0.1)."
)
def a_lambda():
    chain = conv_chain()
    chain[3] = lambda x: objax.functional.leaky_relu(x, 0.1)
    return chain


@page.mistake(
    "The slope of the last layer is 0.01, which leaky_relu has unless it is set. Set it: "
    "partial(objax.functional.leaky_relu, negative_slope=0.1)."
)
def slope_not_set():
    chain = conv_chain()
    chain[3] = objax.functional.leaky_relu
    return chain


@page.mistake("The last layer is relu, which makes 0 of what is negative. leaky_relu makes a tenth of it.")
def relu_twice():
    chain = conv_chain()
    chain[3] = objax.functional.relu
    return chain


@page.mistake(
    "partial sets arguments from the left, so 0.1 became x. Set the slope by its name: partial(…, negative_slope=0.1)."
)
def slope_by_position():
    chain = conv_chain()
    chain[3] = partial(objax.functional.leaky_relu, 0.1)
    return chain


@page.mistake(
    "An activation function was called while the chain was made, when there is no x yet. A layer is the function itself: "
    "objax.functional.relu, without (); and partial(objax.functional.leaky_relu, negative_slope=0.1) does not call it."
)
def calls_leaky_relu():
    slope = {"negative_slope": 0.1}
    return objax.nn.Sequential([objax.nn.Conv2D(1, 20, 5), objax.functional.leaky_relu(**slope)])


@page.mistake("The layers came as several arguments. A chain of Objax takes one list: Sequential([…]).")
def layers_without_a_list():
    return objax.nn.Sequential(*conv_chain())


@page.mistake("A plain list came back, which cannot be called. Put it in objax.nn.Sequential([…]).")
def a_plain_list():
    return list(conv_chain())


@page.mistake("The kernels have size 3. The third argument of Conv2D is that size: 5.")
def small_kernels():
    chain = conv_chain()
    chain[0], chain[2] = objax.nn.Conv2D(1, 20, 3), objax.nn.Conv2D(20, 64, 3)
    return chain


@page.mistake(
    "The convolutions have no padding, so each makes the image smaller by 4. Leave out `padding`: Conv2D keeps height and "
    "width unless it is told otherwise."
)
def without_padding():
    chain = conv_chain()
    chain[0] = objax.nn.Conv2D(1, 20, 5, padding="VALID")
    chain[2] = objax.nn.Conv2D(20, 64, 5, padding="VALID")
    return chain


@page.mistake(
    "The channels stand the wrong way round: Conv2D(nin, nout, k) takes first what goes in, then what comes out."
)
def channels_exchanged():
    chain = conv_chain()
    chain[0], chain[2] = objax.nn.Conv2D(20, 1, 5), objax.nn.Conv2D(64, 20, 5)
    return chain


@page.mistake(
    "The last layer is a number: leaky_relu(0.1) is called at once, with 0.1 for its x. Set the slope and do not call: "
    "partial(objax.functional.leaky_relu, negative_slope=0.1)."
)
def calls_leaky_relu_on_the_slope():
    chain = conv_chain()
    chain[3] = objax.functional.leaky_relu(0.1)
    return chain


@page.mistake("Nothing comes back. Put return in front: return objax.nn.Sequential([…]).")
def returns_nothing():
    conv_chain()
