"""`normalise_batch(model, state, xs)`: a chain with BatchNorm, run on a batch; the new state beside the old one."""

import equinox as eqx
import jax
import jax.numpy as jnp

from seqkit.draws import array, number, seed
from seqkit.exercise import Exercise
from seqkit.probing.equinox import Counter, Plus, filled, linear, state_values

page = Exercise(
    "normalise_batch",
    number=30,
    lesson="09_keys_and_state",
    points=15,
    statement="""
Write `normalise_batch(model, state, xs)`. `model` is an Equinox chain with state, made for **one** example: called with
an example and the state, it returns (output, new state). Its BatchNorm layers were made with `axis_name="batch"`: they take
mean and variance over the axis of that name, so there must be one. `xs` is a batch, of shape (examples, features).

Return the tuple (outputs, new state): the outputs of all examples, one a row, and **one** state for the whole batch, in
which no value has an axis more than before. The state that was handed in stays as it was, and can be used again. Whether
the chain trains or not is settled in the model: leave that as it is. No layer takes a key.

    >>> norm = lambda: eqx.nn.Sequential([eqx.nn.BatchNorm(1, axis_name="batch", mode="batch")])
    >>> model, state = eqx.nn.make_with_state(norm)()
    >>> outputs, state = normalise_batch(model, state, jnp.array([[1.0], [3.0]]))
    >>> outputs.round(3).tolist()
    [[-1.0], [1.0]]
""",
    hints=(
        "BatchNorm looks at one example. From where can it know the mean of the batch?",
        "jax.vmap can name the axis that it adds, and for each argument and each result it can be told that there is none.",
        'return jax.vmap(model, axis_name="batch", in_axes=(0, None), out_axes=(0, None))(xs, state)',
    ),
)


@page.answer
def normalise_batch(model, state, xs):
    """(examples, features) array → (examples, out) array and the new state."""
    axes = (0, None)
    run = jax.vmap(model, axis_name="batch", in_axes=axes, out_axes=axes)
    return run(xs, state)


def norm_alone():
    return eqx.nn.Sequential([eqx.nn.BatchNorm(3, axis_name="batch", momentum=0.5, mode="batch")])


def norm_between():
    norm = eqx.nn.BatchNorm(4, axis_name="batch", momentum=0.5, mode="batch")
    return eqx.nn.Sequential([linear(3, 4), norm, eqx.nn.Lambda(jnp.tanh)])


def with_values(make, seed):
    """(model, state): parameters drawn from `seed`, and running values as if some batches had been seen."""
    model, state = eqx.nn.make_with_state(make)()
    values = jax.tree_util.tree_map(lambda value: abs(value) + 1, filled(state, seed))
    return filled(model, seed), values


@page.probe(seed=seed(), xs=array(5, 3))
def one_norm(normalise_batch, seed, xs):
    """BatchNorm takes the mean over the axis that vmap names "batch"; (outputs, new state) come back."""
    model, state = eqx.nn.make_with_state(norm_alone)()
    return state_values(normalise_batch(filled(model, seed), state, xs))


@page.probe(n=number(), xs=array(5, 3))
def one_state_for_the_batch(normalise_batch, n, xs):
    """The state is one for the whole batch: a layer that counts has counted one call, not one for each example."""
    model, state = eqx.nn.make_with_state(eqx.nn.Sequential)([Plus(n), Counter(3)])
    return state_values(normalise_batch(model, state, xs))


@page.probe(weight=2, seed=seed(), xs=array(5, 3))
def a_longer_chain(normalise_batch, seed, xs):
    """The new state follows from the one handed in, and that one still holds its values afterwards."""
    model, state = with_values(norm_between, seed)
    returned = normalise_batch(model, state, xs)
    return {"returned": state_values(returned), "old state afterwards": state_values(state)}


@page.probe(seed=seed(), xs=array(5, 3))
def not_training(normalise_batch, seed, xs):
    """A model in inference mode normalises by the values of the state, and the state comes back as it was."""
    model, state = with_values(norm_between, seed)
    return state_values(normalise_batch(eqx.nn.inference_mode(model), state, xs))


@page.mistake(
    'No axis around the chain is called "batch", as its BatchNorm asks: jax.vmap(model, axis_name="batch", …).'
)
def names_no_axis(model, state, xs):
    return jax.vmap(model, in_axes=(0, None), out_axes=(0, None))(xs, state)


@page.mistake(
    "The new state came out once for each example. There is one for all: out_axes=(0, None) says so, as in_axes does."
)
def a_state_for_each_example(model, state, xs):
    return jax.vmap(model, axis_name="batch", in_axes=(0, None))(xs, state)


@page.mistake(
    "vmap takes the state apart as if it were a batch. It is one for all examples: in_axes=(0, None), for a call with "
    "(xs, state), in this order."
)
def a_batch_of_states(model, state, xs):
    return jax.vmap(model, axis_name="batch")(xs, state)


@page.mistake("The chain is made for one example, and got the whole batch. Let jax.vmap hand over the rows.")
def no_vmap(model, state, xs):
    return model(xs, state)


@page.mistake("It returns the state that it was given. Return the one that came out of the chain.")
def returns_the_old_state(model, state, xs):
    outputs, _ = normalise_batch(model, state, xs)
    return outputs, state


@page.mistake("The new state is lost. Return both: outputs, new state.")
def returns_the_outputs_alone(model, state, xs):
    return normalise_batch(model, state, xs)[0]


@page.mistake(
    "Inside the function that vmap calls, the state comes from outside, so the old one is used up. Hand it over as an "
    "argument: in_axes=(0, None)."
)
def closes_over_the_state(model, state, xs):
    return jax.vmap(lambda x: model(x, state), axis_name="batch", out_axes=(0, None))(xs)


@page.mistake("The model was put in inference mode, so nothing is learnt of the batch. Run it as it comes.")
def always_inference(model, state, xs):
    return normalise_batch(eqx.nn.inference_mode(model), state, xs)


@page.mistake("It returns (state, outputs). Outputs come first, the state second.")
def the_other_way_round(model, state, xs):
    return normalise_batch(model, state, xs)[::-1]
