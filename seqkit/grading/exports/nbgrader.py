"""The CSV that `nbgrader export` writes, for whatever a department has built on it.

Source: nbgrader 0.9, `nbgrader.plugins.export.CsvExportPlugin`: its columns, moments in UTC without zone, no submission is 0.
"""

from datetime import UTC

from seqkit.errors import AssignmentError
from seqkit.grading.exports import cells
from seqkit.grading.exports.scores import possible, total

FILE = "grades.csv"
COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)


def write(entries, assignment, *, roster=None):
    """The grades as nbgrader's CSV; seqkit takes nothing off for being late, so the penalty is 0.

    Args:
        entries: an `Entry` for each student.
        assignment: what they were graded for.
        roster: a `Sheet` with the column `id` and, where known, `first_name`, `last_name`, `email`: what `nbgrader db
            student import` takes; a student of it who handed in nothing gets a row with 0.
    """
    people = _people(roster)
    found = {entry.student: entry for entry in entries}
    students = sorted({*people, *found} - {""}, key=lambda one: (*_name(people.get(one, {}))[:2], one))
    rows = [_row(student, people.get(student, {}), found.get(student), assignment) for student in students]
    return cells.write([COLUMNS, *rows], line_end="\n")


def unmatched(entries, assignment, *, roster=None):
    """{student: why} of those whom the roster does not know."""
    people = _people(roster)
    return {entry.student: "the roster has no such id" for entry in entries if roster and entry.student not in people}


def _people(roster):
    """{id: row}.

    Raises:
        AssignmentError: the roster has no column `id`.
    """
    if roster is None:
        return {}
    place = roster.place("id")
    if place is None:
        raise AssignmentError(f"{roster.file}: the roster has no column `id`. It has: {', '.join(roster.columns)}.")
    return {row[place]: record for row, record in zip(roster.rows, roster.records(), strict=True)}


def _row(student, person, entry, assignment):
    earned = float(total(entry, assignment)) if entry else 0.0
    when = [_utc(assignment.due), _utc(entry.graded.received) if entry else ""]
    return [assignment.name, *when, student, *_name(person), earned, 0.0, earned, float(possible(assignment))]


def _name(person):
    return [person.get(key, "") for key in ("last_name", "first_name", "email")]


def _utc(moment):
    return str(moment.astimezone(UTC).replace(tzinfo=None)) if moment else ""
