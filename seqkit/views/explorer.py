"""The living picture of a chain that can be touched: another input, another layer, new parameters, its code."""

import warnings

import numpy as np
import traitlets as t

from seqkit import axes
from seqkit.editing.code import code
from seqkit.editing.editor import Editor
from seqkit.editing.specs import parameters_of, spec_of
from seqkit.errors import SeqkitError, UnusedSideInput
from seqkit.steps import first_line
from seqkit.trace import STYLES
from seqkit.trace import trace as run_trace
from seqkit.views import edits, inputs, rows
from seqkit.views.looking import PANES, Look
from seqkit.views.pace import Pace
from seqkit.views.picture import Picture


class Explorer(Look):
    """The picture of a chain that can be run again: on another input, with other layers, with new parameters.

    Attributes, beside those of `Look`:
        x: what the chain is called with; assign to it to run the chain on something else.
        chain: the chain as it is now, after edits.
        given: what a call takes beside x: variables, state, key, side inputs.
        parameters: the canonical parameters of the chain, for `load` of any style.
    """

    x = t.Any(None, allow_none=True)

    _input = t.Dict().tag(sync=True)
    _edit = t.Dict().tag(sync=True)
    _code = t.Dict().tag(sync=True)
    _editor = None
    _code_asked = t.Dict({"open": False, "style": "", "numbers": False}).tag(sync=True)

    def __init__(self, chain, x, given, panes=PANES):
        run = run_trace(chain, x, **given)
        self._editor = Editor(run.style, chain, given)
        self._refusal = edits.refusal(self._editor)
        self._noises, self._pace, self._echo = 0, Pace(), False
        self._first = self.x = x  # before there is a trace: it has run on this already
        super().__init__(run, panes)
        self._refresh_input()

    @property
    def chain(self):
        """The chain as it is now."""
        return self._editor and self._editor.chain

    @property
    def given(self):
        """What a call takes beside x."""
        return self._editor.given if self._editor else {}

    @property
    def parameters(self):
        """The canonical parameters of the present chain: what `sk.objax.load(chain, view.parameters)` takes.

        Raises:
            SpecError: a layer has no word in a spec.
        """
        return parameters_of(self.trace.style, self.chain, self._spec(), self.given)

    @property
    def picture(self):
        """The still picture of what is seen now."""
        return Picture(self.trace, pending=[name for _, name, _ in self._pending()])

    def close(self):
        """Take the view away, and let go of the chain and of all arrays."""
        if self._editor is not None:
            self._pace.forget()
        self._editor = None
        super().close()
        self._first = self.x = None

    # ---- running again ----

    def update(self, model=None, **given):
        """Run the chain again with new parameters and redraw: at most 20 times a second, at most 5 % of the time.

        Args:
            model: Linen: the variables, or the parameters alone; Equinox: the new chain. The others change in place.
            **given: anything else that a call takes beside x and that is new: `state=…`, `key=…`.

        A view that was closed stays closed.
        """
        if self._editor is not None:
            self._take(model, given)
            self._redraw() if self._pace.due() else self._pace.later(self._redraw)

    def _take(self, model, given):
        if isinstance(model, dict):
            old = self.given.get("variables", {})
            given["variables"] = model if "params" in model else {**old, "params": model}
        elif model is not None:
            self._editor.chain = model
        self._editor.given = self.given | given

    def _redraw(self):
        with self._pace.drawing():
            self._run()

    @t.observe("x")
    def _on_x(self, change):
        if self.trace is not None and change["new"] is not None:
            self._run()
            if not self._echo:
                self._refresh_input()

    def _run(self):
        """The learner's own chain, once; what it raises before its first layer is said in the picture."""
        try:
            with warnings.catch_warnings():  # said when the view was made; here nobody would see it
                warnings.simplefilter("ignore", UnusedSideInput)
                run = run_trace(self.chain, self.x, **self.given)
        except Exception as error:
            self._say(f"{type(error).__name__}: {first_line(error)}")
        else:
            self.trace = run

    def _say(self, message):
        with self.hold_sync():
            self._message = message
            self._runs += 1

    def _restructure(self):
        super()._restructure()
        self._refresh_edit()
        self._refresh_code()

    def _rows(self):
        described = {} if self._refusal else edits.described(self._editor, self.trace)
        return rows.structure(self.trace, self._pending(), described)

    def _pending(self):
        return [] if self._refusal else edits.pending(self._editor, self.trace)

    @t.observe("index")
    def _refresh_input(self, change=None):
        seen = self._input.get("seen", 0) + 1
        self._input = inputs.describe(self.x, axes.batch(self.trace), self.index) | {"seen": seen}

    # ---- what the front end asks for ----

    def _handle_custom_msg(self, content, buffers):
        """Answer the front end: a dict whose "do" names one of the methods below."""
        do, before = getattr(self, f"_do_{content.get('do')}", None), self._runs
        if do is not None:
            try:
                do(content, buffers)
            except SeqkitError as error:
                self._say(first_line(error))
            except Exception as error:  # a layer that cannot be made: the picture says why, and stays
                self._say(f"{type(error).__name__}: {first_line(error)}")
            if self._runs == before:  # an input that is what it was: the front end waits for an answer all the same
                self._say(self._message)

    def _do_value(self, asked, buffers):
        self._put([asked["at"]], [asked["value"]])

    def _do_draw(self, asked, buffers):
        values = np.frombuffer(buffers[0], np.float32)
        self._put(np.arange(len(values)), values)

    def _put(self, places, values):
        """A new input, which the front end shows already."""
        self._echo = True
        try:
            self.x = inputs.changed(self.x, axes.batch(self.trace), self.index, places, values)
        finally:
            self._echo = False

    def _do_noise(self, asked, buffers):
        self._noises += 1
        self.x = inputs.noisy(self.x, self._noises)

    def _do_reset(self, asked, buffers):
        with self.hold_sync():
            self._say("")
            self.x = self._first

    def _do_edit(self, asked, buffers):
        position = edits.do(self._editor, asked, self.trace, self.x)
        with self.hold_sync():
            self._run()
            self.selected = next((step.number for step in self.trace if step.position == position), None)
            self._refresh_edit()

    @t.observe("selected")
    def _refresh_edit(self, change=None):
        palette = [] if self._refusal else edits.offered(self._editor, self.trace, self.x, self.selected)
        edit = {"said": self._editor.said, "undo": self._editor.can_undo, "redo": self._editor.can_redo}
        self._edit = edit | {"palette": palette, "refusal": self._refusal}

    # ---- code ----

    def _spec(self):
        return spec_of(self.trace.style, self.chain, edits.shape(self.x))

    @t.observe("_code_asked")
    def _refresh_code(self, change=None):
        if self._code_asked["open"]:
            self._code = self._written()

    def _written(self):
        style = self._code_asked["style"] or self.trace.style
        asked = {"styles": list(STYLES.values()), "style": style}
        if self.trace.error is not None:
            return asked | {"text": "", "note": f"no code while a layer fails. {self.trace.sentence or ''}"}
        try:
            numbers = self.parameters if self._code_asked["numbers"] else None
            return asked | {"text": code(self._spec(), style, numbers), "note": ""}
        except SeqkitError as error:
            return asked | {"text": "", "note": first_line(error)}
