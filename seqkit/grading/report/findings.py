"""What is found in a class: small records, which `seqkit.grading.report.statistics` makes and the report shows."""

from dataclasses import dataclass

from seqkit.grading.graded import Graded


@dataclass(frozen=True)
class Total:
    """The points of one student.

    Attributes:
        earned, points: weighted, after adjustment.
    """

    earned: float
    points: float

    @property
    def share(self):
        """Of all points, from 0 to 1."""
        return self.earned / self.points if self.points else 0.0


@dataclass(frozen=True)
class Overview:
    """A class in a few numbers.

    Attributes:
        students, unread, late, full, none, faults: how many students each.
        mean, median: of the shares, from 0 to 1; of no student 0.
    """

    students: int
    unread: int
    late: int
    full: int
    none: int
    faults: int
    mean: float
    median: float


@dataclass(frozen=True)
class Bar:
    """A tenth of the points, and how many students reached just that."""

    label: str
    students: int


@dataclass(frozen=True)
class Difficulty:
    """How one exercise went.

    Attributes:
        exercise: its name.
        right, wrong, untouched: how many students each; who could not be read is in none of them.
        mean: of the shares of its points, from 0 to 1.
    """

    exercise: str
    right: int
    wrong: int
    untouched: int
    mean: float

    @property
    def students(self):
        """How many could be read."""
        return self.right + self.wrong + self.untouched

    @property
    def share_right(self):
        """Of those who could be read, from 0 to 1."""
        return self.right / self.students if self.students else 0.0


@dataclass(frozen=True)
class Shared:
    """Students who made the same mistake in one exercise.

    Attributes:
        exercise: its name.
        name: of the known mistake; "" if no known one explains what they did.
        sentence: what is the matter; of an unknown mistake as it was told to the first of them.
        who: their names.
    """

    exercise: str
    name: str
    sentence: str
    who: tuple[str, ...]

    def __len__(self):
        return len(self.who)


@dataclass(frozen=True)
class Stuck:
    """A student who did not get going, and why that is thought."""

    student: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Cost:
    """What grading took.

    Attributes:
        wall_s, cpu_s: of all submissions together.
        memory_bytes: the most that one of them held.
        slowest: `Graded` of those that took longest, longest first.
    """

    wall_s: float
    cpu_s: float
    memory_bytes: int
    slowest: tuple[Graded, ...]
