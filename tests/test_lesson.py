"""A notebook as data: exercise cells, starters, solved copies; and every lesson keeps the form of a lesson."""

import ast
import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from seqkit import lesson, snippet
from seqkit.errors import LessonError
from seqkit.exercise import load

NOTEBOOKS = sorted((Path(__file__).resolve().parent.parent / "notebooks").glob("*.ipynb"))
every_lesson = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.fixture
def notebook():
    starter = new_code_cell(snippet.starter(load("forward")), metadata={"tags": ["exercise:forward"]})
    shown = new_output("execute_result", {"text/plain": "· forward: not started."})
    other = new_code_cell('sk.check("forward", filled)', outputs=[shown])
    cells = [
        new_markdown_cell("# A chain"),
        starter,
        new_code_cell('sk.check("forward", forward)', outputs=[shown]),
        other,
    ]
    return new_notebook(cells=cells)


def test_exercises_are_found_by_their_tags(notebook):
    assert list(lesson.exercises(notebook)) == ["forward"]
    assert lesson.outdated(notebook) == []
    notebook.cells[1].source += "\n"
    assert lesson.outdated(notebook) == ["forward"]


@pytest.mark.parametrize(
    ("tags", "why"), [(["exercise:foward"], "names no exercise"), (["exercise:forward"] * 2, "twice")]
)
def test_a_tag_that_cannot_be_is_refused(notebook, tags, why):
    notebook.cells[1].metadata["tags"] = tags
    with pytest.raises(LessonError, match=why):
        lesson.exercises(notebook)


def test_a_cell_that_is_no_python_checks_nothing(notebook):
    notebook.cells[3].source = 'sk.check("forward", forward'
    assert [name for name, _ in lesson.checks(notebook)] == ["forward"]


def test_the_solved_copy_holds_the_reference_and_what_its_check_shows(notebook):
    solved = lesson.solved(notebook, lambda name: {"text/plain": f"✓ {name}"})
    assert solved.cells[1].source == snippet.reference(load("forward"))
    assert solved.cells[2].outputs[0].data == {"text/plain": "✓ forward"}
    assert solved.cells[3].outputs == notebook.cells[3].outputs
    assert notebook.cells[1].source == snippet.starter(load("forward"))
    nbformat.validate(solved)


def test_a_notebook_is_read_with_or_without_a_byte_order_mark(tmp_path, notebook):
    for encoding in ("utf-8", "utf-8-sig"):
        path = tmp_path / f"{encoding}.ipynb"
        path.write_text(nbformat.writes(notebook), encoding=encoding, newline="\r\n")
        assert list(lesson.exercises(lesson.read(path))) == ["forward"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": 3}', '{"nbformat": 4, "nbformat_minor": 5}', "\ud800"])
def test_what_is_no_notebook_is_refused_with_its_name(tmp_path, text):
    path = tmp_path / "01_broken.ipynb"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(LessonError, match=r"01_broken\.ipynb cannot be read as a notebook: "):
        lesson.read(path)


def test_a_notebook_that_is_not_there_is_told(tmp_path):
    with pytest.raises(LessonError, match=r"nowhere\.ipynb cannot be opened: No such file"):
        lesson.read(tmp_path / "nowhere.ipynb")


# ---- the lessons that are shipped ----


@every_lesson
def test_a_lesson_holds_the_starters_of_its_pages(path):
    notebook = lesson.read(path)
    assert lesson.outdated(notebook) == []
    assert {load(name).lesson for name in lesson.exercises(notebook)} <= {path.stem}
    checked = [name for name, _ in lesson.checks(notebook)]
    assert set(lesson.exercises(notebook)) == set(checked)


class Bound(ast.NodeVisitor):
    """The names that a cell leaves behind; what is inside a function or a comprehension stays there."""

    def __init__(self, source):
        self.names = set()
        self.visit(ast.parse(source))

    def visit_Name(self, node):
        self.names |= {node.id} if isinstance(node.ctx, ast.Store) else set()

    def stop(self, node):
        """Go no deeper."""

    visit_FunctionDef = visit_ClassDef = visit_Lambda = visit_ListComp = visit_DictComp = visit_GeneratorExp = stop


@every_lesson
def test_a_forgotten_self_finds_no_name_that_another_cell_left(path):
    """`num_layers` for `self.num_layers` would be some number of the lesson, and the verdict would lead astray."""
    notebook = lesson.read(path)
    starters = [cell.source for cell in lesson.exercises(notebook).values()]
    others = [cell.source for cell in notebook.cells if cell.cell_type == "code" and cell.source not in starters]
    parts = [part for source in starters for part in ast.walk(ast.parse(source))]
    fields = {part.target.id for part in parts if isinstance(part, ast.AnnAssign)}
    assert not fields & set().union(*(Bound(source).names for source in others))


@every_lesson
def test_a_lesson_keeps_its_form(path):
    cells = lesson.read(path).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    prose = [cell.source for cell in cells if cell.cell_type == "markdown"]
    assert len(cells) <= 45, f"{len(cells)} cells; a lesson has at most 45: make two cells one, or take one out"
    starters = [cell.source for cell in lesson.exercises(lesson.read(path)).values()]
    assert not [source for source in code if len(source.splitlines()) > 12 and source not in starters], (
        "12 lines at most"
    )
    assert not [line for source in code for line in source.splitlines() if len(line) > 79], "79 characters at most"
    assert not [source for source in code if source.lstrip().startswith(("!", "%"))], "no magics, no shell"
    assert not [source for source in prose[1:] if len(source.split()) > 60], "60 words at most"
    assert cells[0].source.startswith("# "), "the first cell does not begin with the title"
    for part in ("After this lesson you can", "minutes"):
        assert part in cells[0].source, f"the first cell does not say “{part}”: see another lesson"
    assert "## Recap" in prose[-1], "the last text is no recap"
    assert not [cell.id for cell in cells if cell.cell_type == "code" and cell.execution_count is None], (
        "not run: make run-notebooks LESSONS=" + f"notebooks/{path.name}"
    )
    assert not [cell.id for cell in cells if re.fullmatch(r"cell-\d+|[0-9a-f]{8}", cell.id)]
