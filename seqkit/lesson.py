"""A notebook as data: its exercise cells (tag `exercise:name`), its starters, the solved copy. Nothing is run here."""

import ast
import copy
from pathlib import Path

import nbformat

from seqkit import snippet
from seqkit.errors import LessonError
from seqkit.exercise import load, names

TAG = "exercise:"


def read(path):
    """The notebook at `path`, in nbformat's version 4.

    Raises:
        LessonError: it is not there, is no JSON, or is no notebook.
    """
    try:
        notebook = nbformat.reads(Path(path).read_text(encoding="utf-8-sig"), as_version=4)
        nbformat.validate(notebook)
    except OSError as error:
        raise LessonError(f"{path} cannot be opened: {error.strerror}.") from error
    except Exception as error:  # nbformat raises many kinds, and all of them mean this
        said = str(error).strip().partition("\n")[0] or type(error).__name__
        raise LessonError(
            f"{path} cannot be read as a notebook: {said[:200]}. Save it again from JupyterLab."
        ) from error
    return notebook


def exercises(notebook):
    """{exercise: cell} of every cell with the tag `exercise:name`, in order.

    Raises:
        LessonError: a tag names no exercise, or one stands twice.
    """
    found = {}
    for cell in notebook.cells:
        for name in (tag.removeprefix(TAG) for tag in cell.metadata.get("tags", []) if tag.startswith(TAG)):
            if name not in names() or name in found:
                why = "stands twice" if name in found else "names no exercise"
                raise LessonError(f"cell {cell.get('id', '?')}: the tag {TAG}{name} {why}.")
            found[name] = cell
    return found


def checks(notebook):
    """[(exercise, cell)] of every cell that ends in a check of the learner's own answer: `sk.check("name", name)`."""
    found = [(_checked(cell.source), cell) for cell in notebook.cells if cell.cell_type == "code"]
    return [(name, cell) for name, cell in found if name]


def outdated(notebook):
    """The exercises whose cell is not the starter of their page."""
    return [name for name, cell in exercises(notebook).items() if cell.source != snippet.starter(load(name))]


def solved(notebook, shown):
    """A copy with the reference in every exercise cell.

    Args:
        notebook: as `read` gives it.
        shown: exercise → mime bundle that its check shows when it is solved.
    """
    made = copy.deepcopy(notebook)
    for name, cell in exercises(made).items():
        cell.source, cell.outputs = snippet.reference(load(name)), []
    for name, cell in checks(made):
        cell.outputs = [nbformat.v4.new_output("execute_result", shown(name))] if name in exercises(made) else []
    return made


def _checked(source):
    try:
        return checked(ast.parse(source).body)
    except SyntaxError:
        return None


def checked(body):
    """The exercise that the last statement of a cell checks, or None."""
    match body[-1:]:
        case [ast.Expr(ast.Call(ast.Attribute(_, "check"), [ast.Constant(str() as name), ast.Name(answer)]))]:
            return name if answer == name else None
    return None
