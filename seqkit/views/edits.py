"""What the front end asks of a chain's `Editor`, and what it must know to ask: shapes, layers on offer, why not."""

import importlib

from seqkit import spec
from seqkit.editing import specs
from seqkit.errors import SeqkitError, SpecError
from seqkit.steps import first_line, received
from seqkit.views.rows import word

OPERATIONS = ("insert", "replace", "remove", "move", "duplicate")


def do(editor, asked, trace, x):
    """Do what was asked; returns the position of the layer that it is about, or None.

    Args:
        editor: the `Editor` of the chain.
        asked: {"operation", "position"} and, as the operation needs it, "layer" or "to".
        trace: the last run, which knows the shapes.
        x: what the chain is called with.

    Raises:
        SpecError: the layer is none, or does not fit; nothing has changed.
        IndexError: there is no such place.
    """
    operation, position = asked["operation"], tuple(asked["position"])
    if operation in ("undo", "redo"):
        getattr(editor, operation)()
    elif operation in OPERATIONS:
        getattr(editor, operation)(position, *_operands(operation, asked, trace, x))
    return _place(operation, position, asked)


def _operands(operation, asked, trace, x):
    if operation in ("insert", "replace"):
        return layer(asked["layer"]), shapes(trace, x)
    return (asked["to"],) if operation == "move" else ()


def _place(operation, position, asked):
    """Where the layer that an operation is about stands after it."""
    *outer, i = position or (0,)
    return {
        "insert": position,
        "replace": position,
        "move": (*outer, asked.get("to")),
        "duplicate": (*outer, i + 1),
    }.get(operation)


def layer(named):
    """The spec layer that the front end names: {"kind": "Dense", "features": 8}."""
    sizes = {name: value for name, value in named.items() if name != "kind"}
    kind = next((kind for kind in spec.LAYERS if kind.__name__ == named.get("kind")), None)
    if kind is None:
        raise SpecError(f"a layer of the spec is one of {', '.join(kind.__name__ for kind in spec.LAYERS)}.")
    return kind(**sizes)


def shapes(trace, x):
    """{position: shape of the array that reaches it}, as far as the run came; behind the last layer too."""
    before = {step.position: shape(received(step)) for step in trace.steps}
    behind = {(*step.position[:-1], step.position[-1] + 1): shape(step.output) for step in trace.steps}
    return {position: found for position, found in ({(0,): shape(x)} | behind | before).items() if found is not None}


def shape(value):
    """The shape of an array, () of a number, None of anything else."""
    value = value[0] if isinstance(value, tuple) and len(value) == 1 else value
    found = getattr(value, "shape", None)
    return tuple(found) if found is not None else () if type(value) in (int, float) else None


def refusal(editor):
    """Why a chain cannot be edited, or nothing."""
    try:
        editor.layers()
    except SeqkitError as error:
        return first_line(error)
    return ""


def offered(editor, trace, x, selected):
    """The spec layers, as the front end names them, that may stand where the selected layer is; else at the end."""
    known = shapes(trace, x)
    at = (len(editor.layers()),) if selected is None else trace.steps[selected].position
    return [word(each) for each in specs.palette(trace.style, known.get(at) or known.get((0,)))]


def described(editor, trace, position=()):
    """{position: spec layer} of the layers for which a spec has a word, those of chains inside too."""
    style, found = _style(trace), {}
    for i, each in enumerate(editor.layers(position)):
        inside = style.layers_of(each)
        found |= (
            described(editor, trace, (*position, i)) if inside else {(*position, i): specs.layer_of(trace.style, each)}
        )
    return found


def pending(editor, trace):
    """(position, short name, kind) of each layer behind the one that raised: they did not run."""
    if trace.failed is None:
        return []
    style, last = _style(trace), trace.failed.position[0]
    behind = list(enumerate(editor.layers()))[last + 1 :]
    return [((i,), style.name(each), "module" if style.is_module(each) else "function") for i, each in behind]


def _style(trace):
    return importlib.import_module(f"seqkit.styles.{trace.style}")
