"""PyTorch chains edited in place, whatever their submodules are named, and their layers as words of a spec."""

from functools import partial
from itertools import count

from seqkit.editing import in_place
from seqkit.editing.describing import alone, convolution, described, dropout
from seqkit.spec import EPSILON, Activation, BatchNorm, Dense, Flatten, LayerNorm
from seqkit.styles import torch as style
from seqkit.styles.torch import nn  # the style says what to do where PyTorch is missing


def make(layer, shape, seed=0):
    """One layer of this style for `layer`, of a spec, that gets examples of `shape`; its numbers as `draw` makes them.

    Raises:
        SpecError: the layer cannot take that shape.
    """
    return list(style.build(alone(layer, shape), seed)[0])[-1]


KINDS = {
    nn.Linear: ({}, lambda layer: Dense(layer.out_features, layer.bias is not None)),
    nn.Conv2d: (
        {"stride": [(1, 1)], "dilation": [(1, 1)], "groups": [1], "padding_mode": ["zeros"]},
        lambda layer: convolution(layer.out_channels, layer.kernel_size, layer.padding, layer.bias is not None),
    ),
    **dict.fromkeys(
        (nn.BatchNorm1d, nn.BatchNorm2d),
        ({"eps": [EPSILON], "affine": [True], "track_running_stats": [True]}, lambda layer: BatchNorm()),
    ),
    nn.LayerNorm: (
        {"eps": [EPSILON], "elementwise_affine": [True]},
        lambda layer: None if layer.bias is None or len(layer.normalized_shape) > 1 else LayerNorm(),
    ),
    nn.Dropout: ({}, lambda layer: dropout(layer.p)),
    nn.Flatten: ({"start_dim": [1], "end_dim": [-1]}, lambda layer: Flatten()),
    nn.ReLU: ({}, lambda layer: Activation("relu")),
    nn.LeakyReLU: ({"negative_slope": [0.01]}, lambda layer: Activation("leaky_relu")),
    nn.Tanh: ({}, lambda layer: Activation("tanh")),
    nn.Sigmoid: ({}, lambda layer: Activation("sigmoid")),
    nn.ELU: ({"alpha": [1]}, lambda layer: Activation("elu")),
    nn.SiLU: ({}, lambda layer: Activation("silu")),
    nn.Softplus: ({"beta": [1], "threshold": [20]}, lambda layer: Activation("softplus")),
    nn.Softmax: ({"dim": [-1, 1]}, lambda layer: Activation("softmax")),
    nn.LogSoftmax: ({"dim": [-1, 1]}, lambda layer: Activation("log_softmax")),
}


def describe(layer):
    """The layer of a spec that `layer` is, None where a spec has no word for it."""
    return described(layer, KINDS, [])


def edit(chain, layers, given, shapes=None, inside=()):
    """(the chain, which now holds `layers`, what a call takes beside x).

    Args:
        chain: changed in place. Numbers as names are given anew; other names stay with their layers, new ones get one.
        layers: all that it shall hold; those that it holds keep their parameters.
        given: what a call takes beside x; stays as it is.
        shapes, inside: asked by a style that keeps parameters outside of the chain.
    """
    for layer in layers:
        if not any(layer is old for old in chain):
            layer.train(chain.training)
    return rebuilt(chain, layers), dict(given)


def rebuilt(chain, layers):
    """The chain, which now holds `layers`."""
    names = list(map(str, range(len(layers)))) if _is_numbered(chain) else _names(chain, layers)
    _hold(chain, zip(names, layers, strict=True))
    return chain


def _is_numbered(chain):
    return list(chain._modules) == list(map(str, range(len(chain))))


def _names(chain, layers):
    """A name for each layer: the one that it has in the chain, else a free one after its class."""
    names, rest = [], list(chain._modules.items())
    for layer in layers:
        known = next((each for each in rest if each[1] is layer), None)
        if known:
            rest.remove(known)
        names.append(known[0] if known else None)
    taken = set(filter(None, names))
    for i, layer in enumerate(layers):
        if names[i] is None:
            names[i] = next(free for free in _candidates(layer) if free not in taken)
            taken.add(names[i])
    return names


def _candidates(layer):
    word = type(layer).__name__.lower()
    return (f"{word}{n}" if n > 1 else word for n in count(1))


def _hold(chain, named):
    named = list(named)
    chain._modules.clear()
    for key, layer in named:
        chain.add_module(key, layer)


def snapshot(chain):
    """What puts the layers back that the chain holds now, under their names."""
    return partial(_hold, chain, list(chain._modules.items()))


def loading(spec):
    """(keywords of `load`, a call of what it gives), as code, for the chain that `write(spec)` makes."""
    return "", "chain(x)"


SAID = in_place.said("nn.Sequential")


def said_of(chain):
    """`SAID`; of a chain with names of its own what holds for that too, since the list operations number it anew."""
    edits = ("insert", "remove", "move", "duplicate")
    return SAID if _is_numbered(chain) else SAID | dict.fromkeys(edits, "")
