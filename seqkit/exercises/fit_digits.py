"""`fit_digits(images, labels, seed)`: a chain of any style, trained on scikit-learn's digits and tried on others."""

import functools
import gc
import time
from dataclasses import dataclass
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import linen as nn
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.datasets import load_digits

from seqkit.draws import one_of, whole
from seqkit.exercise import Exercise

page = Exercise(
    "fit_digits",
    number=36,
    lesson="11_train_a_chain",
    points=20,
    statement="""
Write `fit_digits(images, labels, seed)`: train a chain of your choice, in any style, and return a function `predict`.

`images` is a part of scikit-learn's digits, a numpy array of shape (n, 8, 8) with values from 0 to 16; `labels`, of
shape (n,), says for each which digit it is, 0 to 9; `seed` is a whole number for whatever you draw. `predict(images)`
takes any number of images of shape (8, 8), one included, and returns a whole number for each, in an array of shape (n,).

What counts is how it does on digits that it has **not** seen. It is trained on 1437 of them, twice, with two seeds and
two choices of digits, and asked for the other 360: at least 0.95 of its labels have to be right, that is 342. In one of
the two the labels count backwards (a 3 is called 6), and that is what `predict` has to say. Training may take 30 s on
two cores, which is 60 s of processor time. `images` and `labels` stay as they are. The chain does the work: the
classifiers and regressors of scikit-learn do not count.

    >>> digits = load_digits()
    >>> predict = fit_digits(digits.images[:1437], digits.target[:1437], 1)
    >>> predict(digits.images[1437:]).shape
    (360,)
""",
    hints=(
        "Your chain returns ten numbers for an image: which of them is the label, and what does training make larger?",
        "Flatten to 64, divide by 16, two Dense layers with relu between, and some hundred steps of optax.adam(0.02).",
        "return lambda images: np.asarray(chain.apply(params, prepare(images)).argmax(axis=-1))",
    ),
)


@page.answer
def fit_digits(images, labels, seed):
    """→ predict: (m, 8, 8) images → (m,) labels, whole numbers."""
    chain = nn.Sequential([nn.Dense(64), nn.relu, nn.Dense(10)])
    optimizer = optax.adam(0.02)

    def prepare(images):
        return jnp.asarray(images, jnp.float32).reshape(-1, 64) / 16

    @jax.jit
    def step(params, state, x, y):
        def mean_loss(params):
            logits = chain.apply(params, x)
            losses = optax.softmax_cross_entropy_with_integer_labels(logits, y)
            return losses.mean()

        updates, state = optimizer.update(jax.grad(mean_loss)(params), state)
        return optax.apply_updates(params, updates), state

    x, y = prepare(images), jnp.asarray(labels)
    params = chain.init(jax.random.PRNGKey(seed), x[:1])
    state = optimizer.init(params)
    for _ in range(100):
        params, state = step(params, state, x, y)

    def predict(images):
        return np.asarray(chain.apply(params, prepare(images)).argmax(axis=-1))

    return predict


class Split(NamedTuple):
    """Digits to learn from, and digits held out."""

    images: np.ndarray
    labels: np.ndarray
    held_out: np.ndarray
    right: np.ndarray


all_digits = functools.cache(load_digits)


def digits(choice, backwards=False):
    """A choice of 1437 digits to learn from, 360 held out; `backwards` calls a 3 a 6."""
    found = all_digits()
    order = np.random.default_rng({1: 1, 2: 3, 3: 8}[choice]).permutation(1797)
    labels = 9 - found.target if backwards else found.target
    learn, other = order[:1437], order[1437:]
    return Split(found.images[learn], labels[learn], found.images[other], labels[other])


def count_right(predict, split):
    """How many labels of the digits held out are right; more than 342 of the 360 count as 342."""
    labels = np.asarray(predict(split.held_out))
    return min(342, int((labels == split.right).sum())) if labels.shape == (360,) else 0


# ---- one check trains twice, not once for each probe ----


@dataclass
class Fit:
    """What came of one training, and what was seen of it."""

    answer: object
    predict: object = None
    error: BaseException | None = None
    unchanged: bool = False
    seconds: float = 0.0
    estimators: int = 0


FITS = {}


def fitted(fit_digits, choice, seed, backwards=False, anew=False):
    """The `Fit` of an answer; kept for the other probes of the same check, and raises what the training raised."""
    if anew:
        for key in [key for key, fit in FITS.items() if getattr(fit.answer, "__module__", None) != __name__]:
            del FITS[key]
    key = (id(fit_digits), choice, seed, backwards)
    if key not in FITS:
        FITS[key] = train(fit_digits, choice, seed, backwards)
    if FITS[key].error is not None:
        raise FITS[key].error
    return FITS[key]


def train(fit_digits, choice, seed, backwards):
    split, untouched, before = digits(choice, backwards), digits(choice, backwards), set(map(id, estimators()))
    fit, begun = Fit(fit_digits), time.process_time()
    try:
        fit.predict = fit_digits(split.images, split.labels, seed)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        fit.error = error
    fit.seconds = time.process_time() - begun
    fit.unchanged = all(np.array_equal(one, other) for one, other in zip(split[:2], untouched[:2], strict=True))
    fit.estimators = sum(id(one) not in before for one in estimators())
    return fit


def estimators():
    """The classifiers and regressors of scikit-learn that are in memory."""
    return [one for one in gc.get_objects() if issubclass(type(one), ClassifierMixin | RegressorMixin)]


@page.probe(call="fit_digits(digits(1).images, digits(1).labels, 7)(digits(1).held_out)")
def what_predict_returns(fit_digits):
    """fit_digits returns a function, and that returns one label for each image: a whole number from 0 to 9."""
    labels = np.asarray(fitted(fit_digits, 1, 7, anew=True).predict(digits(1).held_out))
    return {"shape": labels.shape, "whole numbers": labels.dtype.kind in "iu"}


@page.probe(call="count_right(fit_digits(digits(1).images, digits(1).labels, 7), digits(1))", weight=3)
def digits_that_it_has_not_seen(fit_digits):
    """Of 360 digits that it was not trained on, 342 labels at least are to be right; more count as 342."""
    return count_right(fitted(fit_digits, 1, 7).predict, digits(1))


BACKWARDS = "digits(choice, backwards=True)"


@page.probe(
    call=f"count_right(fit_digits({BACKWARDS}.images, {BACKWARDS}.labels, seed), {BACKWARDS})",
    weight=3,
    choice=whole(2, 3),
    seed=one_of("11", "12"),
)
def another_seed_and_labels_that_count_backwards(fit_digits, choice, seed):
    """It learns what it is handed, whatever the seed: here a 3 is called 6, and 342 of 360 are to be right again."""
    return count_right(fitted(fit_digits, choice, seed, backwards=True).predict, digits(choice, backwards=True))


@page.probe(
    call="fit_digits(digits(1).images, digits(1).labels, 7)(digits(1).held_out[first : first + 1])",
    first=whole(0, 350),
)
def any_number_of_images(fit_digits, first):
    """A label depends on its own image alone: it is the same whether one image is asked for, six, or all of them."""
    predict, images = fitted(fit_digits, 1, 7).predict, digits(1).held_out[first : first + 6]
    every, six = np.asarray(predict(digits(1).held_out))[first : first + 6], np.asarray(predict(images))
    ones = [np.asarray(predict(image[None])) for image in images]
    differ = [one != label for one, label in zip(ones, every, strict=False)] + [six != every]
    return {"shapes": [ones[0].shape, six.shape], "labels that differ": sum(int(np.sum(each)) for each in differ)}


@page.probe(call="fit_digits(digits(1).images, digits(1).labels, 7)")
def what_was_handed_in(fit_digits):
    """The images and labels that were handed in stay as they are: divide a copy, images / 16, and not in place."""
    return {"unchanged": fitted(fit_digits, 1, 7).unchanged}


@page.probe(call="fit_digits(digits(1).images, digits(1).labels, 7)")
def in_time(fit_digits):
    """Training takes 30 s at most on two cores: 60 s of processor time."""
    return {"within 60 s of processor time": fitted(fit_digits, 1, 7).seconds <= 60}


@page.probe(call="fit_digits(digits(1).images, digits(1).labels, 7)")
def a_chain_of_your_own(fit_digits):
    """A chain is to be trained, in any style; the classifiers and regressors of scikit-learn do not count."""
    return {"classifiers of scikit-learn": fitted(fit_digits, 1, 7).estimators}


# ---- mistakes: what they train is trained once ----


@functools.cache
def trained(images, shape, labels, seed):
    return fit_digits(np.frombuffer(images).reshape(shape), np.frombuffer(labels, int), seed)


def good(images, labels, seed):
    return trained(images.tobytes(), images.shape, labels.tobytes(), seed)


@page.mistake(
    "The chain was initialised and never trained, so it guesses. Take steps: gradients, updates, new parameters."
)
def never_trains(images, labels, seed):
    chain = nn.Sequential([nn.Dense(64), nn.relu, nn.Dense(10)])
    params = chain.init(jax.random.PRNGKey(seed), jnp.ones((1, 64)))
    return lambda images: np.asarray(chain.apply(params, images.reshape(-1, 64) / 16).argmax(axis=-1))


@page.mistake(
    "It returns labels. Asked is a function that makes them: define predict(images) inside, and return predict."
)
def returns_labels(images, labels, seed):
    return good(images, labels, seed)(images)


@page.mistake("predict returns ten numbers for an image. The label is the place of the largest: .argmax(axis=-1).")
def ten_numbers_for_an_image(images, labels, seed):
    predict = good(images, labels, seed)
    return lambda images: np.eye(10, dtype=np.float32)[predict(images)]


@page.mistake("The labels come as floats. A label is a whole number: .argmax gives one, or .astype(int).")
def labels_as_floats(images, labels, seed):
    predict = good(images, labels, seed)
    return lambda images: predict(images).astype(np.float32)


@page.mistake(
    "It knows the digits that it was handed by heart, and no others. Train a chain, which learns what is common."
)
def learns_by_heart(images, labels, seed):
    known = {image.tobytes(): label for image, label in zip(images, labels, strict=True)}
    return lambda images: np.array([known.get(image.tobytes(), -1) for image in images])


@page.mistake("The labels are those of scikit-learn's own table, not those that were handed in. Learn from `labels`.")
def looks_them_up(images, labels, seed):
    table = load_digits()
    known = {image.tobytes(): label for image, label in zip(table.images, table.target, strict=True)}
    return lambda images: np.array([known.get(image.tobytes(), -1) for image in images])


@page.mistake("The images that were handed in were changed: `images /= 16` works in place. Write images = images / 16.")
def divides_in_place(images, labels, seed):
    predict = good(images, labels, seed)
    images /= 16
    return predict


@page.mistake(
    "predict brings each batch to its own mean, so a label depends on the other images. Keep the numbers of training."
)
def centres_each_batch(images, labels, seed):
    predict = good(images - images.mean(axis=0), labels, seed)
    return lambda images: predict(images - images.mean(axis=0))


@page.mistake("A classifier of scikit-learn did the work. Train a chain of your own, in any of the styles.")
def nearest_neighbour(images, labels, seed):
    from sklearn.neighbors import KNeighborsClassifier

    model = KNeighborsClassifier(1).fit(images.reshape(-1, 64), labels)
    return lambda images: model.predict(images.reshape(-1, 64))
