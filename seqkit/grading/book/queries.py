"""What is asked of a gradebook's tables: which gradings there are, which of them count, what was adjusted."""

from sqlalchemy import func, select, text

from seqkit.grading.book.entries import Adjustment
from seqkit.grading.book.tables import adjustments, gradings, scores, submissions

GRADED = submissions.join(gradings)
LAST = select(func.max(gradings.c.id)).group_by(gradings.c.submission_id)
"""The id of the last grading of each submission: the one that counts."""


def keys(connection, assignment):
    """{(student, file, key)} of the last grading of each submission."""
    asked = select(submissions.c.student, submissions.c.file, gradings.c.key).select_from(GRADED)
    asked = asked.where(submissions.c.assignment == assignment, gradings.c.id.in_(LAST))
    return set(map(tuple, connection.execute(asked)))


def last_key(connection, submission):
    """The key of the last grading of a submission; None if there is none."""
    asked = select(gradings.c.key).where(gradings.c.submission_id == submission)
    return connection.scalar(asked.order_by(gradings.c.id.desc()).limit(1))


def assignments(connection):
    """The names of all assignments, in order."""
    return sorted(connection.scalars(select(submissions.c.assignment).distinct()))


def files(connection, assignment):
    """{student: {file: its last grading, as a row of id, submission, received}}, students by name."""
    columns = submissions.c.student, submissions.c.file, gradings.c.received, gradings.c.id
    asked = select(*columns, submissions.c.id.label("submission")).select_from(GRADED)
    found = {}
    for one in connection.execute(asked.where(submissions.c.assignment == assignment).order_by(gradings.c.id)):
        found.setdefault(one.student, {})[one.file] = one
    return dict(sorted(found.items()))


def counting(files_of_one):
    """The row of the file received last; one without a time is the earliest; of equals the last by name."""
    return max(files_of_one.values(), key=lambda one: (one.received is not None, one.received, one.file))


def gradings_of(connection, ids):
    """The id of every grading of the submissions, in the order in which they came."""
    asked = select(gradings.c.id).where(gradings.c.submission_id.in_(ids))
    return list(connection.scalars(asked.order_by(gradings.c.id)))


def exercises(connection, assignment):
    """The names of the exercises of which there is a score."""
    asked = select(scores.c.exercise).distinct().select_from(GRADED.join(scores))
    return set(connection.scalars(asked.where(submissions.c.assignment == assignment)))


def adjustments_of(connection, assignment):
    """{student: every `Adjustment`, in the order in which they came}."""
    asked = select(adjustments).where(adjustments.c.assignment == assignment).order_by(adjustments.c.id)
    found = {}
    for one in connection.execute(asked):
        adjustment = Adjustment(one.exercise, one.earned, one.reason, one.by, one.at)
        found.setdefault(one.student, []).append(adjustment)
    return found


def adjusted(connection, assignment):
    """{student: {exercise: the last `Adjustment`}}."""
    every = adjustments_of(connection, assignment)
    return {student: {one.exercise: one for one in its} for student, its in every.items()}


def problems(connection):
    """What SQLite finds wrong with its file, a line each."""
    said = [line for (line,) in connection.execute(text("PRAGMA integrity_check")) if line != "ok"]
    lost = connection.execute(text("PRAGMA foreign_key_check")).all()
    return (*said, *(f"a row of {one[0]} belongs to no row of {one[2]}" for one in lost))


def count(connection, table):
    """How many rows a table has."""
    return connection.scalar(select(func.count()).select_from(table))
