"""The submissions in a folder or a zip, in any layout that teachers have. `collect` finds them; their bytes stay where they are.

    ana/anything.ipynb                                a folder for each student
    ana.ipynb  hw1-ben_late.ipynb                     flat, the student in the file's name
    submitted/ana/hw1/hw1.ipynb                       nbgrader, with its timestamp.txt
    Ana Li_4711_assignsubmission_file_/hw1.ipynb      a platform's download; see `naming`

Whoever is named there is in what comes out, even with a file that cannot be read: nobody is lost silently.
"""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from seqkit.errors import IntakeError
from seqkit.grading.intake import choosing, gradescope, layout, naming, submission
from seqkit.grading.intake.arrival import FORMS, arrived
from seqkit.grading.intake.layout import is_notebook, stem
from seqkit.grading.intake.naming import printable
from seqkit.grading.intake.times import TIMESTAMP

MAX_FILE = 300
"""Letters of a file's path."""
ASK = "Ask for the .ipynb file."


@dataclass(frozen=True)
class Handed:
    """One notebook that was handed in. Its bytes are read only when asked for.

    Attributes:
        student: whose it is.
        file: its path inside the folder or zip, inside the folders that stand around all submissions.
        received: when it came in, with time zone (UTC where nothing says which); None if nothing says when.
        notes: what stood beside it and is not graded, a sentence.
    """

    student: str
    file: str
    received: datetime | None
    source: object = field(default=None, repr=False, compare=False)
    size_bytes: int = field(default=0, repr=False, compare=False)
    obstacle: str = field(default="", repr=False, compare=False)
    notes: tuple = field(default=(), repr=False, compare=False)

    def read(self):
        """Its `Submission`, with the notes of both; at most `submission.MAX_BYTES` + 1 bytes are read."""
        found = self._read()
        return replace(found, notes=(*self.notes, *found.notes))

    def _read(self):
        if self.obstacle:
            return submission.refused(self.file, self.obstacle)
        try:
            data = self.source.read(submission.MAX_BYTES + 1)
        except IntakeError as error:
            return submission.refused(self.file, error)
        return submission.read(data, self.file, self.size_bytes if len(data) > submission.MAX_BYTES else None)


@dataclass(frozen=True)
class Intake:
    """What was found: `handed`, by student and file, and `notes` on files that are no submissions, and why."""

    handed: tuple[Handed, ...]
    notes: tuple[str, ...] = ()


def collect(path, assignment_name):
    """The `Intake` of a folder, a zip or a single notebook.

    Args:
        path: where it is.
        assignment_name: it is cut out of file names, and the notebook that is named like it is preferred.

    Raises:
        IntakeError: nothing is there, it cannot be opened, or no submission is in it.
    """
    path = Path(path)
    found, notes = arrived(path)
    files = _count(found)
    found, around = layout.rooted(found, assignment_name, stem(path.name))
    if left := files - _count(found):
        notes.append(f"What is outside of {printable(around[-1])} is left out: {left} in number.")
    fallback = _fallback(path, around, found, assignment_name)
    made, said = layout.groups(found, assignment_name, _gradescope(found), fallback)
    made, others = choosing.of_assignment(made, assignment_name)
    if fallback and len(made) == 1 and not made[0].top:
        made[0].received = choosing.stamp([one for one in found if one.parts == (TIMESTAMP,) and not one.inside])
    handed = [one for group in made for one in _handed(group, assignment_name, notes)]
    if not handed:
        raise IntakeError(
            f"{path} holds no notebook for {assignment_name}. It takes {FORMS}; or a zip of one of these."
        )
    return Intake(_distinct(handed), tuple(notes + said + others))


def _count(found):
    return sum(not one.is_folder for one in found)


def _gradescope(found):
    """What `submission_metadata.yml` says, if it stands beside the submissions."""
    for one in found:
        if one.parts == (gradescope.FILE,) and not one.obstacle:
            with suppress(IntakeError):
                return gradescope.entries(one.source.read(gradescope.MAX_BYTES).decode("utf-8", "replace"))
    return {}


def _fallback(path, around, found, assignment):
    """Whose the notebooks are if no loose one names a student: the name of what stands around them; "" if one does."""
    loose = [one.name for one in found if len(one.parts) == 1 and is_notebook(one)]
    if any(naming.owner(stem(name), assignment).student for name in loose):
        return ""
    path = path.resolve()
    names = [
        *reversed(around),
        stem(path.name) if path.is_file() else path.name,
        path.parent.name,
        path.parent.parent.name,
    ]
    owners = (naming.owner(stem(name), assignment) for name in names if not naming.is_around(stem(name), assignment))
    return next((owner.student for owner in owners if owner.student), "")


def _handed(group, assignment, notes):
    """[Handed] of one student: one at least, so that nobody is lost silently."""
    chosen = choosing.chosen(group, assignment)
    rest = [one.name for one in group.files if one not in chosen and one.name != TIMESTAMP]
    if not chosen:
        return [_missing(group, rest)]
    told = f"{_listed(rest)} left out; what is graded is {_listed([one.name for one in chosen])}." if rest else ""
    notes += [f"{group.owner.student}: {told}"] if told else []
    return [_one(group, one, (told,) if told else ()) for one in chosen]


def _one(group, found, notes=()):
    received = group.received or group.owner.received or found.modified
    return Handed(group.owner.student, found.path, received, found.source, found.size_bytes, found.obstacle, notes)


def _missing(group, names):
    """What stands for a student who handed in no notebook; reading it says so."""
    blocked = next((one for one in group.files if one.obstacle), None)
    if blocked:
        return _one(group, blocked)
    received = max((one.modified for one in group.files if one.modified), default=None)
    if not group.top:
        return Handed(group.owner.student, group.files[0].path, received, obstacle=f"is no notebook. {ASK}")
    why = f"holds no notebook: {_listed(names)}. {ASK}" if names else f"is empty. {ASK}"
    return Handed(group.owner.student, f"{group.top}/", group.owner.received or received, obstacle=why)


def _listed(names):
    shown = ", ".join(printable(name, 60) for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"


def _distinct(handed):
    """In the order of students and files, each with a file name of its own that is safe to show and to keep."""
    made, taken = [], set()
    for one in sorted(handed, key=lambda one: (one.student.casefold(), one.student, one.file)):
        plain = file = printable(one.file, MAX_FILE)
        number = 1
        while (one.student, file) in taken:
            number += 1
            file = f"{plain} ({number})"
        taken.add((one.student, file))
        made.append(replace(one, file=file))
    return tuple(made)
