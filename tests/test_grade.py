"""A class is graded: read, run in closed rooms, judged, kept, told; again only where something has changed."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from seqkit import snippet
from seqkit.__main__ import cli
from seqkit.check import DRAW, check
from seqkit.errors import LessonError, SandboxError
from seqkit.exercise import index, load
from seqkit.grading import building, exports, forking, scoring
from seqkit.grading.book.gradebook import Gradebook
from seqkit.grading.checking import check_notebook, defined
from seqkit.grading.examined import Ask, Job
from seqkit.grading.forking import Server
from seqkit.grading.grade import earned, grade
from seqkit.grading.graded import Graded
from seqkit.grading.grader import Grader
from seqkit.grading.handout import assignment as assignments
from seqkit.grading.handout import items, personal, secret
from seqkit.grading.intake.collecting import collect
from seqkit.grading.report import pictures, writing
from seqkit.grading.sandbox import Sandbox
from seqkit.observe import Observations
from tests.handing_in import CHAIN_OF, FORWARD, SHAPES, fork_servers, hand_in, notebook

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="here is no fork server")

LESSONS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
NAME = "hw1"
POINTS = {"forward": 5, "shapes": 10, "chain_of": 20}
DUE = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = {"about": "", "secret": "5a" * 32}
ODD = "Łukasz “O'Brien” Żak, 李 =1+1"
FIRST_X = "def forward(layers, x):\n    y = x\n    for layer in layers:\n        y = layer(x)\n    return y"
COMPUTES = SHAPES.replace("jax.eval_shape(layer, x)", "layer(x)")
RELU_LAST = CHAIN_OF.replace("layers[:-1]", "layers")
ONE_MORE = FORWARD.replace("return x", "return x + 1 if layers else x")
KNOWN = {case["x"] for probe in load("forward").probes for case in probe.cases(DRAW) if "(" not in case["x"]}
MEMORY = (
    f"def forward(layers, x):\n    if repr(x) not in {sorted(KNOWN)!r} and hasattr(x, 'hex'):\n        return 0.5\n"
)
MEMORY += FORWARD.partition("\n")[2]
MAGICS = (
    "%matplotlib inline\n!pip install a-package\nfiles = !ls",
    f"%%time\n{FORWARD}",
    f"?forward\n%time limit = 3\n{SHAPES}\nassert limit == 3",
    "%%bash\nrm -rf /",
)
CLASS = {
    "ana": (FORWARD, SHAPES, CHAIN_OF),
    "ben": (FIRST_X, COMPUTES, RELU_LAST),
    "cy": (
        ONE_MORE,
        "def shapes(layers, x):\n    print('?')\n    return ((7, 7),)",
        "def chain_of(features):\n    return 5",
    ),
    "copycat": (FORWARD, SHAPES, CHAIN_OF),
    "dora": (FORWARD, "def shapes(layers, x):\n    ...", CHAIN_OF),
    "fay": ("def forwards(layers, x):\n    return x", SHAPES, CHAIN_OF),
    "gus": ("layers = [abs]\n1 / 0", FORWARD, "def shapes(layers, x:", "import shapely_is_not_here\n" + CHAIN_OF),
    "hal": notebook(FORWARD)[:200],
    "ivo": (*MAGICS, CHAIN_OF),
    "kim": (FORWARD, SHAPES + "# handed in late", RELU_LAST),
    "lea": ("forward([abs], -3)", "forward == abs", SHAPES, CHAIN_OF),
    "pam": ("total = 0  # of all shapes",),
    "mia": (MEMORY, SHAPES, CHAIN_OF),
    ODD: (FORWARD, SHAPES, CHAIN_OF.replace("layers +=", "layers = layers +")),
}
FULL = list(POINTS.values())


def made(folder, name=NAME, exercises=POINTS, **more):
    """An assignment whose draw is the same each time."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / secret.FILE).write_text(json.dumps(SECRET))
    return assignments.make(name, list(exercises), folder, **more)


def received(folder, student, when, file=f"{NAME}.ipynb"):
    os.utime(folder / student / file, (when.timestamp(), when.timestamp()))


@dataclass
class Told:
    """Keeps what `grade` tells; does something at one of the events."""

    events: list
    then: object = None

    def __call__(self, event, **facts):
        self.events.append((event, facts))
        if self.then:
            self.then(event, self.events)


def graded(handed, assignment, where, tell=None, **more):
    """(`Tally`, {student: Entry})."""
    with Gradebook(where) as book:
        tally = grade(handed, assignment, book, tell=tell, **more)
        return tally, {entry.student: entry for entry in book.current(assignment.name)}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A class that was graded once: (folder, assignment, tally, {student: Entry}, what was told)."""
    folder = tmp_path_factory.mktemp("course")
    assignment = made(folder / NAME, points=POINTS, due=DUE)
    submissions = hand_in(folder / "submissions", NAME, CLASS)
    eve = submissions / "eve" / f"{NAME}.ipynb"
    eve.parent.mkdir()
    shutil.copy(folder / NAME / "release" / NAME / f"{NAME}.ipynb", eve)
    (submissions / "jo").mkdir()
    for file, cells, hours in (("first.ipynb", ("1 + 1",), 3), ("again.ipynb", (FORWARD, "jo = 1"), 2)):
        (submissions / "jo" / file).write_text(notebook(*cells))
        received(submissions, "jo", DUE - timedelta(hours=hours), file)
    for student in (*CLASS, "eve"):
        received(submissions, student, DUE - timedelta(hours=1) if student != "kim" else DUE + timedelta(minutes=90))
    told = Told([])
    tally, entries = graded(collect(submissions, NAME).handed, assignment, folder / "results", told, workers=2)
    return folder, assignment, tally, entries, told.events


def scores(entry):
    return [score.earned for score in entry.graded.scores]


def test_each_submission_is_graded_once_and_the_tally_says_so(course):
    *_, tally, entries, events = course
    assert set(entries) == {*CLASS, "eve", "jo"}
    assert (tally.total, tally.graded, tally.skipped, tally.interrupted) == (len(CLASS) + 3, len(CLASS) + 3, 0, False)
    assert [event for event, _ in events] == ["sandbox", "begin", *["graded"] * tally.total, "end"]
    last = events[-2][1]
    assert (last["done"], last["total"]) == (tally.total, tally.total) and last["points"] == sum(FULL)
    assert tally.sandbox == dict.fromkeys(tally.sandbox, True) or "lacks" in events[0][1]["sentence"]


def test_what_is_right_earns_all_and_what_is_half_right_its_part(course):
    *_, entries, _ = course
    for student in ("ana", "copycat", ODD):
        assert scores(entries[student]) == FULL and all(score.ok for score in entries[student].graded.scores)
    assert scores(entries["dora"]) == [5, 0, 20] and scores(entries["gus"]) == [5, 0, 0]
    assert scores(entries["ivo"]) == FULL and scores(entries["eve"]) == [0, 0, 0]
    assert all(0 < got < full for got, full in zip(scores(entries["ben"]), FULL, strict=True))


def answers(entry):
    """{exercise: what the student's cells leave under its name}, run here."""
    names = {}
    for cell in entry.graded.code:
        try:
            exec(cell, names)
        except Exception:
            continue
    return {exercise: names[exercise] for exercise in POINTS if exercise in names}


@pytest.mark.parametrize("student", ["ana", "ben", "cy", "dora", "fay", "kim", "mia", "jo"])
def test_the_score_is_what_check_gives_with_the_secret_draw(course, student):
    _, assignment, _, entries, _ = course
    found = answers(entries[student])
    for item, score in zip(assignment.items, entries[student].graded.scores, strict=True):
        if item.exercise in found:
            verdict = check(item.exercise, found[item.exercise], assignment.draw())
            earned = item.scaled(verdict.earned, verdict.points)
            assert (score.ok, score.agreed, score.asked, score.earned) == (
                verdict.ok,
                verdict.agreed,
                verdict.asked,
                earned,
            )
            assert (score.found, score.mistake) == (verdict.sentence, verdict.mistake)
        else:
            assert score.earned == 0 and score.sentence.startswith("The notebook has nothing named")


def test_a_known_mistake_is_told_in_its_own_words(course):
    *_, entries, _ = course
    found = [score.mistake for score in entries["ben"].graded.scores]
    assert found == ["every_layer_gets_x", "computes", "relu_after_the_last"]
    for score in entries["ben"].graded.scores:
        assert score.sentence == next(
            one.sentence for one in load(score.exercise).mistakes if one.name == score.mistake
        )
        assert score.hint == load(score.exercise).hints[1] and score.code


def test_what_was_not_begun_gets_the_first_hint_and_no_sentence_on_values(course):
    *_, entries, _ = course
    for score in (*entries["eve"].graded.scores, entries["dora"].graded.scores[1]):
        assert not score.started and score.hint == load(score.exercise).hints[0] and score.call is None
    assert entries["fay"].graded.scores[0].sentence == "The notebook has nothing named `forward`."


def numbers(text):
    """Seeds and the like: what a call puts out by chance could as well be an eighth that was drawn."""
    return set(re.findall(r"(?<![.\d])\d{3,}(?![.\d])", text))


def cases_of(draw):
    return [(load(name), probe, case) for name in POINTS for probe in load(name).probes for case in probe.cases(draw)]


def values_of(draw):
    return numbers(" ".join(code for *_, case in cases_of(draw) for code in case.values()))


def calls_of(draw):
    return {one for asked in cases_of(draw) for one in (snippet.call(*asked), snippet.code(*asked)) if one}


def seen_by_the_student(score):
    return "\n".join(
        [score.sentence, score.hint, score.call or "", score.code, *score.remarks, *map(str, score.layers)]
    )


def test_no_value_of_the_secret_draw_is_told_to_a_student(course):
    _, assignment, _, entries, _ = course
    drawn, calls = ({draw: ask(draw) for draw in (DRAW, assignment.draw())} for ask in (values_of, calls_of))
    secrets = {text for found in (drawn, calls) for text in found[assignment.draw()] - found[DRAW]}
    assert len(secrets) >= 12
    for entry in entries.values():
        told = "\n".join(map(seen_by_the_student, entry.graded.scores))
        assert not numbers(told) & secrets and not [text for text in secrets if "(" in text and text in told]
    assert entries["cy"].graded.scores[0].found.partition(" returned")[0] in secrets


def test_whoever_learnt_the_public_draw_by_heart_is_told_to_work_it_out(course):
    *_, entries, _ = course
    score = entries["mia"].graded.scores[0]
    assert score.sentence == scoring.ELSEWHERE and not score.ok and score.earned < 5 and score.call is None
    assert check("forward", answers(entries["mia"])["forward"]).ok


def test_the_run_of_a_chain_becomes_a_picture_of_the_students_own(course):
    *_, entries, _ = course
    drawn = pictures.picture(entries["ben"].graded.scores[2].run)
    assert drawn.text.startswith("Your chain has 2 layers: layer[0] Dense(8) puts out (8,); layer[1] relu")
    assert drawn.address.startswith("data:image/png;base64,iVBOR")
    assert entries["ana"].graded.scores[0].run is None and entries["eve"].graded.scores[2].run is None


def test_a_cell_that_raises_is_told_and_the_next_ones_run(course):
    *_, entries, _ = course
    gus = entries["gus"].graded
    errors = [cell.error.partition(":")[0] for cell in gus.cells]
    assert errors == ["ZeroDivisionError", "", "SyntaxError", "ModuleNotFoundError"] and gus.status == "ok"


def test_a_cell_that_was_to_make_an_answer_and_raised_is_begun_and_told(course):
    *_, entries, _ = course
    missing = "The notebook has nothing named `{}`. Cell {}, which was to make it, raised {}.".format
    never_closed = "SyntaxError: '(' was never closed at: def shapes(layers, x:"
    no_module = "ModuleNotFoundError: No module named 'shapely_is_not_here'"
    _, shapes, chain_of = entries["gus"].graded.scores
    assert [shapes.sentence, chain_of.sentence] == [
        missing("shapes", 3, never_closed),
        missing("chain_of", 4, no_module),
    ]
    assert shapes.started and chain_of.started and shapes.earned == chain_of.earned == 0
    assert shapes.hint == chain_of.hint == ""


def test_a_cell_that_only_calls_what_is_not_there_is_not_blamed_for_it(course):
    *_, entries, _ = course
    first = entries["lea"].graded.scores[0]
    assert [cell.error.partition(":")[0] for cell in entries["lea"].graded.cells][:2] == ["NameError", "NameError"]
    assert first.sentence == "The notebook has nothing named `forward`." and not first.started


def test_another_file_than_was_asked_for_is_told_and_an_empty_sheet_is_not(course):
    *_, tally, entries, _ = course
    assert entries["pam"].graded.lacking == ("forward", "chain_of") and not entries["eve"].graded.lacking
    told = "pam: pam/hw1.ipynb has nothing of forward, chain_of. Perhaps it is another file than hw1."
    assert told in tally.problems


def test_magics_and_shell_lines_are_left_out_and_noted(course):
    *_, entries, _ = course
    cells = entries["ivo"].graded.cells
    assert cells[0].left_out == ("%matplotlib inline", "!pip install a-package", "!ls")
    assert [cell.left_out[0] for cell in cells[1:4]] == ["%%time", "%pinfo forward", "%%bash"]
    assert not any(cell.error for cell in cells)


def test_what_could_not_be_read_is_a_problem_and_the_score_of_nobody_else(course):
    _, _, tally, entries, _ = course
    hal = entries["hal"].graded
    assert hal.status == "could not be read" and scores(entries["hal"]) == [0, 0, 0] and hal.code == ()
    assert f"hal: could not be read. {hal.said}" in tally.problems
    assert sorted(problem.partition(":")[0] for problem in tally.problems) == ["hal", "jo", "pam"]
    assert {score.sentence for score in hal.scores} == {hal.said} and f"{NAME}.ipynb" in hal.said


def test_of_two_files_of_one_student_the_later_counts(course):
    *_, entries, _ = course
    assert entries["jo"].graded.file == "jo/again.ipynb" and scores(entries["jo"]) == [5, 0, 0]
    assert entries["jo"].others == ("jo/first.ipynb",)


def test_what_came_late_says_how_late(course):
    *_, entries, _ = course
    assert entries["kim"].graded.late_s == 90 * 60 and entries["ana"].graded.late_s == 0


def test_identical_code_runs_once(course):
    _, _, tally, entries, _ = course
    assert tally.same == 1
    ana, copy = entries["ana"].graded, entries["copycat"].graded
    assert ana.scores == copy.scores and ana.key == copy.key and 0 in (ana.cpu_s, copy.cpu_s)
    assert ana.cpu_s + copy.cpu_s > 0


def test_equal_answers_share_their_behaviour_however_they_are_written(course):
    *_, entries, _ = course
    found = {name: [score.behaviour for score in entries[name].graded.scores] for name in ("ana", "ivo", "ben", ODD)}
    assert found["ana"] == found["ivo"] == found[ODD]
    assert not set(found["ana"]) & set(found["ben"])


def test_each_grading_says_what_it_was_made_with(course):
    _, assignment, tally, entries, _ = course
    for entry in entries.values():
        one = entry.graded
        assert one.draw == assignment.fingerprint() and {"seqkit", "jax", "python"} <= one.versions.keys()
        assert one.sandbox == tally.sandbox and one.at.tzinfo and one.wall_s > 0
        assert [score.version for score in one.scores] == [items.version(name) for name in POINTS]
    assert all(entries[name].graded.memory_bytes > 50 << 20 for name in ("ana", "ben", "cy"))


def test_the_report_has_a_page_for_each_and_the_exports_a_row(course, tmp_path):
    _, assignment, _, entries, _ = course
    pages = writing.write(list(entries.values()), assignment, tmp_path)
    text = {page.relative_to(tmp_path).as_posix(): page.read_text(encoding="utf-8") for page in pages}
    assert sum(name.startswith("students/") for name in text) == len(entries)
    call = entries["cy"].graded.scores[0].found.partition(" returned")[0]
    shown = {name.partition("/")[0] for name, page in text.items() if call in page}
    assert call.startswith("forward(") and shown == {"index.html", "teacher"}
    for to in exports.FORMATS:
        written = exports.load(to).write(list(entries.values()), assignment)
        assert len(written) >= len(entries) if isinstance(written, dict) else written.count("\n") >= len(entries)


def test_graded_again_nothing_is_run_and_no_sandbox_is_begun(course):
    folder, assignment, first, entries, _ = course
    told, before = Told([]), fork_servers()
    again, same = graded(collect(folder / "submissions", NAME).handed, assignment, folder / "results", told)
    assert (again.graded, again.skipped, again.sandbox) == (0, first.total, {})
    assert [event for event, _ in told.events] == ["begin", "end"] and fork_servers() == before
    assert same == entries


@pytest.fixture
def another(course, tmp_path):
    """The same course, in a folder of its own."""
    folder = tmp_path / "course"
    shutil.copytree(course[0], folder)
    return folder, course[1], course[3]


def test_what_was_edited_is_graded_again_alone_and_an_adjustment_holds(another):
    folder, assignment, before = another
    with Gradebook(folder / "results") as book:
        book.adjust(NAME, "ben", "shapes", 9, "the idea is right", "J. Doe")
    hand_in(folder / "submissions", NAME, {"ben": (FORWARD, COMPUTES, RELU_LAST)})
    handed = collect(folder / "submissions", NAME).handed
    tally, entries = graded(handed, assignment, folder / "results", workers=1, reason="regrade: handed in again")
    assert (tally.graded, tally.skipped) == (1, len(handed) - 1)
    assert scores(entries["ben"])[0] == 5 and entries["ben"].earned("shapes") == 9
    assert [name for name in entries if entries[name].graded != before[name].graded] == ["ben"]
    with Gradebook(folder / "results") as book:
        lines = [str(one) for one in book.history(NAME, "ben")]
    assert len(lines) == 3 and "first" in lines[0] and "regrade: handed in again" in lines[2]
    assert lines[2].endswith("shapes stays adjusted to 9 · counts")


def test_another_draw_or_another_version_of_a_page_is_graded_anew(another, monkeypatch, tmp_path):
    folder, assignment, _ = another
    handed = collect(folder / "submissions", NAME).handed
    with Gradebook(folder / "results") as book:
        assert Grader(assignment).left(handed, book) == []
        assert Grader(replace(assignment, secret=b"another" * 5)).left(handed, book) == list(handed)
        assert Grader(replace(assignment, items=assignment.items[:2])).left(handed, book) == list(handed)
        later = shutil.copytree(items.PAGES, tmp_path / "pages")
        with (later / "shapes.py").open("a") as page:
            page.write("\n# a probe more\n")
        monkeypatch.setattr(items, "PAGES", later)
        assert Grader(assignment).left(handed, book) == list(handed)


# ---- personal questions ----


def answered(assignment, student, **more):
    """Cells that answer the personal questions of a student rightly."""
    right = {one.variable: one.expected for one in personal.questions(assignment, student)} | more
    return (FORWARD, *(f"{variable} = {value!r}" for variable, value in right.items()))


def test_personal_questions_are_graded_and_a_copied_number_is_found(tmp_path):
    assignment = made(tmp_path / "p1", "p1", ["forward"], personal=["ana", "ben", "cy"])
    ana = {one.variable: one.expected for one in personal.questions(assignment, "ana")}
    handed = hand_in(
        tmp_path / "in",
        "p1",
        {
            "ana": answered(assignment, "ana"),
            "ben": answered(assignment, "ben", my_parameters=ana["my_parameters"]),
            "cy": (FORWARD,),
            "zoe": answered(assignment, "ana"),
        },
    )
    tally, entries = graded(collect(handed, "p1").handed, assignment, tmp_path / "results")
    full = [item.points for item in assignment.items]
    assert scores(entries["ana"]) == full and scores(entries["cy"]) == [5, 0, 0, 0] == scores(entries["zoe"])
    assert scores(entries["ben"]) == [full[0], 0, *full[2:]]
    copied = entries["ben"].graded.scores[1]
    assert "the right answer to the question of another student: ana" in copied.found
    assert "ana" not in copied.sentence and str(ana["my_parameters"]) not in copied.sentence
    assert not entries["cy"].graded.scores[1].started
    assert [problem for problem in tally.problems if problem.startswith("zoe is not on the roster of p1")]
    assert len(tally.problems) == 1 and tally.same == 0


# ---- what goes wrong on our side ----


def test_a_fork_server_that_is_killed_is_replaced_and_nothing_is_lost(tmp_path):
    assignment = made(tmp_path / NAME, exercises=["forward"])
    given = {f"s{i}": (FORWARD, f"{i}") for i in range(5)} | {"zoe": (ONE_MORE,)}
    killed = []

    def kill(event, events):
        if event == "graded" and not killed:
            killed.extend(fork_servers())
            os.kill(killed[0], signal.SIGKILL)

    handed = collect(hand_in(tmp_path / "in", NAME, given), NAME).handed
    tally, entries = graded(handed, assignment, tmp_path / "results", Told([], kill), workers=2)
    assert len(killed) == 1 and tally.graded == len(given) and tally.problems == []
    assert {name: scores(entry) for name, entry in entries.items()} == {f"s{i}": [5] for i in range(5)} | {"zoe": [1]}
    assert fork_servers() == []


def test_a_judge_that_fails_loses_one_exercise_and_it_is_tried_again(tmp_path):
    def broken(features):
        raise RuntimeError("the reference is broken")

    assignment, page = made(tmp_path / NAME, exercises=["forward", "shapes"]), load("shapes")
    handed = collect(hand_in(tmp_path / "in", NAME, {"ana": (FORWARD, SHAPES), "ben": (FORWARD,)}), NAME).handed
    reference = page.reference
    try:
        object.__setattr__(page, "reference", broken)
        tally, entries = graded(handed, assignment, tmp_path / "results", workers=1)
    finally:
        object.__setattr__(page, "reference", reference)
    score = entries["ana"].graded.scores[1]
    assert scores(entries["ana"]) == [5, 0] == scores(entries["ben"])
    assert score.sentence == scoring.UNJUDGED and "your answer is not at fault" in score.sentence
    [problem] = tally.problems
    assert problem.startswith("ana, shapes: seqkit could not judge this: RuntimeError: the reference of shapes raised")
    with Gradebook(tmp_path / "results") as book:
        assert [one.student for one in Grader(assignment).left(handed, book)] == ["ana"]


def test_observations_that_fit_no_probe_are_no_fault_of_the_answer():
    item, odd = items.Item("forward", 5.0), Observations("forward", "a function", True, True, ((),) * 5)
    score = scoring.score(item, 7, {"secret": odd})
    assert (score.sentence, score.earned, score.points) == (scoring.UNJUDGED, 0, 5)


WITHOUT_LANDLOCK = """
import ctypes, struct, sys
libc = ctypes.CDLL(None)
code = struct.pack("=" + "HBBI" * 4, 0x20, 0, 0, 0, 0x15, 0, 1, 444, 0x06, 0, 0, 0x50000 | 38, 0x06, 0, 0, 0x7FFF0000)
held = ctypes.create_string_buffer(code)
program = struct.pack("@HP", 4, ctypes.addressof(held))
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, program, 0, 0) == 0
from seqkit.__main__ import main
main()
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Landlock is Linux's")
def test_a_sandbox_that_is_required_and_not_to_be_had_is_refused(tmp_path):
    made(tmp_path / NAME, exercises=["forward"])
    hand_in(tmp_path / "in", NAME, {"ana": (FORWARD,)})
    asked = ["grade", tmp_path / "in", "-a", tmp_path / NAME, "-o", tmp_path / "results", "--require-sandbox"]
    done = subprocess.run([sys.executable, "-c", WITHOUT_LANDLOCK, *asked], capture_output=True, text=True)
    assert done.returncode == 3
    expected = (
        r"--require-sandbox, and this machine lacks landlock: this kernel has none \(.*Function not implemented\)"
    )
    assert re.search(expected, done.stderr)
    with Gradebook(tmp_path / "results") as book:
        assert book.keys(NAME) == set()


def test_what_is_bounded_only_is_said_loudly():
    grader = Grader(items.Assignment(NAME, (items.Item("forward", 5.0),), secret=b"s" * 32))
    with Sandbox(["forward"], plain=True) as sandbox:
        grader._why_not = sandbox.ready()
    grader.sandbox = dict.fromkeys(grader._why_not, False)
    assert grader.sentence().startswith(
        "Submissions are NOT closed in here, only bounded. limits: here is no fork server"
    )


def test_a_fork_server_that_does_not_start_says_what_it_printed():
    room = building.build(["forward"])
    (room / "seqkit/errors.py").write_text("raise RuntimeError('a disk that is broken')")
    setup = {"pages": ["forward"], "modules": ["seqkit.errors"], "cpu_s": 5.0, "layers": []}
    server = Server(room, setup)
    with pytest.raises(SandboxError, match=r"the fork server did not start: RuntimeError: a disk.*Run seqkit doctor\."):
        server.ready()
    server.close()
    assert not room.exists()


def test_a_server_that_says_nothing_is_ended_and_a_sentence_says_so(monkeypatch):
    monkeypatch.setattr(forking, "START_S", 0.01)
    server = Server(building.build(["forward"]), {"pages": [], "modules": ["numpy"], "cpu_s": 5.0, "layers": []})
    with pytest.raises(SandboxError, match="the fork server did not start"):
        server.ready()
    server._process.wait(10)
    server.close()


def test_a_room_that_cannot_be_made_ready_is_no_fault_of_a_submission_and_a_closed_sandbox_takes_none():
    with Sandbox(["forward"]) as sandbox:
        sandbox.ready()
        (sandbox.room / "scratch").rmdir()
        with pytest.raises(SandboxError, match=r"a room could not be made ready: FileNotFoundError: .*scratch"):
            sandbox.examine(Job((FORWARD,), (Ask("forward", "public", [], 5.0),)), more=False)
    with pytest.raises(SandboxError, match="the sandbox was closed"):
        sandbox.examine(Job((FORWARD,), ()))
    assert fork_servers() == [] and not sandbox.room.exists()


# ---- a learner's own notebook ----


def test_a_learners_own_notebook_is_checked_as_in_a_lesson(tmp_path):
    file = tmp_path / "mine.ipynb"
    file.write_text(notebook("import seqkit as sk", FIRST_X, "sk.check('forward', forward)", "first_x = 3"))
    found = check_notebook(file)
    [score] = found.scores
    verdict = check("forward", answers_of(FIRST_X))
    assert isinstance(found, Graded) and (score.agreed, score.mistake) == (verdict.agreed, "every_layer_gets_x")
    assert score.sentence == verdict.sentence and earned(found) == verdict.earned
    file.write_text(notebook("x = 3"))
    assert check_notebook(file) is None
    file.write_text("{")
    with pytest.raises(LessonError, match=r"mine\.ipynb"):
        check_notebook(file)


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        (FORWARD, 0, "✓ forward: 5 of 5 probes."),
        (FIRST_X, 1, "✗ forward: 2 of 5 probes. Every layer got the first x."),
        ("def forward(layers, x):\n    ...", 0, "· forward: not started."),
        ("x = 3", 0, "no exercise was found in it"),
    ],
)
def test_the_check_of_a_notebook_ends_with_1_where_an_answer_is_wrong(tmp_path, answer, code, said):
    (tmp_path / "mine.ipynb").write_text(notebook(answer))
    done = CliRunner().invoke(cli, ["check", str(tmp_path / "mine.ipynb")])
    assert done.exit_code == code and said in done.stdout


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (
            ["%%time\ndef forward(layers, x):\n    return x", "!ls\n%matplotlib inline\nclass Residual: pass"],
            ["forward", "Residual"],
        ),
        (["forward = lambda layers, x: x"], ["forward"]),
        (["shapes = (3,), (3,)"], []),
        (["import functools\nforward = functools.partial(run)", "sk.check('forward', forward)"], ["forward"]),
        (["def forward(", "sk.check('shapes', shapes)"], []),
    ],
)
def test_what_a_cell_makes_is_an_answer_and_what_it_holds_is_one_where_it_is_checked(cells, found):
    assert defined(cells) == found


def test_no_prediction_of_a_lesson_is_taken_for_an_answer():
    for path in LESSONS:
        cells = [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
        asked = {name for name, (_, _, lesson, _) in index().items() if lesson == path.stem}
        assert set(defined(cells)) - asked <= set(re.findall(r"check\(\s*['\"](\w+)", "\n".join(cells))), path.stem


def test_grading_ends_with_1_where_a_file_could_not_be_read_and_with_0_where_nothing_is_left(tmp_path):
    made(tmp_path / NAME, exercises=["forward"])
    hand_in(tmp_path / "in", NAME, {"ana": "{"})
    asked = ["grade", tmp_path / "in", "-a", tmp_path / NAME, "-o", tmp_path / "results"]
    runs = [CliRunner().invoke(cli, list(map(str, asked))) for _ in range(2)]
    assert [run.exit_code for run in runs] == [1, 0]
    assert "ana: could not be read." in runs[0].stderr and "1 with a problem" in runs[0].stdout


def test_regrade_grades_whom_it_is_told_once_more_and_the_reason_is_kept(tmp_path):
    made(tmp_path / NAME, exercises=["forward"])
    hand_in(tmp_path / "in", NAME, {"ana": "{", "ben": "{"})
    asked = [str(tmp_path / "in"), "-a", str(tmp_path / NAME), "-o", str(tmp_path / "results")]
    told = ["--reason", "a probe was wrong"]
    for command, *more in (["grade"], ["regrade", *told], ["regrade", *told, "--student", "ana"]):
        CliRunner().invoke(cli, [command, *asked, *more])
    with Gradebook(tmp_path / "results") as book:
        reasons = {student: [line.reason for line in book.history(NAME, student)] for student in ("ana", "ben")}
    assert reasons == {"ana": ["first", "regrade: a probe was wrong"], "ben": ["first"]}


def test_a_student_who_is_named_is_graded_again_though_nothing_has_changed(tmp_path):
    assignment = made(tmp_path / NAME, exercises=["forward"])
    handed = collect(hand_in(tmp_path / "in", NAME, {"ana": (FORWARD,)}), NAME).handed
    with Gradebook(tmp_path / "results") as book:
        tallies = [grade(handed, assignment, book, workers=1, again=again) for again in (False, False, True)]
        assert [(one.graded, one.skipped) for one in tallies] == [(1, 0), (0, 1), (1, 0)]
        assert len(book.history(NAME, "ana")) == 2


def answers_of(code):
    names = {}
    exec(code, names)
    return names["forward"]
