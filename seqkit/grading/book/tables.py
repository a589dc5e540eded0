"""The tables of a gradebook, for SQLite and PostgreSQL alike. Rows are added and never changed.

A change here needs a new file in `migrations/versions`; a test compares the two.
"""

import hashlib
import json
import re
from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Column, Double, ForeignKey, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.types import TypeDecorator

UNWRITABLE = re.compile("[\x00\x1a\ud800-\udfff]")
WRITTEN = re.compile("\x1a([0-9a-f]{4})")


def written(text):
    """`text` as every database takes it: NUL and lone surrogates as U+001A and four hexadecimal digits."""
    return UNWRITABLE.sub(lambda found: f"\x1a{ord(found[0]):04x}", text)


def read(text):
    """What `written` was given."""
    return WRITTEN.sub(lambda found: chr(int(found[1], 16)), text)


def identity(*names):
    """A hash of names, for an index: a path may be longer than PostgreSQL takes there."""
    return hashlib.sha256("\0".join(map(written, names)).encode()).hexdigest()


class AnyText(TypeDecorator):
    """Any string, to the character."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value, dialect):
        """To the database."""
        return None if value is None else written(value)

    def process_result_value(self, value, dialect):
        """From the database."""
        return None if value is None else read(value)


class Plain(AnyText):
    """Tuples and dicts of plain values, as JSON."""

    cache_ok = True

    def process_bind_param(self, value, dialect):
        """To the database."""
        return super().process_bind_param(json.dumps(value, ensure_ascii=False, separators=(",", ":")), dialect)

    def process_result_value(self, value, dialect):
        """From the database; every list was a tuple."""
        return _tuples(json.loads(super().process_result_value(value, dialect)))


class Moment(TypeDecorator):
    """A datetime with its time zone, as ISO 8601: the zone in which it was written is kept."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value, dialect):
        """To the database."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value, dialect):
        """From the database."""
        return None if value is None else datetime.fromisoformat(value)


def _tuples(value):
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _given(name, kind):
    return Column(name, kind, nullable=False)


def _of_grading():
    return (
        Column("grading_id", Integer, ForeignKey("gradings.id"), primary_key=True),
        Column("place", Integer, primary_key=True),
    )


metadata = MetaData()

submissions = Table(
    "submissions",
    metadata,
    Column("id", Integer, primary_key=True),
    _given("assignment", AnyText),
    _given("student", AnyText),
    _given("file", AnyText),
    _given("identity", Text),
    Unique("identity", name="one_submission"),
)
gradings = Table(
    "gradings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("submission_id", Integer, ForeignKey("submissions.id"), nullable=False, index=True),
    _given("recorded", Moment),
    _given("reason", AnyText),
    _given("sha256", AnyText),
    Column("received", Moment),
    _given("late_s", Double),
    _given("key", AnyText),
    _given("draw", AnyText),
    _given("status", AnyText),
    _given("said", AnyText),
    _given("notes", Plain),
    _given("code", Plain),
    _given("versions", Plain),
    _given("sandbox", Plain),
    _given("wall_s", Double),
    _given("cpu_s", Double),
    _given("memory_bytes", BigInteger),
    Column("at", Moment),
)
scores = Table(
    "scores",
    metadata,
    *_of_grading(),
    _given("exercise", AnyText),
    _given("version", AnyText),
    _given("ok", Boolean),
    _given("started", Boolean),
    _given("agreed", Integer),
    _given("asked", Integer),
    _given("earned", Double),
    _given("points", Double),
    _given("sentence", AnyText),
    _given("found", AnyText),
    _given("hint", AnyText),
    Column("mistake", AnyText),
    Column("call", AnyText),
    _given("code", AnyText),
    _given("remarks", Plain),
    _given("layers", Plain),
    _given("behaviour", AnyText),
    Column("run", LargeBinary),
)
cells = Table(
    "cells",
    metadata,
    *_of_grading(),
    _given("number", Integer),
    _given("error", AnyText),
    _given("printed", AnyText),
    _given("left_out", Plain),
)
tried = Table("tried", metadata, *_of_grading(), _given("what", AnyText))
adjustments = Table(
    "adjustments",
    metadata,
    Column("id", Integer, primary_key=True),
    _given("assignment", AnyText),
    _given("student", AnyText),
    _given("exercise", AnyText),
    _given("earned", Double),
    _given("reason", AnyText),
    _given("by", AnyText),
    _given("at", Moment),
)
