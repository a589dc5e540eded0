"""`trace(chain, x)`: one run of a chain, or of a model with chains in it, as a `Trace`. Imports only the chain's style."""

import importlib

from seqkit.errors import NotAChainError, TraceError

STYLES = {
    "objax": "objax",
    "flax.linen": "linen",
    "flax.nnx": "nnx",
    "equinox": "equinox",
    "keras": "keras",
    "torch": "torch",
}
"""Where a class comes from, and the style that it makes its chain."""


def trace(chain, x, *, variables=None, state=None, key=None, **side_inputs):
    """A `Trace` of `chain(x)`: every call of a layer, what went in, what came out.

    The chain's own `__call__` runs, once; its answer is `trace(…).output`, to the bit. Afterwards the chain is as it
    was before: running statistics, generators and counters included. A chain that raises gives a trace all the same:
    the steps so far and the one that failed.

    Args:
        chain: a Sequential of Objax, Linen, NNX, Equinox, Keras or PyTorch, or of seqkit; or a model with one inside.
        x: what the chain is called with; for Equinox one example, for the others a batch.
        variables: Linen: what `chain.init` returned.
        state: Equinox: the state of the stateful layers.
        key: Linen, NNX, Equinox: the key for layers that draw random numbers.
        **side_inputs: handed to the chain as they are; for Linen also `rngs`, `mutable` and `method` of `apply`.

    Raises:
        NotAChainError: no chain is in `chain`, or none ran.
        TraceError: inside jit, or with an outside value that this style does not take.
        Whatever `chain` raises before its first layer is called.
    """
    from seqkit.recorder import Recorder, as_trace, refuse_inside_jit  # with the first trace: the face stays quick

    style_name = style_of(chain)
    style = importlib.import_module(f"seqkit.styles.{style_name}")
    outside = {"variables": variables, "state": state, "key": key}
    outside = {name: value for name, value in outside.items() if value is not None}
    _check_outside(style_name, style, outside)
    refuse_inside_jit(style_name)
    recorder = Recorder(style.keep, style.symbolic)
    output, error = None, None
    with style.preserve(chain, side_inputs, **outside) as held, style.watch(recorder, chain, **outside):
        try:
            output = style.run(chain, x, side_inputs, **outside)
        except Exception as raised:
            error = raised
        named = style.named_parameters(held) if recorder.calls else {}
    _check_ran(chain, recorder, error)
    return as_trace(style_name, style, named, recorder, output, error)


def style_of(chain):
    """The style of a chain or model, by where its classes come from.

    Raises:
        NotAChainError: by none that seqkit knows.
    """
    for cls in type(chain).__mro__:
        for home, style in STYLES.items():
            if cls.__module__ == home or cls.__module__.startswith(home + "."):
                return style
    raise NotAChainError(
        f"trace got {_kind(chain)}, which is no chain. It takes a Sequential of Objax, Linen, NNX, Equinox, Keras or "
        "PyTorch, or a model of theirs with one inside. Put the layers in one: Sequential([…])."
    )


def _kind(thing):
    return f"the class {thing.__name__}" if isinstance(thing, type) else f"a value of type {type(thing).__name__}"


def _check_outside(name, style, outside):
    for given in outside.keys() - set(style.OUTSIDE):
        takes = " and ".join(f"{each}=" for each in style.OUTSIDE) or "x and side inputs only"
        raise TraceError(f"trace of a chain of the {name} style got {given}=. It takes {takes}: leave {given}= out.")


def _check_ran(chain, recorder, error):
    if error is not None and not recorder.calls:
        raise error
    if error is None and not recorder.chains_run:
        try_this = "Put its layers in a Sequential, or trace a part of it that has one."
        if recorder.found:
            where = ", ".join(recorder.found)
            try_this = f"It has a chain at {where}; what jit has compiled calls it no more. Trace that chain itself."
        raise NotAChainError(f"trace called the {type(chain).__name__}, and no chain ran in it. {try_this}")
