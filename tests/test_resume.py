"""Grading that is killed, interrupted, or out of disk goes on where it was: nothing is lost, nothing is graded twice."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass

import pytest

from seqkit.check import check
from seqkit.grading import building
from seqkit.grading.book.database import FILE
from seqkit.grading.book.gradebook import Gradebook
from seqkit.grading.handout import assignment as assignments
from tests.handing_in import FORWARD, all_end, children, hand_in, is_ours

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are looked for in /proc")

NAME, MOST_S = "hw1", 60
WORK = "worked = sum(range(2_000_000))"
WRONG = FORWARD.replace("return x", "return x + 1 if layers else x")
CLASS = {f"s{i:02}": (FORWARD if i % 3 else WRONG, WORK, f"number = {i}") for i in range(16)}
ALMOST_FULL = """
from sqlalchemy import event
from sqlalchemy.engine import Engine

def limit(connection, _):
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 1}")

event.listen(Engine, "connect", limit)
from seqkit.__main__ import main
main()
"""


@dataclass
class Course:
    """A class that is handed in, and the command that grades it in a process of its own."""

    folder: object

    def start(self, *how):
        """The process; the folder for temporary files is its own."""
        (self.folder / "tmp").mkdir(exist_ok=True)
        asked = ["grade", "in", "-a", NAME, "-o", "results", "--workers", "2"]
        how = how or ("-m", "seqkit")
        return subprocess.Popen(
            [sys.executable, *how, *asked],
            cwd=self.folder,
            env=os.environ | {"TMPDIR": str(self.folder / "tmp"), "PYTHONPATH": os.getcwd()},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # what is begun behind a script ignores it
        )

    def rows(self):
        """(student, key, what was recorded when) of everything in the gradebook, as it stands in the file."""
        file = self.folder / "results" / FILE
        if not file.exists():
            return []
        asked = "SELECT student, key, recorded FROM gradings JOIN submissions ON submissions.id = submission_id"
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=30)) as book:
            try:
                return sorted(book.execute(asked))
            except sqlite3.OperationalError:  # its tables are being made
                return []

    def rooms(self):
        return list((self.folder / "tmp").glob(f"{building.PREFIX}*"))


@dataclass
class Stop:
    """What one run came to."""

    code: int
    said: str
    before: list
    after: list
    started: list
    left: bool


def stopped(course, by, moment_s, after_a_row):
    """A run that is stopped by a signal so long after it began, or after it recorded its first."""
    before, process = course.rows(), course.start()
    if after_a_row:
        wait_until(lambda: len(course.rows()) > len(before), process)
    wait(process, moment_s)
    started = children(process.pid)
    process.send_signal(by)
    return ended(course, process, before, started)


def ended(course, process, before, started=()):
    said = process.communicate(timeout=MOST_S)[1]
    left = not all_end(started)
    return Stop(process.returncode, said, before, course.rows(), [*started], left)


def wait(process, seconds):
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return


def wait_until(true, process):
    end = time.monotonic() + MOST_S
    while not true() and process.poll() is None and time.monotonic() < end:
        wait(process, 0.02)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    assignments.make(NAME, ["forward"], folder / NAME)
    hand_in(folder / "in", NAME, CLASS)
    return Course(folder)


@pytest.fixture(scope="module")
def stops(course):
    """The class, graded in six runs: killed three times, interrupted, out of disk, and to its end."""
    moments, found = random.Random(), {}
    for name, moment_s in (("killed early", moments.uniform(0.2, 2)), ("killed", moments.uniform(2, 4))):
        found[name] = stopped(course, signal.SIGKILL, moment_s, after_a_row=False)
    found["killed again"] = stopped(course, signal.SIGKILL, moments.uniform(0, 0.1), after_a_row=True)
    found["interrupted"] = stopped(course, signal.SIGINT, 0, after_a_row=True)
    for name, how in (("out of disk", ("-c", ALMOST_FULL)), ("to the end", ())):
        before = course.rows()
        found[name] = ended(course, course.start(*how), before)
    return found


RUNS = ["killed early", "killed", "killed again", "interrupted", "out of disk", "to the end"]


@pytest.mark.parametrize("run", RUNS)
def test_no_run_loses_what_was_recorded_or_records_it_twice(stops, run):
    one = stops[run]
    assert set(one.before) <= set(one.after)
    assert len({student for student, *_ in one.after}) == len(one.after)


@pytest.mark.parametrize("run", RUNS[:4])
def test_nothing_that_it_started_outlives_a_run(stops, run):
    assert not stops[run].left and not any(map(is_ours, stops[run].started))
    assert stops[run].started or run.startswith("killed")


def test_whatever_stopped_it_grading_goes_on_and_ends_with_what_check_gives(course, stops):
    counts = [len(stops[run].after) for run in RUNS]
    assert counts == sorted(counts) and 0 < counts[2] < counts[3] < counts[-1] == len(CLASS)
    with Gradebook(course.folder / "results") as book:
        found = {entry.student: entry.graded.scores[0] for entry in book.current(NAME)}
        assert book.verify().ok and [len(book.history(NAME, student)) for student in CLASS] == [1] * len(CLASS)
    draw = assignments.load(course.folder / NAME).draw()
    for student, cells in CLASS.items():
        verdict, score = check("forward", defined(cells[0]), draw), found[student]
        assert (score.earned, score.found, score.mistake) == (verdict.earned, verdict.sentence, verdict.mistake)
    assert f"{counts[-2]} of {len(CLASS)} were graded before" in stops["to the end"].said


def defined(code):
    names = {}
    exec(code, names)
    return names["forward"]


def test_each_run_ends_with_its_exit_code_and_says_how_to_go_on(stops):
    assert [stops[run].code for run in RUNS] == [-9, -9, -9, 130, 3, 0]
    assert "interrupted." in stops["interrupted"].said
    assert "Go on with: " in stops["interrupted"].said and "grade in -a hw1 -o results" in stops["interrupted"].said
    assert "the disk is full. What was recorded before is still there." in stops["out of disk"].said
    assert not any("Traceback" in stop.said for stop in stops.values())


def test_rooms_that_were_left_behind_are_cleared_away_and_those_in_use_are_not(course, stops, monkeypatch):
    assert course.rooms() == []
    monkeypatch.setattr(building.tempfile, "tempdir", str(course.folder / "tmp"))
    ours = building.build(["forward"])
    process = course.start()
    process.communicate(timeout=MOST_S)
    one = building.build(["forward"])
    assert set(course.rooms()) == {ours, one}
    building.clear(ours)
    building.clear(one)
    assert course.rooms() == []
