"""The picture of a student's own chain, of what its run left behind: layers and outputs, nothing of the reference."""

import base64
from dataclasses import dataclass

from markupsafe import Markup

from seqkit.grading import wire
from seqkit.grading.report.visible import one_line
from seqkit.plain import Run
from seqkit.steps import Step, Trace, count, shape_text

LONGEST_NAME = 80


@dataclass(frozen=True)
class Picture:
    """A picture as it stands in a page.

    Attributes:
        address: a `data:` address that holds it.
        text: the same in words.
    """

    address: Markup
    text: str


class _Unkept:
    """Stands for what a chain was called with, which is not kept."""


_Unkept.__name__ = "…"


def picture(packed):
    """The `Picture` of a packed run; None where there is no chain to draw. Never raises, whatever a student's chain put out."""
    if not packed:
        return None
    try:
        run = wire.unpack(packed)
        return _drawn(trace_of(run)) if isinstance(run, Run) and run.layers else None
    except Exception:  # a picture is one help among others: the page is worth having without it
        return None


def trace_of(run):
    """A `Run` as a `Trace`, to be drawn."""
    steps, received = [], _Unkept()
    for i, (name, output) in enumerate(run.layers):
        layer = one_line(name, LONGEST_NAME)
        kind = "module" if layer[:1].isupper() else "function"
        steps.append(Step(number=i, position=(i,), layer=layer, kind=kind, inputs=(received,), output=output))
        received = output
    return Trace("your", tuple(steps), run.output, None)


def _drawn(trace):
    import seqkit as sk

    look = sk.show(trace)
    png = look.png
    look.close()  # a widget that is not closed is kept for ever
    address = Markup("data:image/png;base64,{}").format(base64.b64encode(png).decode())  # ours: not to be cut as a text
    return Picture(address, said(trace))


def said(trace, most=12):
    """`Your chain has 2 layers: layer[0] Dense puts out (8,); layer[1] relu puts out (8,).`"""
    lines = [f"layer[{step.number}] {step.layer} puts out {shape_text(step.output)}" for step in trace.steps[:most]]
    more = [f"and {len(trace) - most} more"] if len(trace) > most else []
    return f"Your chain has {count(len(trace), 'layer')}: {'; '.join([*lines, *more])}."
