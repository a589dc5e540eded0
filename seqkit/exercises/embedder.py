"""`embedder(classifier)`: all but the last layer of a chain, with the same variables."""

import copy

import jax.numpy as jnp
import objax

from seqkit.draws import array, seed
from seqkit.exercise import Exercise
from seqkit.probing.objax import is_chain, linear
from seqkit.probing.running import run, what_came

page = Exercise(
    "embedder",
    number=10,
    lesson="03_edit_the_chain",
    points=10,
    statement="""
The last layer of a classifier gives the scores of the classes; what goes into that layer is an **embedding** of the
input. Write `embedder(classifier)`: for an Objax chain of two or more layers, the chain of all its layers but the last.

    >>> classifier = objax.nn.Sequential([abs, float, str])
    >>> embedder(classifier)(-3)
    3.0

The layers in it are those of the classifier, not copies: both share their variables, so that a value that changes in
one has changed in the other. The classifier keeps all its layers. Later edits of one list need not show in the other.
""",
    hints=(
        "A chain is a list. How do you write all but the last item of a list?",
        "A slice of an Objax chain is a chain, and holds the layers themselves.",
        "return classifier[:-1]",
    ),
)


@page.answer
def embedder(classifier):
    """All layers of `classifier` but the last, sharing its variables."""
    return classifier[:-1]


relu = objax.functional.relu


def classifier(rng, size):
    """A chain of 2, 4 or 5 layers, as code."""
    a, b, c = (int(rng.integers(1, 999)) for _ in range(3))
    layers = [f"linear(4, 6, seed={a})", "relu", f"linear(6, 5, seed={b})", "relu", f"linear(5, 3, seed={c})"]
    return f"objax.nn.Sequential([{', '.join([layers[:2], layers[:4], layers][size])}])"


def positions(chain, classifier):
    """For each layer of a chain, where the very same layer stands first in the classifier; None for another layer."""
    layers = list(classifier)
    return [
        next((i for i, own in enumerate(layers) if own is layer), None) for layer, _ in zip(chain, layers, strict=False)
    ]


def outputs_before_and_after(chain, x, change):
    """What a chain gives for x, before and after `change()`."""
    return {"before": chain(x), "after": (change(), chain(x))[1]}


@page.probe(times=3, classifier=classifier, x=array(2, 4), call="embedder(classifier)(x)")
def its_output(embedder, classifier, x):
    """The output is what goes into the last layer of the classifier."""
    return run(embedder(classifier), x)


@page.probe(times=3, classifier=classifier, call="embedder(classifier)")
def a_chain(embedder, classifier):
    """A chain comes back: a Sequential of all layers but the last."""
    found = embedder(classifier)
    return {"what comes back": what_came(found, is_chain(found)), "layers": len(found) if is_chain(found) else 0}


@page.probe(times=2, classifier=classifier, x=array(2, 4))
def the_classifier_stays(embedder, classifier, x):
    """The classifier keeps all its layers."""
    embedder(classifier)
    return {"layers of the classifier": len(classifier), "output of the classifier": classifier(x)}


@page.probe(times=3, classifier=classifier)
def the_same_layers(embedder, classifier):
    """The layers in it are those of the classifier, not copies; None stands for a layer that is not."""
    return {"places in the classifier": positions(embedder(classifier), classifier)}


@page.probe(classifier=lambda rng, size: classifier(rng, 1), x=array(2, 4), seed=seed())
def a_change_in_the_classifier(embedder, classifier, x, seed):
    """A value that changes in the classifier has changed in the embedder."""
    found, weight = embedder(classifier), classifier[2].w
    return outputs_before_and_after(found, x, lambda: weight.assign(linear(6, 5, seed=seed).w.value))


@page.probe(classifier=lambda rng, size: classifier(rng, 1), x=array(2, 4), seed=seed())
def a_change_in_the_embedder(embedder, classifier, x, seed):
    """A value that changes in the embedder has changed in the classifier."""
    weight = embedder(classifier)[0].w
    return outputs_before_and_after(classifier, x, lambda: weight.assign(linear(4, 6, seed=seed).w.value))


@page.mistake("The last layer was taken out of the classifier, which is still needed. Take a slice: classifier[:-1].")
def pops(classifier):
    classifier.pop()
    return classifier


@page.mistake("The whole classifier came back. Leave its last layer out: classifier[:-1].")
def everything(classifier):
    return classifier


@page.mistake("Two layers are missing. An activation function is a layer too: leave out one, [:-1].")
def without_two(classifier):
    return classifier[:-2]


@page.mistake("It is a plain list, which cannot be called. Slice the chain itself, or put the list into a Sequential.")
def plain_list(classifier):
    return list(classifier)[:-1]


@page.mistake("It is a function. Asked is a chain, whose layers and variables can be reached: classifier[:-1].")
def a_function(classifier):
    return lambda x: classifier[:-1](x)


@page.mistake(
    "The layers are new ones with the same values: a change in one no longer shows in the other. "
    "Hand over the layers themselves."
)
def copies_values(classifier):
    return objax.nn.Sequential([_copied(layer) for layer in classifier[:-1]])


def _copied(layer):
    if not isinstance(layer, objax.nn.Linear):
        return layer
    copied = linear(*layer.w.value.shape)
    copied.w.assign(jnp.array(layer.w.value))
    copied.b.assign(jnp.array(layer.b.value))
    return copied


@page.mistake(
    "`copy.deepcopy` was used: it makes layers of its own, and cannot copy an Objax variable. "
    "No copy is wanted: hand over the layers of the classifier, classifier[:-1]."
)
def deep_copy(classifier):
    return copy.deepcopy(classifier)[:-1]


@page.mistake("The layers are new, with values of their own. Hand over those of the classifier: classifier[:-1].")
def new_layers(classifier):
    made = [linear(*each.w.value.shape) if isinstance(each, objax.nn.Linear) else each for each in classifier]
    return objax.nn.Sequential(made[:-1])


@page.mistake("It is the last layer alone, classifier[-1]. Asked are all the others: classifier[:-1].")
def the_last_alone(classifier):
    return classifier[-1]


@page.mistake("The first layer is missing, and the last is still there. The slice is [:-1], up to the last.")
def without_the_first(classifier):
    return classifier[1:]


@page.mistake("Nothing comes back. Put return in front: return classifier[:-1].")
def returns_nothing(classifier):
    classifier[:-1]
