"""A `Graded` as rows of the tables, and back: what comes out equals what went in."""

from dataclasses import fields
from math import isfinite

from sqlalchemy import Boolean, Double, Integer, insert, select

from seqkit.errors import GradebookError
from seqkit.grading.book.tables import Moment, cells, gradings, scores, submissions, tried
from seqkit.grading.graded import CellRun, Graded, Score

KINDS = {Boolean: bool, Integer: int, Double: float}
"""NumPy's numbers are made Python's own: SQLite would keep an `int64` as bytes."""
AT_ONCE = 500
"""How many gradings one query asks for."""
OWN = [one for one in (*submissions.columns, *gradings.columns) if one.name in Graded.__dataclass_fields__]


def row(table, record, **more):
    """{column: value} for each column of `table` that `record` has an attribute for, and `more`.

    Raises:
        GradebookError: a number is not finite, or a time has no zone.
    """
    given = {column.name: column for column in table.columns if hasattr(record, column.name)}
    return {name: _value(column, getattr(record, name), record) for name, column in given.items()} | more


def write_parts(connection, grading_id, graded):
    """Add what belongs to a grading: its scores, its cells, and what was tried."""
    parts = {
        scores: [row(scores, score) for score in graded.scores],
        cells: [row(cells, cell) for cell in graded.cells],
        tried: [{"what": what} for what in graded.tried],
    }
    for table, rows in parts.items():
        if rows:
            placed = [{"grading_id": grading_id, "place": place, **each} for place, each in enumerate(rows)]
            connection.execute(insert(table), placed)


def load(connection, ids):
    """Yields (row of `gradings`, `Graded`) for each id, in the order of the ids."""
    ids = list(ids)
    for start in range(0, len(ids), AT_ONCE):
        yield from _load(connection, ids[start : start + AT_ONCE])


def _load(connection, ids):
    parts = {table: _parts(connection, table, ids) for table in (scores, cells, tried)}
    asked = select(submissions, gradings).join_from(gradings, submissions).where(gradings.c.id.in_(ids))
    found = {one[gradings.c.id]: one for one in connection.execute(asked).mappings()}
    for id in ids:
        yield found[id], _graded(found[id], *(parts[table].get(id, ()) for table in (scores, cells, tried)))


def _parts(connection, table, ids):
    found = {}
    asked = select(table).where(table.c.grading_id.in_(ids)).order_by(table.c.grading_id, table.c.place)
    for one in connection.execute(asked).mappings():
        found.setdefault(one["grading_id"], []).append(one)
    return found


def _graded(one, its_scores, its_cells, its_tried):
    return Graded(
        **{column.name: one[column] for column in OWN},
        scores=tuple(_made(Score, each) for each in its_scores),
        cells=tuple(_made(CellRun, each) for each in its_cells),
        tried=tuple(each["what"] for each in its_tried),
    )


def _made(kind, mapping):
    return kind(**{each.name: mapping[each.name] for each in fields(kind)})


def _value(column, value, record):
    if value is None:
        return None
    if isinstance(column.type, Moment) and value.utcoffset() is None:
        raise GradebookError(f"{_whose(record)}: `{column.name}` is {value}, without a time zone. Give it one.")
    value = next((kind(value) for known, kind in KINDS.items() if isinstance(column.type, known)), value)
    if isinstance(value, float) and not isfinite(value):
        raise GradebookError(f"{_whose(record)}: `{column.name}` is {value}; a gradebook keeps finite numbers.")
    return value


def _whose(record):
    return getattr(record, "file", None) or getattr(record, "exercise", type(record).__name__)
