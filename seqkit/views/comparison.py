"""Two runs side by side, matched layer by layer: what differs first is marked, with both values."""

import anywidget
import traitlets as t

from seqkit import axes, beside
from seqkit.views import cells, numbers, rows
from seqkit.views.looking import Look, still
from seqkit.views.picture import Picture


class Comparison(anywidget.AnyWidget):
    """Two traces, one line for each pair of layers.

    Attributes:
        traces: the two.
        beside: what was found: pairs of steps, and the first that differs.
        selected: the number of the selected pair, or None. Synced.
        index: which example of the batch is shown. Synced.
    """

    _esm, _css = t.Unicode(Look._esm.default_value).tag(sync=True), t.Unicode(Look._css.default_value).tag(sync=True)

    traces = ()
    selected = t.Int(None, allow_none=True).tag(sync=True)
    index = t.Int(0, min=0).tag(sync=True)

    _structures = t.List().tag(sync=True)
    _beside = t.Dict().tag(sync=True)
    _values = t.Dict().tag(sync=True)
    _window = t.List(t.Int(), list(range(16))).tag(sync=True)

    def __init__(self, left, right):
        self.traces, self.beside = (left, right), beside.match(left, right)
        super().__init__()
        cells.keep(self)
        self._structures = [rows.structure(trace) for trace in self.traces]
        pairs = [[pair.left, pair.right, _said(pair)] for pair in self.beside.pairs]
        self._beside = {"pairs": pairs, "first": self.beside.first, "sentence": repr(self)}
        self._refresh_values()

    @property
    def picture(self):
        """The still picture of both."""
        return Picture.beside(*self.traces)

    def __repr__(self):
        return beside.sentence(self.beside) if self.traces else "a view that was closed: run its cell again"

    def _repr_mimebundle_(self, **kwargs):
        return still(super()._repr_mimebundle_(**kwargs), self.picture)

    def close(self):
        """Take the view away, and let go of all arrays."""
        self.unobserve_all()
        self.layout.close()
        super().close()
        self.traces, self.beside, self._values = (), None, {}

    @t.observe("index", "_window")
    def _refresh_values(self, change=None):
        wanted = [number for number in self._window if 0 <= number < len(self.beside.pairs)]
        records = [record for n in wanted for record in self._records(self.beside.pairs[n])]
        self._values = {"rows": wanted, "data": numbers.packed(records)}

    def _records(self, pair):
        for trace, number in zip(self.traces, (pair.left, pair.right), strict=True):
            value = None if number is None else trace.steps[number].output
            yield numbers.record(numbers.example(value, axes.batch(trace), self.index))


def _said(pair):
    return None if pair.difference is None else pair.difference.sentence
