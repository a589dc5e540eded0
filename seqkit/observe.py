"""`observe` an answer: what every probe of an exercise sees of it, as plain data. The reference is not needed here.

This is the only room that touches an answer: its code runs in a probe, under a time limit, and what it returns is copied.
"""

import dis
import inspect
import io
import linecache
import signal
import threading
import time
import types
import warnings
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass

from seqkit.compare import cut, same
from seqkit.plain import kind_of, plain, raised

DRAW = 1
"""The draw of a check in a notebook; graders use one of their own."""
LIMIT_S = 60
"""Wall time for one probe. A learner may interrupt at any time before."""
SHORTEST_S = 0.2
LINE = 120
"""Letters that are kept of the learner's own line."""


@dataclass(frozen=True)
class Seen:
    """One case of one probe, as plain data.

    Attributes:
        value: what the probe returned, or `Raised`.
        printed: how many letters the answer printed.
        warned: the first warning that its own lines gave, or "".
        changed: the names of arguments that are not what they were.
    """

    value: object
    printed: int = 0
    warned: str = ""
    changed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Observations:
    """What was seen of one answer: plain data only.

    Attributes:
        exercise: its name.
        kind: what the answer is, in words: `a function`.
        callable: whether it can be called at all.
        started: whether it has a body that does something.
        probes: for each probe its cases, as `Seen`.
    """

    exercise: str
    kind: str
    callable: bool
    started: bool
    probes: tuple[tuple[Seen, ...], ...]


def observe(exercise, answer, draw=DRAW):
    """What every probe saw of `answer`, as `Observations`."""
    return observe_cases(exercise, answer, [probe.cases(draw) for probe in exercise.probes])


def observe_cases(exercise, answer, cases, limit_s=None):
    """Likewise, for the drawn cases of each probe: who observes need not know the draw.

    Args:
        exercise: whose probes are asked.
        answer: anything.
        cases: for each probe its cases, each {argument: code}.
        limit_s: wall time for all of it, of which each case may take half of what is left; None: `LIMIT_S` for each.
    """
    callable_, started = callable(answer), _is_started(answer)
    end, probes = None if limit_s is None else time.monotonic() + limit_s, []
    for probe, drawn in zip(exercise.probes, cases, strict=True) if callable_ and started else ():
        probes.append(tuple(_observe_case(answer, probe, case, _share(end)) for case in drawn))
    return Observations(exercise.name, kind_of(answer), callable_, started, tuple(probes))


def observe_probe(answer, probe, draw):
    """What one probe saw, as a tuple of `Seen`."""
    return tuple(_observe_case(answer, probe, case, LIMIT_S) for case in probe.cases(draw))


def _share(end):
    """Half of the time until `end`; never quite nothing, so that a quick case is still seen."""
    return LIMIT_S if end is None else max((end - time.monotonic()) / 2, SHORTEST_S)


def _observe_case(answer, probe, case, limit_s):
    arguments = probe.arguments(case)
    before, out = {name: plain(value) for name, value in arguments.items()}, _Counted()
    with warnings.catch_warnings(record=True) as caught, redirect_stdout(out), redirect_stderr(out):
        warnings.simplefilter("always")
        value = _value(answer, probe.f, arguments, limit_s)
    changed = tuple(name for name, value in arguments.items() if not same(plain(value), before[name], exact=True))
    own = [raised(each.message) for each in caught if each.filename == _file(answer)]
    return Seen(value, out.letters, f"{own[0].kind}: {own[0].message}"[:200] if own else "", changed)


def _value(answer, f, arguments, limit_s):
    try:
        with limited(limit_s):
            return plain(f(answer, **arguments))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return raised(error, _line(error, _file(answer)))


class TimeUp(BaseException):
    """An answer ran too long. Not an Exception: one that catches those still ends."""


@contextmanager
def limited(seconds):
    """Ends what runs inside after so many seconds; only where Python has an alarm clock, and in the main thread."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number, frame):
        raise TimeUp(f"it was still running after {seconds:.3g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class _Counted(io.TextIOBase):
    """Takes what is printed and keeps only how much it was."""

    letters = 0

    def write(self, text):
        self.letters += len(text)
        return len(text)


def _file(answer):
    """Where the learner's own lines are."""
    functions = _functions(answer)
    return functions[0].__code__.co_filename if functions else None


def _line(error, file):
    """The learner's own line that raised: the innermost, as text; or None."""
    lines, step = [], error.__traceback__
    while step is not None:
        if file is not None and step.tb_frame.f_code.co_filename == file:
            lines.append((file, step.tb_lineno))
        step = step.tb_next
    line = linecache.getline(*lines[-1]).strip() if lines else ""
    return cut(line, LINE) or None


def _is_started(answer):
    functions = _functions(answer)
    return not functions or not all(map(_is_blank, functions))


def _functions(answer):
    """The Python functions that an answer is made of: itself, or the methods in the body of its class."""
    if not issubclass(type(answer), type):
        function = _unwrapped(answer)
        return [function] if function is not None else []
    own = [_unwrapped(part) for part in type.__dict__["__dict__"].__get__(answer).values()]
    return [f for f in own if f is not None and _is_written_in(f, answer)]


def _is_written_in(function, cls):
    """Whether a function stands in the body of a class, and was not made by a dataclass or a framework."""
    around = function.__code__.co_qualname.rpartition(".")[0]
    return function.__module__ == cls.__module__ and bool(around) and not around.endswith("<locals>")


def _unwrapped(part):
    """The Python function inside a method, a property or a decorator; or None."""
    with suppress(Exception):  # whatever an answer's own attributes do when they are asked
        for attribute in ("fget", "__func__", "method", "func", "fun"):
            inner = getattr(part, attribute, None) if hasattr(type(part), attribute) else None
            part = inner if isinstance(inner, types.FunctionType) else part
        part = inspect.unwrap(part) if hasattr(part, "__wrapped__") else part
    return part if type(part) is types.FunctionType else None


def _is_blank(function):
    """Whether a function does nothing: a docstring, `...`, `pass`."""
    code = list(dis.get_instructions(function))
    nothing = {"RESUME", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST", "COPY_FREE_VARS", "NOP", "POP_TOP", "CACHE"}
    constants = [step.argval for step in code if step.opname in ("LOAD_CONST", "RETURN_CONST")]
    return all(step.opname in nothing for step in code) and constants[-1:] == [None]
