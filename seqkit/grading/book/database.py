"""The file or server of a gradebook: found by its name, opened, made or migrated, and its failures as sentences."""

import os
import sqlite3
import threading
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from seqkit.errors import GradebookError
from seqkit.grading.book import migrations

FILE = "gradebook.sqlite"
SUFFIXES = (".sqlite", ".sqlite3", ".db")
WAIT_S = 30
"""How long one grader waits for another that writes."""
PRAGMAS = ("foreign_keys = ON", "synchronous = FULL", "fullfsync = ON", "checkpoint_fullfsync = ON")
"""FULL and, on macOS, fullfsync: what was said to be recorded survives a power cut."""
LOCK = 0x5E9C17
"""The number of PostgreSQL's advisory lock, under which tables are made."""
SENTENCES = {
    sqlite3.SQLITE_FULL: "the disk is full. What was recorded before is still there. Make room, and run it again.",
    sqlite3.SQLITE_BUSY: "another program is writing to it. Close that program, and run it again.",
    sqlite3.SQLITE_NOTADB: "it is no SQLite file, and was left as it is. Name another file or folder.",
    sqlite3.SQLITE_CORRUPT: "the file is damaged ({error}). Put a copy of it aside; `sqlite3 FILE .recover` reads what "
    "can still be read. Go on with a backup or in a new folder.",
    sqlite3.SQLITE_READONLY: "it cannot be written ({error}). Name a folder in which you may write, or copy the file to one.",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened ({error}). Name a folder in which you may write, or copy the file to one.",
    sqlite3.SQLITE_IOERR: "the disk does not take or give the data ({error}). What was recorded before is still there. "
    "Look at the disk, and run it again.",
}
"""What went wrong with an SQLite file, and what to try, by SQLite's own number."""


class Database:
    """A gradebook's database, opened, with the tables of this seqkit.

    Args:
        where: a folder, a file, or a URL.
        create: whether one that is not there is made.

    Raises:
        GradebookError: it cannot be had; the sentence names it and says what to try.
    """

    def __init__(self, where, create=True):
        self.url = address(where)
        self.file = Path(self.url.database) if self.url.drivername == "sqlite" else None
        self.name = str(self.file or self.url.render_as_string(hide_password=True))
        self._writes = threading.Lock()
        if self.file:
            self._find(create)
        self.engine = _engine(self.url, self.name)
        try:
            self._prepare(create)
        except BaseException:
            self.engine.dispose()
            raise

    @contextmanager
    def reading(self):
        """A connection inside a transaction that only reads."""
        with self._explained(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self):
        """A connection inside a transaction that writes all or nothing; SQLite lets one write at a time."""
        with self._writes, self._explained(), self.engine.execution_options(writes=True).begin() as connection:
            yield connection

    def _find(self, create):
        if not create and not self.file.exists():
            raise GradebookError(f"{self.name}: no gradebook is there. `seqkit grade` makes one; or name its folder.")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise GradebookError(f"{self.name}: its folder cannot be made ({error}). Name another.") from error

    def _prepare(self, create):
        with self.reading() as connection:
            found = self._version(connection)
        if found is None and not create:
            raise GradebookError(f"{self.name}: no gradebook is there. `seqkit grade` makes one.")
        if self.file:
            self._write_ahead()
        if found != migrations.known()[-1]:
            self._migrate()

    def _version(self, connection):
        """The last step of `migrations` that was run there; None for an empty database."""
        tables = inspect(connection).get_table_names()
        if tables and migrations.TABLE not in tables:
            raise GradebookError(f"{self.name}: a database of something else. Give the gradebook one of its own.")
        if not tables:
            return None
        found = connection.scalar(text(f"SELECT version_num FROM {migrations.TABLE}"))
        if found not in migrations.known():
            known = migrations.known()[-1]
            raise GradebookError(
                f"{self.name}: written by a newer seqkit (version {found}; this one knows {known}). Upgrade seqkit."
            )
        return found

    def _write_ahead(self):
        with self._explained(), closing(self.engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA journal_mode = WAL")

    def _migrate(self):
        with self.writing() as connection:
            if not self.file:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
            if self._version(connection) != migrations.known()[-1]:
                migrations.run(connection)

    @contextmanager
    def _explained(self):
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise GradebookError(f"{self.name}: {_sentence(getattr(error, 'orig', None) or error)}") from error


def address(where):
    """The SQLAlchemy URL of a gradebook that is named by a folder, a file or a URL."""
    where = os.fspath(where)
    if "://" in where:
        return _url(where)
    path = Path(where).expanduser().absolute()
    if path.is_dir() or not (path.is_file() or path.suffix in SUFFIXES):
        path /= FILE
    return URL.create("sqlite", database=str(path))


def _url(where):
    try:
        url = make_url(where)
    except (ArgumentError, ValueError):
        url = None
    if url and url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if url and url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
        return address(url.database)
    scheme = where.partition("://")[0]
    raise GradebookError(
        f"a gradebook was to be kept at `{scheme}://…`. It takes a folder, a file, or a URL of the form "
        "postgresql+psycopg://USER:PASSWORD@HOST/DATABASE."
    )


def _engine(url, name):
    if url.drivername == "sqlite":
        engine = create_engine(url, connect_args={"timeout": WAIT_S, "check_same_thread": False})
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", _begin)
        return engine
    try:
        return create_engine(url, pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise GradebookError(f'{name}: psycopg is not installed. pip install "seqkit[postgres]"') from error


def _set_up(connection, _):
    # sqlite3 would begin transactions by itself, and too late: see `_begin`.
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection):
    # A transaction that reads first and then writes could find that another has written meanwhile.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _sentence(error):
    said = " ".join(str(error).split()) or type(error).__name__
    if not isinstance(error, sqlite3.Error):
        return f"the database refuses: {said}. Is the server up, and do the name, user and password fit?"
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return SENTENCES.get(code, "SQLite refuses: {error}.").format(error=said)
