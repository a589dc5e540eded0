"""Gradings to record, and what other processes do to a gradebook. Light: each of those processes imports it."""

import multiprocessing
import os
import signal
from datetime import UTC, datetime

from seqkit.grading.book.gradebook import Gradebook
from seqkit.grading.graded import CellRun, Graded, Score

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PROCESSES = multiprocessing.get_context("forkserver" if hasattr(os, "fork") else "spawn")
WAIT_S = 60
"""How long one process waits for the others to begin: if one of them ended before, it says so in place of waiting for ever."""
PROCESSES.set_forkserver_preload(
    ["seqkit.grading.book.gradebook", "alembic.command", "sqlalchemy.dialects.postgresql", "psycopg"]
)


def score(exercise, earned=4.0, **more):
    more = {
        "sentence": "Every layer got the first x.",
        "mistake": "first_x",
        "run": b"\x00\xff",
        "remarks": ("slow",),
    } | more
    return Score(exercise, "1", earned == 5, True, int(earned), 5, earned, 5.0, **more)


def graded(student="ana", file=None, key="k1", assignment="chains", received=NOON, **more):
    """A `Graded` with something in every field."""
    more = {"scores": (score("forward"), score("shapes", 5.0)), "tried": ("a socket", "a file")} | more
    more = {"cells": (CellRun(1, "", "3\n"), CellRun(2, "NameError: y", "", ("!ls",))), "code": ("x = 1", "y")} | more
    more = {"status": "ok", "wall_s": 0.2} | more
    file = file or f"{student}/chains.ipynb"
    return Graded(
        assignment, student, file, "ab" * 32, received, 0.0, key, "0123456789ab",
        notes=("a BOM",), versions={"jax": "0.9.2"}, sandbox={"landlock": True}, cpu_s=0.1, memory_bytes=5, at=NOON,
        **more,
    )  # fmt: skip


CLASS = [graded(f"student {i:02}") for i in range(50)]


def in_process(work, *args):
    """A process that does `work`; it has a pipe to say what it has done, as its first argument, and we the other end."""
    ours, theirs = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=work, args=(theirs, *args))
    process.start()
    theirs.close()
    return process, ours


def record_all(said, where, gradeds, ready=None):
    """Record them one by one, saying the number of each that is recorded."""
    with Gradebook(where) as book:
        if ready:
            ready.wait(WAIT_S)
        for number, each in enumerate(gradeds):
            if book.record(each):
                said.send(number)


def open_at_once(said, where, ready):
    """Open the gradebook in the moment in which the others do."""
    ready.wait(WAIT_S)
    with Gradebook(where) as book:
        said.send(book.verify())


def die_at(said, where, statement, gradeds=()):
    """Open and record, and be killed right before a statement or commit of the database: of opening, if nothing is to record."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    left = [statement]

    def count(*_):
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    book = Gradebook(where) if gradeds else None
    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)
    book = book or Gradebook(where)
    for number, each in enumerate(gradeds):
        if book.record(each):
            said.send(number)


def received(pipe):
    """All that the other end has said before it was gone."""
    found = []
    try:
        while True:
            found.append(pipe.recv())
    except EOFError:
        return found
