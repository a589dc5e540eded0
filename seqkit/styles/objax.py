"""Objax: a Python list that knows its variables.

A layer is a module or any function. A keyword reaches every layer that names it; a tuple goes on as several arguments.
"""

from contextlib import contextmanager
from functools import partial

import jax
import objax

from seqkit import transport, writing
from seqkit.errors import LayersError
from seqkit.notes import Takes, explain, function_name, refuse_classes, wants_a_list
from seqkit.recorder import keep_jax, never, own_arrays
from seqkit.signatures import ANY, keywords, warn_of_unused
from seqkit.spec import BatchNorm, Dropout, draw
from seqkit.walk import find_chains


class Sequential(objax.ModuleList):
    """A list of layers that runs: each is called with what the one before it returned.

    Args:
        layers: an iterable of modules and functions; none for an empty chain, which returns its input.

    Raises:
        LayersError: layers that are not in a list, or a class where an instance belongs.
    """

    def __init__(self, *layers):
        if len(layers) > 1 or any(callable(each) and not isinstance(each, list) for each in layers):
            raise wants_a_list(layers, name)
        super().__init__(*layers)
        refuse_classes(self, objax.Module)

    def __call__(self, *args, **kwargs):
        """Run the chain on `args`; each keyword goes to the layers that name it, or take any.

        Warns:
            UnusedSideInput: no layer takes a keyword.

        Raises:
            Whatever a layer raises, with a note that names the layer and what it got.
        """
        if not self and not args:
            raise IndexError("an empty Sequential was called without x. It returns its input: hand it one.")
        if kwargs:
            warn_of_unused(kwargs, _named(self))
        output = args[0] if len(args) == 1 else args
        for i, layer in enumerate(self):
            try:
                names = keywords_of(layer)
                output = layer(*args, **_taken(kwargs, layer, names)) if kwargs else layer(*args)
            except Exception as error:
                explain(error, i, self, args, name, takes)
                raise
            args = output if isinstance(output, tuple) else (output,)
        return output

    def __getitem__(self, index):
        """A layer; or, for a slice, a chain of this class that shares its layers."""
        found = list.__getitem__(self, index)
        return type(self)(found) if isinstance(index, slice) else found


def keywords_of(layer):
    """The names of the keywords that a layer takes, with `ANY` if it takes all.

    Raises:
        LayersError: Python cannot read them, or the layer takes no argument.
    """
    try:
        names = keywords(layer, isinstance(layer, objax.Module))
    except ValueError:
        said = f"{name(layer)} has no signature that Python can read, so nobody can tell which keywords it takes."
        raise LayersError(f"{said} Wrap it: lambda x: {name(layer)}(x).") from None
    if not names and callable(layer):
        raise LayersError(f"{name(layer)} takes no argument. A layer takes what the one before returned: lambda x: …")
    return names


def _named(chain):
    """Every keyword that some layer takes, those of a chain inside too."""
    return frozenset().union(*(_named(layer) if _is_ours(layer) else keywords_of(layer) for layer in chain))


def _taken(kwargs, layer, names):
    """The part of `kwargs` that goes to a layer."""
    names = _named(layer) if _is_ours(layer) else names
    return kwargs if ANY in names else {key: value for key, value in kwargs.items() if key in names}


def _is_ours(layer):
    return isinstance(layer, Sequential) and type(layer).__call__ is Sequential.__call__


# ---- a chain as a spec: as code, as a chain, as numbers ----

LAYOUT = transport.Layout(channels_first=True, outputs_first=False)
LINES = {
    "Dense": "objax.nn.Linear({n}, {features}{bias})",
    "Conv2D": 'objax.nn.Conv2D({n}, {features}, {size}, padding="{PADDING}"{bias})',
    "BatchNorm": "objax.nn.BatchNorm0D({n}, eps={eps})",
    "BatchNorm of an image": "objax.nn.BatchNorm2D({n}, eps={eps})",
    "LayerNorm": "objax.nn.GroupNorm0D({n}, groups=1, eps={eps})",
    "Dropout": "objax.nn.Dropout(keep={keep})",
    "Flatten": "objax.functional.flatten",
    "Activation": "objax.functional.{name}",
    "silu": "jax.nn.silu",
    "no bias": ", use_bias=False",
}


def write(spec):
    """The code that a person would write for this chain: it makes `chain`."""
    chain = f"chain = objax.nn.Sequential([\n{writing.body(spec, LINES)}])\n"
    imports = "import jax\nimport objax" if " jax." in chain else "import objax"
    call = "chain(x, training=False)" if given(spec) else "chain(x)"
    return f"{imports}\n\n{chain}# {call}\n"


def given(spec):
    """The side inputs of a call: Dropout and BatchNorm ask whether this is training."""
    return {"training": False} if spec.has(Dropout, BatchNorm) else {}


def build(spec, seed=0):
    """(chain, side inputs to call it with), with the initial parameters of `draw(spec, seed)`. Images: channels first."""
    chain = Sequential()
    with preserve(objax.ModuleList()):
        # Shapes alone: every variable is assigned below, and to draw in vain costs a second of compiling.
        jax.eval_shape(lambda: chain.extend(writing.made(spec, LINES, {"objax": objax, "jax": jax})))
    return load(chain, draw(spec, seed), **given(spec))


SLOTS = {
    objax.nn.Linear: {"weight": "w", "bias": "b"},
    objax.nn.Conv2D: {"kernel": "w", "bias": "b"},
    objax.nn.BatchNorm: {"scale": "gamma", "bias": "beta", "mean": "running_mean", "variance": "running_var"},
    objax.nn.GroupNorm: {"scale": "gamma", "bias": "beta"},
}


def slots(chain):
    """For each layer {canonical name: variable}."""
    return [transport.attributes(layer, SLOTS) for layer in chain]


def parameters(chain, spec=None, **side_inputs):
    """The canonical parameters of a chain; `spec` is needed where the chain flattens an image."""
    values = [{slot: variable.value for slot, variable in layer.items()} for layer in slots(chain)]
    return transport.read(values, LAYOUT, spec)


def load(chain, canonical, **side_inputs):
    """Assign canonical parameters to the chain's variables. Returns (chain, side inputs).

    Raises:
        SpecError: they do not fit; nothing was assigned.
    """
    for variable, value in transport.fit(slots(chain), LAYOUT, canonical):
        variable.assign(jax.numpy.asarray(value))
    return chain, side_inputs


# ---- what `trace` needs ----

OUTSIDE = ()
SHARES = True
keep, symbolic = keep_jax, never


def name(layer):
    """The short name of a layer, with the sizes that its weight has."""
    if not is_module(layer):
        return function_name(layer)
    shape = getattr(vars(layer).get("w"), "shape", ())
    return f"{type(layer).__name__}{tuple(shape[-2:]) or ''}"


def takes(layer):
    """How many values along which axis a layer takes, where it can be known."""
    if isinstance(layer, objax.nn.Linear):
        return Takes(layer.w.value.shape[0], -1, "give {this} nin={got}")
    return (
        Takes(layer.w.value.shape[2] * layer.groups, -3, "give {this} nin={got}")
        if isinstance(layer, objax.nn.Conv2D)
        else None
    )


def is_module(layer):
    """Whether a layer is a module of this framework."""
    return isinstance(layer, objax.Module)


def layers_of(thing):
    """The layers of a chain, where it holds them, and what puts others there; None for anything else."""
    if not isinstance(thing, objax.ModuleList) or not callable(thing):
        return None
    return list(thing), "", partial(_replace, thing)


def _replace(chain, layers):
    before = list(chain)
    list.__setitem__(chain, slice(None), layers)
    return partial(list.__setitem__, chain, slice(None), before)


def join(path, key, part):
    """The path of a part, as Objax names variables: `(Sequential)[0](Linear)`."""
    step = f"[{key}]" if isinstance(key, int) else f"[{key[0]!r}]" if isinstance(key, tuple) else f".{key}" * bool(key)
    return f"{path}{step}({type(part).__name__})" if is_module(part) else path + step


def watch(recorder, model):
    """The recorder around every layer of every chain in the model."""
    return recorder.watch(find_chains(model, layers_of, is_module, join), is_module)


def run(model, x, side_inputs):
    """The plain call."""
    return model(x, **side_inputs)


def named_parameters(variables):
    """{Objax's name: array} of everything that training changes."""
    return own_arrays({path: (var, var.value) for path, var in variables.items() if isinstance(var, objax.TrainVar)})


@contextmanager
def preserve(model, side_inputs=None, **outside):
    """Yields the variables by name; they, and Objax's own generator, are afterwards as they were before."""
    named = model.vars()
    variables = [*named.values(), *objax.random.DEFAULT_GENERATOR.vars().values()]
    before = [(variable, variable.value) for variable in variables]
    try:
        yield named
    finally:
        for variable, value in before:
            if variable.value is not value:
                variable.assign(value)
