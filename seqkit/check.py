"""`check` an answer: `judge` what `observe` sees of it. A grader does the two in different rooms."""

from seqkit.exercise import load
from seqkit.judge import Verdict, judge
from seqkit.observe import DRAW, Observations, observe

__all__ = ["DRAW", "Observations", "Verdict", "check", "judge", "observe"]


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
