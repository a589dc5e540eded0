"""The command line, as a teacher and a script meet it."""

import csv
import errno
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from importlib import metadata

import click
import pytest
from click.shell_completion import BashComplete
from click.testing import CliRunner

from seqkit import errors
from seqkit.__main__ import cli
from seqkit.commands import COMMANDS
from seqkit.commands.bar import Progress
from seqkit.commands.failing import ends_well
from seqkit.commands.voice import Voice
from seqkit.exercise import names
from seqkit.grading.book.gradebook import Gradebook
from seqkit.grading.doctor import look
from seqkit.grading.exports import FORMATS
from seqkit.grading.handout import manifest
from tests.grades import ASSIGNMENT, CLASS
from tests.handing_in import notebook

NAMES = [name for section in COMMANDS.values() for name in section]


def run(*args, **more):
    return CliRunner().invoke(cli, [str(arg) for arg in args], **more)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """An assignment `hw1` and the gradebook of a small class, `results`."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "hw1" / "release").mkdir(parents=True)
    (folder / "hw1" / "manifest.json").write_text(manifest.text(ASSIGNMENT))
    (folder / "hw1" / "secret.json").write_text(json.dumps({"about": "", "secret": ASSIGNMENT.secret.hex()}))
    with Gradebook(folder / "results") as book:
        for one in CLASS:
            book.record(one.graded)
        book.adjust("hw1", "Ben Öz", "forward", 4.5, "a typo", "J. Doe")
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_every_command_says_what_it_does_with_examples_and_takes_json(name):
    said = run(name, "--help").output
    assert "Examples:\n" in said and re.search(rf"^ +seqkit {name}\b", said, re.MULTILINE)
    assert "--json" in said and "--quiet" in said and "--traceback" in said


def test_help_lists_every_command_and_documents_every_exit_code():
    said = run("--help").output
    assert all(re.search(rf"^  {name} ", said, re.MULTILINE) for name in NAMES)
    assert all(re.search(rf"^    {code} ", said, re.MULTILINE) for code in (0, 1, 2, 3, 70, 130, 141))


def test_help_imports_nothing_heavier_than_click():
    code = "import sys\nfrom seqkit.__main__ import cli\ntry:\n    cli(['--help'])\nexcept SystemExit:\n    print('@', *sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    loaded = loaded.rpartition("@")[2].split()
    ours = {name for name in loaded if name.startswith("seqkit.")}
    assert ours <= {
        "seqkit.__main__",
        "seqkit.commands",
        "seqkit.commands.failing",
        "seqkit.commands.voice",
        "seqkit.errors",
    }
    assert not {"rich", "sqlalchemy", "numpy", "jax", "jinja2", "json", "tempfile", "importlib.metadata"} & set(loaded)


def test_the_version_is_that_of_the_package():
    assert run("--version").output == f"seqkit {metadata.version('seqkit')}\n"


@pytest.mark.parametrize(
    "asked", [["bogus"], ["grade"], ["assign", "hw", "--points", "forward"], ["export", "x", "-a", "y", "--to", "z"]]
)
def test_a_command_that_it_does_not_take_ends_with_2(asked):
    assert run(*asked).exit_code == 2


def test_tab_knows_exercises_lessons_and_formats():
    def offered(args, begun):
        return [item.value for item in BashComplete(cli, {}, "seqkit", "_SEQKIT_COMPLETE").get_completions(args, begun)]

    assert offered(["assign", "hw1", "-e"], "thr") == ["three_layer_mlp"]
    assert offered(["assign", "hw1", "-e"], "") == names()
    assert offered(["assign", "hw1", "-p"], "forw") == ["forward="]
    assert offered(["assign", "hw1", "--lesson"], "05") == ["05_flax_chain"]
    assert offered(["export", "results", "--to"], "") == list(FORMATS)
    assert offered([], "re") == ["report", "regrade"]


def ended(error, *args):
    """The exit code and the words of a command that raises `error`."""
    context = cli.make_context("seqkit", ["doctor", *args])
    with pytest.raises(click.exceptions.Exit) as caught, ends_well(context):
        raise error
    return caught.value.exit_code


KINDS = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, errors.SeqkitError)]


@pytest.mark.parametrize("kind", KINDS)
def test_what_seqkit_refuses_is_one_sentence_and_3(kind, capsys):
    assert ended(kind("the gradebook x is not there. Name another.")) == 3
    assert capsys.readouterr().err == "the gradebook x is not there. Name another.\n"


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device", "grades.csv"),
            3,
            "grades.csv: No space left on device. Make room",
        ),
        (PermissionError(errno.EACCES, "Permission denied", "x"), 3, "x: Permission denied."),
        (KeyboardInterrupt(), 130, "What was done is kept; go on with: seqkit doctor"),
        (RuntimeError("odd"), 70, "seqkit failed (RuntimeError: odd); this is not your fault"),
    ],
)
def test_an_end_that_nobody_wanted_is_told_in_words_with_its_code(error, code, said, capsys):
    assert ended(error) == code
    found = capsys.readouterr()
    assert said in found.err and "Traceback" not in found.err and not found.out


def test_a_failure_of_seqkit_leaves_a_file_to_send_along(capsys):
    ended(RuntimeError("odd"))
    kept = re.search(r"\S+seqkit-failure-\S+\.txt", capsys.readouterr().err)[0]
    with open(kept) as file:
        assert "RuntimeError: odd" in (text := file.read()) and text.startswith("seqkit doctor\nseqkit ")
    os.unlink(kept)


def test_a_traceback_is_shown_if_it_is_asked_for(monkeypatch, capsys):
    monkeypatch.setenv("SEQKIT_TRACEBACK", "1")
    ended(errors.GradebookError("not there"))
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_no_color_is_respected(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert cli.make_context("seqkit", ["doctor"]).color is None
    monkeypatch.setenv("NO_COLOR", "1")
    assert cli.make_context("seqkit", ["doctor"]).color is False


def test_the_command_to_go_on_with_does_not_repeat_a_password():
    voice = Voice("seqkit", ["grade", "a b", "--gradebook", "postgresql+psycopg://ann:s3cret@host/db"])
    assert voice.again() == "seqkit grade 'a b' --gradebook 'postgresql+psycopg://ann:***@host/db'"


def commands_with_json(place):
    """A call of each command that answers at once."""
    results, hw1 = place / "results", place / "hw1"
    yield ["doctor", "--results", results]
    yield ["history", results, "Ben Öz"]
    yield ["adjust", results, "ana", "forward", "5", "--reason", "as it was", "--by", "me"]
    yield ["report", results, "-a", hw1, "--out", place / "pages"]
    yield from (["export", results, "-a", hw1, "--to", to] for to in FORMATS)
    yield from (["export", results, "-a", hw1, "--to", to, "--out", place / f"out-{to}"] for to in FORMATS)


def test_with_json_stdout_is_one_document_whatever_happens(place):
    refused = [["history", place / "nowhere", "ana"], ["grade", place, "-a", place / "no", "-o", place / "new"]]
    for args in [*commands_with_json(place), *refused]:
        found = run(*args, "--json")
        document = json.loads(found.stdout)
        assert ("error" in document) == (found.exit_code == 3), args


def test_with_json_a_command_that_fails_behind_its_answer_says_no_second_document(capsys):
    voice = Voice()
    voice.json = True
    for document in ({"graded": 3}, {"error": "interrupted"}):
        voice.answer(document)
    assert json.loads(capsys.readouterr().out) == {"graded": 3}


@pytest.mark.parametrize("to", FORMATS)
def test_an_export_goes_to_stdout_or_into_files(place, tmp_path, to):
    args = ["export", place / "results", "-a", place / "hw1", "--to", to]
    assert run(*args, "--student", "ana").stdout
    run(*args, "--out", tmp_path / "out", "--quiet")
    several = to in ("gradescope", "github")
    files = [file for file in (tmp_path / "out", *tmp_path.glob("out/**/*")) if file.is_file()]
    assert len(files) == (len(CLASS) * (1, 3)[to == "github"] if several else 1)
    assert os.name != "posix" or {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert several or (tmp_path / "out").read_bytes() == run(*args).stdout_bytes
    assert not several or run(*args).exit_code == 2


def test_a_student_whom_the_roster_does_not_know_is_named_and_the_rest_is_written(place, tmp_path):
    roster = tmp_path / "canvas.csv"
    roster.write_text(
        "Student,ID,SIS Login ID,Section,hw1 (4)\n    Points Possible,,,,25\nAna Diaz,8,ana,A,\nBen Öz,9,b,A,\n"
    )
    found = run("export", place / "results", "-a", place / "hw1", "--to", "canvas", "--roster", roster)
    assert found.exit_code == 1 and found.stderr == "cy: no row, or more than one, has this name\n"
    assert found.stdout.splitlines()[2:] == ["Ana Diaz,8,ana,A,25", "Ben Öz,9,b,A,9.5"]


def test_gradescope_is_told_when_a_student_sees_the_exercises(place):
    args = ["export", place / "results", "-a", place / "hw1", "--to", "gradescope", "--student", "ana"]
    for more, said in (([], "visible"), (["--visibility", "after_published"], "after_published")):
        assert json.loads(run(*args, *more).stdout)["visibility"] == said


def test_the_check_of_github_is_green_only_for_all_points(place):
    args = ["export", place / "results", "-a", place / "hw1", "--to", "github", "--student"]
    assert [run(*args, student).exit_code for student in ("ana", "Ben Öz")] == [0, 1]


def test_nbgraders_roster_has_to_have_ids_and_whoever_is_not_in_it_is_named(place, tmp_path):
    args = ["export", place / "results", "-a", place / "hw1", "--to", "nbgrader", "--roster", tmp_path / "roster.csv"]
    (tmp_path / "roster.csv").write_text("ID,first_name\nana,Ana\n")
    found = run(*args)
    assert found.exit_code == 1 and "cy: the roster has no such id\n" in found.stderr
    assert '"ana","","Ana",""' in found.stdout
    (tmp_path / "roster.csv").write_text("name,first_name\nana,Ana\n")
    found = run(*args)
    assert found.exit_code == 3 and "has no column `id`. It has: name, first_name" in found.stderr


@pytest.mark.parametrize("command", [("report",), ("export", "--to", "csv")])
def test_an_assignment_that_was_not_graded_is_no_empty_page(place, tmp_path, command):
    from dataclasses import replace

    (tmp_path / "hw2").mkdir()
    (tmp_path / "hw2" / "manifest.json").write_text(manifest.text(replace(ASSIGNMENT, name="hw2")))
    shutil.copy(place / "hw1" / "secret.json", tmp_path / "hw2")
    found = run(command[0], place / "results", "-a", tmp_path / "hw2", *command[1:])
    assert found.exit_code == 3 and "no assignment 'hw2' in it" in found.stderr


@pytest.mark.parametrize("asked", [[], ["-e", "forward", "--lesson", "01_what_is_a_chain"]])
def test_an_assignment_is_of_exercises_or_of_a_lesson(tmp_path, asked):
    found = run("assign", "hw", *asked, "-o", tmp_path / "hw")
    assert found.exit_code == 2 and "name exercises with --exercise, or one lesson with --lesson" in found.stderr


def test_a_secret_that_was_lost_is_renewed_where_that_is_asked(tmp_path):
    args = ["assign", "hw", "-e", "forward", "-o", tmp_path / "hw"]
    assert "hw: 1 exercise," in run(*args).stdout
    (tmp_path / "hw" / "secret.json").unlink()
    assert "--renew-secret" in run(*args).stderr and run(*args, "--renew-secret").exit_code == 0


@pytest.mark.parametrize("password", ["plain", "with/slash", "with:colon", "with@sign"])
def test_no_password_is_repeated(password):
    voice = Voice()
    voice.args = ["grade", "in", "--gradebook", f"postgresql://kim:{password}@host/grades"]
    assert password not in voice.again() and "postgresql://kim:***@host/grades" in voice.again()


def test_the_due_date_and_the_points_are_those_of_the_manifest_as_it_is_now(place, tmp_path):
    from dataclasses import replace

    items = (replace(ASSIGNMENT.items[0], points=8.0), *ASSIGNMENT.items[1:])
    shutil.copytree(place / "hw1", tmp_path / "hw1")
    changed = replace(ASSIGNMENT, due=ASSIGNMENT.due - timedelta(hours=1), items=items)
    (tmp_path / "hw1" / "manifest.json").write_text(manifest.text(changed))
    found = run("export", place / "results", "-a", tmp_path / "hw1", "--to", "csv")
    assert "forward was graded for 5 points, and hw1 gives 8 now: run seqkit regrade." in found.stderr
    assert {row["late_s"] for row in csv.DictReader(found.stdout.splitlines())} == {"3600"}
    assert "graded for" not in run("export", place / "results", "-a", place / "hw1", "--to", "csv").stderr


def test_a_gradebook_is_named_once_by_out_or_by_a_url_or_the_environment(place, tmp_path):
    (tmp_path / "empty").mkdir()
    args = ["grade", tmp_path / "empty", "-a", place / "hw1"]
    assert "name a folder for the gradebook with --out" in run(*args).stderr
    both = run(*args, "-o", tmp_path / "results", "--workers", "2", "--scheduler", "tcp://host:1")
    assert both.exit_code == 2 and "--workers is of this machine" in both.stderr
    found = run("export", "-a", place / "hw1", "--to", "csv", env={"SEQKIT_GRADEBOOK": str(place / "results")})
    assert found.exit_code == 0 and "ana" in found.stdout


def test_each_assignment_has_its_own_folder_of_pages(place, tmp_path):
    shutil.copytree(place / "results", tmp_path / "results")
    assert run("report", tmp_path / "results", "-a", place / "hw1").exit_code == 0
    assert (tmp_path / "results" / "pages" / "hw1" / "index.html").exists()


def test_a_gradebook_at_a_url_needs_a_folder_for_its_pages(place):
    found = run("report", f"sqlite:///{place}/results/gradebook.sqlite", "-a", place / "hw1")
    assert found.exit_code == 2 and "a URL has no folder for the pages: name one with --out" in found.stderr


def test_an_option_that_a_format_does_not_know_is_refused(place):
    found = run("export", place / "results", "-a", place / "hw1", "--to", "csv", "--scale")
    assert found.exit_code == 2 and "--to csv takes no --scale" in found.stderr


def test_a_history_tells_the_adjustment_with_its_reason(place):
    said = run("history", place / "results", "Ben Öz").stdout
    assert "forward adjusted to 4.5 by J. Doe: a typo" in said and len(said.splitlines()) == 2


def test_points_by_hand_are_told_beside_those_that_there_are(tmp_path, place):
    shutil.copytree(place / "results", tmp_path / "results")
    found = run("adjust", tmp_path / "results", "ana", "forward", "7", "--reason", "a bonus")
    assert found.stdout == "ana: forward counts 7 of 5 now (a bonus).\n"


def test_points_by_hand_bear_the_name_that_is_given_and_else_that_of_the_login(tmp_path, place):
    shutil.copytree(place / "results", tmp_path / "results")
    for more in (["--by", "J. Doe"], []):
        run("adjust", tmp_path / "results", "ana", "forward", "7", "--reason", "a bonus", *more, env={"LOGNAME": "kim"})
    said = run("history", tmp_path / "results", "ana").stdout
    assert "to 7 by J. Doe: a bonus" in said and "to 7 by kim: a bonus" in said


def test_points_by_hand_need_a_reason_and_a_student_who_is_there(place):
    assert run("adjust", place / "results", "ana", "forward", "5").exit_code == 2
    found = run("adjust", place / "results", "anna", "forward", "5", "--reason", "x")
    assert found.exit_code == 3 and "Nearest: `ana`" in found.stderr


def test_several_assignments_in_one_gradebook_have_to_be_told_apart(tmp_path):
    from dataclasses import replace

    with Gradebook(tmp_path) as book:
        for name in ("hw1", "hw2"):
            book.record(replace(CLASS[0].graded, assignment=name))
    assert "Name one with --assignment: hw1, hw2" in run("history", tmp_path, "ana").stderr
    assert run("history", tmp_path, "ana", "-a", "hw2").exit_code == 0


def test_a_report_has_a_page_for_each_student(place, tmp_path):
    found = run("report", place / "results", "-a", place / "hw1", "--out", tmp_path / "pages")
    assert found.exit_code == 0 and len(list((tmp_path / "pages" / "students").glob("*.html"))) == len(CLASS)


def test_a_report_finds_nobody_alike_by_what_was_handed_out(place, tmp_path):
    from dataclasses import replace

    shutil.copytree(place / "hw1", tmp_path / "hw1")
    code = tuple(
        f"def f{i}(a, b):\n    return [a ** {i} for a in b if a > {i}] + [b, {{a: b}}, a or b]" for i in range(4)
    )
    with Gradebook(tmp_path) as book:
        for one in CLASS[:2]:
            book.record(replace(one.graded, code=code))
    for handed_out, said in ((("x = 1",), "passages these two have almost alone"), (code, "No two are alike enough")):
        (tmp_path / "hw1" / "release" / "hw1.ipynb").write_text(notebook(*handed_out))
        assert run("report", tmp_path, "-a", tmp_path / "hw1").exit_code == 0
        assert said in (tmp_path / "pages" / "hw1" / "index.html").read_text()


def test_grading_that_cannot_begin_says_why_before_anything_is_loaded(place, tmp_path):
    (tmp_path / "empty").mkdir()
    found = run("grade", tmp_path / "empty", "-a", place / "hw1", "-o", tmp_path / "results")
    assert found.exit_code == 3 and "holds no notebook for hw1" in found.stderr and not (tmp_path / "results").exists()


def test_a_student_to_grade_again_has_to_be_there(place, tmp_path):
    (tmp_path / "ana").mkdir()
    (tmp_path / "ana" / "hw1.ipynb").write_text("{}")
    found = run("regrade", tmp_path, "-a", place / "hw1", "-o", tmp_path / "results", "--student", "anna")
    assert found.exit_code == 3 and "no submission is of 'anna'. Nearest: ana." in found.stderr


def test_doctor_looks_at_everything_that_seqkit_asks_for():
    found = {one.what: one for one in look()}
    wanted = {re.match(r"[\w.-]+", line)[0] for line in metadata.requires("seqkit") if "extra" not in line}
    assert wanted <= found.keys() and all(found[name].mark == "✓" for name in wanted)
    assert {"Python", "Chromium", "disk here", "cores", "memory"} < found.keys()
    assert any(name.startswith("sandbox: ") for name in found)
    assert all(one.todo for one in found.values() if one.mark == "✗")


def test_doctor_ends_with_1_where_a_gradebook_does_not_open(tmp_path):
    (tmp_path / "gradebook.sqlite").write_text("no database, but long enough to be looked at as one " * 99)
    found = run("doctor", "--results", tmp_path)
    assert found.exit_code == 1 and re.search(r"✗ gradebook +does not open", found.output)


def told(capsys, voice):
    """What progress says of a small grading."""
    with Progress(voice) as tell:
        tell("sandbox", layers={"landlock": False}, sentence="The sandbox lacks landlock.")
        tell("begin", total=2, skipped=1)
        tell("graded", student="a\x1b[31m", done=2, total=2)
        tell("something new", of="another version")
    return capsys.readouterr()


def test_progress_is_told_in_lines_where_there_is_no_terminal(capsys):
    found = told(capsys, Voice())
    assert not found.out and found.err.startswith("The sandbox lacks landlock.\n1 of 2 were graded before")
    assert re.search(r"^2 of 2 graded, [\d.]+ a second$", found.err, re.MULTILINE)


def test_the_rate_of_a_run_that_goes_on_is_of_what_it_grades_itself():
    with Progress(Voice()) as tell:
        tell("begin", total=400, skipped=300)
        assert tell._line(301, 400, 2.0) == "301 of 400 graded, 0.5 a second, 3 min left"


@pytest.mark.parametrize("way", ["json", "quiet"])
def test_no_progress_but_what_the_sandbox_lacks_with_json_and_quiet(capsys, way):
    voice = Voice()
    setattr(voice, way, True)
    found = told(capsys, voice)
    assert not found.out and "graded," not in found.err and "The sandbox lacks landlock." in found.err


@pytest.mark.skipif(os.name != "posix", reason="a pseudo-terminal is Unix's")
def test_progress_is_a_bar_on_a_terminal_and_names_are_no_markup():
    import pty

    code = "from seqkit.commands.bar import Progress\nfrom seqkit.commands.voice import Voice\n"
    code += "with Progress(Voice()) as tell:\n    tell('graded', student='[red]\\x1b[5mana', done=3, total=3)"
    ours, theirs = pty.openpty()
    subprocess.run(
        [sys.executable, "-c", code], stderr=theirs, check=True, env=os.environ | {"TERM": "xterm", "COLUMNS": "120"}
    )
    os.close(theirs)
    said = os.read(ours, 100_000).decode()
    os.close(ours)
    assert "3/3" in said and "[red]" in said and "\x1b[5m" not in said


@pytest.mark.skipif(os.name != "posix", reason="a broken pipe is Unix's")
def test_a_reader_that_goes_away_is_no_reason_for_words(place):
    command = [sys.executable, "-m", "seqkit", "history", str(place / "results"), "ana"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b"" and process.wait() == 141


def test_the_lab_hands_its_arguments_on_to_jupyterlab():
    found = subprocess.run(
        [sys.executable, "-m", "seqkit", "lab", "--json", "--version"], capture_output=True, text=True
    )
    document, end = json.JSONDecoder().raw_decode(found.stdout)
    assert document["command"][-1].endswith("00_start_here.ipynb") and "--version" in document["command"]
    assert found.returncode == 0 and found.stdout[end:].strip() == metadata.version("jupyterlab")
