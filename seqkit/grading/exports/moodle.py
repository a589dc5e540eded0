"""Moodle: the offline grading worksheet of an assignment, or without one a CSV for the gradebook's import.

Source: Moodle, `mod/assign/feedback/offline/importgradeslib.php` (the columns Identifier, Grade and Last modified (grade) are read; a
grade above the maximum is skipped) and docs.moodle.org, “Grade import” (columns are mapped when the file is uploaded).
"""

from seqkit.errors import AssignmentError
from seqkit.grading.exports import cells
from seqkit.grading.exports.columns import scaled, with_scores
from seqkit.grading.exports.scores import possible, total, weighed

FILE = "moodle.csv"
GRADE, MOST = "Grade", "Maximum Grade"


def write(entries, assignment, *, roster=None, column=None, scale=False):
    """The grades as Moodle's CSV.

    Args:
        entries: an `Entry` for each student.
        assignment: what they were graded for.
        roster: a `Sheet` of the grading worksheet as Moodle wrote it: rows, order and every other column are kept.
        column: the name of its column for the grade where Moodle does not speak English.
        scale: turn our points into Moodle's, if the assignment has another maximum there.

    Raises:
        AssignmentError: the worksheet has no such column, or another maximum.
    """
    if roster is None:
        return _plain(entries, assignment)
    score = _place(roster, column)
    factor = scaled(_most(roster), assignment, scale, roster.file)
    values, _ = with_scores(entries, assignment, roster, _person(score), score, factor)
    rows = [[*row[:score], values[i], *row[score + 1 :]] for i, row in enumerate(roster.rows)]
    return cells.write_as_is([roster.columns, *rows], roster.delimiter)


def unmatched(entries, assignment, roster, column=None, **more):
    """{student: why no row of the worksheet is theirs}."""
    score = _place(roster, column)
    return with_scores(entries, assignment, roster, _person(score), score, 1)[1]


def _plain(entries, assignment):
    names = [item.exercise for item in assignment.items]
    head = ["Username", f"{assignment.name} ({possible(assignment)} points)", *names]
    rows = [[e.student, total(e, assignment), *(one.earned for one in weighed(e, assignment))] for e in entries]
    return cells.write([head, *rows])


def _place(roster, column):
    place = roster.place(column or GRADE)
    if place is None:
        raise AssignmentError(
            f"{roster.file} has no column {column or GRADE!r}; it has {', '.join(roster.columns)[:300]}. "
            "Name the one for the grade with --column."
        )
    return place


def _person(score):
    """What stands before the grade tells who it is; what is alike in many rows tells nothing and does no harm."""
    return range(score)


def _most(roster):
    place = roster.place(MOST)
    return roster.rows[0][place] if place is not None else ""
