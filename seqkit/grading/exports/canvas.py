"""Canvas: the CSV that its gradebook imports.

Source: Canvas LMS, `lib/gradebook_importer.rb` and `lib/gradebook_exporter.rb`: the columns Student, ID, SIS User ID, SIS Login ID,
Section; a column “title (id)” an assignment; a row “Points Possible”; a student is found by ID, else by SIS ID, login or name.
"""

import re

from seqkit.errors import AssignmentError
from seqkit.grading.exports import cells
from seqkit.grading.exports.columns import scaled, with_scores
from seqkit.grading.exports.scores import possible, tidy, total

FILE = "canvas.csv"
STUDENT = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
PERSON = {
    "student",
    "lastname",
    "firstname",
    "id",
    "sis user id",
    "sis login id",
    "integration id",
    "root account",
    "section",
}
POINTS = "    Points Possible"


def write(entries, assignment, *, roster=None, column=None, scale=False):
    """The grades as Canvas's CSV.

    Args:
        entries: an `Entry` for each student.
        assignment: what they were graded for.
        roster: a `Sheet` of the gradebook as Canvas exported it: its rows, order and ids are kept, of its assignments only this one,
            so that no grade given meanwhile is put back; a student without a submission keeps what stands there.
        column: the title of the assignment in Canvas, if it is not the name of ours.
        scale: turn our points into Canvas's, if it has other points for the assignment.

    Raises:
        AssignmentError: the roster is no gradebook of Canvas, or has other points for the assignment.
    """
    if roster is None:
        return _plain(entries, assignment, column or assignment.name)
    person = _columns(roster)
    score = _place(roster, column or assignment.name)
    title = (column or assignment.name) if score is None else roster.columns[score]
    marks = [i for i, row in enumerate(roster.rows) if "Points Possible" in row[person[0]]]
    theirs = roster.rows[marks[0]][score] if marks and score is not None else ""
    factor = scaled(theirs, assignment, scale, roster.file)
    values, _ = with_scores(entries, assignment, roster, person, score, factor)
    points = dict.fromkeys(marks, tidy(possible(assignment) * factor))
    rows = [[*_person(row, person), (values | points)[i]] for i, row in enumerate(roster.rows)]
    return cells.write_as_is([[*(roster.columns[i] for i in person), title], *rows], roster.delimiter)


def unmatched(entries, assignment, roster, **more):
    """{student: why no row of the roster is theirs}."""
    return with_scores(entries, assignment, roster, _columns(roster), None, 1)[1]


def _plain(entries, assignment, title):
    points = [POINTS, "", "", "", "", possible(assignment)]
    rows = [[entry.student, "", "", entry.student, "", total(entry, assignment)] for entry in entries]
    return cells.write([[*STUDENT, title], points, *rows])


def _columns(roster):
    """Where the columns about a person stand."""
    found = [i for i, name in enumerate(roster.columns) if name.strip().casefold() in PERSON]
    if roster.place("Student", "LastName") is None or roster.place("ID") is None:
        raise AssignmentError(
            f"{roster.file} has the columns {', '.join(roster.columns)[:200]}; a gradebook of Canvas begins with Student, ID. "
            "Export it there with Grades, Export."
        )
    return found


def _place(roster, title):
    """Where the assignment of this title stands: by its title with the id, or without."""
    plain = [re.sub(r"\s+\(\d+\)$", "", name) for name in roster.columns]
    return roster.columns.index(title) if title in roster.columns else plain.index(title) if title in plain else None


def _person(row, person):
    """The cells about a person; the name, which Canvas reads only where there is no ID, cannot be run as a formula."""
    kept = [row[i] for i in person]
    return [cells.cell(kept[0]) if any(kept[1:-1]) else kept[0], *kept[1:]]
