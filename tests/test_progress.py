"""What a learner has done is kept: through a damaged file, a full disk, two kernels at once."""

import importlib
import multiprocessing
import sqlite3
from datetime import date, datetime, timedelta

import pytest

from seqkit.errors import ProgressError

progress = importlib.import_module("seqkit.progress")  # the face has a function of this name


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SEQKIT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_what_was_done_is_there_again():
    progress.note("forward", "check", earned=2.0)
    progress.note("forward", "hint")
    progress.note("forward", "check", ok=True, earned=5.0)
    progress.note("shapes", "reference")
    found = progress.records()
    assert (found["forward"].tries, found["forward"].hints, found["forward"].earned) == (2, 1, 5.0)
    assert found["forward"].solved == [date.today()] and found["shapes"].looked
    assert progress.record("mlp") == progress.Record()


def test_a_later_wrong_answer_takes_nothing_away():
    progress.note("forward", "check", ok=True, earned=5.0)
    progress.note("forward", "check", earned=1.0)
    assert progress.record("forward").earned == 5.0 and progress.record("forward").solved


def test_a_look_back_is_due_after_1_3_7_14_and_30_days_and_from_then_on_after_60():
    day = datetime(2026, 3, 1)
    for rest_days in (1, 3, 7, 14, 30, 60, 60):
        progress.note("forward", "check", ok=True, at=day)
        day += timedelta(days=rest_days)
        assert progress.record("forward").due == day.date()


def test_what_is_written_down_late_counts_for_the_day_on_which_it_was_done():
    for day in (5, 1):
        progress.note("forward", "check", ok=True, at=datetime(2026, 3, day))
    assert progress.record("forward").due == date(2026, 3, 8)


def test_two_successes_on_one_day_count_as_one():
    for hour in (9, 10):
        progress.note("forward", "check", ok=True, at=datetime(2026, 3, 1, hour))
    assert progress.record("forward").due == date(2026, 3, 2)


@pytest.mark.parametrize("damage", [b"\x00" * 5000, b"not a database " * 100])
def test_a_damaged_file_is_set_aside_and_never_lost(home, damage):
    home.mkdir()
    (home / progress.FILE).write_bytes(damage)
    with pytest.warns(UserWarning, match=r"set aside as progress\.damaged-1\.sqlite"):
        progress.note("forward", "check", ok=True)
    assert (home / "progress.damaged-1.sqlite").read_bytes() == damage
    assert progress.record("forward").solved


def test_a_file_damaged_in_the_middle_is_set_aside_too(home):
    for _ in range(2000):
        progress.note("forward", "check")
    whole = (home / progress.FILE).read_bytes()
    (home / progress.FILE).write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))
    with pytest.warns(UserWarning, match="set aside"):
        assert progress.records() == {}
    assert (home / "progress.damaged-1.sqlite").stat().st_size == len(whole)


def write_many(home, kernel):
    import os

    os.environ["SEQKIT_HOME"] = home
    for _ in range(50):
        progress.note(kernel, "check")


def test_two_kernels_at_once_lose_nothing(home):
    kernels = [
        multiprocessing.get_context("spawn").Process(target=write_many, args=(str(home), name)) for name in ("a", "b")
    ]
    for kernel in kernels:
        kernel.start()
    for kernel in kernels:
        kernel.join()
    assert [progress.record(name).tries for name in ("a", "b")] == [50, 50]


def test_where_nothing_can_be_written_a_sentence_says_so(tmp_path, monkeypatch):
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("SEQKIT_HOME", str(tmp_path / "a file"))
    with pytest.raises(ProgressError, match=r"cannot be kept: .*Set SEQKIT_HOME"):
        progress.note("forward", "check")


def test_a_full_disk_loses_what_is_new_and_nothing_that_is_there(home, monkeypatch):
    progress.note("forward", "check", ok=True)
    connect = sqlite3.connect

    def small(*args, **kwargs):
        file = connect(*args, **kwargs)
        file.execute("PRAGMA max_page_count = 2")
        return file

    monkeypatch.setattr(sqlite3, "connect", small)
    with pytest.raises(ProgressError, match="full"):
        for _ in range(1000):
            progress.note("forward", "check")
    monkeypatch.undo()
    monkeypatch.setenv("SEQKIT_HOME", str(home))
    assert progress.record("forward").solved


def test_what_cannot_be_forgotten_is_said_with_its_file(home):
    (home / progress.FILE).mkdir(parents=True)
    with pytest.raises(ProgressError, match=rf"{progress.FILE} cannot be deleted: .*Delete that file yourself"):
        progress.forget()


def test_forgetting_is_one_call(home):
    progress.note("forward", "check", ok=True)
    assert progress.forget() == home / progress.FILE
    assert progress.records() == {}
