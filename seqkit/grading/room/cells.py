"""The cells of a notebook, run in order in one namespace; an error ends its cell alone. Magics and shell lines are left out."""

import ast
import builtins
import io
import linecache
import re
import sys
import time
import types

from seqkit.observe import TimeUp, limited
from seqkit.plain import raised

PRINTED = 2_000
"""Letters kept of what one cell prints."""
RUN_ANYWAY = ("time", "timeit", "capture", "prun", "python", "python3")
"""Cell magics below whose first line stands Python that counts."""
SAID, LINES, LINE = 300, 20, 100
"""Letters kept of an error; lines kept of what was left out, and letters of each."""
SHORTEST_S = 0.5
TIMED = re.compile(r"(?m)^([ \t]*)%time[ \t]+(?=\S)")
"""Before a statement that runs, and binds what it binds, as it does without."""


class Cells:
    """Runs cells; `namespace` is what they leave."""

    def __init__(self, limit_s):
        self.end = time.monotonic() + limit_s
        self.module = types.ModuleType("__main__")
        self.namespace = self.module.__dict__
        self.namespace.update(display=_nothing, get_ipython=lambda: self.shell)
        self.shell = Shell()
        sys.modules["__main__"] = self.module

    def run(self, number, source):
        """(error or "", what it printed, what was left out, whether its time was up) of one cell."""
        out, self.shell.left_out = _Kept(), []
        sys.stdout = sys.stderr = out
        held = dict(vars(builtins))
        try:
            error = self._error(number, source)
        finally:
            vars(builtins).update(held)  # whoever redefines `isinstance` redefines it for the cell
            sys.stdout = sys.stderr = io.StringIO()
        is_late = error is not None and issubclass(type(error), TimeUp)
        return _said(error), out.text, self.shell.left_out[:LINES], is_late

    def _error(self, number, source):
        share_s = max((self.end - time.monotonic()) / 2, SHORTEST_S)
        try:
            with limited(share_s):
                exec(_compiled(number, source, self.shell), self.namespace)
        except BaseException as error:
            return error
        return None


def _compiled(number, source, shell):
    """The code of a cell; where it is no Python, what IPython makes of it."""
    name = f"<cell {number}>"
    try:
        ast.parse(source)
    except SyntaxError:
        source = _translated(source, shell)
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    return compile(source, name, "exec")


def _translated(source, shell):
    from IPython.core.inputtransformer2 import TransformerManager

    first, _, rest = source.lstrip().partition("\n")
    if first.startswith("%%") and first[2:].split()[:1] and first[2:].split()[0] in RUN_ANYWAY:
        shell.left_out.append(first[:LINE])
        source = rest
    return TransformerManager().transform_cell(TIMED.sub(r"\1", source))


class Shell:
    """Stands where a notebook has IPython: notes what was asked of it, and does none of it."""

    def __init__(self):
        self.left_out = []

    def run_line_magic(self, name, line="", *more, **others):
        """Noted."""
        self._note(f"%{name} {line}")

    def run_cell_magic(self, name, line="", body=""):
        """Noted."""
        self._note(f"%%{name} {line}")

    def system(self, line=""):
        """Noted."""
        self._note(f"!{line}")

    def getoutput(self, line="", **others):
        """Noted; no line comes back."""
        self._note(f"!{line}")
        return []

    def _note(self, text):
        self.left_out.append(str(text).strip()[:LINE])

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _nothing


def _nothing(*args, **kwargs):
    return None


def _said(error):
    if error is None:
        return ""
    made = raised(error)
    first = made.message.strip().partition("\n")[0] + _at(error)
    return f"{made.kind}: {first}"[:SAID] if first else made.kind


def _at(error):
    """The line that is no Python, if that is what is wrong: ` at: for layer in layers`."""
    text = error.text if type(error) in (SyntaxError, IndentationError) else None
    return f" at: {text.strip()[:LINE]}" if type(text) is str and text.strip() else ""


class _Kept(io.TextIOBase):
    """Takes what is printed and keeps the beginning of it."""

    def __init__(self):
        self.text = ""

    def write(self, text):
        self.text += str.__getitem__(text, slice(0, max(0, PRINTED - len(self.text))))
        return len(text)
