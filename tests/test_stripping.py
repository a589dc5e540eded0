"""What stands of an exercise in the sandbox: its probes, which see what they see outside; no answer, no mistake, no words."""

import ast
import functools
import os
import shutil
import subprocess
import sys

import pytest

from seqkit import snippet
from seqkit.compare import same
from seqkit.exercise import PAGES, index, load, names
from seqkit.grading import building
from seqkit.grading.stripping import stripped
from seqkit.grading.wire import pack, unpack
from seqkit.observe import observe

DRAW = 7
TRAINS = ("make_train_step", "fit_digits")
"""Their references train for seconds, here and in the room."""
OBSERVED = [name for name in names() if name not in TRAINS]
ROOM = """
import sys
sys.path.insert(0, sys.argv[1])
import importlib
from seqkit.grading.wire import pack, unpack
from seqkit.observe import observe_cases

out = sys.stdout.buffer
for name, file, source, cases in unpack(sys.stdin.buffer.read()):
    page = importlib.import_module(f"seqkit.exercises.{file}").page
    learner = {"__name__": "__main__"}
    exec(compile(source, "<cell 1>", "exec"), learner)
    seen = pack(observe_cases(page, learner[name], cases, 60.0))
    out.write(len(seen).to_bytes(4, "big") + seen)
"""
every_page = pytest.mark.parametrize("name", names())


def source(name):
    return (PAGES / f"{index()[name].file}.py").read_text(encoding="utf-8")


def code(function_or_text):
    """Without layout and comments, so that a line is found however it is written."""
    return ast.unparse(ast.parse(function_or_text))


@functools.cache
def kept(name):
    """The stripped page, and the same without layout."""
    return stripped(source(name)), code(stripped(source(name)))


def long_lines(text):
    return {line.strip() for line in text.splitlines() if len(line.strip()) > 30}


@functools.cache
def parts(name):
    """({name: source} of the reference and the mistakes, {name: source} of everything else on a page)."""
    cut, rest = {}, {}
    for node in ast.parse(source(name)).body:
        marks = [ast.unparse(mark) for mark in getattr(node, "decorator_list", [])]
        where = cut if any(mark.startswith(("page.answer", "page.mistake")) for mark in marks) else rest
        where[getattr(node, "name", f"line {node.lineno}")] = ast.unparse(node)
    return cut, rest


@pytest.fixture(scope="module")
def room():
    made = building.build(names())
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def texts(room):
    """{file: text} of everything in the room."""
    return {str(file.relative_to(room)): file.read_text() for file in room.rglob("*") if file.is_file()}


@every_page
def test_no_word_of_the_page_is_left(name):
    page, text = load(name), kept(name)[0]
    words = [page.statement, *page.hints, *(mistake.sentence for mistake in page.mistakes)]
    words += [probe.why for probe in page.probes]
    assert not [each for each in words if each in text]


@every_page
def test_no_mistake_is_left_and_no_reference(name):
    defined = {getattr(node, "name", None) for node in ast.walk(ast.parse(kept(name)[0]))}
    assert not defined & parts(name)[0].keys()
    assert not {mistake.name for mistake in load(name).mistakes} & defined


@every_page
def test_no_line_of_an_answer_is_left_that_no_probe_has(name):
    cut, rest = parts(name)
    secret = set().union(*map(long_lines, cut.values())) - set().union(*map(long_lines, rest.values()))
    assert not [line for line in secret if line in kept(name)[1]]


@every_page
def test_everything_that_is_left_is_needed_by_a_probe(name):
    text = kept(name)[0]
    assert stripped(text) == text
    assert "oracle" not in text and "page.answer" not in text and "page.mistake" not in text


def test_no_other_file_of_the_room_has_a_line_of_a_reference(texts):
    """But for heads of functions and the like, and what a style says as well: `styles/*` are what the lessons show."""
    lines = {file: long_lines(code(text)) for file, text in texts.items() if not file.startswith("seqkit/styles/")}
    for name in names():
        cut, rest = parts(name)
        secret = long_lines(cut[load(name).reference.__name__]) - set().union(*map(long_lines, rest.values()))
        secret = {line for line in secret if not line.endswith(":")}
        assert not [(file, secret & there) for file, there in lines.items() if secret & there], name


def test_no_file_of_the_room_names_a_mistake_or_says_its_sentence(texts):
    whole = "\n".join(texts.values())
    for name in names():
        assert not [mistake.name for mistake in load(name).mistakes if mistake.sentence in whole]


def test_the_room_holds_what_observes_and_nothing_that_judges(texts):
    held = {file.removeprefix("seqkit/") for file in texts}
    rest = {file for file in held if not file.startswith(("styles/", "probing/", "exercises/", "grading/room/"))}
    assert rest - {"start.py", "owner"} == {"__init__.py", *building.SINGLE, *(f"{room}.py" for room in building.ROOMS)}
    judging = {
        "judge",
        "check",
        "snippet",
        "alignment",
        "lines",
        "lesson",
        "progress",
        "hints",
        "scoring",
        "stripping",
        "grade",
    }
    assert not judging & {file.rpartition("/")[2].removesuffix(".py") for file in held}


def test_the_room_imports_nothing_that_is_not_in_it(texts):
    there = {file.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for file in texts}
    for file, text in texts.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and node.module.startswith("seqkit"):
                assert {node.module, f"{node.module}.{node.names[0].name}"} & there, f"{file} imports {node.module}"


def test_a_room_holds_the_pages_that_are_asked_and_no_other():
    made = building.build(["forward"])
    try:
        assert {file.name for file in (made / "seqkit/exercises").iterdir()} == {"__init__.py", "forward.py"}
    finally:
        shutil.rmtree(made)


@pytest.fixture(scope="module")
def seen(room):
    """{exercise: what a stripped page sees of the reference}, handed in as a student would: as text."""
    asked = [
        [name, index()[name].file, snippet.reference(page), [probe.cases(DRAW) for probe in page.probes]]
        for name, page in ((name, load(name)) for name in OBSERVED)
    ]
    command = [sys.executable, "-I", "-B", "-c", ROOM, str(room)]
    done = subprocess.run(command, input=pack(asked), capture_output=True, env=os.environ, cwd=room / "scratch")
    assert not done.returncode, done.stderr[-1000:]
    left, found = done.stdout, {}
    for name in OBSERVED:
        size = int.from_bytes(left[:4], "big")
        found[name], left = unpack(left[4 : 4 + size]), left[4 + size :]
    assert not left
    return found


@pytest.mark.parametrize("name", OBSERVED)
def test_a_stripped_page_sees_what_the_whole_page_sees(name, seen):
    whole = observe(load(name), load(name).reference, DRAW)
    assert (seen[name].exercise, seen[name].started, seen[name].callable) == (name, True, True)
    for one, other in zip(seen[name].probes, whole.probes, strict=True):
        assert all(same(a.value, b.value, exact=True) for a, b in zip(one, other, strict=True))
        assert [(a.printed, a.changed) for a in one] == [(b.printed, b.changed) for b in other]
