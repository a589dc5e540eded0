"""Keras: built on first sight of its input.

A layer is a Keras layer; it gets one value, and `training` and masks on the quiet. Shapes are known, and parameters
made, when the chain is built. seqkit runs Keras on JAX.
"""

import inspect
import os
from contextlib import contextmanager
from random import getstate, setstate

from seqkit.errors import FrameworkError, LayersError

if os.environ.setdefault("KERAS_BACKEND", "jax") != "jax":
    raise FrameworkError(
        f"KERAS_BACKEND is {os.environ['KERAS_BACKEND']!r}; seqkit runs Keras on JAX. "
        "Unset the variable or set it to jax, and start Python anew."
    )

import jax
import keras

if keras.backend.backend() != "jax":
    raise FrameworkError(
        f"Keras was imported on {keras.backend.backend()} before seqkit could choose JAX. "
        "Set KERAS_BACKEND=jax before the first import of keras, and start Python anew."
    )

from keras.src.backend.common.masking import set_keras_mask

from seqkit import transport, writing
from seqkit.notes import Takes, explain, function_name, module_name
from seqkit.recorder import keep_jax, own_arrays
from seqkit.signatures import warn_of_unused
from seqkit.spec import draw
from seqkit.walk import Chain


@keras.saving.register_keras_serializable("seqkit")
class Sequential(keras.Model):
    """A chain of Keras layers, each called with what the one before it returned.

    Args:
        layers: a list of layers, the first of them perhaps a `keras.Input`; more by `add`.
        trainable: whether training changes the parameters.
        name: the chain's name, part of the paths of its parameters.

    Raises:
        LayersError: layers that are not in a list, a function, or a class where an instance belongs.
    """

    def __init__(self, layers=None, trainable=True, name=None):
        if isinstance(layers, keras.layers.Layer) or not isinstance(trainable, bool):
            raise LayersError("Sequential takes one list. Write Sequential([…]).")
        super().__init__(trainable=trainable, name=name)
        self._chain, self._input, self._note = [], None, None
        for layer in layers or ():
            self.add(layer, rebuild=False)
        self._rebuild()

    def add(self, layer, rebuild=True):
        """Put a layer at the end; a chain that knows its input builds it at once. One that does not fit is not kept."""
        origin, before = getattr(getattr(layer, "_keras_history", None), "operation", layer), self._input
        if isinstance(origin, keras.layers.InputLayer):
            self._take_input(origin)
        else:
            self._chain.append(_checked(layer, self._chain))
            if len(self._chain) == 1 and self._input is None and getattr(layer, "_input_shape_arg", None):
                self._input = keras.Input(layer._input_shape_arg)
        try:
            self._rebuild(rebuild)
        except Exception:
            self._chain.pop()
            self._input = before
            self._rebuild()
            raise

    def pop(self, rebuild=True):
        """Take the last layer away and return it."""
        if not self._chain:
            raise IndexError("pop from a chain without layers.")
        layer = self._chain.pop()
        self._rebuild(rebuild)
        return layer

    def build(self, input_shape=None):
        """Make every layer's parameters, for inputs of this shape: (None, 16) for any batch of 16 features."""
        if not isinstance(input_shape, list | tuple) or not all(n is None or isinstance(n, int) for n in input_shape):
            return  # several arrays at once, or none yet: the layers are built as they are called
        if not self._chain:
            raise ValueError(f"{self.name} has no layers to build. Add one: chain.add(keras.layers.Dense(8)).")
        if self._input is not None and self._input.shape != tuple(input_shape):
            raise ValueError(f"{self.name} has already been configured for inputs of the shape {self._input.shape}.")
        known = self._input
        x = keras.Input(batch_shape=input_shape, dtype=self._chain[0].compute_dtype) if known is None else known
        try:
            self._keep(x, keras.Model(x, self._run(x)))
        except NotImplementedError:  # a layer that cannot tell its shapes: as above
            self._keep(known, None)
        except TypeError as error:
            for i, layer in enumerate(self._chain):
                _check_takes_one(i, layer, error)
            raise

    def _take_input(self, origin):
        if self._input is not None:
            raise ValueError(f"{self.name} has already been configured for inputs of the shape {self._input.shape}.")
        if self._chain:
            raise ValueError(f"{self.name} has layers already. keras.Input goes in front of the first.")
        self._input = origin.output

    def _rebuild(self, now=True):
        """Forget what was built; build again, `now`, if the shape of the input is known."""
        self._keep(self._input, None)
        self.built = False
        if now and self._chain and self._input is not None:
            self.build(self._input.shape)
        elif now and len(self._chain) > 1 and hasattr(self._chain[0], "input_shape"):
            self.build(self._chain[0].input_shape)

    def _keep(self, x, model):
        """`model` knows the shapes of the chain and of its input `x`; past Keras, which would keep the weights of old ones."""
        object.__setattr__(self, "_functional", model)
        self._input = x

    def call(self, inputs, training=None, mask=None, **kwargs):
        """Run the chain. `training` and masks reach the layers that take them; other keywords reach none.

        Warns:
            UnusedSideInput: a keyword beside those.
        """
        if kwargs:
            warn_of_unused(kwargs, frozenset(("training", "mask")))
        if self._functional is not None:
            (inputs,) = self._functional._standardize_inputs(inputs)
            if mask is not None:
                set_keras_mask(inputs, mask)
        return self._run(inputs, training)

    def _run(self, x, training=None):
        for i, layer in enumerate(self._chain):
            try:
                x = layer(x, training=training) if training is not None and layer._call_has_training_arg else layer(x)
            except Exception as error:
                explain(error, i, self._chain, (x,), name, takes)
                self._note = getattr(error, "__notes__", None)
                raise
        return x

    def __call__(self, *args, **kwargs):
        """As Keras calls a model; what was noted about a failing layer outlives the error that Keras makes anew."""
        self._note = None
        try:
            return super().__call__(*args, **kwargs)
        except Exception as error:
            for note in self._note or ():
                if note not in getattr(error, "__notes__", ()):
                    error.add_note(note)
            raise

    @property
    def layers(self):
        """The layers, as a new list: to change the chain use `add` and `pop`."""
        return list(self._chain)

    @property
    def inputs(self):
        """[the symbolic input], once the chain is built."""
        return self._shapes().inputs

    @property
    def outputs(self):
        """[the symbolic output], once the chain is built."""
        return self._shapes().outputs

    @property
    def input_shape(self):
        """What the chain was built for."""
        return self._shapes().input_shape

    @property
    def output_shape(self):
        """What comes out of it."""
        return self._shapes().output_shape

    def _shapes(self):
        if self._functional is None:
            raise AttributeError(f"{self.name} has no shapes yet: build it, or call it on an array.")
        return self._functional

    def compute_output_shape(self, input_shape):
        """The shape of the output for inputs of this shape."""
        if self._functional is not None:
            return self._functional.compute_output_shape(input_shape)
        for layer in self._chain:
            input_shape = layer.compute_output_shape(input_shape)
        return input_shape

    def compute_output_spec(self, inputs, training=None, mask=None, **kwargs):
        """What comes out, symbolically, for symbolic inputs."""
        if self._functional is not None:
            return self._functional.compute_output_spec(inputs)
        for layer in self._chain:
            inputs = layer.compute_output_spec(inputs)
        return inputs

    def get_config(self):
        """What `from_config` makes the same chain of, without its parameters."""
        first = [] if self._input is None else [self._input._keras_history.operation]
        layers = [keras.saving.serialize_keras_object(layer) for layer in first + self._chain]
        shape = {} if self._functional is None else {"build_input_shape": self._input.shape}
        return {**super().get_config(), "layers": layers, **shape}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """A chain as `get_config` of another describes it; a layer that stands twice in it is one layer again."""
        layers = []
        for each in config["layers"]:
            layer = keras.saving.deserialize_keras_object(each, custom_objects=custom_objects)
            layers.append(next((known for known in layers if known.name == layer.name), layer))
        chain = cls(layers, trainable=config.get("trainable", True), name=config.get("name"))
        if chain._functional is None and config.get("build_input_shape"):
            chain.build(config["build_input_shape"])
        return chain

    def _lock_state(self):
        """A chain can be edited after it was built."""


def _checked(layer, chain):
    if isinstance(layer, type) and issubclass(layer, keras.layers.Layer):
        raise LayersError(
            f"layer[{len(chain)}] is the class {layer.__name__}. Make a layer of it: {layer.__name__}(…)."
        )
    if not isinstance(layer, keras.layers.Layer):
        wrap = f" Wrap it: keras.layers.Activation({function_name(layer)})." if callable(layer) else ""
        raise LayersError(
            f"layer[{len(chain)}] is {name(layer)}. Only instances of keras.layers.Layer are taken.{wrap}"
        )
    if any(other is not layer and other.name == layer.name for other in chain):
        raise LayersError(
            f"layer[{len(chain)}] has the name {layer.name!r} of another. Layers should have unique names."
        )
    return layer


def _check_takes_one(i, layer, error):
    """Refuse a layer that takes more than the one value that a chain hands on; `error` is what came of it."""
    taken = inspect.signature(layer.call).parameters.values()
    needed = [p.name for p in taken if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if len(needed) > 1:
        raise LayersError(
            f"layer[{i}] {name(layer)} takes {', '.join(needed)}. In a chain a layer can only have a single positional "
            f"argument: give {', '.join(needed[1:])} a default."
        ) from error


# ---- a chain as a spec: as code, as a chain, as numbers ----

LAYOUT = transport.Layout(channels_first=False, outputs_first=False)
LINES = {
    "Dense": "layers.Dense({features}{bias})",
    "Conv2D": 'layers.Conv2D({features}, {size}, padding="{padding}"{bias})',
    "BatchNorm": "layers.BatchNormalization(epsilon={eps})",
    "LayerNorm": "layers.LayerNormalization(epsilon={eps})",
    "Dropout": "layers.Dropout({rate})",
    "Flatten": "layers.Flatten()",
    "Activation": 'layers.Activation("{name}")',
    "leaky_relu": "layers.LeakyReLU(negative_slope=0.01)",
    "no bias": ", use_bias=False",
}


def write(spec):
    """The code that a person would write for this chain: it makes `chain`."""
    chain = f"chain = keras.Sequential([\n{writing.body(spec, LINES)}])\nchain.build({(None, *spec.input)})\n"
    imports = 'import os\n\nos.environ["KERAS_BACKEND"] = "jax"\nimport keras\nfrom keras import layers\n\n'
    return f"{imports}{chain}# chain(x)\n"


def build(spec, seed=0):
    """(chain, nothing beside it), built, with the initial parameters of `draw(spec, seed)`. Images: channels last."""
    before = getstate()  # Keras seeds each initialiser from Python's own generator
    try:
        chain = Sequential(writing.made(spec, LINES, {"layers": keras.layers}))
        jax.eval_shape(lambda: chain.build((None, *spec.input)))  # shapes alone: what Keras would draw is not used
    finally:
        setstate(before)
    return load(chain, draw(spec, seed))


SLOTS = {
    keras.layers.Dense: {"weight": "kernel", "bias": "bias"},
    keras.layers.Conv2D: {"kernel": "kernel", "bias": "bias"},
    keras.layers.BatchNormalization: {
        "scale": "gamma",
        "bias": "beta",
        "mean": "moving_mean",
        "variance": "moving_variance",
    },
    keras.layers.LayerNormalization: {"scale": "gamma", "bias": "beta"},
}


def slots(chain):
    """For each layer {canonical name: variable}."""
    return [transport.attributes(layer, SLOTS) for layer in chain.layers]


def parameters(chain, spec=None):
    """The canonical parameters of a chain; `spec` is needed where the chain flattens an image."""
    values = [{slot: variable.value for slot, variable in layer.items()} for layer in slots(chain)]
    return transport.read(values, LAYOUT, spec)


def load(chain, canonical):
    """Assign canonical parameters to the chain's variables. Returns (chain, nothing beside it).

    Raises:
        SpecError: they do not fit; nothing was assigned.
    """
    for variable, value in transport.fit(slots(chain), LAYOUT, canonical):
        variable.assign(value)
    return chain, {}


# ---- what `trace` needs ----

OUTSIDE = ()
SHARES = True
keep = keep_jax


def symbolic(value):
    """Whether a value only stands for one: Keras leads such through the layers to build them."""
    return isinstance(value, keras.KerasTensor | jax.core.Tracer)


def name(layer):
    """The short name of a layer."""
    if not is_module(layer):
        return function_name(layer)
    if isinstance(layer, keras.layers.Activation):
        return f"Activation({function_name(layer.activation)})"
    return module_name(layer, "units", "filters", "rate")


def takes(layer):
    """How many values along which axis a layer takes: it says so itself, once it is built."""
    says = layer.input_spec
    if len(getattr(says, "axes", ())) != 1:
        return None
    ((axis, size),) = says.axes.items()
    axis = axis if axis < 0 else axis - (says.ndim or says.min_ndim)
    return Takes(size, axis, "build the chain for an input of this shape")


def is_module(layer):
    """Whether a layer is a layer of this framework."""
    return isinstance(layer, keras.layers.Layer)


def layers_of(thing):
    """The layers of a chain, where it holds them, and what puts others there; None for anything else."""
    return (thing.layers, "", None) if isinstance(thing, Sequential | keras.Sequential) else None


@contextmanager
def watch(recorder, model):
    """The recorder around every layer of every chain in the model; paths are Keras' own, known when all is built."""
    inside = [layer for layer in model._flatten_layers() if layers_of(layer)]
    chains = [Chain(chain.name, chain, chain.layers, [layer.name for layer in chain.layers], None) for chain in inside]
    with recorder.watch(chains, is_module):
        yield
    for chain in chains:
        chain.paths[:] = [layer.path or f"{chain.owner.path or chain.path}/{layer.name}" for layer in chain.layers]


def run(model, x, side_inputs):
    """The plain call."""
    return model(x, **side_inputs)


def named_parameters(model):
    """{Keras' path: array} of everything that training changes, shared layers once."""
    return own_arrays({variable.path: (variable, variable.value) for variable in model.trainable_variables})


@contextmanager
def preserve(model, side_inputs, **outside):
    """Yields the model: its variables are as they were before; one that is not built yet is built, as by any call."""
    before = [(variable, variable.value) for variable in model.variables]
    try:
        yield model
    finally:
        for variable, value in before:
            if variable.value is not value:
                variable.assign(value)
