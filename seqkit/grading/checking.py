"""A learner's own notebook, checked outside Jupyter: run in a closed room, asked with the draw that a lesson asks with."""

import ast
from dataclasses import dataclass
from pathlib import Path

from seqkit.check import DRAW
from seqkit.errors import LessonError
from seqkit.exercise import index, names
from seqkit.grading.grader import Grader, Paper
from seqkit.grading.handout.items import Assignment, Item
from seqkit.grading.intake.submission import read
from seqkit.lesson import checked

LIMIT_S = 120.0


@dataclass(frozen=True)
class Own:
    """A notebook that nobody handed in."""

    file: str
    submission: object
    student: str = "you"
    received: None = None

    def read(self):
        """Its `Submission`."""
        return self.submission


def check_notebook(path):
    """The `Graded` of every exercise that a notebook defines; None if it defines none.

    Raises:
        LessonError: it cannot be read.
    """
    path = Path(path)
    submission = read(path.read_bytes(), path.name)
    if submission.problem:
        raise LessonError(submission.problem)
    found = defined(submission.code)
    if not found:
        return None
    items = tuple(Item(name, float(index()[name].points), time_limit_s=LIMIT_S) for name in found)
    grader = Grader(Assignment("check", items, cells_limit_s=LIMIT_S, secret=bytes(32)), workers=1, draw=DRAW)
    try:
        grader.ready()
        paper = Paper(Own(path.name, submission), grader)
        return grader.graded(paper, grader.submit(paper))[0]
    finally:
        grader.close()


def defined(code):
    """The exercises that a notebook answers, in the order of the course.

    That is those of which a cell defines the function or class; any other value of that name counts where `check` is asked of it.
    """
    bodies = [_body(cell) for cell in code]
    found = {name for body in bodies for name in _made(body)} | {checked(body) for body in bodies} & _assigned(bodies)
    return [name for name in names() if name in found]


def _body(cell):
    """The statements of a cell, without magics and shell lines."""
    lines = ["" if line.lstrip().startswith(("%", "!")) else line for line in cell.splitlines()]
    try:
        return ast.parse("\n".join(lines)).body
    except SyntaxError:
        return []


def _made(body):
    """The names of functions and classes, `f = lambda …` among them."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
            yield from map(ast.unparse, node.targets)


def _assigned(bodies):
    assigned = [node for body in bodies for node in body if isinstance(node, ast.Assign)]
    return {ast.unparse(target) for node in assigned for target in node.targets}
