"""A small class that was graded: entries as a gradebook gives them, with names and words that nobody should obey."""

from datetime import UTC, datetime

from seqkit.grading.book.entries import Adjustment, Entry
from seqkit.grading.graded import Graded, Score
from seqkit.grading.handout.assignment import Assignment, Item

DUE = datetime(2025, 11, 30, 18, tzinfo=UTC)
SECRET = "0.7351 only the teacher may see"
MARKUP = (
    "<script>alert(1)</script> [x](javascript:alert(2)) ![](http://x/y.png) | @everyone `a` **b** &amp; \x1b[31mred"
)
ASSIGNMENT = Assignment(
    "hw1", (Item("forward", 5.0), Item("three_layer_mlp", 10.0, weight=2.0)), due=DUE, secret=b"s" * 32
)


def score(exercise, agreed, points, **more):
    """A `Score` of an answer of which `agreed` of 4 probes agree."""
    told = {
        "sentence": f"forward([], 3) returned {MARKUP}",
        "found": SECRET,
        "hint": "Which value goes on?",
        "behaviour": "b" * 12,
    }
    told |= {"call": "forward([], 3)", "remarks": ("It prints.",)} | more
    return Score(exercise, "1", agreed == 4, True, agreed, 4, points * agreed / 4, points, **told)


def graded(student, agreed=(4, 4), **more):
    """A `Graded` with a `Score` for each exercise of the assignment."""
    scores = tuple(score(item.exercise, each, item.points) for item, each in zip(ASSIGNMENT.items, agreed, strict=True))
    told = {
        "received": DUE,
        "late_s": 0.0,
        "key": "k",
        "draw": "d" * 12,
        "status": "ok",
        "scores": scores,
        "at": DUE,
        "wall_s": 0.5,
    }
    return Graded("hw1", student, f"{student}/hw1.ipynb", "0" * 64, **(told | more))


def entry(student, agreed=(4, 4), adjustments=(), **more):
    """An `Entry`; adjustments are (exercise, points)."""
    made = {name: Adjustment(name, points, "=1+1 a typo", "J. Doe", DUE) for name, points in adjustments}
    return Entry(student, graded(student, agreed, **more), made)


FORMULAS = (
    "=1+1",
    "+1",
    "-1+2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠a",
    " =1+1",
    "\u00a0=1",
    "\ufeff=1",
    "\u200b=1",
)
"""Names that a spreadsheet would run."""
CLASS = [
    entry("ana"),
    entry("Ben Öz", (2, 1), adjustments=[("forward", 4.5)]),
    entry("cy", (0, 0), status="timeout", said=f"It did not end. {MARKUP}"),
]
