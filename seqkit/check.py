"""`observe` an answer, `judge` what was seen: `check` is both. Only `observe` ever touches the answer.

`observe` may run where the reference is not; `judge` gets plain data and compares it with what the reference gave for the
same draw. Expected values are computed once for each draw and kept.
"""

import dis
import functools
import inspect
import io
import linecache
import signal
import threading
import types
import warnings
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field

from seqkit import snippet
from seqkit.compare import Difference, first_difference, list_for_tuple, same
from seqkit.exercise import load
from seqkit.plain import Raised, kind_of, plain, raised

DRAW = 1
"""The draw of a `check` in a notebook; graders use one of their own."""
LIMIT_S = 60
"""Wall time for one probe. A learner may interrupt at any time before."""


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


@dataclass(frozen=True)
class Failure:
    """The smallest call that shows the difference.

    Attributes:
        probe: what it looks at.
        call: it in one line, or None if it takes more.
        code: the whole of it, ready to be pasted behind the answer.
        seen: what came, as plain data.
        wanted: what the reference gave.
        difference: the `Difference` that is told.
        why: the rule behind the probe.
    """

    probe: str
    call: str | None
    code: str
    seen: object
    wanted: object
    difference: Difference
    why: str


@dataclass(frozen=True)
class Verdict:
    """An answer, judged.

    Attributes:
        exercise: its name.
        ok: whether every probe agrees.
        started: whether there was an answer.
        agreed, asked: how many probes agree, of how many.
        earned, points: the weight earned, of how much.
        sentence: what is the matter.
        mistake: the name of the known mistake that it behaves like, or None.
        failure: the smallest call that shows it, or None.
        remarks: what is not wrong and still worth a word.
        judged: False if seqkit itself failed.
    """

    exercise: str
    ok: bool
    started: bool
    agreed: int
    asked: int
    earned: float
    points: int
    sentence: str
    mistake: str | None = None
    failure: Failure | None = None
    remarks: tuple[str, ...] = ()
    judged: bool = field(default=True)

    @property
    def mark(self):
        """✓ right, ✗ wrong, · not started, ? not judged."""
        return "?" if not self.judged else "✓" if self.ok else "✗" if self.started else "·"

    def __str__(self):
        count = f"{self.agreed} of {self.asked} probes" if self.started and self.judged else "not started"
        said = " ".join([self.sentence, *self.remarks])
        return f"{self.mark} {self.exercise}: {said if not self.judged else f'{count}. {said}'}"

    __repr__ = __str__


def check(name, answer, draw=DRAW):
    """A `Verdict` on `answer`, which may be anything: a wrong one is told why, none raises.

    Args:
        name: of the exercise.
        answer: the function or class that was asked for.
        draw: seed of the values that it is tried with.

    Raises:
        ExerciseError: there is no exercise of this name.
    """
    exercise = load(name)
    return judge(exercise, observe(exercise, answer, draw), draw)


# ---- observe: with the answer, without the reference ----


def observe(exercise, answer, draw=DRAW):
    """What every probe saw of `answer`, as `Observations`."""
    callable_, started = callable(answer), _is_started(answer)
    probes = (observe_probe(answer, probe, draw) for probe in exercise.probes) if callable_ and started else ()
    return Observations(exercise.name, kind_of(answer), callable_, started, tuple(probes))


def observe_probe(answer, probe, draw):
    """What one probe saw, as a tuple of `Seen`."""
    return tuple(_observe_case(answer, probe, case) for case in probe.cases(draw))


def _observe_case(answer, probe, case):
    arguments = probe.arguments(case)
    before, out = {name: plain(value) for name, value in arguments.items()}, _Counted()
    with warnings.catch_warnings(record=True) as caught, redirect_stdout(out), redirect_stderr(out):
        warnings.simplefilter("always")
        value = _value(answer, probe.f, arguments)
    changed = tuple(name for name, value in arguments.items() if not same(plain(value), before[name], exact=True))
    own = [raised(each.message) for each in caught if each.filename == _file(answer)]
    return Seen(value, out.letters, f"{own[0].kind}: {own[0].message}"[:200] if own else "", changed)


def _value(answer, f, arguments):
    try:
        with _limit(LIMIT_S):
            return plain(f(answer, **arguments))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return raised(error, _line(error, _file(answer)))


class _TimeUp(BaseException):
    """Not an Exception: an answer that catches those still ends."""


@contextmanager
def _limit(seconds):
    """Ends what runs inside after so many seconds; only where Python has an alarm clock, and in the main thread."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number, frame):
        raise _TimeUp(f"it was still running after {seconds} s")

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
    return linecache.getline(*lines[-1]).strip()[:120] or None if lines else None


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


# ---- judge: with the reference, without the answer ----


def judge(exercise, observations, draw=DRAW):
    """The `Verdict` on what was observed: plain data, compared with what the reference gave for the same draw."""
    if not observations.started:
        return _verdict(exercise, 0, f"{exercise.hints[0]}", started=False)
    if not observations.callable:
        return _verdict(exercise, 0, f"The answer is {observations.kind}, which cannot be called. {_asked(exercise)}")
    failures = [_failure(exercise, i, seen, draw) for i, seen in enumerate(observations.probes)]
    agreed = [failure is None for failure in failures]
    remarks = _remarks(exercise, observations, agreed, draw)
    if all(agreed):
        return _verdict(exercise, agreed, "Every probe agrees with the reference.", remarks=remarks)
    failure = next(failure for failure in failures if failure)
    mistake = _diagnosis(exercise, observations, draw)
    sentence = mistake.sentence if mistake else _told(failure)
    return _verdict(exercise, agreed, sentence, mistake=mistake and mistake.name, failure=failure, remarks=remarks)


def _verdict(exercise, agreed, sentence, **more):
    agreed = agreed or [False] * len(exercise.probes)
    weights = [probe.weight for probe in exercise.probes]
    share = sum(weight for weight, one in zip(weights, agreed, strict=True) if one) / sum(weights)
    more = {"started": True} | more
    earned = round(exercise.points * share, 2)
    return Verdict(
        exercise.name,
        all(agreed),
        more.pop("started"),
        sum(agreed),
        len(agreed),
        earned,
        exercise.points,
        sentence,
        **more,
    )


def _asked(exercise):
    return f"Hand over what you wrote: check({exercise.name!r}, {exercise.name})."


@functools.lru_cache(maxsize=4096)
def known(probe, answer, draw):
    """What a probe saw of an answer that seqkit knows: the reference, an oracle, a mistake. Kept."""
    return observe_probe(answer, probe, draw)


def wanted(exercise, i, draw):
    """What probe `i` saw of the reference, or of the framework's own class where the probe names it."""
    probe = exercise.probes[i]
    return known(probe, probe.oracle or exercise.reference, draw)


def _failure(exercise, i, seen, draw):
    """The first case of probe `i` that differs, as a `Failure`; None if all agree."""
    probe = exercise.probes[i]
    for case, one, other in zip(probe.cases(draw), seen, wanted(exercise, i, draw), strict=True):
        if isinstance(other.value, Raised):
            raise RuntimeError(f"the reference of {exercise.name} raised {other.value.kind}: {other.value.message}")
        found = first_difference(one.value, other.value, probe.exact)
        if found:
            shown = snippet.call(exercise, probe, case), snippet.code(exercise, probe, case)
            return Failure(probe.name, *shown, one.value, other.value, found, probe.why)
    return None


def _diagnosis(exercise, observations, draw):
    """The known mistake that behaves the same on every probe, or None."""
    for mistake in exercise.mistakes:
        pairs = zip(exercise.probes, observations.probes, strict=True)
        if all(_alike(probe, seen, known(probe, mistake.answer, draw)) for probe, seen in pairs):
            return mistake
    return None


def _alike(probe, seen, other):
    return all(same(one.value, two.value, probe.exact) for one, two in zip(seen, other, strict=True))


def _told(failure):
    """The smallest failing call in one sentence, and the rule behind it."""
    found, subject = failure.difference, failure.call or f"The probe “{failure.probe}”"
    if found.kind == "raised" and not found.want.startswith("raises ") and not found.path:
        line = f", in your line `{failure.seen.line}`" if failure.seen.line else ""
        return f"{subject} raised {found.got}{line}. {failure.why}"
    thing = {"shape": "shape ", "dtype": "dtype "}.get(found.kind, "")
    if found.want.startswith("raises "):
        said = f"{_where(subject, found)} {found.got}; the reference {found.want}"
    elif found.path:
        said = f"{subject}: {found.place} is {thing}{found.got}; the reference has {thing}{found.want}"
    else:
        said = f"{subject} returned {thing}{found.got}; the reference returns {thing}{found.want}"
    return " ".join(filter(None, [f"{said}.", found.where, failure.why]))


def _where(subject, found):
    return f"{subject}: {found.place} is" if found.path else f"{subject} returned"


def _remarks(exercise, observations, agreed, draw):
    """What is not wrong and still worth a word."""
    seen = [one for probe in observations.probes for one in probe]
    wants = [other for i in range(len(exercise.probes)) for other in wanted(exercise, i, draw)]
    found = []
    if any(one.printed for one in seen) and not any(other.printed for other in wants):
        found.append("It prints; what counts is what it returns.")
    if any(one.warned for one in seen):
        found.append(f"It warns: {next(one.warned for one in seen if one.warned).rstrip('.')}.")
    changed = sorted(
        {name for one, other in zip(seen, wants, strict=True) for name in set(one.changed) - set(other.changed)}
    )
    if changed and not exercise.in_place:
        found.append(
            f"It changes its argument {' and '.join(f'`{name}`' for name in changed)}: whoever calls it still needs that."
        )
    if all(agreed) and any(list_for_tuple(one.value, other.value) for one, other in zip(seen, wants, strict=True)):
        found.append("A list came where a tuple was asked; their items agree.")
    return tuple(found)
