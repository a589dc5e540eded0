"""`shapes(layers, x)`: what a chain would put out, asked of it without computing anything."""

import jax
import jax.numpy as jnp

from seqkit.draws import fixed, one_of
from seqkit.exercise import Exercise

page = Exercise(
    "shapes",
    number=2,
    lesson="01_what_is_a_chain",
    points=10,
    statement="""
Write `shapes(layers, x)`: a tuple with the shape of what each layer puts out, when the array `x` goes into the first
layer and each of the others gets what the one before it put out. The shape of `x` itself is not in it, and with no layer
the tuple is empty.

**Nothing may be computed.** JAX can tell what a function would return without running it on numbers: see
`jax.eval_shape`. A layer that runs on numbers counts as computed, also inside `jax.jit`, and also if the numbers are your
own. The layers are functions of one array that return one array; some take only whole numbers.

    >>> shapes([jnp.transpose, jnp.ravel], jnp.ones((2, 3)))
    ((3, 2), (6,))
""",
    hints=(
        "What does a layer have to know of its input, if only the shape of its output is asked?",
        "jax.eval_shape(layer, x) returns a shape and a dtype without any values, and takes such a thing in place of x.",
        "Inside the loop: x = jax.eval_shape(layer, x), then found.append(x.shape).",
    ),
)


@page.answer
def shapes(layers, x):
    """x: an array → a tuple of shapes, one a layer; nothing is computed."""
    found = []
    for layer in layers:
        x = jax.eval_shape(layer, x)
        found.append(x.shape)
    return tuple(found)


def turn(x):
    return jnp.transpose(x)


def double(x):
    return jnp.concatenate([x, x], axis=-1)


def total(x):
    return jnp.sum(x, axis=-1)


def frame(x):
    return jnp.expand_dims(x, 0)


def flat(x):
    return jnp.ravel(x)


def look_up(x):
    return jnp.take(jnp.ones((10, 4)), x, axis=0)


def chain(rng, size):
    """A random chain of `size` + 2 layers, that never runs out of axes."""
    axes, names = 2, []
    for _ in range(size + 2):
        name = rng.choice(["turn", "double", "frame", "flat"] + ["total"] * (axes > 1))
        axes = 1 if name == "flat" else axes + (name == "frame") - (name == "total")
        names.append(str(name))
    return f"[{', '.join(names)}]"


def counted(layer, ran):
    """`layer`, noting in `ran` each time that it runs on numbers; to be asked for its shape leaves no note."""

    def watched(x):
        jax.debug.callback(lambda: ran.append(1))
        return layer(x)

    return watched


CALL = "shapes(layers, x)"
SIZES = one_of("jnp.ones((2, 3))", "jnp.ones((4, 3))", "jnp.ones((2, 5))", "np.ones((4, 5))")
WHOLE = one_of("jnp.array([[7, 2, 5], [0, 9, 4]])", "jnp.array([[3, 8], [1, 1], [6, 0]])", "np.array([5, 2, 9])")


@page.probe(layer=one_of("turn", "double", "total", "frame", "flat"), x=SIZES)
def one_layer(shapes, layer, x):
    """For each layer there is one shape: that of what it puts out."""
    return shapes([layer], x)


@page.probe(x=SIZES)
def no_layer(shapes, x):
    """With no layer there is no shape: the tuple is empty."""
    return shapes([], x)


@page.probe(call=CALL, layers=fixed("[turn, double, frame, total]"), x=SIZES)
def one_after_the_other(shapes, layers, x):
    """Each layer gets what the one before it put out."""
    return shapes(layers, x)


@page.probe(call=CALL, times=4, layers=chain, x=SIZES)
def any_chain(shapes, layers, x):
    """The chain may have any length, and an array any number of axes."""
    return shapes(layers, x)


@page.probe(call=CALL, layers=one_of("[turn, look_up, total]", "[frame, look_up, double]"), x=WHOLE)
def whole_numbers(shapes, layers, x):
    """A layer is to see the dtype of its input too: some take only whole numbers."""
    return shapes(layers, x)


@page.probe(call=CALL, weight=3, layers=fixed("[double, turn, frame, total]"), x=SIZES)
def nothing_is_computed(shapes, layers, x):
    """A layer is to be asked for its shape, by jax.eval_shape; one that runs on numbers, also inside jit, counts."""
    ran = []
    found = shapes([counted(layer, ran) for layer in layers], x)
    jax.effects_barrier()
    return {"shapes": found, "layers run on numbers": len(ran)}


@page.mistake(
    "The shapes are right, but every layer ran on numbers. Ask for the shape alone: x = jax.eval_shape(layer, x)."
)
def computes(layers, x):
    found = []
    for layer in layers:
        x = layer(x)
        found.append(x.shape)
    return tuple(found)


@page.mistake("Every layer got the first x. Hand on what came out: x = jax.eval_shape(layer, x).")
def every_layer_gets_x(layers, x):
    return tuple(jax.eval_shape(layer, x).shape for layer in layers)


@page.mistake("The shape of x itself stands in front. Asked is one shape for each layer, of what it puts out.")
def begins_with_x(layers, x):
    return (x.shape, *shapes(layers, x))


@page.mistake("It returns the last shape alone. Collect one for each layer, and return them all in a tuple.")
def only_the_last(layers, x):
    for layer in layers:
        x = jax.eval_shape(layer, x)
    return x.shape


@page.mistake(
    "It returns what jax.eval_shape gives, which is a shape and a dtype together. Asked is the shape: its `.shape`."
)
def keeps_the_dtype(layers, x):
    found = []
    for layer in layers:
        x = jax.eval_shape(layer, x)
        found.append(x)
    return tuple(found)


@page.mistake(
    "A layer was called on a ShapeDtypeStruct, which is no array. jax.eval_shape(layer, x) calls it for you on something "
    "that is like one."
)
def calls_the_layer_on_a_struct(layers, x):
    x = jax.ShapeDtypeStruct(x.shape, x.dtype)
    found = []
    for layer in layers:
        x = layer(x)
        found.append(x.shape)
    return tuple(found)


@page.mistake(
    "The dtype of x was lost: a layer that looks something up by whole numbers was asked with floats. Hand x itself to "
    "jax.eval_shape, then what it returned."
)
def forgets_the_dtype(layers, x):
    return shapes(layers, jax.ShapeDtypeStruct(x.shape, jnp.float32))


@page.mistake(
    "The next layer got a shape alone, a tuple of numbers. Hand on what jax.eval_shape returned, and collect its `.shape`."
)
def hands_on_the_shape(layers, x):
    found = []
    for layer in layers:
        x = jax.eval_shape(layer, x).shape
        found.append(x)
    return tuple(found)


@page.mistake(
    "The layer was called, and jax.eval_shape got what it returned. Hand over the two apart, and it will ask: "
    "jax.eval_shape(layer, x)."
)
def calls_the_layer_first(layers, x):
    found = []
    for layer in layers:
        x = jax.eval_shape(layer(x))
        found.append(x.shape)
    return tuple(found)
