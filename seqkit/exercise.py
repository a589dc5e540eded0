"""What is asked: an `Exercise` with its probes, its reference and its known mistakes. `names()`, `load(name)`."""

import ast
import difflib
import functools
import importlib
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from seqkit.errors import ExerciseError

PAGES = Path(__file__).parent / "exercises"
PACKAGE = "seqkit.exercises"


@dataclass(frozen=True, eq=False)
class Probe:
    """One call, made to see what an answer does.

    Attributes:
        name: what it looks at: `a slice shares`.
        f: (answer, **drawn) → plain data, or what `seqkit.plain` can copy into it.
        call: the call to show a learner, an expression in the drawn names; None shows the statements of `f`.
        why: one sentence, told when the answer differs here: the rule behind the probe.
        drawn: {argument: draw}, see `seqkit.draws`.
        weight: its share of the points.
        times: how many cases of growing size it draws.
        exact: compare floats to the bit.
        oracle: the framework's own class, which gives the expected values in place of the reference; or None.
    """

    name: str
    f: object
    why: str
    drawn: dict
    weight: int
    times: int
    exact: bool
    oracle: object
    call: str | None

    def cases(self, draw):
        """For the seed `draw`, each case as {argument: code}."""
        import numpy as np

        rng = np.random.default_rng([draw, zlib.crc32(self.name.encode())])
        return [{name: make(rng, size) for name, make in self.drawn.items()} for size in range(self.times)]

    def arguments(self, case):
        """A case as {argument: value}: its code, run among the names of the page."""
        names = dict(self.f.__globals__)
        for short, module in (("np", "numpy"), ("jnp", "jax.numpy")):
            if any(f"{short}." in code for code in case.values()):
                names.setdefault(short, importlib.import_module(module))
        return {name: eval(code, names) for name, code in case.items()}


@dataclass(frozen=True)
class Mistake:
    """A known wrong answer, and the sentence for whoever gives it."""

    name: str
    sentence: str
    answer: object = field(compare=False)


class Exercise:
    """One page: what a learner is to write.

    Args:
        name: of the function or class to write.
        number: its place among the exercises of its lesson.
        lesson: the notebook it belongs to, without `.ipynb`.
        points: its weight in the gradebook.
        statement: Markdown; holds one worked call after `>>>`, with what it returns on the next line.
        hints: a question, a direction, the line. A page that goes where an answer runs has neither of these two.
        in_place: whether the answer is asked to change what it is given; else it is told that it did.

    The rest is added by decorators: `reference`, `given`, `probe`, `mistake`.
    """

    def __init__(self, name, *, number, lesson, points, statement="", hints=(), in_place=False):
        self.name, self.number, self.lesson, self.points = name, number, lesson, points
        self.statement, self.hints, self.in_place = statement.strip(), tuple(hints), in_place
        self.reference, self.given_parts, self.probes, self.mistakes = None, [], [], []

    def __repr__(self):
        return f"Exercise({self.name!r}: lesson {self.lesson}, {self.points} points)"

    def answer(self, answer):
        """Decorates the reference: the answer that is trusted. The starter is cut from its source."""
        self.reference = answer
        return answer

    def given(self, part):
        """Decorates what the starter hands out beside the answer to write."""
        self.given_parts.append(part)
        return part

    def probe(self, *, weight=1, times=1, exact=False, oracle=None, call=None, **drawn):
        """Decorates a probe, (answer, **drawn) → plain data; its docstring is the rule behind it, in one sentence."""

        def add(f):
            why = " ".join((f.__doc__ or "").split())
            self.probes.append(Probe(f.__name__.replace("_", " "), f, why, drawn, weight, times, exact, oracle, call))
            return f

        return add

    def mistake(self, sentence):
        """Decorates a known wrong answer; it is called under the name of the exercise, as a learner's would be."""

        def add(answer):
            self.mistakes.append(Mistake(answer.__name__, sentence, answer))
            answer.__name__ = answer.__qualname__ = self.name
            return answer

        return add


class Listing(NamedTuple):
    """What the index of the course says of an exercise: the file of its page without `.py`, and what the page says."""

    file: str
    number: int
    lesson: str
    points: float


@functools.cache
def index():
    """{name: Listing} of every page, in the order of the course. Imports none of them."""
    found = {}
    for file in PAGES.glob("[!_]*.py"):
        call = _exercise_call(file)
        said = {keyword.arg: keyword.value for keyword in call.keywords}
        told = (ast.literal_eval(said[key]) for key in ("number", "lesson", "points"))
        found[ast.literal_eval(call.args[0])] = Listing(file.stem, *told)
    return dict(sorted(found.items(), key=lambda item: (item[1].lesson, item[1].number)))


def _exercise_call(file):
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("Exercise("):
            return node.value
    raise ExerciseError(f"{file.name} makes no Exercise. A page begins with page = Exercise(name, …).")


def names():
    """The names of all exercises, in the order of the course."""
    return list(index())


def load(name):
    """The `Exercise` of this name.

    Raises:
        ExerciseError: there is none; it names the nearest.
    """
    if not isinstance(name, str):
        raise ExerciseError(
            f'an exercise is named by a text, and got a {type(name).__name__}: check("forward", forward).'
        )
    return importlib.import_module(f"{PACKAGE}.{listed(name).file}").page


def listed(name):
    """The `Listing` of the exercise of this name.

    Raises:
        ExerciseError: there is none; it names the nearest.
    """
    if name not in index():
        raise ExerciseError(f"there is no exercise {name!r}. {nearest(name, names())}")
    return index()[name]


def nearest(name, known):
    """What to say of a name that is none of `known`: the nearest one, or all."""
    folded = {each.lower(): each for each in known}
    near = difflib.get_close_matches(str(name).lower().replace("-", "_"), folded, 1, 0.5)
    return f"Did you mean {folded[near[0]]!r}?" if near else f"There are {', '.join(known)}."
