"""The scores of a class, put into the rows of somebody else's table."""

from seqkit.errors import AssignmentError
from seqkit.grading.exports.scores import possible, tidy, total
from seqkit.grading.exports.sheet import matched


def with_scores(entries, assignment, roster, person, score, factor):
    """What stands in the score column of each row, and who has no row.

    Args:
        entries: an `Entry` for each student.
        assignment: what they were graded for.
        roster: the table.
        person: the numbers of the columns that may name a student.
        score: the number of the score column, or None if it is new.
        factor: by which our points are multiplied.

    Returns:
        {number of a row: its cell}, a row without a submission keeping its own, and {student: why no row is theirs}.
    """
    students = {entry.student: entry for entry in entries}
    found, missing = matched(list(students), [[row[i] for i in person] for row in roster.rows])
    earned = {row: tidy(total(students[student], assignment) * factor) for student, row in found.items()}
    values = {i: earned.get(i, row[score] if score is not None else "") for i, row in enumerate(roster.rows)}
    return values, missing


def scaled(theirs, assignment, scale, file):
    """By what our points are multiplied to be theirs.

    Args:
        theirs: the points possible as their table has them; "" if it says nothing.
        assignment: what was graded.
        scale: whether they may be turned into theirs.
        file: of the table, for the sentence.

    Raises:
        AssignmentError: theirs are not ours, and `scale` is False.
    """
    ours, number = possible(assignment), _number(theirs)
    if number is None or number == ours or not ours:
        return 1
    if not scale:
        raise AssignmentError(
            f"{file} has {tidy(number)} points for this assignment, and {assignment.name} has {ours}. "
            "Give it the same points there, or let --scale turn ours into theirs."
        )
    return number / ours


def _number(text):
    try:
        return float(str(text).strip().replace(",", "."))
    except ValueError:
        return None
