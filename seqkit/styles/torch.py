"""PyTorch: numbered or named submodules.

A layer is a module; it gets one value. The chain's names lead into `state_dict`: "0.weight", or a name of an
`OrderedDict`. Loaded only where PyTorch is used; it is not part of the default install.
"""

from collections import OrderedDict
from contextlib import contextmanager
from functools import partial
from itertools import count

try:
    import torch
    from torch import nn
except ImportError as missing:
    from seqkit.errors import FrameworkError

    raise FrameworkError(
        "the torch style needs PyTorch, which is not installed: it is large, so seqkit does not bring it. "
        "Install it beside seqkit: `make torch` takes the build for the CPU; elsewhere, pip install torch."
    ) from missing

from seqkit import transport, writing
from seqkit.errors import LayersError
from seqkit.notes import Takes, explain, function_name, module_name, wants_no_list
from seqkit.recorder import keep_containers, never
from seqkit.spec import draw
from seqkit.walk import Chain


class Sequential(nn.Module):
    """A chain of modules, each called with what the one before it returned.

    Args:
        *layers: modules, named "0", "1", …; or one `OrderedDict` of names and modules.

    Raises:
        LayersError: layers in a list, a function, or a class where an instance belongs.
    """

    def __init__(self, *layers):
        super().__init__()
        if len(layers) == 1 and isinstance(layers[0], OrderedDict):
            named = layers[0].items()
        else:
            named = zip(map(str, count()), layers, strict=False)
        for key, layer in named:
            self.add_module(key, _checked(key, layer))

    def forward(self, input):
        """Run the chain on `input`.

        Raises:
            Whatever a layer raises, with a note that names the layer and what it got.
        """
        for i, layer in enumerate(self._modules.values()):
            try:
                input = layer(input)
            except Exception as error:
                explain(error, i, list(self), (input,), name, takes)
                raise
        return input

    def __len__(self):
        return len(self._modules)

    def __iter__(self):
        return iter(self._modules.values())

    def __getitem__(self, index):
        """A layer; or, for a slice, a chain that shares its layers and keeps their names."""
        if isinstance(index, slice):
            return type(self)(OrderedDict(list(self._modules.items())[index]))
        return self._modules[self._key(index)]

    def __setitem__(self, index, layer):
        key = self._key(index)
        setattr(self, key, _checked(key, layer))

    def __delitem__(self, index):
        gone = range(len(self))[index]
        gone = set(gone) if isinstance(index, slice) else {range(len(self)).index(gone)}
        self._renumber([layer for i, layer in enumerate(self) if i not in gone])

    def pop(self, index):
        """Take layer `index` out and return it; the others are numbered anew."""
        layer = self[index]
        del self[index]
        return layer

    def insert(self, index, layer):
        """Put a layer before `index`; all are numbered anew. Returns the chain."""
        if not -len(self) <= index <= len(self):
            raise IndexError(f"insert got index {index}; this chain takes {-len(self)} to {len(self)}.")
        layers = list(self)
        layers.insert(index, _checked(str(index), layer))
        self._renumber(layers)
        return self

    def append(self, layer):
        """Add a layer under the next number that no layer has. Returns the chain."""
        free = next(str(n) for n in count(len(self)) if str(n) not in self._modules)
        self.add_module(free, _checked(free, layer))
        return self

    def extend(self, layers):
        """Add several. Returns the chain."""
        for layer in [_checked(str(i), layer) for i, layer in enumerate(layers, len(self))]:
            self.append(layer)
        return self

    def __add__(self, other):
        return Sequential(*self, *_chain(other))

    def __iadd__(self, other):
        return self.extend(_chain(other))

    def __mul__(self, times):
        return Sequential(*list(self) * _positive(times))

    __rmul__ = __mul__

    def __imul__(self, times):
        return self.extend(list(self) * (_positive(times) - 1))

    def _key(self, index):
        if not isinstance(index, int) and not hasattr(index, "__index__"):
            raise TypeError(
                f"a chain is indexed by a number or a slice, and got a value of type {type(index).__name__}."
            )
        if not -len(self) <= index < len(self):
            raise IndexError(f"index {index} is out of range: the chain has {len(self)} layers.")
        return list(self._modules)[index]

    def _renumber(self, layers):
        self._modules.clear()
        for i, layer in enumerate(layers):
            self.add_module(str(i), layer)


def _checked(key, layer):
    """`layer`, if it can be one."""
    if layer is None or isinstance(layer, nn.Module):
        return layer
    if isinstance(layer, list | tuple):
        raise wants_no_list(layer, name)
    if isinstance(layer, type) and issubclass(layer, nn.Module):
        raise LayersError(f"layer {key!r} is the class {layer.__name__}. Make a layer of it: {layer.__name__}(…).")
    raise LayersError(f"layer {key!r} is {name(layer)}, no module. PyTorch's chain takes modules only, as nn.ReLU().")


def _chain(other):
    if isinstance(other, Sequential | nn.Sequential):
        return other
    raise ValueError(f"a chain is added to a chain, and got a value of type {type(other).__name__}.")


def _positive(times):
    if not isinstance(times, int):
        raise TypeError(f"a chain is multiplied by a whole number, and got a value of type {type(times).__name__}.")
    if times < 1:
        raise ValueError(f"a chain is multiplied by 1 or more, and got {times}.")
    return times


# ---- a chain as a spec: as code, as a chain, as numbers ----

LAYOUT = transport.Layout(channels_first=True, outputs_first=True)
LINES = {
    "Dense": "nn.Linear({n}, {features}{bias})",
    "Conv2D": 'nn.Conv2d({n}, {features}, {size}, padding="{padding}"{bias})',
    "BatchNorm": "nn.BatchNorm1d({n}, eps={eps})",
    "BatchNorm of an image": "nn.BatchNorm2d({n}, eps={eps})",
    "LayerNorm": "nn.LayerNorm({n}, eps={eps})",
    "Dropout": "nn.Dropout({rate})",
    "Flatten": "nn.Flatten()",
    "relu": "nn.ReLU()",
    "leaky_relu": "nn.LeakyReLU()",
    "tanh": "nn.Tanh()",
    "sigmoid": "nn.Sigmoid()",
    "elu": "nn.ELU()",
    "silu": "nn.SiLU()",
    "softplus": "nn.Softplus()",
    "softmax": "nn.Softmax(-1)",
    "log_softmax": "nn.LogSoftmax(-1)",
    "no bias": ", bias=False",
}


def write(spec):
    """The code that a person would write for this chain: it makes `chain`."""
    return f"from torch import nn\n\nchain = nn.Sequential(\n{writing.body(spec, LINES)})\nchain.eval()\n# chain(x)\n"


def build(spec, seed=0):
    """(chain, nothing beside it), with the initial parameters of `draw(spec, seed)`. Images: channels first."""
    with torch.random.fork_rng(devices=[]):
        chain = Sequential(*writing.made(spec, LINES, {"nn": nn}))
    chain.eval()
    return load(chain, draw(spec, seed))


SLOTS = {
    nn.Linear: {"weight": "weight", "bias": "bias"},
    nn.Conv2d: {"kernel": "weight", "bias": "bias"},
    nn.modules.batchnorm._BatchNorm: {
        "scale": "weight",
        "bias": "bias",
        "mean": "running_mean",
        "variance": "running_var",
    },
    nn.LayerNorm: {"scale": "weight", "bias": "bias"},
}


def slots(chain):
    """For each layer {canonical name: tensor}."""
    return [transport.attributes(layer, SLOTS) for layer in chain]


def parameters(chain, spec=None):
    """The canonical parameters of a chain; `spec` is needed where the chain flattens an image."""
    values = [{slot: tensor.detach().cpu().numpy().copy() for slot, tensor in layer.items()} for layer in slots(chain)]
    return transport.read(values, LAYOUT, spec)


def load(chain, canonical):
    """Copy canonical parameters into the chain's tensors. Returns (chain, nothing beside it).

    Raises:
        SpecError: they do not fit; nothing was copied.
    """
    new = transport.fit(slots(chain), LAYOUT, canonical)
    with torch.no_grad():
        for tensor, value in new:
            tensor.copy_(torch.tensor(value))
    return chain, {}


# ---- what `trace` needs ----

OUTSIDE = ()
SHARES = True
symbolic = never


def keep(value):
    """What may be kept of a value: tensors are copied, since a layer may change them in place."""
    return value.detach().clone() if isinstance(value, torch.Tensor) else keep_containers(value, keep)


def _keep_once(last, value):
    """`keep`, but what one layer returned and the next one got, unchanged, is copied once."""
    if not isinstance(value, torch.Tensor) or value.is_inference():
        return keep(value)
    if last[0] is not value or last[1] != value._version:
        last[:] = value, value._version, value.detach().clone()
    return last[2]


def name(layer):
    """The short name of a layer."""
    if not is_module(layer):
        return function_name(layer)
    return module_name(layer, "in_features", "out_features", "in_channels", "out_channels", "p")


def takes(layer):
    """How many values along which axis a layer takes, where it can be known."""
    if isinstance(layer, nn.Linear):
        return Takes(layer.in_features, -1, "give {this} in_features={got}")
    return Takes(layer.in_channels, -3, "give {this} in_channels={got}") if isinstance(layer, nn.Conv2d) else None


def is_module(layer):
    """Whether a layer is a module of this framework."""
    return isinstance(layer, nn.Module)


def layers_of(thing):
    """The layers of a chain, where it holds them, and what puts others there; None for anything else."""
    if not isinstance(thing, Sequential | nn.Sequential):
        return None
    return list(thing._modules.values()), "", None


def watch(recorder, model):
    """The recorder around every layer of every chain in the model: here the names come from PyTorch itself."""
    chains, recorder.keep = [], partial(_keep_once, [None, None, None])
    for path, module in model.named_modules():
        if layers_of(module):
            paths = [f"{path}.{key}".strip(".") for key in module._modules]
            chains.append(Chain(path, module, list(module._modules.values()), paths, None))
    return recorder.watch(chains, is_module)


def run(model, x, side_inputs):
    """The plain call."""
    return model(x, **side_inputs)


def named_parameters(model):
    """{PyTorch's name: tensor} of everything that training changes, shared layers once."""
    with torch.no_grad():
        return {path: tensor.clone() for path, tensor in model.named_parameters()}


@contextmanager
def preserve(model, side_inputs, **outside):
    """Yields the model: its buffers, and the random numbers, are afterwards as they were before."""
    before = [(buffer, buffer.clone()) for buffer in model.buffers()]
    with torch.random.fork_rng(devices=[]):
        try:
            yield model
        finally:
            with torch.no_grad():
                for buffer, value in before:
                    buffer.copy_(value)
