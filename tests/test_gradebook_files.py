"""A gradebook in a file: where it is found, and what a full disk, a damaged file, or another program does to it."""

import os
import pwd
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from seqkit.errors import GradebookError
from seqkit.grading.book import database
from seqkit.grading.book.gradebook import Gradebook
from tests.gradebook_cases import CLASS, graded


@pytest.fixture
def file(tmp_path):
    """A gradebook in which ten submissions are recorded."""
    file = tmp_path / "gradebook.sqlite"
    with Gradebook(file) as book:
        for each in CLASS[:10]:
            book.record(each)
    return file


def has_the_ten(file):
    with Gradebook(file) as book:
        return [entry.graded for entry in book.current("chains")][:10] == CLASS[:10] and book.verify().ok


@pytest.mark.parametrize(
    "given, made",
    [
        (".", "gradebook.sqlite"),
        ("results/of spring", "results/of spring/gradebook.sqlite"),
        ("results.2026", "results.2026/gradebook.sqlite"),
        ("a/grades.db", "a/grades.db"),
        ("50% #1?.sqlite", "50% #1?.sqlite"),
    ],
)
def test_a_folder_or_a_file_names_a_gradebook(tmp_path, given, made):
    for where in (tmp_path / given, str(tmp_path / given), f"sqlite:///{tmp_path / made}".replace("?", "%3F")):
        with Gradebook(where) as book:
            assert (tmp_path / made).is_file() and repr(book) == f"Gradebook({str(tmp_path / made)!r})"


@pytest.mark.parametrize("odd", ["mysql://host/grades", "sqlite://", "sqlite:///:memory:", "nonsense://a:b:c@/", "://"])
def test_a_url_of_another_kind_is_refused_and_its_password_not_repeated(odd):
    with pytest.raises(GradebookError, match=r"It takes a folder, a file, or a URL of the form postgresql\+psycopg://"):
        Gradebook(odd)


def test_what_is_not_there_is_not_made_for_somebody_who_only_reads(tmp_path):
    with pytest.raises(GradebookError, match=r"no gradebook is there\. `seqkit grade` makes one"):
        Gradebook(tmp_path / "elsewhere", create=False)
    assert list(tmp_path.iterdir()) == []
    Gradebook(tmp_path).close()
    Gradebook(tmp_path, create=False).close()


@pytest.mark.parametrize("content", [b"name;points\nana;3\n" * 100, b"\x00" * 8192, b"SQLite"])
def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path, content):
    file = tmp_path / "grades.csv"
    file.write_bytes(content)
    with pytest.raises(GradebookError, match=r"grades\.csv: it is no SQLite file, and was left as it is"):
        Gradebook(file)
    assert file.read_bytes() == content and list(tmp_path.iterdir()) == [file]


def test_a_database_of_another_program_is_refused_and_left_as_it_is(tmp_path):
    file = tmp_path / "gradebook.db"
    with closing(sqlite3.connect(file)) as other:
        other.executescript("CREATE TABLE grade (a); CREATE TABLE alembic_version (version_num)")
    before = file.read_bytes()
    with pytest.raises(GradebookError, match=r"a database of something else\. Give the gradebook one of its own"):
        Gradebook(file)
    assert file.read_bytes() == before


def test_an_empty_file_becomes_a_gradebook(tmp_path):
    (tmp_path / "grades").touch()
    with Gradebook(tmp_path / "grades") as book:
        assert book.record(graded())


def damaged(file, start, end):
    whole = file.read_bytes()
    file.write_bytes(whole[:start] + b"\xa5" * (end - start) + whole[end:])


def test_a_damaged_file_is_said_to_be_damaged(file):
    damaged(file, 100, 4096)
    with pytest.raises(GradebookError, match=r"gradebook\.sqlite: the file is damaged .*recover.*backup"):
        Gradebook(file)


def test_damage_inside_is_found_by_verify_and_by_whoever_reads_it(file):
    damaged(file, file.stat().st_size // 3, file.stat().st_size * 2 // 3)
    with Gradebook(file) as book:
        with pytest.raises(GradebookError, match="damaged"):
            book.current("chains")
        health = book.verify()
    assert not health.ok and health.problems and "? submissions" in str(health) and str(health).isprintable()


def test_a_row_that_belongs_to_none_is_found_by_verify(file):
    with closing(sqlite3.connect(file)) as other, other:
        other.execute("DELETE FROM gradings WHERE id = 3")
    with Gradebook(file) as book:
        health = book.verify()
    assert not health.ok and set(health.problems) == {
        "a row of cells belongs to no row of gradings",
        "a row of scores belongs to no row of gradings",
        "a row of tried belongs to no row of gradings",
    }


def test_a_truncated_file_is_never_taken_for_whole(file):
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(GradebookError, match="damaged"), Gradebook(file) as book:
        assert not book.verify().ok
        book.current("chains")


@pytest.fixture
def small():
    """A disk on which a database has room for so many pages, once `small[0]` is set."""
    room = []

    def limit(connection, _):
        for pages in room:
            connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(Engine, "connect", limit)
    yield room
    event.remove(Engine, "connect", limit)


def test_a_full_disk_loses_what_is_new_and_nothing_that_is_there(file, small):
    small.append(1 + file.stat().st_size // 4096)
    with Gradebook(file) as book:
        with pytest.raises(GradebookError, match=r"the disk is full\. What was recorded before is still there"):
            for each in CLASS:
                book.record(each)
        kept = [entry.graded for entry in book.current("chains")]
        assert kept == CLASS[: len(kept)] and len(kept) >= 10 and book.verify().ok
    small.clear()
    with Gradebook(file) as book:
        assert [book.record(each) for each in CLASS] == [False] * len(kept) + [True] * (50 - len(kept))
    assert has_the_ten(file)


def test_a_disk_that_is_full_from_the_start_is_said_to_be(tmp_path, small):
    small.append(3)
    with pytest.raises(GradebookError, match="the disk is full"):
        Gradebook(tmp_path)
    small.clear()
    with Gradebook(tmp_path) as book:
        assert book.record(graded())


FILL = """
import resource, sys
from seqkit.grading.book.gradebook import Gradebook
from tests.gradebook_cases import CLASS
with Gradebook(sys.argv[1]) as book:
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
    for each in CLASS:
        book.record(each)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_disk_that_refuses_to_write_is_said_to_and_loses_nothing(file):
    done = subprocess.run(
        [sys.executable, "-c", FILL, file], cwd=Path(__file__).parent.parent, capture_output=True, text=True
    )
    assert "GradebookError" in done.stderr and "the disk does not take or give the data" in done.stderr
    assert has_the_ten(file)


OPEN = "import sys; from seqkit.grading.book.gradebook import Gradebook; Gradebook(sys.argv[1])"


@contextmanager
def nobody_in_particular():
    """Without the rights of root, who may write everywhere."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_a_folder_in_which_nothing_may_be_written_is_named():
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o555)
        for where, said in [(folder, "it cannot be opened"), (f"{folder}/results", "its folder cannot be made")]:
            refused = pytest.raises(GradebookError, match=rf"{where}/gradebook\.sqlite: {said} .*Name a")
            with refused, nobody_in_particular():
                Gradebook(where)


def test_a_gradebook_that_may_only_be_read_is_named():
    with tempfile.TemporaryDirectory() as folder:
        Gradebook(folder).close()
        os.chmod(folder, 0o555)
        os.chmod(f"{folder}/gradebook.sqlite", 0o444)
        with pytest.raises(GradebookError, match=r"it cannot be .*or copy the file to one"), nobody_in_particular():
            Gradebook(folder).record(graded())


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path):
    (tmp_path / "results").write_text("")
    with pytest.raises(GradebookError, match=r"its folder cannot be made .*Name another"):
        Gradebook(tmp_path / "results" / "grades.sqlite")


def test_a_gradebook_that_another_program_holds_is_said_to_be_held(file, monkeypatch):
    monkeypatch.setattr(database, "WAIT_S", 0.05)
    with Gradebook(file) as book, closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(GradebookError, match=r"another program is writing to it\. Close that program"):
            book.record(CLASS[20])
        assert len(book.current("chains")) == 10
        other.execute("ROLLBACK")
        assert book.record(CLASS[20])


def test_every_connection_is_set_up_to_lose_nothing(file):
    with Gradebook(file) as book, book._database.reading() as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        assert [connection.exec_driver_sql(f"PRAGMA {one}").scalar() for one in asked] == ["wal", 2, 1, 30_000]


def test_a_gradebook_that_is_there_is_opened_without_alembic_and_without_a_framework(file):
    loaded = f"{OPEN}; print(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", loaded, file], capture_output=True, text=True, check=True)
    assert not {"alembic", "jax", "numpy", "psycopg"} & set(done.stdout.split())


def test_the_health_of_a_gradebook_prints_as_a_line(file):
    with Gradebook(file) as book:
        assert str(book.verify()) == "10 submissions, 10 gradings, 0 adjustments: whole"
