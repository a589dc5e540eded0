"""An assignment: made, read again, refused where something in it cannot be; and its notebooks, which give nothing away."""

import ast
import collections
import importlib
import json
import os
import stat
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import nbformat
import pytest
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions

from seqkit import lesson, snippet
from seqkit.check import DRAW
from seqkit.errors import AssignmentError, ExerciseError
from seqkit.grading.handout import assignment as assignments
from seqkit.grading.handout import atomic, manifest, secret
from seqkit.grading.handout import notebooks as handout
from seqkit.grading.handout.items import Assignment, Item
from seqkit.grading.handout.solution import marked

exercise = importlib.import_module("seqkit.exercise")  # the face has a function of this name
EVERY = exercise.names()


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """An assignment of every exercise that there is."""
    folder = tmp_path_factory.mktemp("everything")
    return folder, assignments.make("everything", EVERY, folder, due="2025-11-30T18:00+01:00")


@pytest.fixture
def small(tmp_path):
    assignments.make("week-1", ["forward", "shapes"], tmp_path / "week-1")
    return tmp_path / "week-1"


def change(folder, **changed):
    """Writes other values into the manifest."""
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))


def read(folder, part):
    return nbformat.read(next((folder / part).rglob("*.ipynb")), as_version=4)


# ---- made and read ----


def test_what_is_read_is_what_was_made(everything):
    folder, made = everything
    assert assignments.load(folder) == made
    assert made.due == datetime(2025, 11, 30, 17, tzinfo=UTC)
    assert [item.exercise for item in made.items] == EVERY and made.changed() == ()
    assert made.points == sum(each.points for each in exercise.index().values())


def test_a_lesson_is_all_its_exercises_in_order(tmp_path):
    for lesson_ in ("05_flax_chain", "05", "5", "05_flax_chain.ipynb"):
        made = assignments.make("flax", folder=tmp_path, lesson=lesson_)
        assert [item.exercise for item in made.items] == ["three_layer_mlp", "parameter_shapes", "chain_of"]
        assert [item.points for item in made.items] == [10, 10, 10]


def test_points_and_weights_are_those_that_were_given(tmp_path):
    made = assignments.make("w", ["forward", "shapes"], tmp_path, points={"forward": 7.5}, weights={"shapes": 2})
    assert [(item.points, item.weight) for item in made.items] == [(7.5, 1), (10, 2)]
    assert made.points == 27.5 and made.items[0].scaled(4, 5) == 6.0
    assert "| `shapes` | 10 | × 2 |" in read(tmp_path, "release").cells[0].source
    assert [item.points for item in assignments.make("w", ["forward", "mlp"], tmp_path, points=3).items] == [3, 3]


def test_a_due_date_without_time_zone_is_local_and_that_is_said(small):
    for said in ("2025-11-30 18:00", datetime(2025, 11, 30, 18)):
        made = assignments.make("week-1", ["forward"], small, due=said)
        assert made.due == datetime(2025, 11, 30, 18).astimezone() and "no time zone" in made.notes[0]
        assert assignments.load(small).notes == ()
    change(small, due="2025-11-30T18:00")
    assert "taken as local time" in assignments.load(small).notes[0]


def test_a_due_day_ends_with_that_day(small):
    for said in ("2025-11-30", date(2025, 11, 30)):
        made = assignments.make("week-1", ["forward"], small, due=said)
        assert made.due == datetime(2025, 11, 30, 23, 59).astimezone()


def test_a_time_zone_is_kept(small):
    zone = timezone(timedelta(hours=5, minutes=30))
    made = assignments.make("week-1", ["forward"], small, due=datetime(2025, 11, 30, 18, tzinfo=zone))
    assert assignments.load(small).due.utcoffset() == made.due.utcoffset() == timedelta(hours=5, minutes=30)
    assert "18:00 UTC+05:30" in read(small, "release").cells[0].source


def test_a_page_that_changed_since_still_loads(small):
    path = small / "manifest.json"
    path.write_text(path.read_text().replace(assignments.load(small).items[0].version, "0" * 12))
    assert assignments.load(small).changed() == ("forward",)
    assert assignments.load(small).notes[-1].startswith("The page of forward is another than when week-1 was made")


def test_made_twice_every_file_is_the_same(small):
    before = {path: path.read_bytes() for path in small.rglob("*") if path.is_file()}
    assignments.make("week-1", ["forward", "shapes"], small)
    assert before == {path: path.read_bytes() for path in small.rglob("*") if path.is_file()}


# ---- the secret ----


def test_the_secret_is_for_the_teacher_alone_and_is_kept(small):
    made = assignments.load(small)
    assert assignments.make("week-1", ["mlp"], small).secret == made.secret and len(made.secret) == 32
    assert made.secret.hex() not in repr(made)
    if os.name == "posix":
        for path in (small / "secret.json", next((small / "source").rglob("*.ipynb"))):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
        for mode in (0o640, 0o604, 0o644):
            (small / "secret.json").chmod(mode)
            assert "can be read by others" in assignments.load(small).notes[0]


def test_a_draw_comes_from_the_secret_and_is_no_draw_of_a_notebook():
    made = [Assignment("w", (), secret=bytes([i]) * 32) for i in range(200)]
    assert len({each.draw() for each in made}) == len({each.fingerprint() for each in made}) == 200
    assert all(each.draw() in secret.DRAWS for each in made)
    assert 0 not in secret.DRAWS and DRAW not in secret.DRAWS and 2**31 not in secret.DRAWS
    assert made[0].draw() == Assignment("other", (), secret=bytes(32)).draw()
    with pytest.raises(AssignmentError, match="without its secret has no draw"):
        Assignment("w", ()).draw()


def test_a_new_secret_is_drawn_only_if_asked_for_and_the_old_one_kept(small):
    old = assignments.load(small)
    new = assignments.make("week-1", ["forward"], small, renew_secret=True)
    assert new.draw() != old.draw() and assignments.load(small).draw() == new.draw()
    assert old.secret.hex() in (small / "secret-1.json").read_text()


def test_a_lost_secret_is_not_replaced_unseen(small):
    (small / "secret.json").unlink()
    with pytest.raises(AssignmentError, match=r"not its secret\.json\. Restore"):
        assignments.make("week-1", ["forward"], small)
    assert assignments.make("week-1", ["forward"], small, renew_secret=True).secret


def test_the_secret_of_another_assignment_is_refused(small, tmp_path):
    assignments.make("other", ["forward"], tmp_path / "other")
    (tmp_path / "other" / "secret.json").replace(small / "secret.json")
    with pytest.raises(AssignmentError, match="is of another assignment"):
        assignments.load(small)


@pytest.mark.parametrize("text", ["", "{", '{"secret": 3}', '{"secret": "abcd"}', '{"secret": "xyz"}', "[]"])
def test_a_damaged_secret_is_told_and_never_overwritten(small, text):
    (small / "secret.json").write_text(text)
    for use in (assignments.load, lambda folder: assignments.make("week-1", ["forward"], folder)):
        with pytest.raises(AssignmentError, match=r"secret\.json"):
            use(small)
    assert (small / "secret.json").read_text() == text


# ---- refused ----


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"items": [{"exercise": "foward", "points": 1}]}, r"items\[0\]\.exercise .*Did you mean 'forward'\?$"),
        ({"items": [{"exercise": "forward", "points": -1}]}, r"items\[0\]\.points is -1; points are 0 or more"),
        ({"items": [{"exercise": "forward", "points": 1.001}]}, "two decimals at most"),
        ({"items": [{"exercise": "forward", "points": "5"}]}, r"points is '5'; it is to be a number"),
        ({"items": [{"exercise": "forward", "points": True}]}, "points is true; it is to be a number"),
        ({"items": [{"exercise": "forward"}]}, r"items\[0\]\.points is missing"),
        ({"items": [{"exercise": "forward", "points": 1, "weigh": 2}]}, "Did you mean 'weight'"),
        ({"items": [{"exercise": "forward", "points": 1, "weight": 0}]}, r"weight is 0; it is to be more than 0"),
        ({"items": [{"exercise": "forward", "points": 1}] * 2}, "names 'forward' twice"),
        ({"items": [{"question": "my_paramters", "points": 1}]}, "Did you mean 'my_parameters'"),
        ({"items": []}, "items is empty"),
        ({"items": [3]}, r"items\[0\] is 3; it is to be an object"),
        ({"items": None}, "items is null; it is to be a list of objects"),
        ({"due": "next week"}, "due is 'next week'; it is to be a date such as"),
        ({"name": "../x"}, r"name is '\.\./x'"),
        ({"manifest": 2}, "this seqkit reads 1"),
        ({"cells_limit_s": -1}, "cells_limit_s is -1"),
        ({"personal": "yes"}, "personal is 'yes'; it is to be true or false"),
        ({"roster": ["a/b"]}, "'a/b' cannot be the name of a folder"),
        ({"roster": [1]}, r"roster\[0\] is 1; it is to be a text"),
        ({"colour": "red"}, "has a key 'colour', which is not known. It takes manifest, name"),
    ],
)
def test_what_cannot_be_in_a_manifest_is_refused_with_its_place(small, changed, said):
    change(small, **changed)
    with pytest.raises(AssignmentError, match=said) as raised:
        assignments.load(small)
    assert "manifest.json" in str(raised.value) or "roster" in str(raised.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"manifest": 1,\n "name"}', r"manifest\.json, line 2, column 8"),
        ('{"manifest": 1, "manifest": 1}', "'manifest' stands twice"),
        ('{"manifest": NaN}', "NaN is no number"),
        ('{"manifest": 1e999}', "finite number"),
        ("[]", "is a list; it is to be an object"),
        ("[" * 100_000, "cannot be read as JSON"),
        ("\udcff", "cannot be read as JSON"),
    ],
)
def test_a_damaged_manifest_is_told_with_its_place(small, text, said):
    (small / "manifest.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(AssignmentError, match=said):
        assignments.load(small)


def test_a_folder_that_holds_no_assignment_is_told(tmp_path, small):
    with pytest.raises(AssignmentError, match=r"manifest\.json cannot be opened: No such file"):
        assignments.load(tmp_path)
    (small / "secret.json").unlink()
    with pytest.raises(AssignmentError, match=r"secret\.json cannot be opened"):
        assignments.load(small)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "neither exercises nor a lesson"),
        ({"exercises": ["forward"], "lesson": "01"}, "takes one of them"),
        ({"lesson": "05_flax_chains"}, "no lesson '05_flax_chains'. Did you mean '05_flax_chain'"),
        ({"exercises": ["forward", "forward"]}, "names 'forward' twice"),
        ({"exercises": ["foward"]}, "there is no exercise 'foward'. Did you mean 'forward'"),
        ({"exercises": ["forward"], "points": {"shapes": 3}}, "'shapes', which is not asked"),
        ({"exercises": ["forward"], "points": -3}, "points is -3"),
        ({"exercises": ["forward"], "points": float("nan")}, "finite number"),
        ({"exercises": ["forward"], "due": "soon"}, "due is 'soon'"),
        ({"exercises": ["forward"], "time_limit_s": 0}, "time_limit_s is 0"),
        ({"exercises": ["forward"], "name": "a b/c"}, "name is 'a b/c'"),
        ({"exercises": ["forward"], "personal": ["ana", "Ana"]}, "twice"),
        ({"exercises": ["forward"], "personal": "nowhere.csv"}, r"nowhere\.csv cannot be opened"),
    ],
)
def test_what_cannot_be_made_is_refused_and_nothing_is_written(tmp_path, arguments, said):
    with pytest.raises((AssignmentError, ExerciseError), match=said):
        assignments.make(**{"name": "w", "folder": tmp_path / "w", **arguments})
    assert not (tmp_path / "w").exists()


def test_a_folder_keeps_the_assignment_that_it_holds(small, tmp_path):
    with pytest.raises(AssignmentError, match="holds the assignment 'week-1'"):
        assignments.make("week-2", ["mlp"], small)
    (tmp_path / "file").write_text("")
    with pytest.raises(AssignmentError, match="cannot be written"):
        assignments.make("week-2", ["forward"], tmp_path / "file" / "deeper")


def test_a_file_is_whole_or_not_there(tmp_path):
    path = tmp_path / "deep" / "file"
    atomic.write(path, "old")
    with pytest.raises(UnicodeEncodeError):
        atomic.write(path, "new\ud800")
    with pytest.raises(FileExistsError):
        atomic.write_once(path, "other")
    assert [each.name for each in path.parent.iterdir()] == ["file"] and path.read_text() == "old"


def test_where_a_disk_knows_no_links_a_file_is_still_written_once(tmp_path, monkeypatch):
    def refused(*names):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(atomic.os, "link", refused)
    atomic.write_once(tmp_path / "secret", "first", 0o600)
    with pytest.raises(FileExistsError):
        atomic.write_once(tmp_path / "secret", "other", 0o600)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["first"]
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


# ---- the notebooks ----


def test_the_notebook_to_hand_out_holds_every_statement_starter_and_check(everything):
    notebook = read(everything[0], "release")
    nbformat.validate(notebook)
    assert list(lesson.exercises(notebook)) == EVERY and lesson.outdated(notebook) == []
    assert [name for name, _ in lesson.checks(notebook)] == EVERY
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert all(exercise.load(name).statement in prose for name in EVERY)
    assert notebook.cells[1].source == "import seqkit as sk" and "2025-11-30 18:00 UTC+01:00" in prose


def test_every_cell_is_known_to_nbgrader_and_all_but_answers_are_locked(everything):
    cells = read(everything[0], "release").cells
    grades = [cell.metadata.nbgrader for cell in cells]
    assert len({grade.grade_id for grade in grades}) == len(cells)
    assert all(grade.schema_version == 3 for grade in grades)
    assert {cell.id for cell in cells if not cell.metadata.nbgrader.locked} == set(EVERY)
    assert {cell.id for cell in cells if cell.metadata.nbgrader.solution} == set(EVERY)
    points = {grade.grade_id: grade.points for grade in grades if grade.grade}
    assert points == {f"{name}-check": exercise.load(name).points for name in EVERY}
    assert all(cell.metadata.editable is False for cell in cells if cell.metadata.nbgrader.locked)


def test_what_is_handed_out_holds_no_secret_no_reference_and_no_mistake(everything):
    folder, made = everything
    handed = "\n".join(path.read_text() for path in (folder / "release").rglob("*") if path.is_file())
    for kept in (made.draw(), made.secret.hex(), made.fingerprint(), "SOLUTION", "HIDDEN"):
        assert str(kept) not in handed
    cells = "\n".join(cell.source for cell in read(folder, "release").cells)
    pages = [exercise.load(name) for name in EVERY]
    given = "\n".join(snippet.starter(page) + page.statement for page in pages)
    references = {line.strip() for page in pages for line in snippet.reference(page).splitlines()}
    assert not [line for line in references if len(line) > 15 and line not in given and line in cells]
    assert not [mistake.name for page in pages for mistake in page.mistakes if mistake.sentence in cells]


@pytest.mark.parametrize("name", EVERY)
def test_nbgrader_cuts_the_marked_solution_back_to_the_starter(name):
    page, clear = exercise.load(name), ClearSolutions()
    clear.code_stub = {"python": "..."}
    cell = nbformat.v4.new_code_cell(marked(page))
    assert clear._replace_solution_region(cell, "python")
    assert cell.source == snippet.starter(page)
    assert parts(marked(page)) == parts(snippet.reference(page))


def parts(source):
    """Every statement of a module, and of its classes, without their order."""
    found = collections.Counter()
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef):
            found.update(f"{node.name} {ast.dump(part)}" for part in node.body)
            node.body = []
        found[ast.dump(node)] += 1
    return found


def test_the_hidden_tests_use_the_secret_draw_and_are_cut_away(everything):
    folder, made = everything
    clear = ClearHiddenTests()
    for ours, cell in zip(read(folder, "release").cells, read(folder, "source").cells, strict=True):
        if cell.metadata.nbgrader.grade:
            assert f"draw={made.draw()}" in cell.source
            clear._remove_hidden_test_region(cell)
            assert cell.source == ours.source


@pytest.mark.parametrize(("limit_s", "timeout_s"), [(5.0, 60), (30.0, 60), (100.2, 201)])
def test_nbgrader_gives_a_check_the_time_of_two_tries(limit_s, timeout_s):
    made = Assignment("w", (Item("forward", 5.0), Item("shapes", 5.0, time_limit_s=limit_s)), secret=bytes(32))
    assert f"c.Execute.timeout = {timeout_s}\n" in handout.config(made)


def test_a_long_name_gives_a_cell_id_that_nbformat_takes_and_another_name_another():
    ids = [handout._id(name) for name in ("x" * 64, "x" * 65, "x" * 66)]
    assert ids[0] == "x" * 64 and len(set(ids)) == 3
    cells = [nbformat.v4.new_code_cell("", id=each) for each in ids]
    nbformat.validate(nbformat.v4.new_notebook(cells=cells))


def test_a_notebook_that_an_earlier_making_left_is_told(small):
    made = assignments.make("week-1", ["forward"], small, personal=["ana"])
    assert "of an earlier making" in made.notes[0] and str(Path("release", "week-1", "week-1.ipynb")) in made.notes[0]


def test_the_same_assignment_gives_the_same_notebook():
    made = Assignment("w", (Item("forward", 5.0),), secret=bytes(32))
    assert handout.text(handout.release(made)) == handout.text(handout.release(made))
    assert secret.fingerprint(made.secret) in manifest.text(made)
