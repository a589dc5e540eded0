"""`make_train_step(chain, optimizer)`: one step of training, compiled."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import linen as nn

from seqkit import draws
from seqkit.exercise import Exercise

page = Exercise(
    "make_train_step",
    number=35,
    lesson="11_train_a_chain",
    points=15,
    statement="""
Write `make_train_step(chain, optimizer)`: from a Linen chain and an optimizer of optax it makes a function
`step(params, opt_state, x, y)` that trains for one step and returns three things, in this order: the new parameters,
the new state of the optimizer, and the loss.

`params` is what `chain.init` returned, `opt_state` is what `optimizer.init(params)` returned, `x` is a batch of
inputs of shape (batch, n), and `y` holds the right class of each as a whole number, (batch,). The chain's output, of
shape (batch, classes), are logits: scores before softmax. The loss is the **mean** over the batch of the cross-entropy
of logits and labels, **before** the step, a single number. Any optimizer may come; some, like `optax.adamw`, want to
see the parameters too.

`step` is compiled by `jax.jit`: once it has run, a call of the same shapes runs no Python of the layers or of the
optimizer any more. A probe counts.

    >>> chain, optimizer = nn.Sequential([nn.Dense(3)]), optax.sgd(0.5)
    >>> params = {"params": {"layers_0": {"kernel": jnp.zeros((4, 3)), "bias": jnp.zeros(3)}}}
    >>> step = make_train_step(chain, optimizer)
    >>> params, opt_state, loss = step(params, optimizer.init(params), np.ones((6, 4)), np.array([0, 1, 2, 2, 1, 0]))
    >>> round(float(loss), 4)  # the logarithm of 3: all classes alike
    1.0986
""",
    hints=(
        "Of which function do you need the gradient, and with respect to which of its arguments?",
        "jax.value_and_grad(loss)(params) gives loss and gradients; optimizer.update makes updates; optax.apply_updates.",
        "updates, opt_state = optimizer.update(grads, opt_state, params), then: optax.apply_updates(params, updates)",
    ),
)


@page.answer
def make_train_step(chain, optimizer):
    """→ step(params, opt_state, x, y) → new params, opt_state, the loss."""

    @jax.jit
    def step(params, opt_state, x, y):
        def mean_loss(params):
            logits = chain.apply(params, x)
            losses = optax.softmax_cross_entropy_with_integer_labels(logits, y)
            return losses.mean()

        loss, grads = jax.value_and_grad(mean_loss)(params)
        updates, opt_state = optimizer.update(grads, opt_state, params)
        return optax.apply_updates(params, updates), opt_state, loss

    return step


def dense(n_in, n_out, of):
    """Parameters of a Dense layer between -1 and 1, drawn from the seed `of`."""
    rng = np.random.default_rng(of)
    kernel, bias = rng.uniform(-1, 1, (n_in, n_out)), rng.uniform(-1, 1, n_out)
    return {"kernel": jnp.asarray(kernel, jnp.float32), "bias": jnp.asarray(bias, jnp.float32)}


def labels(rng, size):
    """A draw: six labels, each of three classes twice."""
    return f"np.array({rng.permutation([0, 0, 1, 1, 2, 2]).tolist()})"


BATCH = {"x": draws.array(6, 4, of="np"), "y": labels}


def one(make_train_step, chain, optimizer, params, x, y):
    """What one step returned. Without jit: for a single step it takes longer to compile than to run."""
    step = make_train_step(chain, optimizer)
    with jax.disable_jit():
        return step(params, optimizer.init(params), x, y)


@page.probe(kernel=draws.seed(), **BATCH)
def the_loss(make_train_step, kernel, x, y):
    """Three things come back, the loss last: the mean cross-entropy of logits and labels, before the step."""
    params = {"params": {"layers_0": dense(4, 3, of=kernel)}}
    made = one(make_train_step, nn.Sequential([nn.Dense(3)]), optax.sgd(0.5), params, x, y)
    return {"how many": len(made), "loss": made[2]}


@page.probe(kernel=draws.seed(), **BATCH)
def one_step(make_train_step, kernel, x, y):
    """The new parameters, of every layer, are the old ones and the updates that the optimizer makes of the gradients."""
    chain = nn.Sequential([nn.Dense(5), nn.relu, nn.Dense(3)])
    params = {"params": {"layers_0": dense(4, 5, of=kernel), "layers_2": dense(5, 3, of=kernel + 1)}}
    made = one(make_train_step, chain, optax.sgd(0.25), params, x, y)
    return {"params": made[0]["params"]}


@page.probe(kernel=draws.seed(), **BATCH)
def an_optimizer_that_wants_the_parameters(make_train_step, kernel, x, y):
    """Some optimizers look at the parameters as well: optimizer.update takes them as its third argument."""
    params = {"params": {"layers_0": dense(4, 3, of=kernel)}}
    optimizer = optax.chain(optax.add_decayed_weights(0.5), optax.sgd(0.5))
    made = one(make_train_step, nn.Sequential([nn.Dense(3)]), optimizer, params, x, y)
    return {"params": made[0]["params"]}


class Counted:
    """A function that counts its calls in Python."""

    def __init__(self, f):
        self.f, self.calls = f, 0

    def __call__(self, *args, **kwargs):
        self.calls += 1
        return self.f(*args, **kwargs)


@page.probe(weight=2, kernel=draws.seed(), **BATCH)
def two_steps(make_train_step, kernel, x, y):
    """Parameters and state go in and come out anew; under jax.jit the second step runs no Python of the layers again."""
    layer, sgd = Counted(jnp.abs), optax.sgd(0.5, momentum=0.9)
    update, params = Counted(sgd.update), {"params": {"layers_1": dense(4, 3, of=kernel)}}
    step = make_train_step(nn.Sequential([layer, nn.Dense(3)]), sgd._replace(update=update))
    params, state, first = step(params, sgd.init(params), x, y)
    layer.calls = update.calls = 0
    params, state, second = step(params, state, x, y)
    ran = {"layers ran in Python again": layer.calls > 0, "the optimizer ran in Python again": update.calls > 0}
    return {"losses": [first, second], "params": params["params"], "state": state} | ran


def mean_loss(chain, params, x, y):
    return optax.softmax_cross_entropy_with_integer_labels(chain.apply(params, x), y).mean()


def stepping(chain, optimizer, loss=mean_loss):
    """The reference with another loss, for mistakes."""

    @jax.jit
    def step(params, opt_state, x, y):
        value, grads = jax.value_and_grad(lambda params: loss(chain, params, x, y))(params)
        updates, opt_state = optimizer.update(grads, opt_state, params)
        return optax.apply_updates(params, updates), opt_state, value

    return step


@page.mistake("The loss is a sum over the batch. Asked is the mean: end with .mean().")
def sums_the_losses(chain, optimizer):
    return stepping(chain, optimizer, lambda *args: 6 * mean_loss(*args))


@page.mistake("The loss is that of the new parameters. Return the one before the step, which value_and_grad gave.")
def loss_after_the_step(chain, optimizer):
    @jax.jit
    def step(params, opt_state, x, y):
        params, opt_state, _ = stepping(chain, optimizer)(params, opt_state, x, y)
        return params, opt_state, mean_loss(chain, params, x, y)

    return step


@page.mistake("Softmax was applied twice: the loss function does it itself. Hand it the chain's output as it is.")
def softmax_twice(chain, optimizer):
    def loss(chain, params, x, y):
        probabilities = nn.softmax(chain.apply(params, x))
        return optax.softmax_cross_entropy_with_integer_labels(probabilities, y).mean()

    return stepping(chain, optimizer, loss)


@page.mistake(
    "optax.softmax_cross_entropy takes a row for each label, and here a label is a whole number: take "
    "optax.softmax_cross_entropy_with_integer_labels."
)
def labels_as_rows(chain, optimizer):
    def loss(chain, params, x, y):
        return optax.softmax_cross_entropy(chain.apply(params, x), y).mean()

    return stepping(chain, optimizer, loss)


@page.mistake("The updates came back in place of the parameters. Add them: optax.apply_updates(params, updates).")
def returns_the_updates(chain, optimizer):
    @jax.jit
    def step(params, opt_state, x, y):
        loss, grads = jax.value_and_grad(lambda params: mean_loss(chain, params, x, y))(params)
        return *optimizer.update(grads, opt_state, params), loss

    return step


@page.mistake(
    "The old state of the optimizer came back. optimizer.update returns updates and a new state: return that."
)
def keeps_the_old_state(chain, optimizer):
    @jax.jit
    def step(params, opt_state, x, y):
        params, _, loss = stepping(chain, optimizer)(params, opt_state, x, y)
        return params, opt_state, loss

    return step


@page.mistake(
    "The optimizer begins anew at each step. Use the opt_state that was handed in, not optimizer.init(params)."
)
def begins_anew(chain, optimizer):
    @jax.jit
    def step(params, opt_state, x, y):
        return stepping(chain, optimizer)(params, optimizer.init(params), x, y)

    return step


@page.mistake(
    "The layers run in Python each time: the step is not compiled, or anew at each call. Put @jax.jit above step, outside of it."
)
def is_not_compiled(chain, optimizer):
    def step(params, opt_state, x, y):
        loss, grads = jax.value_and_grad(lambda params: mean_loss(chain, params, x, y))(params)
        updates, opt_state = optimizer.update(grads, opt_state, params)
        return optax.apply_updates(params, updates), opt_state, loss

    return step


@page.mistake("The three came back in another order. Return the new parameters, the new state, the loss.")
def loss_first(chain, optimizer):
    step = stepping(chain, optimizer)
    return lambda *args: step(*args)[::-1]


@page.mistake(
    "The optimizer did not see the parameters, and some need them: optimizer.update(grads, opt_state, params)."
)
def update_without_parameters(chain, optimizer):
    @jax.jit
    def step(params, opt_state, x, y):
        loss, grads = jax.value_and_grad(lambda params: mean_loss(chain, params, x, y))(params)
        updates, opt_state = optimizer.update(grads, opt_state)
        return optax.apply_updates(params, updates), opt_state, loss

    return step


@page.mistake("Nothing came back. make_train_step makes the function and hands it over: end with return step.")
def returns_nothing(chain, optimizer):
    stepping(chain, optimizer)


@page.mistake("jax.value_and_grad gives the loss first: loss, grads = jax.value_and_grad(…)(params, x, y).")
def gradient_first(chain, optimizer):
    @jax.jit
    def step(params, opt_state, x, y):
        grads, loss = jax.value_and_grad(lambda params: mean_loss(chain, params, x, y))(params)
        updates, opt_state = optimizer.update(grads, opt_state, params)
        return optax.apply_updates(params, updates), opt_state, loss

    return step
