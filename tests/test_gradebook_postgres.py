"""A gradebook on a PostgreSQL server: what test_gradebook.py does not ask of both."""

import sys

import pytest

from seqkit.errors import GradebookError
from seqkit.grading.book.gradebook import Gradebook
from tests.gradebook_cases import CLASS, graded
from tests.postgres import postgres  # noqa: F401


@pytest.fixture
def server(request):
    return request.getfixturevalue("postgres")


def test_without_psycopg_a_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(GradebookError, match=r'psycopg is not installed\. pip install "seqkit\[postgres\]"'):
        Gradebook("postgresql+psycopg://kim:secret@localhost/grades")


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg2", "postgresql+psycopg"])
def test_any_url_of_postgresql_is_taken(server, scheme):
    url = server.emptied().replace("postgresql+psycopg", scheme)
    with Gradebook(url) as book:
        assert book.record(graded())


def test_a_server_that_is_not_there_is_named_without_its_password(tmp_path):
    pytest.importorskip("psycopg")
    with pytest.raises(GradebookError, match=r"kim:\*\*\*@/grades.*the database refuses.*Is the server up") as refused:
        Gradebook(f"postgresql://kim:secret@/grades?host={tmp_path}")
    assert "secret" not in str(refused.value)


def test_a_database_that_is_not_there_and_one_of_another_program_are_refused(server):
    with pytest.raises(GradebookError, match='database "nowhere" does not exist'):
        Gradebook(server.url("nowhere"))
    other = server.new()
    server.ask("CREATE TABLE grade (a int)", other.partition("@/")[2].partition("?")[0])
    with pytest.raises(GradebookError, match="a database of something else"):
        Gradebook(other)
    with pytest.raises(GradebookError, match="no gradebook is there"):
        Gradebook(server.new(), create=False)


def test_a_server_that_restarts_in_between_costs_one_sentence_and_no_submission(server):
    with Gradebook(server.emptied()) as book:
        assert book.record(CLASS[0])
        server.stop()
        with pytest.raises(GradebookError, match="Is the server up"):
            book.record(CLASS[1])
        server.start()
        assert book.record(CLASS[1]) and not book.record(CLASS[0])
        assert [entry.graded for entry in book.current("chains")] == CLASS[:2] and str(book.verify()).endswith("whole")
