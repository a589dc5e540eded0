"""The gradebook: every submission that was graded, each of its gradings, and each adjustment. It is only ever added to."""

from datetime import datetime
from difflib import get_close_matches
from importlib import import_module
from math import isfinite

from sqlalchemy import insert, select

from seqkit.errors import GradebookError
from seqkit.grading.book import queries
from seqkit.grading.book.database import Database
from seqkit.grading.book.entries import Adjustment, Entry, Grading, Health, ordered
from seqkit.grading.book.rows import load, row, write_parts
from seqkit.grading.book.tables import adjustments, gradings, identity, submissions


class Gradebook:
    """The verdicts of a class in one database; several graders, threads and processes may use it at once.

    Args:
        where: a folder (its `gradebook.sqlite`), a file, or a URL `postgresql+psycopg://…`.
        create: whether one that is not there is made.

    Raises:
        GradebookError: it cannot be opened; the sentence names it and says what to try. So do all methods.
    """

    def __init__(self, where, create=True):
        self._database = Database(where, create)

    def __repr__(self):
        return f"Gradebook({self._database.name!r})"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Let go of the database."""
        self._database.engine.dispose()

    def record(self, graded, reason="", again=False):
        """Keep a `Graded`, whole or not at all; on return a power cut cannot take it away.

        Args:
            graded: what grading gave.
            reason: "regrade: …"; if none is given, "first", or "again" behind an earlier grading.
            again: whether it is kept even if nothing has changed since the last grading.

        Returns:
            False if the last grading of this file of this student has the same key and it was not to be `again`; then
            nothing is written.
        """
        now = datetime.now().astimezone()
        with self._database.writing() as connection:
            submission = self._submission(connection, graded)
            last = queries.last_key(connection, submission)
            if not again and last == graded.key:
                return False
            reason = reason or ("again" if last else "first")
            values = row(gradings, graded, submission_id=submission, recorded=now, reason=reason)
            (grading,) = connection.execute(insert(gradings).values(values)).inserted_primary_key
            write_parts(connection, grading, graded)
        return True

    def keys(self, assignment):
        """{(student, file, key)} of the last grading of each submission."""
        with self._database.reading() as connection:
            return queries.keys(connection, assignment)

    def assignments(self):
        """The names of the assignments of which something was graded, in order."""
        with self._database.reading() as connection:
            return queries.assignments(connection)

    def current(self, assignment):
        """The `Entry` of each student, by name: the file received last, and of that the last grading."""
        with self._database.reading() as connection:
            files = queries.files(connection, assignment)
            counting = [queries.counting(its) for its in files.values()]
            gradeds = [graded for _, graded in load(connection, [one.id for one in counting])]
            adjusted = queries.adjusted(connection, assignment)
        return [_entry(graded, files, adjusted) for graded in gradeds]

    def history(self, assignment, student):
        """Every `Grading` and `Adjustment` of one student, in the order in which they came; each prints as one line."""
        with self._database.reading() as connection:
            files = self._files(connection, assignment, student)
            counts = queries.counting(files).id
            ids = queries.gradings_of(connection, [one.submission for one in files.values()])
            its = [_grading(one, graded, counts) for one, graded in load(connection, ids)]
            return ordered(its, queries.adjustments_of(connection, assignment).get(student, ()))

    def adjust(self, assignment, student, exercise, earned, reason, by):
        """Give one exercise of one student other points; this holds over later gradings too, until adjusted again.

        Args:
            assignment, student, exercise: names that are in the gradebook.
            earned: points before the weight, 0 or more; more than the exercise has is a bonus.
            reason, by: why, and who; not empty.

        Returns:
            The `Adjustment`.
        """
        where = f"the adjustment of `{exercise}` for `{student}`"
        reason, by = _words("a reason", reason, where), _words("who makes it", by, where)
        adjustment = Adjustment(exercise, _points(earned, where), reason, by, datetime.now().astimezone())
        with self._database.writing() as connection:
            self._files(connection, assignment, student)
            self._named("exercise", exercise, queries.exercises(connection, assignment))
            values = row(adjustments, adjustment, assignment=assignment, student=student)
            connection.execute(insert(adjustments).values(values))
        return adjustment

    def verify(self):
        """The `Health` of the database; SQLite reads the whole file and says what is wrong in it. Raises nothing."""
        try:
            with self._database.reading() as connection:
                counts = [queries.count(connection, table) for table in (submissions, gradings, adjustments)]
                return Health(queries.problems(connection) if self._database.file else (), *counts)
        except GradebookError as error:
            return Health((str(error),))

    def _submission(self, connection, graded):
        """The id of the submission, which is added if it is new; until the end of the transaction nobody else grades it."""
        whose = identity(graded.assignment, graded.student, graded.file)
        dialect = import_module(f"sqlalchemy.dialects.{connection.dialect.name}")
        new = dialect.insert(submissions).inline().values(row(submissions, graded, identity=whose))
        connection.execute(new.on_conflict_do_nothing())
        return connection.scalar(select(submissions.c.id).where(submissions.c.identity == whose).with_for_update())

    def _files(self, connection, assignment, student):
        """{file: row of its last grading} of a student who must be known."""
        self._named("assignment", assignment, queries.assignments(connection))
        files = queries.files(connection, assignment)
        self._named("student", student, files)
        return files[student]

    def _named(self, kind, name, known):
        """Refuse a name that is not among those known."""
        if name in known:
            return
        near = get_close_matches(name, known, n=3) or sorted(known)[:5]
        has = f"Nearest: {', '.join(f'`{one}`' for one in near)}." if near else "Nothing was graded yet."
        raise GradebookError(f"{self._database.name}: no {kind} `{name}` in it. {has}")


def _entry(graded, files, adjusted):
    others = sorted(files[graded.student].keys() - {graded.file})
    return Entry(graded.student, graded, adjusted.get(graded.student, {}), tuple(others))


def _grading(one, graded, counts):
    return Grading(graded, one[gradings.c.reason], one[gradings.c.recorded], one[gradings.c.id] == counts)


def _points(earned, where):
    try:
        points = float(earned)
    except (TypeError, ValueError):
        points = -1.0
    if isfinite(points) and points >= 0:
        return points
    raise GradebookError(f"{where} got {earned!r} points. It takes a finite number, 0 or more.")


def _words(what, given, where):
    if str(given or "").strip():
        return str(given)
    raise GradebookError(f"{where} got {given!r} where it takes {what}. Write it in a few words.")
