"""What a learner calls in a notebook: `check`, `hint`, `reference`, `exercise`, `progress`. Each gives a thing that shows itself."""

import os
from datetime import date

from seqkit import completion, snippet
from seqkit.check import DRAW, Verdict
from seqkit.check import check as judged
from seqkit.errors import ProgressError
from seqkit.exercise import index, load
from seqkit.progress import Record, note, record, records
from seqkit.progress import forget as forgotten
from seqkit.steps import count
from seqkit.views.feedback import Code, Feedback, Note, Progress

REPORT = "seqkit could not judge this; your answer is not at fault. Please report it with this line"


def check(name, answer, *, draw=DRAW, keep=True):
    """A verdict on `answer`, an attempt at the exercise `name`: one line, and a card for the eye.

    Args:
        name: of the exercise, as `sk.exercise(name)` shows it.
        answer: the function or class that you wrote.
        draw: seed of the values that it is tried with.
        keep: whether it counts in `progress()`; False for an example that is not yours.

    Returns:
        A `Verdict`: `verdict.ok`, `verdict.sentence`, `verdict.failure.code`, which is the failing call.

    Raises:
        ExerciseError: there is no exercise of this name. Nothing that the answer does is raised.
    """
    exercise = load(name)
    try:
        verdict = judged(name, answer, draw)
    except Exception as error:
        said = f"{REPORT}: {name}, draw {draw}, {type(error).__name__}: {str(error)[:200]}."
        verdict = Verdict(name, False, True, 0, len(exercise.probes), 0.0, exercise.points, said, judged=False)
    counts = keep and verdict.judged and verdict.started
    remark = _noted(name, "check", verdict.ok, verdict.earned) if counts else ""
    values = vars(verdict) | {"remarks": verdict.remarks + ((remark,) if remark else ())}
    return Feedback(**values, hint=_next_hint(exercise))


def hint(name):
    """The next of the three hints of an exercise: a question, then a direction, then the line."""
    exercise = load(name)
    given, all_of_them = _record(name).hints, len(exercise.hints)
    if given >= all_of_them:
        return Note(
            f"{name}: all {all_of_them} hints are given. The last was: {exercise.hints[-1]} sk.reference({name!r}) is open."
        )
    lost = _noted(name, "hint")
    left = all_of_them - given - 1
    remain = f"{left} {'remains' if left == 1 else 'remain'}" if left else "None remains"
    said = f"{name}, hint {given + 1} of {all_of_them}: {exercise.hints[given]} {remain}."
    return Note(f"{said} {lost}" if lost else said)


def reference(name):
    """The answer that seqkit trusts: once the exercise is solved, or all its hints are given."""
    exercise = load(name)
    done = _record(name)
    left = len(exercise.hints) - done.hints
    if left > 0 and not done.solved:
        verb = "is" if left == 1 else "are"
        return Note(f"{name} is not solved yet, and {count(left, 'hint')} of it {verb} left: sk.hint({name!r}).")
    lost = _noted(name, "reference")
    solved = f"`{name}`: you solved it. This is how the reference does it."
    warning = f"`{name}` is not solved yet. Whoever reads the reference now learns less than by one more try."
    return Code(f"{solved if done.solved else warning} {lost}".rstrip(), snippet.reference(exercise))


def exercise(name):
    """What an exercise asks, with the starter to write into."""
    page = load(name)
    lead = f"**{name}** · lesson {page.lesson} · {count(page.points, 'point')}"
    return Code(f"{lead}\n\n{page.statement}", snippet.starter(page))


def progress():
    """What you have done: lessons, exercises, points, and what is worth a look back today (1, 3, 7, 14 … days after)."""
    done = records()
    rows = [(name, each.lesson, each.points, done.get(name, Record())) for name, each in index().items()]
    return Progress(tuple(rows), date.today())


def forget():
    """Delete everything that `progress()` knows."""
    return Note(f"{forgotten().name} is deleted: progress begins anew.")


def _noted(name, kind, ok=False, earned=0.0):
    """Keep it; what cannot be kept is said, and costs nobody a verdict. What nbgrader runs is nobody's progress."""
    if os.environ.get("NBGRADER_EXECUTION"):
        return ""
    try:
        note(name, kind, ok, earned)
    except ProgressError as error:
        return f"This was not saved: {error}"
    return ""


def _record(name):
    try:
        return record(name)
    except ProgressError:
        return Record()


def _next_hint(exercise):
    return exercise.hints[min(_record(exercise.name).hints, len(exercise.hints) - 1)]


completion.offer()
