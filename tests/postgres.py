"""A PostgreSQL server of our own, for the tests that need one."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from seqkit.grading.book.gradebook import Gradebook


@pytest.fixture(scope="session")
def postgres():
    """The server; what needs it is skipped where it is not installed."""
    if programs() is None:
        pytest.skip("PostgreSQL is not installed")
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    server = Postgres()
    yield server
    server.remove()


class Postgres:
    """A PostgreSQL server in a temporary folder, on a socket there: no network, no rights, gone at the end."""

    def __init__(self):
        self.programs = programs()
        self.folder = Path(tempfile.mkdtemp(prefix="seqkit-pg-"))
        self.user = ordinary_user()
        if self.user:
            os.chown(self.folder, self.user["user"], self.user["group"])
        self.databases = 0
        self.kept = None
        self.run("initdb", "--auth=trust", "--username=seqkit", "--no-sync", "--encoding=UTF8", "--locale=C")
        self.start()

    def start(self):
        """Start the server, and wait until it takes connections."""
        options = f"-k {self.folder} -c listen_addresses='' -c fsync=off -c shared_buffers=16MB"
        self.run("pg_ctl", "--wait", "--log", str(self.folder / "log"), "--options", options, "start")

    def stop(self):
        """Stop it as a power cut would."""
        self.run("pg_ctl", "--wait", "--mode=immediate", "stop")

    def remove(self):
        """Stop it and delete its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database, user="seqkit"):
        """Where a database of the server is."""
        return f"postgresql+psycopg://{user}@/{database}?host={self.folder}"

    def new(self):
        """The URL of a new, empty database."""
        self.databases += 1
        self.ask(f"CREATE DATABASE grades{self.databases}")
        return self.url(f"grades{self.databases}")

    def emptied(self):
        """The URL of a gradebook with nothing in it: one database that is used again, since making one takes long."""
        self.kept = self.kept or self.new()
        Gradebook(self.kept).close()
        tables = ("tried", "cells", "scores", "gradings", "submissions", "adjustments")
        self.ask("; ".join(f"DELETE FROM {table}" for table in tables), self.kept.partition("@/")[2].partition("?")[0])
        return self.kept

    def ask(self, statement, database="postgres"):
        """Have the server do something."""
        import psycopg

        with psycopg.connect(host=str(self.folder), user="seqkit", dbname=database, autocommit=True) as server:
            server.execute(statement)

    def run(self, program, *args):
        """Run one of the server's programs on its folder, as an ordinary user."""
        command = [str(self.programs / program), f"--pgdata={self.folder / 'data'}", *args]
        done = subprocess.run(command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **self.user)
        assert done.returncode == 0, done.stderr.decode()


def programs():
    """The folder of `initdb` and `pg_ctl`, of the newest version; None if PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4].split(".")[0]))
    found = [*map(Path, filter(None, [shutil.which("initdb")])), *found]
    return found[-1].parent if found else None


def ordinary_user():
    """What makes `subprocess` run as somebody else: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    chosen = names.get("postgres") or names["nobody"]
    return {"user": chosen.pw_uid, "group": chosen.pw_gid, "extra_groups": ()}
