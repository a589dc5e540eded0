import functools

import equinox as eqx
import jax


def by_decorator(model, state, xs):
    @functools.partial(jax.vmap, in_axes=(0, None), out_axes=(0, None), axis_name="batch")
    def rows(x, state):
        y, new = model(x, state)
        return y, new

    outputs, new = rows(xs, state)
    return outputs, new


def by_filter_vmap(model, state, xs):
    @eqx.filter_vmap(in_axes=(None, 0, None), out_axes=(eqx.if_array(0), None), axis_name="batch")
    def each(model, x, state):
        return model(x, state, key=None)

    return each(model, xs, state)


def first_of_the_states(model, state, xs):
    outputs, states = jax.vmap(model, (0, None), 0, axis_name="batch")(xs, state)
    return outputs, jax.tree_util.tree_map(lambda leaf: leaf[0], states)


def a_copy_closed_over(model, state, xs):
    leaves, shape = jax.tree_util.tree_flatten(state)
    copy = jax.tree_util.tree_unflatten(shape, leaves)
    return jax.vmap(lambda x: model(x, copy), axis_name="batch", out_axes=(0, None))(xs)


def compiled(model, state, xs):
    run = eqx.filter_jit(lambda xs, state: jax.vmap(model, (0, None), (0, None), axis_name="batch")(xs, state))
    return run(xs, state)[0], run(xs, state)[1]


ANSWERS = [by_decorator, by_filter_vmap, first_of_the_states, a_copy_closed_over, compiled]
