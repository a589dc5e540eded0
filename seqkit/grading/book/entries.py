"""What a gradebook hands out: the entry of a student, and each line of a student's history."""

from dataclasses import dataclass, field
from datetime import datetime

from seqkit.grading.graded import Graded, late_s


@dataclass(frozen=True)
class Adjustment:
    """A teacher's own word on one exercise of one student; it counts over every grading, a later one too.

    Attributes:
        exercise: its name.
        earned: in the points of the assignment, before its weight.
        reason, by: why, and who.
        at: when, with time zone.
    """

    exercise: str
    earned: float
    reason: str
    by: str
    at: datetime

    def __str__(self):
        return f"{_minute(self.at)} · {_line(self.exercise)} adjusted to {self.earned:g} by {_line(self.by)}: {_line(self.reason)}"


@dataclass(frozen=True)
class Grading:
    """One grading in a student's history.

    Attributes:
        graded: what it gave.
        reason: "first"; "again", where the file or what it is judged by is another since; or "regrade: …".
        recorded: when it came into the gradebook, with time zone.
        counts: whether it is the one that counts today.
        held: earlier adjustments, which hold over it.
    """

    graded: Graded
    reason: str
    recorded: datetime
    counts: bool = False
    held: tuple[Adjustment, ...] = ()

    def __str__(self):
        parts = [f"{_minute(self.recorded)} · {_line(self.graded.file)} graded ({_line(self.reason)})", self._earned()]
        parts += [] if self.graded.status == "ok" else [_line(self.graded.status)]
        parts += [f"{_line(one.exercise)} stays adjusted to {one.earned:g}" for one in self.held]
        return " · ".join(parts + ["counts"] * self.counts)

    def _earned(self):
        scores = self.graded.scores
        each = ", ".join(f"{_line(score.exercise)} {score.earned:g} of {score.points:g}" for score in scores)
        return f"{sum(s.earned for s in scores):g} of {sum(s.points for s in scores):g} points" + f": {each}" * bool(
            each
        )


@dataclass(frozen=True)
class Entry:
    """What counts for one student in one assignment.

    Attributes:
        student: the name.
        graded: the last grading of the submission that was received last.
        adjustments: {exercise: the last `Adjustment`}.
        others: the student's other files, which do not count, by name.
    """

    student: str
    graded: Graded
    adjustments: dict[str, Adjustment] = field(default_factory=dict)
    others: tuple[str, ...] = ()

    def earned(self, exercise):
        """The points of one exercise, before its weight: as adjusted, or else as graded; 0 if it was not graded."""
        if exercise in self.adjustments:
            return self.adjustments[exercise].earned
        return next((score.earned for score in self.graded.scores if score.exercise == exercise), 0.0)

    def late_s(self, assignment):
        """How long after the due date, as it stands now, it was received; 0 if in time, or if nothing says when."""
        return late_s(self.graded.received, assignment.due)


@dataclass(frozen=True)
class Health:
    """How a gradebook is.

    Attributes:
        problems: what the database finds wrong with itself, a line each.
        submissions, gradings, adjustments: how many it has; None if they cannot be counted.
    """

    problems: tuple[str, ...] = ()
    submissions: int | None = None
    gradings: int | None = None
    adjustments: int | None = None

    @property
    def ok(self):
        """Whether nothing is wrong."""
        return not self.problems

    def __str__(self):
        counted = {"submissions": self.submissions, "gradings": self.gradings, "adjustments": self.adjustments}
        counts = ", ".join(f"{'?' if number is None else number} {what}" for what, number in counted.items())
        return f"{counts}: " + ("; ".join(map(_line, self.problems)) or "whole")


def ordered(gradings, adjustments):
    """A history in order of time: `Grading`s, each told which adjustments hold over it, and `Adjustment`s."""
    lines, held = [], {}
    for line in sorted([*gradings, *adjustments], key=_when):
        if isinstance(line, Adjustment):
            held[line.exercise] = line
        elif held:
            line = Grading(line.graded, line.reason, line.recorded, line.counts, tuple(held.values()))
        lines.append(line)
    return lines


def _when(line):
    return line.at if isinstance(line, Adjustment) else line.recorded


def _minute(moment):
    return f"{moment:%Y-%m-%d %H:%M}"


def _line(text):
    """`text` in one line, without what a terminal would obey: a student may have chosen it."""
    return "".join(letter if letter.isprintable() else "�" for letter in " ".join(text.split()))
