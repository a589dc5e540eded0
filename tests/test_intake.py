"""Every layout that teachers have gives each student's notebooks; no path leads out, and nobody is lost silently."""

import io
import json
import os
import pickle
import random
import stat
import zipfile
from datetime import UTC, datetime

import pytest
import yaml
from dateutil import parser, tz

from seqkit.errors import IntakeError
from seqkit.grading.intake import archive, gradescope, listing, naming, submission
from seqkit.grading.intake import collecting as intake
from seqkit.grading.intake.collecting import collect
from seqkit.grading.intake.times import time_of

CELL = {"cell_type": "code", "id": "a", "source": "x = 1", "metadata": {}, "outputs": [], "execution_count": None}
NOTEBOOK = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [CELL]}).encode()
YEAR = datetime(2026, 1, 30, 15, 0, tzinfo=UTC)
METADATA = """\
submission_1:
  :submitters:
  - :name: Ada Lovelace
    :sid: '100'
    :email: ada@x.edu
  - :name: "Jos\\xE9 O'Neil"
    :sid: 7
  :created_at: 2026-01-30 15:00:00.123456789 Z
  :score: 1.0
  :results:
    tests:
    - name: x
      output: |-
        submission_2:
          :submitters:
          - :name: Mallory
  :history:
  - :id: 3
    :created_at: 2020-01-30 15:00:00.000000000 Z
submission_2:
  :submitters:
  - :name: 'Bo O''Hara'
    :sid:
    :email: bo@x.edu
  :created_at: 2026-01-30 16:00:00 +01:00
"""


def contents(name):
    """What a file of this name holds, if a test does not say."""
    return NOTEBOOK if ".ipynb" in name else b"print(1)" if name.endswith(".py") else b"hello"


def filled(files):
    """{name: bytes} of a list of names, or of a dictionary with some contents given."""
    given = files if isinstance(files, dict) else dict.fromkeys(files)
    return {name: contents(name) if data is None else data for name, data in given.items()}


def folder(root, files):
    root.mkdir(parents=True, exist_ok=True)
    for name, data in filled(files).items():
        path = root / name
        if name.endswith("/"):
            path.mkdir(parents=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    return root


def zipped(files, **how):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in filled(files).items():
            info = zipfile.ZipInfo(name, (2026, 1, 30, 15, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            for key, value in how.items():
                setattr(info, key, value)
            made.writestr(info, b"" if name.endswith("/") else data)
    return stream.getvalue()


def students(found):
    """{student: what is graded}, a problem as `no …`."""
    return {one.student: ("" if not one.read().problem else "no ") + one.file for one in found.handed}


LAYOUTS = {
    "a folder for each student": (
        ["ana/anything.ipynb", "ben/hw1.ipynb", "ben/scratch.ipynb", "cid/hw1/cid hw-1.ipynb", "Zoë Ünal/a.ipynb"],
        {
            "ana": "ana/anything.ipynb",
            "ben": "ben/hw1.ipynb",
            "cid": "cid/hw1/cid hw-1.ipynb",
            "Zoë Ünal": "Zoë Ünal/a.ipynb",
        },
    ),
    "students without a notebook": (
        ["ana/hw1.ipynb", "ben/report.pdf", "cid/", "dora/hw1.docx", "README.md"],
        {"ana": "ana/hw1.ipynb", "ben": "no ben/", "cid": "no cid/", "dora": "no dora/"},
    ),
    "what systems leave behind": (
        ["ana/.ipynb_checkpoints/a.ipynb", "ana/a.ipynb", "__MACOSX/ben/._a.ipynb", ".git/c.ipynb", "ana/.DS_Store"],
        {"ana": "ana/a.ipynb"},
    ),
    "flat": (
        [
            "ana.ipynb",
            "ben_hw1.ipynb",
            "hw1-cid.ipynb",
            "hw1_dora_late.ipynb",
            "Eve Müller - HW 1 (1).ipynb",
            "hw1_final_fay.ipynb",
        ],
        {
            "ana": "ana.ipynb",
            "ben": "ben_hw1.ipynb",
            "cid": "hw1-cid.ipynb",
            "dora": "hw1_dora_late.ipynb",
            "Eve Müller": "Eve Müller - HW 1 (1).ipynb",
            "fay": "hw1_final_fay.ipynb",
        },
    ),
    "flat, with what is no submission": (
        ["Anna-Lena_hw1.ipynb", "gus.ipynb.txt", "hw10_hal.ipynb", "hw1_ivy.pdf", "students.csv", "data/x.csv"],
        {
            "Anna-Lena": "Anna-Lena_hw1.ipynb",
            "gus": "gus.ipynb.txt",
            "hw10_hal": "hw10_hal.ipynb",
            "ivy": "no hw1_ivy.pdf",
        },
    ),
    "nbgrader's course": (
        [
            "source/hw1/hw1.ipynb",
            "release/hw1/hw1.ipynb",
            "submitted/ana/hw1/p.ipynb",
            "submitted/ana/hw2/q.ipynb",
            "submitted/ben/hw2/q.ipynb",
            "submitted/cid/hw1/readme.txt",
            "gradebook.db",
        ],
        {"ana": "ana/hw1/p.ipynb", "cid": "no cid/"},
    ),
    "nbgrader's submitted": (
        ["ana/hw1/hw1.ipynb", "ben/hw1/hw1.ipynb"],
        {"ana": "ana/hw1/hw1.ipynb", "ben": "ben/hw1/hw1.ipynb"},
    ),
    "nbgrader's exchange": (
        ["ana+hw1+2026-01-30 15:00:00.1 UTC+x1y/hw1.ipynb", "ana+hw2+2026-01-30 15:00:00.1 UTC/hw2.ipynb"],
        {"ana": "ana+hw1+2026-01-30 15:00:00.1 UTC+x1y/hw1.ipynb"},
    ),
    "Moodle's": (
        [
            "Ada Lovelace_4711_assignsubmission_file_/hw1.ipynb",
            "Wei Wang_1_assignsubmission_file_/a.ipynb",
            "Wei Wang_2_assignsubmission_file_/sub/a.ipynb",
            "Wei Wang_2_assignsubmission_onlinetext_/onlinetext.html",
            "Bo_3_assignsubmission_onlinetext_/onlinetext.html",
        ],
        {
            "Ada Lovelace": "Ada Lovelace_4711_assignsubmission_file_/hw1.ipynb",
            "Wei Wang (1)": "Wei Wang_1_assignsubmission_file_/a.ipynb",
            "Wei Wang (2)": "Wei Wang_2_assignsubmission_file_/sub/a.ipynb",
            "Bo": "no Bo_3_assignsubmission_onlinetext_/",
        },
    ),
    "Moodle's, flat": (
        ["Ada Lovelace_4711_assignsubmission_file_hw1.ipynb", "Bo_2_assignsubmission_file_report.pdf"],
        {
            "Ada Lovelace": "Ada Lovelace_4711_assignsubmission_file_hw1.ipynb",
            "Bo": "no Bo_2_assignsubmission_file_report.pdf",
        },
    ),
    "Canvas'": (
        [
            "lovelaceada_LATE_4711_90210_hw1-1.ipynb",
            "turingalan_12_90211_hw1.ipynb",
            "turingalan_12_90212_scratch.ipynb",
            "anon_ab1Cd_90213_hw1.ipynb",
            "boli_4713_90214_report.pdf",
            "cyli_4714_text.html",
        ],
        {
            "lovelaceada": "lovelaceada_LATE_4711_90210_hw1-1.ipynb",
            "turingalan": "turingalan_12_90211_hw1.ipynb",
            "anon_ab1Cd": "anon_ab1Cd_90213_hw1.ipynb",
            "boli": "no boli_4713_90214_report.pdf",
            "cyli": "no cyli_4714_text.html",
        },
    ),
    "Blackboard's": (
        ["hw1_ana_attempt_2026-01-30-15-00-00_my.ipynb", "hw1_ana_attempt_2026-01-30-15-00-00.txt"],
        {"ana": "hw1_ana_attempt_2026-01-30-15-00-00_my.ipynb"},
    ),
    "Gradescope's": (
        {
            "assignment_9_export/submission_metadata.yml": METADATA.encode(),
            "assignment_9_export/submission_1/a.ipynb": None,
        }
        | {"assignment_9_export/submission_2/a.pdf": None},
        {
            "Ada Lovelace": "submission_1/a.ipynb",
            "José O'Neil": "submission_1/a.ipynb",
            "Bo O'Hara": "no submission_2/",
        },
    ),
    "GitHub Classroom's": (
        ["hw1-ana/hw1.ipynb", "hw1-ben/hw1.ipynb"],
        {"ana": "hw1-ana/hw1.ipynb", "ben": "hw1-ben/hw1.ipynb"},
    ),
    "a folder for each assignment": (
        ["hw1/ana.ipynb", "hw1/ben.ipynb", "hw2/ana.ipynb"],
        {"ana": "ana.ipynb", "ben": "ben.ipynb"},
    ),
    "a folder around folders": (["x/ana/a.ipynb", "x/ben/a.ipynb"], {"ana": "ana/a.ipynb", "ben": "ben/a.ipynb"}),
    "a folder around files": (["x/ana_hw1.ipynb", "x/ben_hw1.ipynb"], {"ana": "ana_hw1.ipynb", "ben": "ben_hw1.ipynb"}),
    "one student": (["ana/hw1.ipynb"], {"ana": "ana/hw1.ipynb"}),
    "the copy that was handed out beside them": (
        ["hw1/hw1.ipynb", "ana/hw1.ipynb", "ben/hw1.ipynb"],
        {"class": "hw1/hw1.ipynb", "ana": "ana/hw1.ipynb", "ben": "ben/hw1.ipynb"},
    ),
    "Python files": (["ana/hw1.py", "ben/hw1.ipynb", "ben/x.py"], {"ana": "ana/hw1.py", "ben": "ben/hw1.ipynb"}),
    "a zip for each student": (
        {
            "ana.zip": zipped(["hw1.ipynb"]),
            "hw1_ben.zip": zipped(["x/hw1.ipynb"]),
            "cid/x.zip": zipped(["a.ipynb", "__MACOSX/._a.ipynb"]),
        }
        | {"dora.zip": zipped(["a.pdf"]), "eve.zip": b"PK\3\4damaged"},
        {"ana": "ana.zip/hw1.ipynb", "ben": "hw1_ben.zip/x/hw1.ipynb", "cid": "cid/x.zip/a.ipynb"}
        | {"dora": "no dora.zip/", "eve": "no eve.zip"},
    ),
}
every_layout = pytest.mark.parametrize("name", LAYOUTS)


@every_layout
def test_each_layout_gives_each_student_what_is_graded(name, tmp_path):
    files, expected = LAYOUTS[name]
    found = collect(folder(tmp_path / "class", files), "hw1")
    assert students(found) == expected
    assert [one.student for one in found.handed] == sorted(expected, key=lambda name: (name.casefold(), name))
    assert all(note.isprintable() and len(note) < 400 for note in found.notes)


@every_layout
@pytest.mark.parametrize("inner", ["", "class/"])
def test_a_zip_of_it_gives_the_same(name, inner, tmp_path):
    files, expected = LAYOUTS[name]
    (tmp_path / "class.zip").write_bytes(zipped({inner + file: data for file, data in filled(files).items()}))
    found = collect(tmp_path / "class.zip", "hw1")
    assert students(found) == expected
    assert sorted(os.listdir(tmp_path)) == ["class.zip"]


def test_a_folder_with_a_zip_alone_is_that_zip(tmp_path):
    (tmp_path / "course-hw1-99.zip").write_bytes(
        zipped(["Ada_1_assignsubmission_file_/hw1.ipynb", "Bo_2_assignsubmission_file_/a.ipynb"])
    )
    found = collect(tmp_path, "hw1")
    assert list(students(found)) == ["Ada", "Bo"] and found.handed[0].received == YEAR


@pytest.mark.parametrize("inside", ["", "ana", "ana/hw1", "ana/hw1/hw1.ipynb"])
def test_one_students_folder_or_file_alone_is_that_students(inside, tmp_path):
    folder(tmp_path / "submitted", {"ana/hw1/hw1.ipynb": None, "ana/hw1/timestamp.txt": b"2026-01-30 15:00:00.0 UTC"})
    (one,) = collect(tmp_path / "submitted" / inside, "hw1").handed
    assert one.student == "ana" and one.read().code == ("x = 1",)
    assert inside.endswith(".ipynb") or one.received == YEAR


def test_two_notebooks_of_one_student_are_both_handed(tmp_path):
    found = collect(folder(tmp_path, ["ana.ipynb", "ana_hw1_late.ipynb", "ben/a.ipynb", "ben/b.ipynb"]), "hw1")
    assert [(one.student, one.file) for one in found.handed] == [
        ("ana", "ana.ipynb"),
        ("ana", "ana_hw1_late.ipynb"),
        ("ben", "ben/a.ipynb"),
        ("ben", "ben/b.ipynb"),
    ]


def test_what_is_left_out_is_said(tmp_path):
    found = collect(folder(tmp_path / "class", ["ana/hw1.ipynb", "ana/x.csv", "ben/hw1.pdf", "notes.txt"]), "hw1")
    assert found.notes == (
        "ana: x.csv left out; what is graded is hw1.ipynb.",
        "notes.txt is no notebook, and names no student. It is left out.",
    )
    assert found.handed[0].read().notes[0] == found.notes[0].removeprefix("ana: ")
    assert found.handed[1].read().problem == "ben/ holds no notebook: hw1.pdf. Ask for the .ipynb file."


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (lambda path: None, "cannot be opened: No such file"),
        (lambda path: path.mkdir(), "holds no notebook for hw1"),
        (lambda path: folder(path, ["a.pdf"]), "holds no notebook for hw1"),
        (lambda path: path.write_bytes(b"Rar!"), "neither a folder, nor a zip, nor a notebook"),
    ],
)
def test_where_no_submission_can_be_the_sentence_says_what_it_takes(made, why, tmp_path):
    made(tmp_path / "x")
    with pytest.raises(IntakeError, match=why):
        collect(tmp_path / "x", "hw1")


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"hello", zipped(["ana.ipynb"])[:-10], zipped(["ana.ipynb"])[10:-5]]
)
def test_a_damaged_zip_is_refused(data, tmp_path):
    (tmp_path / "x.zip").write_bytes(data)
    with pytest.raises(IntakeError, match=r"x\.zip is (a damaged|no whole) zip"):
        collect(tmp_path / "x.zip", "hw1")


BAD_PATHS = [
    "../up.ipynb",
    "/etc/abs.ipynb",
    "C:\\x.ipynb",
    "C:/x.ipynb",
    "..\\up.ipynb",
    "a/../../up.ipynb",
    "\\\\host\\x.ipynb",
]


@pytest.mark.parametrize("path", BAD_PATHS)
def test_no_path_leads_out_of_a_zip(path, tmp_path):
    (tmp_path / "x.zip").write_bytes(zipped([path, "ana/hw1.ipynb"]))
    found = collect(tmp_path / "x.zip", "hw1")
    assert students(found) == {"ana": "ana/hw1.ipynb"} and "the path leads out of the zip" in found.notes[0]


def test_a_link_in_a_zip_is_not_followed(tmp_path):
    files = {"ana/hw1.ipynb": b"/etc/passwd", "ben/hw1.ipynb": b"../ana/hw1.ipynb"}
    (tmp_path / "x.zip").write_bytes(zipped(files, external_attr=(stat.S_IFLNK | 0o777) << 16, create_system=3))
    assert students(collect(tmp_path / "x.zip", "hw1")) == {"ana": "no ana/hw1.ipynb", "ben": "no ben/hw1.ipynb"}


def test_a_locked_member_is_the_problem_of_one_student(tmp_path):
    data = bytearray(zipped(["ana/hw1.ipynb", "ben/hw1.ipynb"]))
    place = data.index(b"PK\x01\x02")
    data[place + 8] |= 1
    (tmp_path / "x.zip").write_bytes(data)
    ana, ben = collect(tmp_path / "x.zip", "hw1").handed
    assert "locked with a password" in ana.read().problem and ben.read().code


def test_a_file_twice_in_a_zip_is_taken_as_unpacking_would(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as made, pytest.warns(UserWarning, match="Duplicate"):
        made.writestr("ana/hw1.ipynb", b"old")
        made.writestr("ana/hw1.ipynb", NOTEBOOK)
    found = collect(tmp_path / "x.zip", "hw1")
    assert found.handed[0].read().code and "More than once" in found.notes[0]


def test_names_in_a_zip_are_read_as_macs_and_windows_write_them(tmp_path):
    data = zipped(["Zoe\u0308.ipynb", "ben\\hw1.ipynb"])
    plain = data.replace(b"\x00\x08\x08\x00", b"\x00\x00\x08\x00")  # the flag that says that names are UTF-8
    assert plain != data
    (tmp_path / "x.zip").write_bytes(plain)
    assert list(students(collect(tmp_path / "x.zip", "hw1"))) == ["ben", "Zoë"]


def test_a_member_that_is_too_large_is_read_no_further_than_the_limit(tmp_path):
    large = b" " * (submission.MAX_BYTES + 2_000_000)
    (tmp_path / "x.zip").write_bytes(zipped({"ana/hw1.ipynb": large, "ben/hw1.ipynb": None}))
    ana, ben = collect(tmp_path / "x.zip", "hw1").handed
    assert len(ana.source.read(submission.MAX_BYTES + 1)) == submission.MAX_BYTES + 1
    assert "is 22.0 MB" in ana.read().problem and ben.read().code


def test_a_zip_that_grows_without_end_is_not_opened(tmp_path):
    bomb = zipped({"inner.zip": zipped({"hw1.ipynb": NOTEBOOK}) + b"\0" * 1_000_000})
    deep = zipped({"b.zip": zipped({"c.zip": zipped(["hw1.ipynb"])})})
    folder(tmp_path / "class", {"ana.zip": bomb, "ben.zip": deep, "cid.ipynb": None})
    ana, ben, cid = collect(tmp_path / "class", "hw1").handed
    assert "grow without end" in ana.read().problem
    assert "a zip in a zip in a zip" in ben.read().problem
    assert cid.read().code


@pytest.mark.parametrize(("count", "said"), [(4_990, ""), (5_010, "more than 5,000 files")])
def test_a_students_zip_has_a_bound(count, said, tmp_path):
    files = {f"d/{i}.txt": b"" for i in range(count)} | {"hw1.ipynb": NOTEBOOK}
    folder(tmp_path / "class", {"ana.zip": zipped(files), "ben.ipynb": None})
    problem = collect(tmp_path / "class", "hw1").handed[0].read().problem
    assert said in problem and bool(problem) == bool(said)


def test_no_student_can_hold_up_the_others_with_many_files_or_slow_names(tmp_path):
    slow = [char * 60_000 for char in ("_", " ", "late_", "(1)", "_1_", "hw1_", "a_attempt_", "+2")]
    files = {f"{i}/hw1.ipynb": NOTEBOOK for i in range(300)} | {
        f"{name}{i}x.ipynb"[:65_000]: NOTEBOOK for i, name in enumerate(slow)
    }
    files |= {f"../{i}": b"" for i in range(300)}
    (tmp_path / "slow.zip").write_bytes(zipped({f"{name[:60_000]}x.ipynb": NOTEBOOK for name in slow}))
    assert collect(tmp_path / "slow.zip", "hw1").notes is not None
    folder(tmp_path / "class", {"ana.zip": zipped(files), "ben.ipynb": None})
    found = collect(tmp_path / "class", "hw1")
    assert len(found.handed) == 11 and len(found.notes) == 2 and all(len(note) < 500 for note in found.notes)


def test_a_platforms_zip_of_one_student_is_not_taken_for_a_class(tmp_path):
    folder(tmp_path, {"Ada_1_assignsubmission_file_x.zip": zipped(["ben/hw1.ipynb", "cid/hw1.ipynb"])})
    assert {one.student for one in collect(tmp_path, "hw1").handed} == {"Ada"}


def test_a_zip_that_lies_about_how_many_files_it_has_is_refused(tmp_path):
    data = bytearray(zipped(["ana.ipynb"]))
    end = data.rindex(archive.END)
    data[end + 12 : end + 16] = b"\xff\xff\xff\xff"
    (tmp_path / "x.zip").write_bytes(data)
    with pytest.raises(IntakeError, match="more than 50,000 files"):
        collect(tmp_path / "x.zip", "hw1")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_links_and_pipes_in_a_folder_are_not_opened(tmp_path):
    root = folder(tmp_path / "class", ["ana/", "ben/", "cid/hw1.ipynb", "cid/x.ipynb", "dora/hw1.ipynb"])
    folder(tmp_path / "secret", ["hw1.ipynb"])
    os.mkfifo(root / "ana" / "hw1.ipynb")
    (root / "ben" / "hw1.ipynb").symlink_to(root / "cid" / "hw1.ipynb")
    (root / "eve").symlink_to(tmp_path / "secret")
    (root / "ben" / "again").symlink_to(root)
    found = collect(root, "hw1")
    assert students(found) == {
        "ana": "no ana/hw1.ipynb",
        "ben": "no ben/hw1.ipynb",
        "cid": "cid/hw1.ipynb",
        "dora": "dora/hw1.ipynb",
    }
    assert "eve is a link, and links are not followed." in found.notes[-1]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_beside_a_link_the_notebook_that_can_be_read_is_graded(tmp_path):
    root = folder(tmp_path / "class", ["ana/mine.ipynb", "ben/hw1.ipynb"])
    (root / "ana" / "hw1.ipynb").symlink_to(root / "ben" / "hw1.ipynb")
    assert students(collect(root, "hw1")) == {"ana": "ana/mine.ipynb", "ben": "ben/hw1.ipynb"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_a_file_that_becomes_something_else_meanwhile_is_not_opened(tmp_path):
    root = folder(tmp_path / "class", [f"{name}.ipynb" for name in ("ana", "ben", "cid", "dora")])
    handed = collect(root, "hw1").handed
    for name in ("ana", "ben", "cid"):
        (root / f"{name}.ipynb").unlink()
    os.mkfifo(root / "ana.ipynb")
    (root / "ben.ipynb").symlink_to(root / "dora.ipynb")
    problems = [one.read().problem for one in handed]
    assert all(problem.startswith(one.file) for one, problem in zip(handed[:3], problems[:3], strict=True))
    assert problems[3] == ""


def test_a_file_of_more_than_the_limit_is_not_read_whole(tmp_path):
    root = folder(tmp_path / "class", ["ana.ipynb", "ben.ipynb"])
    with open(root / "ana.ipynb", "ab") as file:
        file.truncate(100_000_000)
    ana, ben = collect(root, "hw1").handed
    assert "is 100.0 MB; files of up to 20 MB" in ana.read().problem and ben.read().code


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-30 15:00:00.123456 UTC",
        "2026-01-30 15:00:00",
        "2026-01-30 15:00:00.948203 America/Los_Angeles",
        "2026-07-30 15:00:00 Europe/Berlin\n",
    ],
)
def test_times_are_what_dateutil_reads_as_in_nbgrader(text):
    zone = (text.split()[2:] or ["UTC"])[0]
    expected = parser.parse(f"{text[:19]} TZ", tzinfos={"TZ": tz.gettz(zone)})
    assert time_of(text).replace(microsecond=0) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-30 07:00:00 -0800", YEAR),
        ("2026-01-30 20:30:00 +05:30", YEAR),
        ("2026-01-30T15:00:00Z", YEAR),
        ("2026-01-30-15-00-00", YEAR),
        ("2026-01-30 15:00:00.5 UTC", YEAR.replace(microsecond=500_000)),
        ("2026-01-30 15:00:00.123456789", YEAR.replace(microsecond=123_456)),
    ],
)
def test_a_time_has_the_zone_and_the_fraction_that_it_says(text, expected):
    assert time_of(text) == expected


@pytest.mark.parametrize(
    "text", ["", "hello", "2026-13-01 00:00:00 UTC", "2026-01-30 25:00:00", "9" * 200, "2026-01-30 15:00:00 +9999"]
)
def test_what_is_no_time_is_none(text):
    assert time_of(text) is None


def test_nbgraders_timestamp_says_when_it_was_received_and_a_students_own_does_not(tmp_path):
    stamp = b"2026-01-30 16:00:00.0 Europe/Berlin"
    files = {
        "submitted/ana/hw1/hw1.ipynb": None,
        "submitted/ana/hw1/timestamp.txt": stamp,
        "submitted/ben/hw1/hw1.ipynb": None,
    }
    ana, ben = collect(folder(tmp_path / "course", files), "hw1").handed
    assert ana.received == YEAR != ben.received
    own = {"Ada_1_assignsubmission_file_/hw1/hw1.ipynb": None, "Ada_1_assignsubmission_file_/hw1/timestamp.txt": stamp}
    (ada,) = collect(folder(tmp_path / "moodle", own), "hw1").handed
    packed = {"ana.zip": zipped({"hw1/hw1.ipynb": NOTEBOOK, "hw1/timestamp.txt": stamp}), "ben/hw1/hw1.ipynb": None}
    ana, ben = collect(folder(tmp_path / "zips", packed), "hw1").handed
    assert YEAR not in {ada.received, ana.received, ben.received}


def test_a_member_was_received_at_its_own_time_and_a_students_zip_when_it_came(tmp_path):
    inner = zipped(["hw1.ipynb"])
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as made:
        made.writestr(zipfile.ZipInfo("ana.zip", (2026, 2, 3, 4, 5, 6)), inner)
        made.writestr(zipfile.ZipInfo("ben.ipynb", (2026, 1, 30, 15, 0, 0)), NOTEBOOK)
        stamped = zipfile.ZipInfo("cid.ipynb", (2026, 1, 30, 18, 0, 0))
        stamped.extra = b"UT\x05\x00\x01" + int(YEAR.timestamp()).to_bytes(4, "little")
        made.writestr(stamped, NOTEBOOK)
        made.writestr(zipfile.ZipInfo("dora.ipynb"), NOTEBOOK)
    times = {one.student: one.received for one in collect(tmp_path / "x.zip", "hw1").handed}
    assert times == {"ana": datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC), "ben": YEAR, "cid": YEAR, "dora": None}


def test_every_time_has_its_zone(tmp_path):
    found = collect(folder(tmp_path, LAYOUTS["Gradescope's"][0]), "hw1")
    assert {one.student: one.received for one in found.handed}["Ada Lovelace"].replace(microsecond=0) == YEAR
    assert all(one.received.utcoffset() is not None for one in found.handed)


def test_gradescopes_file_is_read_as_yaml_reads_it():
    found, parsed = gradescope.entries(METADATA), yaml.safe_load(METADATA)
    assert list(found) == list(parsed)
    for folder_name, entry in found.items():
        people = [
            {key[1:]: str(value or "") for key, value in one.items()} for one in parsed[folder_name][":submitters"]
        ]
        assert entry.people == people
        assert abs((entry.received - parsed[folder_name][":created_at"]).total_seconds()) < 0.001


@pytest.mark.parametrize(
    "name",
    [
        "x" * 5_000,
        "a\x00b\nc",
        "\x1b[31m",
        "\udce9",
        "\u202eana",
        "  ",
        "___",
        "..",
        "hw1",
        "علی‌رضا",
        "José",
        "=cmd()",
        "O'Neil, Ana",
    ],
)
def test_every_name_is_one_line_bounded_and_never_lost(name):
    owner = naming.owner(name, "hw1")
    assert len(owner.student) <= naming.MAX_NAME
    assert owner.student.replace("\u200c", "").isprintable()
    assert not owner.student or naming.owner(owner.student, "hw1").student == owner.student


@pytest.mark.skipif(os.name == "nt", reason="these names cannot be there")
def test_strange_names_on_a_disk_are_safe_to_show_and_stay_apart(tmp_path):
    names = [b"a\nb", b"a\x1bb", b"a\xe9b", b"-", "Zo\u0308".encode(), "Z\u00f6".encode()]
    for name in names:
        with open(os.path.join(os.fsencode(tmp_path), name + b".ipynb"), "wb") as file:
            file.write(NOTEBOOK)
    found = collect(tmp_path, "hw1")
    assert len({(one.student, one.file) for one in found.handed}) == len(names)
    assert all(one.student.isprintable() and one.file.isprintable() and one.student for one in found.handed)
    assert all(one.read().code for one in found.handed)


def test_what_was_handed_in_can_be_sent_elsewhere_and_read_there(tmp_path):
    (tmp_path / "x.zip").write_bytes(zipped({"ana.ipynb": None, "ben.zip": zipped(["hw1.ipynb"])}))
    found = collect(tmp_path / "x.zip", "hw1")
    sent = pickle.loads(pickle.dumps(found))
    assert sent == found and [one.read() for one in sent.handed] == [one.read() for one in found.handed]


def test_the_same_comes_out_each_time(tmp_path):
    root = folder(tmp_path / "class", [f"s{i % 7}/n{i}.ipynb" for i in range(40)])
    assert collect(root, "hw1") == collect(root, "hw1")


def test_damaged_zips_raise_nothing_but_intake_errors(tmp_path):
    rng = random.Random(6)
    whole = zipped(
        {"ana/hw1.ipynb": None, "ben.zip": zipped(["hw1.ipynb", "x/y.txt"]), "cid.ipynb": None, "d/é.ipynb": None}
    )
    opened = 0
    for number in range(600):
        data = bytearray(whole)
        for _ in range(rng.randint(1, 6)):
            place = rng.randrange(len(data)) if rng.random() < 0.5 else rng.randrange(len(data) - 400, len(data))
            data[place] = rng.randrange(256)
        path = tmp_path / f"{number}.zip"
        path.write_bytes(data[: rng.randrange(len(data))] if rng.random() < 0.1 else data)
        try:
            found = collect(path, "hw1")
        except IntakeError:
            continue
        opened += 1
        assert all(bool(read.code) != bool(read.problem) for read in (one.read() for one in found.handed))
    assert opened > 150


def test_an_endless_folder_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(listing, "MAX_FILES", 50)
    with pytest.raises(IntakeError, match="more than 50 files"):
        listing.in_folder(folder(tmp_path, [f"{i}.ipynb" for i in range(60)]))


def test_what_a_handed_notebook_shows_of_itself_is_who_what_and_when(tmp_path):
    (one,) = collect(folder(tmp_path / "class", ["ana.ipynb"]), "hw1").handed
    assert repr(one).startswith("Handed(student='ana', file='ana.ipynb', received=") and "source" not in repr(one)
    assert isinstance(one, intake.Handed)
