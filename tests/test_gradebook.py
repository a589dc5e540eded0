"""The gradebook keeps what it was given: two graders at once, a kill at any point, a full disk, a damaged file."""

import os
import shutil
import threading
from dataclasses import fields, replace
from datetime import datetime, timedelta, timezone
from functools import cache
from itertools import count
from typing import get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seqkit.errors import GradebookError
from seqkit.grading.book import migrations, tables
from seqkit.grading.book import rows as book_rows
from seqkit.grading.book.gradebook import Gradebook
from seqkit.grading.graded import CellRun, Graded, Score
from tests.gradebook_cases import (
    CLASS,
    NOON,
    PROCESSES,
    die_at,
    graded,
    in_process,
    open_at_once,
    received,
    record_all,
    score,
)
from tests.postgres import postgres  # noqa: F401


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request, tmp_path):
    """The place of a gradebook in which nothing is recorded."""
    return str(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres").emptied()


@pytest.fixture(params=["sqlite", "postgresql"])
def nowhere(request, tmp_path):
    """Gives a place where no gradebook is yet, each time that it is called."""
    if request.param == "sqlite":
        return map(lambda n: str(tmp_path / f"{n}"), count()).__next__
    server = request.getfixturevalue("postgres")
    server.emptied()
    return server.new


@pytest.fixture
def book(where):
    with Gradebook(where) as book:
        yield book


def rows(book):
    """Every row of every table."""
    with book._database.reading() as connection:
        return {
            table.name: set(map(repr, connection.execute(table.select()))) for table in tables.metadata.sorted_tables
        }


# What is kept

LETTERS = st.characters(exclude_categories=()) | st.sampled_from("\x00\x1a\ud800\udc80")
TEXT = st.text(LETTERS, max_size=12)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = st.none() | st.datetimes(timezones=ZONES)
STRATEGIES = {
    str: TEXT,
    str | None: st.none() | TEXT,
    bool: st.booleans(),
    int: st.integers(0, 2**31 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bytes | None: st.none() | st.binary(max_size=40),
    dict: st.dictionaries(TEXT, TEXT | st.booleans(), max_size=3),
    datetime | None: TIMES,
    tuple[str, ...]: st.lists(TEXT, max_size=3).map(tuple),
    tuple[tuple[str, str, str, str], ...]: st.lists(st.tuples(TEXT, TEXT, TEXT, TEXT), max_size=2).map(tuple),
}


@cache
def records(kind):
    hints = get_type_hints(kind)
    return st.builds(kind, **{field.name: STRATEGIES[hints[field.name]] for field in fields(kind)})


for part in (CellRun, Score):
    STRATEGIES[tuple[part, ...]] = st.lists(records(part), max_size=3).map(tuple)
NUMBERS = count()


@given(given=records(Graded), memory=st.integers(0, 2**62))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_everything_that_is_recorded_comes_back_equal(book, given, memory):
    given = replace(given, assignment=f"{given.assignment}{next(NUMBERS)}", memory_bytes=memory)
    assert book.record(given, "first")
    (entry,) = book.current(given.assignment)
    assert entry.graded == given and entry.student == given.student and not entry.others
    assert book.keys(given.assignment) == {(given.student, given.file, given.key)}
    assert given.assignment in book.assignments()
    for moment in ("received", "at"):
        if getattr(given, moment):
            assert getattr(entry.graded, moment).utcoffset() == getattr(given, moment).utcoffset()


@given(text=st.text(LETTERS))
def test_any_text_is_written_as_utf8_without_nul_and_read_back(text):
    assert "\0" not in tables.written(text).encode().decode()
    assert tables.read(tables.written(text)) == text


def test_a_path_longer_than_an_index_takes_is_kept(book):
    long = graded(file=f"{os.urandom(3000).hex()}.ipynb")
    assert book.record(long) and not book.record(long) and book.current("chains")[0].graded == long


def test_numbers_of_numpy_are_kept_as_numbers(book):
    import numpy as np

    odd = score("forward", np.float64(4.5), run=None)
    assert book.record(graded(scores=(replace(odd, agreed=np.int64(4), ok=np.bool_(False)),)))
    kept = book.current("chains")[0].graded.scores[0]
    assert (type(kept.agreed), type(kept.ok), type(kept.earned), kept.earned) == (int, bool, float, 4.5)


@pytest.mark.parametrize(
    "odd, said",
    [
        (graded(scores=(replace(score("shapes"), earned=float("nan")),)), "shapes: `earned` is nan"),
        (replace(graded(), wall_s=float("inf")), "`wall_s` is inf; a gradebook keeps finite numbers"),
        (graded(received=datetime(2026, 3, 1)), "`received` is 2026-03-01 00:00:00, without a time zone"),
    ],
)
def test_what_no_gradebook_should_hold_is_refused_whole(book, odd, said):
    with pytest.raises(GradebookError, match=said):
        book.record(odd)
    assert book.current("chains") == [] and book.verify().submissions == 0


def test_a_grading_is_recorded_once(book):
    assert book.record(graded()) and not book.record(graded(), "regrade: again")
    before = rows(book)
    assert not book.record(graded(scores=()))
    assert rows(book) == before and book.current("chains")[0].graded == graded()
    assert book.record(graded(key="k2")) and book.record(graded(assignment="shapes")) and book.record(graded("ben"))
    assert book.assignments() == ["chains", "shapes"]


def test_a_state_that_comes_back_is_graded_again_and_counts(book):
    first, second = graded(), graded(key="k2", scores=(score("forward", 1.0),))
    assert all(map(book.record, (first, second, first)))
    assert [one.graded for one in book.history("chains", "ana")] == [first, second, first]
    assert book.current("chains")[0].graded == first and book.keys("chains") == {("ana", first.file, "k1")}


def test_what_has_not_changed_is_kept_once_more_if_that_is_asked(book):
    assert book.record(graded(status="timeout")) and book.record(graded(), "regrade: a busy machine", again=True)
    assert book.current("chains")[0].graded.status == "ok" and len(book.history("chains", "ana")) == 2


# Which counts

LATER = NOON + timedelta(hours=1)


@pytest.mark.parametrize(
    "times, counts",
    [
        ({"a": NOON, "b": LATER}, "b"),
        ({"a": LATER, "b": NOON}, "a"),
        ({"a": None, "b": NOON}, "b"),
        ({"a": NOON, "b": None}, "a"),
        ({"a": NOON, "b": NOON}, "b"),
        ({"b": None, "a": None}, "b"),
        ({"a": NOON.astimezone(timezone(timedelta(hours=9))), "b": NOON + timedelta(seconds=1)}, "b"),
    ],
)
def test_the_submission_received_last_counts(book, times, counts):
    for file, time in times.items():
        book.record(graded(file=file, received=time))
    (entry,) = book.current("chains")
    assert (entry.graded.file, entry.others) == (counts, tuple(sorted(times.keys() - {counts})))


def test_of_one_submission_the_grading_recorded_last_counts(book):
    for key, earned in [("k1", 5.0), ("k2", 2.0), ("k3", 3.0)]:
        book.record(graded(key=key, scores=(score("forward", earned),)), "regrade: a new draw")
    (entry,) = book.current("chains")
    assert (entry.graded.key, entry.earned("forward"), entry.others) == ("k3", 3.0, ())


@pytest.mark.parametrize("at_once", [7, 500])
def test_entries_stand_by_name_and_a_class_larger_than_one_query_asks_for_is_whole(book, monkeypatch, at_once):
    monkeypatch.setattr(book_rows, "AT_ONCE", at_once)
    for each in reversed(CLASS):
        book.record(each)
    assert [entry.graded for entry in book.current("chains")] == CLASS
    assert book.current("another") == [] and book.keys("another") == set()


# Adjustments


def test_an_adjustment_counts_over_every_grading_and_a_later_one_over_it(book):
    book.record(graded())
    book.adjust("chains", "ana", "forward", 4.5, "the statement was ambiguous", "kim")
    book.record(graded(key="k2", scores=(score("forward", 1.0), score("shapes", 2.0))), "regrade: a new draw")
    (entry,) = book.current("chains")
    assert (entry.earned("forward"), entry.earned("shapes"), entry.earned("mlp")) == (4.5, 2.0, 0.0)
    assert entry.graded.scores[0].earned == 1.0 and entry.adjustments["forward"].reason == "the statement was ambiguous"
    book.adjust("chains", "ana", "forward", 7, "a bonus: it is elegant", "lee")
    (entry,) = book.current("chains")
    assert entry.earned("forward") == 7.0 and entry.adjustments["forward"].by == "lee"


def test_a_history_is_every_grading_and_adjustment_in_order_a_line_each(book):
    book.record(graded())
    book.adjust("chains", "ana", "forward", 4.5, "the statement\nwas ambiguous", "kim")
    book.record(graded(key="k2", status="timeout"), "regrade: exercise forward changed")
    book.record(graded(file="ana/old.ipynb", received=None))
    first, adjusted, second, old = map(str, book.history("chains", "ana"))
    assert first.endswith("· ana/chains.ipynb graded (first) · 9 of 10 points: forward 4 of 5, shapes 5 of 5")
    assert adjusted.endswith("· forward adjusted to 4.5 by kim: the statement was ambiguous")
    assert "(regrade: exercise forward changed)" in second
    assert second.endswith("· timeout · forward stays adjusted to 4.5 · counts")
    assert "ana/old.ipynb" in old and not old.endswith("counts")
    assert [line.counts for line in book.history("chains", "ana") if hasattr(line, "counts")] == [False, True, False]


def test_a_history_calls_one_grading_of_a_file_the_first(book):
    for key in ("k1", "k2", "k2", "k3"):
        book.record(graded(key=key))
    assert [line.reason for line in book.history("chains", "ana")] == ["first", "again", "again"]


def test_a_line_of_history_obeys_nobody(book):
    hostile = "a\x1b[2J\u202e\nb\r.ipynb"
    book.record(graded(file=hostile, scores=(score("for\nward"),)), "first\x07")
    (line,) = map(str, book.history("chains", "ana"))
    assert line.isprintable() and "a�[2J� b .ipynb graded (first�)" in line


@pytest.mark.parametrize(
    "change, said",
    [
        ({"earned": -0.5}, r"forward` for `ana` got -0.5 points. It takes a finite number, 0 or more"),
        ({"earned": float("nan")}, "got nan points"),
        ({"earned": float("inf")}, "got inf points"),
        ({"earned": "many"}, "got 'many' points"),
        ({"earned": None}, "got None points"),
        ({"reason": " \n"}, "where it takes a reason"),
        ({"reason": None}, "where it takes a reason"),
        ({"by": ""}, "where it takes who makes it"),
        ({"student": "anna"}, r"no student `anna` in it\. Nearest: `ana`"),
        ({"exercise": "foward"}, r"no exercise `foward` in it\. Nearest: `forward`"),
        ({"exercise": "zzz"}, r"no exercise `zzz` in it\. Nearest: `forward`, `shapes`"),
        ({"assignment": "chain"}, r"no assignment `chain` in it\. Nearest: `chains`"),
    ],
)
def test_an_adjustment_that_means_nothing_is_refused(book, change, said):
    book.record(graded())
    whole = {"assignment": "chains", "student": "ana", "exercise": "forward", "earned": 3, "reason": "r", "by": "kim"}
    with pytest.raises(GradebookError, match=said):
        book.adjust(**(whole | change))
    assert book.current("chains")[0].adjustments == {}


def test_a_history_of_nobody_names_the_nearest(book):
    with pytest.raises(GradebookError, match=r"no assignment `chains` in it\. Nothing was graded yet"):
        book.history("chains", "ana")
    book.record(graded())
    with pytest.raises(GradebookError, match="Nearest: `ana`"):
        book.history("chains", "anne")


def test_nothing_is_ever_changed_or_taken_away(book):
    acts = [
        lambda: book.record(graded()),
        lambda: book.record(graded(key="k2"), "regrade: a new draw"),
        lambda: book.record(graded(received=LATER)),
        lambda: book.adjust("chains", "ana", "forward", 1, "copied", "kim"),
        lambda: book.adjust("chains", "ana", "forward", 5, "not copied after all", "kim"),
        lambda: (book.current("chains"), book.history("chains", "ana"), book.verify()),
    ]
    before = rows(book)
    for act in acts:
        act()
        after = rows(book)
        assert all(before[name] <= after[name] for name in before)
        before = after


# Many at once


def test_many_threads_record_a_class_once(book):
    new = []

    def work():
        new.extend(each.student for each in CLASS[:20] if book.record(each))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(new) == [each.student for each in CLASS[:20]]
    assert [entry.graded for entry in book.current("chains")] == CLASS[:20]


def test_two_graders_at_once_record_a_class_once(where):
    ready = PROCESSES.Barrier(2)
    started = [in_process(record_all, where, order, ready) for order in (CLASS, CLASS)]
    recorded = [received(pipe) for _, pipe in started]
    for process, _ in started:
        process.join()
    assert sorted(recorded[0] + recorded[1]) == list(range(50))
    with Gradebook(where) as book:
        assert [entry.graded for entry in book.current("chains")] == CLASS and book.verify().gradings == 50


def test_graders_that_open_a_new_gradebook_at_once_are_safe(nowhere):
    where = nowhere()
    ready = PROCESSES.Barrier(4)
    started = [in_process(open_at_once, where, ready) for _ in range(4)]
    assert [received(pipe) for _, pipe in started] == [[Gradebook(where).verify()]] * 4
    for process, _ in started:
        process.join()


def killed(where, statement, gradeds=()):
    """What a grader had said to be recorded when it was killed, and whether it came so far."""
    process, pipe = in_process(die_at, where, statement, gradeds)
    said = received(pipe)
    process.join()
    return said, process.exitcode != 0


def test_a_grader_killed_before_any_statement_of_recording_leaves_nothing_of_that_submission(where):
    Gradebook(where).close()
    for statement in count():
        said, died = killed(where, statement, CLASS[:1])
        with Gradebook(where) as book:
            kept = [entry.graded for entry in book.current("chains")]
            assert book.verify().ok and book.verify().submissions == len(kept)
        assert died == (not said) == (not kept)
        if not died:
            break
    assert statement > 5 and kept == CLASS[:1]


@pytest.mark.parametrize("after", [0, 5, 17])
def test_a_grader_killed_at_any_moment_has_kept_all_that_it_said_and_only_whole_submissions(where, after):
    process, pipe = in_process(record_all, where, CLASS)
    said = [pipe.recv() for _ in range(after)]
    process.kill()
    said += received(pipe)
    process.join()
    with Gradebook(where) as book:
        kept = [entry.graded for entry in book.current("chains")]
        assert kept == CLASS[: len(kept)] and len(said) <= len(kept) <= len(said) + 1 and book.verify().ok
        again = [book.record(each) for each in CLASS[: len(kept) + 2]]
        assert again == [False] * len(kept) + [True] * (len(again) - len(kept))


def test_a_grader_killed_before_any_statement_of_making_a_gradebook_does_no_harm(nowhere):
    where = nowhere()
    for statement in count():
        if not killed(where, statement)[1]:
            break
    with Gradebook(where) as book:
        assert statement > 10 and book.record(graded()) and book.verify().ok


# Migrations


def test_the_migrations_make_the_tables_that_are_used(book):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with book._database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": migrations.TABLE, "compare_type": True})
        assert compare_metadata(context, tables.metadata) == []


SECOND = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0002", "0001"


def upgrade():
    op.add_column("gradings", sa.Column("mood", sa.Text))
"""


def test_an_older_gradebook_is_migrated_and_keeps_everything_and_a_newer_one_is_refused(nowhere, tmp_path, monkeypatch):
    where = nowhere()
    with Gradebook(where) as book:
        book.record(graded())
        book.adjust("chains", "ana", "forward", 5, "it is elegant", "kim")
        before = book.history("chains", "ana")
    newer = shutil.copytree(migrations.FOLDER, tmp_path / "100% new")
    (newer / "versions" / "0002_mood.py").write_text(SECOND)
    monkeypatch.setattr(migrations, "FOLDER", newer)
    for _ in range(2):
        with Gradebook(where) as book:
            assert book.history("chains", "ana") == before and not book.record(graded())
    monkeypatch.undo()
    with pytest.raises(
        GradebookError, match=r"by a newer seqkit \(version 0002; this one knows 0001\)\. Upgrade seqkit"
    ):
        Gradebook(where)
