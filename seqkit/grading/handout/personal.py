"""Personal questions: the same for all, with other numbers for each student, so that a copied number is wrong.

The numbers come from a keyed hash of assignment, student and question, and from nothing else: they can be had again at any
time. nbgrader knows one source for all students, so these questions are graded by seqkit alone.
"""

import functools
import hashlib
from dataclasses import dataclass

import numpy as np

from seqkit.compare import same, text
from seqkit.errors import AssignmentError
from seqkit.grading.graded import Score
from seqkit.grading.handout import secret, variants
from seqkit.plain import Thing

POINTS = 5.0
"""Of a personal question, if nothing is said."""
MOST = 100
"""Numbers in a right answer."""
MISSING = Thing("`...`")
"""What is seen of a question that was not begun: `...` still stands there, or the variable is not defined."""


@dataclass(frozen=True, eq=False)
class Question:
    """One question to one student.

    Attributes:
        variable: that the answer is written to: `my_parameters`.
        student: whose question it is.
        text: what is asked, in Markdown.
        starter: what the student begins with.
        expected: the right answer, as plain data.
        mistakes: {name: (wrong value, sentence)}.
        points: what it earns.
    """

    variable: str
    student: str
    text: str
    starter: str
    expected: object
    mistakes: dict
    points: float

    @property
    def kind(self):
        """What is the same for all students."""
        return variants.KINDS[self.variable]


def questions(assignment, student):
    """The questions to this student, as a tuple of `Question`.

    Raises:
        AssignmentError: they were handed out by a seqkit that asks other numbers; or there is no secret.
    """
    return tuple(_question(assignment, student, item) for item in assignment.questions)


def drawn(assignment, student, variable):
    """The numbers of a question: the first from its keyed hash for which every known mistake has a value of its own."""
    kind = variants.KINDS[variable]
    whole = _Whole(secret.keyed(assignment.secret, assignment.name, student, variable))
    while True:
        found = kind.draw(whole)
        values = [kind.expected(**found), *(value for value, _ in kind.mistakes(**found).values())]
        if len({_key("", numbers(value)) for value in values}) == len(values):
            return found


@functools.lru_cache(maxsize=8)
def owners(assignment):
    """{(variable, numbers): students} of the right answers of everybody on the roster, to find those that were copied."""
    found = {}
    for student in assignment.roster:
        for question in questions(assignment, student):
            found.setdefault(_key(question.variable, numbers(question.expected)), []).append(student)
    return found


def judge(question, seen, owners=None):
    """The `Score` of what was seen in the variable of a question.

    Args:
        question: to the student whose answer it is.
        seen: plain data; `MISSING` if there is nothing.
        owners: as the function `owners` gives it; None: nobody looks for copies.
    """
    if isinstance(seen, Thing) and seen == MISSING:
        return _score(question, seen, False, question.kind.hint, started=False)
    came = numbers(seen)
    if came is not None and same(came, numbers(question.expected)):
        return _score(question, seen, True, "It agrees with what this chain gives.")
    mistake = _mistake(question, came)
    others = _others(question, came, owners or {})
    found = f"It holds {text(seen)}; right is {text(question.expected)}." + _copied(others)
    if mistake:
        return _score(question, seen, False, question.mistakes[mistake][1], found, mistake)
    return _score(question, seen, False, _told(question, seen, came, others), found)


def numbers(value):
    """Plain data as an array of numbers, without telling list, tuple and array apart; None if it is none."""
    try:
        array = np.asarray(value)
    except (ValueError, TypeError):
        return None
    return array.astype(float) if array.dtype.kind in "iuf" else None


def _key(variable, array):
    with np.errstate(over="ignore"):  # of 1e308, which nobody shares
        return variable, array.shape, tuple(np.round(array, 6).ravel().tolist())


def _question(assignment, student, item):
    if item.version != variants.VERSION:
        raise AssignmentError(
            f"{item.exercise} of {assignment.name} was handed out in version {item.version!r}, and this seqkit asks version "
            f"{variants.VERSION!r}. Use the seqkit that made the assignment."
        )
    kind, given = variants.KINDS[item.exercise], drawn(assignment, student, item.exercise)
    return Question(
        variable=item.exercise,
        student=student,
        text=kind.text(**given),
        starter=kind.starter.format(variable=item.exercise, **given),
        expected=kind.expected(**given),
        mistakes=kind.mistakes(**given),
        points=item.points,
    )


class _Whole:
    """Draws whole numbers from a hash. numpy's generators may draw others in another version of numpy; this never does."""

    def __init__(self, key):
        self.key, self.count = key, 0

    def __call__(self, low, high):
        self.count += 1
        digest = hashlib.sha256(self.key + self.count.to_bytes(8)).digest()
        return low + int.from_bytes(digest[:8]) % (high - low + 1)


def _mistake(question, came):
    """The name of the known mistake that gives this value, or None."""
    found = [name for name, (value, _) in question.mistakes.items() if came is not None and same(came, numbers(value))]
    return found[0] if found else None


def _others(question, came, owners):
    """The other students whose right answer this is."""
    if came is None or came.size > MOST:
        return []
    found = owners.get(_key(question.variable, came), ())
    return [student for student in found if student != question.student]


def _copied(others):
    if not others:
        return ""
    named = ", ".join(others[:3]) + (f" and {len(others) - 3} more" if len(others) > 3 else "")
    return f" It is the right answer to the question of another student: {named}. That may be chance: look at how it was got."


def _told(question, seen, came, others):
    """Why it is wrong, for the student: it names no right number."""
    if others:
        return f"It does not go with the numbers of your own question. {question.kind.hint}"
    if came is None or came.shape != numbers(question.expected).shape:
        return f"It is {_said(seen, came)}; asked is {question.kind.form}."
    return f"{text(seen)} is not what this chain gives. {question.kind.hint}"


def _said(seen, came):
    return text(seen) if came is None or not came.ndim else f"{text(seen)}, of shape {came.shape}"


def _score(question, seen, ok, sentence, found="", mistake=None, started=True):
    behaviour = hashlib.sha256(repr([question.variable, mistake or text(seen)]).encode()).hexdigest()[:12]
    return Score(
        exercise=question.variable,
        version=variants.VERSION,
        ok=ok,
        started=started,
        agreed=int(ok),
        asked=1,
        earned=question.points if ok else 0.0,
        points=question.points,
        sentence=sentence,
        found=found,
        hint="" if ok else question.kind.hint,
        mistake=mistake,
        behaviour=behaviour if started else "",
    )
