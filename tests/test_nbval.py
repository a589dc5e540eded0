"""What `make nbval` runs finds a lesson that shows something else than was saved, and an answer that its check refuses."""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from seqkit import lesson, snippet
from seqkit.exercise import load
from tests import solve_notebooks

ROOT = Path(__file__).resolve().parent.parent
OPTIONS = re.search(r"^NBVAL := .* \$\(TWO_AT_ONCE\) (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1].split()
STARTER, REFERENCE = (make(load("forward")) for make in (snippet.starter, snippet.reference))


def code(name, source, shown=None, **more):
    return new_code_cell(source, id=name, outputs=[shown] if shown else [], execution_count=1, **more)


def printed(text):
    return new_output("stream", text=text)


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    """The folder of the solved copies of two notebooks, one of which asks nothing; there was an older copy."""
    source, target = tmp_path_factory.mktemp("notebooks"), tmp_path_factory.mktemp("solved")
    shown = new_output("execute_result", {"text/plain": "· forward: not started."}, execution_count=1)
    asking = [
        code("imports", "import seqkit as sk"),
        code("answer", STARTER, metadata={"tags": ["exercise:forward"]}),
        code("check", 'sk.check("forward", forward)', shown),
    ]
    nbformat.write(new_notebook(cells=asking), source / "01_asks.ipynb")
    nbformat.write(new_notebook(cells=[code("one", "1")]), source / "02_asks_nothing.ipynb")
    (target / "99_gone.ipynb").write_text("{}")
    solve_notebooks.main(source, target)
    return target


def test_the_solved_copies_are_of_the_lessons_that_ask_and_hold_answers_that_are_right(solved):
    assert [path.name for path in solved.iterdir()] == ["01_asks.ipynb"]
    _, answer, check = lesson.read(solved / "01_asks.ipynb").cells
    assert answer.source == REFERENCE
    assert check.outputs[0].data["text/plain"] == "✓ forward: 5 of 5 probes. Every probe agrees with the reference."


def test_nbval_passes_what_shows_what_was_saved_and_a_right_answer_and_nothing_else(solved, tmp_path):
    notebook, address = lesson.read(solved / "01_asks.ipynb"), "<object object at 0x7f0123456789>\n"
    shown = {"print(2)": "2\n", "print(3)": "2\n", "print(object())": address, "print('no address')": address}
    shown |= {"print(1, 2)": "1\n", "pass": "1\n"}
    check = notebook.cells[2]
    notebook.cells += [code("wrong", REFERENCE.replace("return x", "return layers"))]
    notebook.cells += [code("again", check.source, check.outputs[0])]
    notebook.cells += [code(f"shown-{i}", source, printed(shown[source])) for i, source in enumerate(shown)]
    nbformat.write(notebook, tmp_path / "shown.ipynb")
    command = [sys.executable, "-m", "pytest", "-rA", *OPTIONS, str(tmp_path)]
    said = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True).stdout
    passed, failed = (re.findall(rf"^{word} .*::Cell (\d+)", said, re.MULTILINE) for word in ("PASSED", "FAILED"))
    assert (passed, failed) == (["0", "1", "2", "3", "5", "7"], ["4", "6", "8", "9", "10"]), said
