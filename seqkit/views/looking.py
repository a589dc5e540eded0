"""The living picture of a trace: `Look`, a widget with three linked panes.

It keeps three things apart. *Structure* (names and shapes: `rows`) travels when a layer or a shape changes; *numbers*
(`numbers`) travel after every run, for the rows that can be seen; hovering never leaves the browser.
"""

import base64
from pathlib import Path

import anywidget
import traitlets as t

from seqkit import axes
from seqkit.errors import TraceError
from seqkit.steps import Trace, received_by, summary
from seqkit.views import cells, numbers, rows
from seqkit.views.closer import closer
from seqkit.views.picture import Picture

FRONT = Path(__file__).parent / "front"
PARTS = "dom heat view line listing walks chain tree activations closer input play edit code beside explorer".split()
PANES = ("chain", "activations", "parameters")


class Look(anywidget.AnyWidget):
    """One linked picture of a run: its layers, its parameters, its activations. Composes as any ipywidget.

    Attributes:
        trace: the `Trace` that is shown. Observe it, or assign another.
        selected: the number of the selected step, or None; `view.trace[view.selected]` is that step. Synced.
        index: which example of the batch is shown. Synced; can be linked to a slider.
        playing: whether the value travels on by itself, layer by layer. Synced.
        panes: which of "chain", "activations", "parameters" are seen, in that order. Synced.
    """

    _esm = t.Unicode("\n".join((FRONT / f"{part}.js").read_text("utf-8") for part in PARTS)).tag(sync=True)
    _css = t.Unicode((FRONT / "explorer.css").read_text("utf-8")).tag(sync=True)

    trace = t.Instance(Trace, allow_none=True)
    selected = t.Int(None, allow_none=True).tag(sync=True)
    index = t.Int(0, min=0).tag(sync=True)
    playing = t.Bool(False).tag(sync=True)
    panes = t.List(t.Enum(PANES), list(PANES)).tag(sync=True)

    _structure = t.Dict().tag(sync=True)
    _values = t.Dict().tag(sync=True)
    _leaves = t.Dict().tag(sync=True)
    _closer = t.Dict().tag(sync=True)
    _message = t.Unicode("").tag(sync=True)
    _runs = t.Int(0).tag(sync=True)
    _window = t.List(t.Int(), list(range(-1, 16))).tag(sync=True)
    _leaf_window = t.List(t.Int(), list(range(24))).tag(sync=True)
    _channel = t.Int(0).tag(sync=True)

    def __init__(self, trace, panes=PANES):
        self._known = {}
        super().__init__(panes=_checked_panes(panes))
        cells.keep(self)
        self.trace = trace

    @property
    def picture(self):
        """The still picture of what is seen now."""
        return Picture(self.trace)

    @property
    def png(self):
        """The still picture as the bytes of a PNG."""
        return self.picture.png

    def save(self, path):
        """Write the still picture to `path`."""
        self.picture.save(path)

    def __repr__(self):
        return summary(self.trace) if self.trace is not None else "a view that was closed: run its cell again"

    def _repr_mimebundle_(self, **kwargs):
        """The live view, and beside it the still picture for where no kernel runs."""
        return still(super()._repr_mimebundle_(**kwargs), self.picture)

    def close(self):
        """Take the view away, and let go of all arrays."""
        self.unobserve_all()
        self.layout.close()
        super().close()
        self.trace = None
        self._known, self._values, self._leaves, self._closer = {}, {}, {}, {}

    @t.observe("trace")
    def _on_trace(self, change):
        with self.hold_sync():
            if change["old"] is None or not rows.alike(change["old"], self.trace):
                self._restructure()
            self._refresh_values()
            self._refresh_leaves()
            self._refresh_closer()
            self._message = ""
            self._runs += 1

    def _restructure(self):
        if self.selected is not None and self.selected >= len(self.trace):
            self.selected = None
        self._structure = self._rows()

    def _rows(self):
        return rows.structure(self.trace)

    @t.observe("index", "_window")
    def _refresh_values(self, change=None):
        wanted = [number for number in self._window if -1 <= number < len(self.trace)]
        self._values = {"rows": wanted, "data": numbers.packed([self._record(number) for number in wanted])}

    def _record(self, number):
        value = received_by(self.trace) if number < 0 else self.trace.steps[number].output
        batch = axes.batch(self.trace)
        units = numbers.NO_BATCH if number < 0 else numbers.dead(value, batch)
        return numbers.record(numbers.example(value, batch, self.index), units)

    @t.observe("_leaf_window")
    def _refresh_leaves(self, change=None):
        arrays = [array for step in self.trace.steps for array in step.parameters.values()]
        wanted = [number for number in self._leaf_window if 0 <= number < len(arrays)]
        self._known = {id(arrays[n]): (arrays[n], self._leaf(arrays[n])) for n in wanted}
        data = numbers.packed([self._known[id(arrays[n])][1] for n in wanted])
        self._leaves = {"rows": wanted, "data": data}

    def _leaf(self, array):
        """The record of a parameter; of one that was there before it is known."""
        known = self._known.get(id(array))
        if known:
            return known[1]
        values = numbers.as_numpy(array)
        return numbers.record(None if values is None else values.reshape(-1), strip=False)

    @t.observe("selected", "index", "_channel")
    def _refresh_closer(self, change=None):
        if self.selected is None or not 0 <= self.selected < len(self.trace):
            self._closer = {}
        else:
            step = self.trace.steps[self.selected]
            self._closer = closer(step, self.trace.style, axes.batch(self.trace), self.index, self._channel)


def still(live, picture):
    """A mime bundle, (data, metadata): the `live` one of a widget, with a `Picture` as its PNG."""
    data, metadata = live
    png, size = picture._repr_png_()
    return data | {"image/png": base64.b64encode(png).decode()}, metadata | {"image/png": size}


def _checked_panes(panes):
    panes = [panes] if isinstance(panes, str) else list(panes)
    if not panes or set(panes) - set(PANES):
        raise TraceError(f"panes={panes} are not all known. It takes one or more of {', '.join(PANES)}.")
    return panes
