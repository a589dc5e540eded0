"""What an assignment is: plain records. `seqkit.grading.handout.assignment` makes and reads them."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from seqkit.exercise import PAGES, index
from seqkit.grading.handout import secret as secrets

TIME_LIMIT_S = 30.0
"""Wall time for one exercise of a submission; one call may take half of what is left."""
CELLS_LIMIT_S = 60.0
"""Wall time for all cells of a submission together; one cell may take half of what is left."""


@dataclass(frozen=True)
class Item:
    """One exercise of an assignment, or one personal question.

    Attributes:
        exercise: its name; of a personal question the variable that it asks for: `my_parameters`.
        points: what it earns at most.
        weight: what its points are multiplied with in the sum of a student.
        time_limit_s: wall time for it.
        personal: whether it is a question of `seqkit.grading.handout.personal`, with other numbers for each student.
        version: of its page, when the assignment was made.
    """

    exercise: str
    points: float
    weight: float = 1.0
    time_limit_s: float = TIME_LIMIT_S
    personal: bool = False
    version: str = ""

    def scaled(self, earned, page_points):
        """What `earned` of the points of its page is in the points of this item."""
        return round(earned * self.points / page_points, 2)


@dataclass(frozen=True)
class Assignment:
    """Exercises that are handed out and graded together.

    Attributes:
        name: also of its notebook.
        items: in the order in which they are asked.
        due: with time zone; None if there is no end.
        personal: whether there is a notebook for each student.
        cells_limit_s: wall time for all cells of a submission together.
        roster: the students, if it is personal.
        notes: what was taken for granted when it was read, a sentence each.
        secret: where its draws come from.
    """

    name: str
    items: tuple[Item, ...]
    due: datetime | None = None
    personal: bool = False
    cells_limit_s: float = CELLS_LIMIT_S
    secret: bytes = field(default=b"", repr=False)
    roster: tuple[str, ...] = field(default=(), repr=False)
    notes: tuple[str, ...] = field(default=(), compare=False, repr=False)

    @property
    def points(self):
        """What a student can earn: the sum of weight × points."""
        return round(sum(item.weight * item.points for item in self.items), 2)

    @property
    def exercises(self):
        """The items that are exercises of the kit, and so no personal questions."""
        return tuple(item for item in self.items if not item.personal)

    @property
    def questions(self):
        """The items that are personal questions."""
        return tuple(item for item in self.items if item.personal)

    def draw(self):
        """The secret seed of what answers are tried with.

        Raises:
            AssignmentError: it was read without its secret.
        """
        return secrets.draw(self.secret)

    def fingerprint(self):
        """12 hexadecimal digits that tell this draw from another and reveal nothing of it."""
        return secrets.fingerprint(self.secret)

    def changed(self):
        """The names of the exercises whose page is another than when the assignment was made."""
        return tuple(item.exercise for item in self.exercises if item.version != version(item.exercise))


def version(exercise):
    """12 hexadecimal digits of the page of an exercise: another text, another version."""
    return hashlib.sha256((PAGES / f"{index()[exercise].file}.py").read_bytes()).hexdigest()[:12]


def points_said(points):
    """Points in words: `1 point`, `7.5 points`."""
    return f"{points:g} point{'s' * (points != 1)}"
