from functools import partial

import jax
import jax.numpy as jnp
import optax


def by_hand(chain, optimizer):
    def loss_of(params, x, y):
        logits = chain.apply(params, x)
        right = jnp.take_along_axis(logits, y[:, None], axis=1)[:, 0]
        return jnp.mean(jax.nn.logsumexp(logits, axis=1) - right)

    def step(params, opt_state, x, y):
        loss = loss_of(params, x, y)
        updates, opt_state = optimizer.update(jax.grad(loss_of)(params, x, y), opt_state, params)
        return jax.tree.map(jnp.add, params, updates), opt_state, loss

    return jax.jit(step)


def one_hot_rows(chain, optimizer):
    def mean_loss(params, x, y):
        logits = chain.apply(params, x)
        rows = jax.nn.one_hot(y, logits.shape[-1])
        return optax.softmax_cross_entropy(logits, rows).mean(), logits

    @jax.jit
    def step(params, opt_state, x, y):
        (loss, _), grads = jax.value_and_grad(mean_loss, has_aux=True)(params, x, y)
        updates, new_state = optimizer.update(grads, opt_state, params)
        return optax.apply_updates(params, updates), new_state, loss

    return step


class Trainer:
    def __init__(self, chain, optimizer):
        self.chain, self.optimizer = chain, optimizer

    def loss(self, params, x, y):
        chances = jax.nn.log_softmax(self.chain.apply(params, x))
        return -chances[jnp.arange(len(y)), y].mean()

    @partial(jax.jit, static_argnums=0)
    def __call__(self, params, opt_state, x, y):
        loss, grads = jax.value_and_grad(self.loss)(params, x, y)
        updates, opt_state = self.optimizer.update(grads, opt_state, params)
        return [optax.apply_updates(params, updates), opt_state, loss]


def donating(chain, optimizer):
    def step(params, opt_state, x, y):
        def mean_of_single_losses(params):
            def single(x, y):
                return optax.softmax_cross_entropy_with_integer_labels(chain.apply(params, x), y)

            return jax.vmap(single)(x, y).mean()

        loss, pull = jax.vjp(mean_of_single_losses, params)
        updates, opt_state = optimizer.update(pull(jnp.ones_like(loss))[0], opt_state, params=params)
        return optax.apply_updates(params, updates), opt_state, loss

    return jax.jit(step, donate_argnums=(0, 1))


def gradients_alone(chain, optimizer):
    @jax.jit
    def loss_and_grads(params, x, y):
        return jax.value_and_grad(
            lambda params: optax.losses.softmax_cross_entropy_with_integer_labels(chain.apply(params, x), y).mean()
        )(params)

    update = jax.jit(optimizer.update)

    def step(params, opt_state, x, y):
        loss, grads = loss_and_grads(params, x, y)
        updates, opt_state = update(grads, opt_state, params)
        return optax.apply_updates(params, updates), opt_state, loss

    return step


ANSWERS = [by_hand, one_hot_rows, Trainer, donating, gradients_alone]


# ---- wrong ----


def optimizer_not_compiled(chain, optimizer):
    @jax.jit
    def loss_and_grads(params, x, y):
        return jax.value_and_grad(
            lambda params: optax.softmax_cross_entropy_with_integer_labels(chain.apply(params, x), y).mean()
        )(params)

    def step(params, opt_state, x, y):
        loss, grads = loss_and_grads(params, x, y)
        updates, opt_state = optimizer.update(grads, opt_state, params)
        return optax.apply_updates(params, updates), opt_state, loss

    return step


def four_things(chain, optimizer):
    return lambda *args: (*by_hand(chain, optimizer)(*args), None)


NEAR_MISSES = [("two steps", optimizer_not_compiled), ("the loss", four_things)]
