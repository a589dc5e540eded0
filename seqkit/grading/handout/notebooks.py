"""The notebooks of an assignment, as plain data: `release`, which students get, and `source`, which nbgrader gets.

The same cells in both. In the source the answer cells hold the reference between nbgrader's marks, and the check cells hold
hidden tests with the secret draw; what real `nbgrader generate_assignment` makes of it is the release. A weight is not
known to nbgrader: there an exercise counts its points. Personal questions differ per student, and so are in no source.

nbgrader takes the number that a check cell shows for its score, gives 0 where anything was written to stderr and everything
where nothing is shown. So what an answer printed is cleared, and the number is shown whatever the notebook set IPython to.
Still the student's code runs there where the score is made: only `seqkit grade` parts the two.
"""

import hashlib
import json
import math

from seqkit import snippet
from seqkit.exercise import load
from seqkit.grading.handout import personal
from seqkit.grading.handout.items import points_said
from seqkit.grading.handout.solution import STUB, marked
from seqkit.lesson import TAG

QUESTION_TAG = "personal:"
SETUP = "import seqkit as sk"
HIDDEN = """
### BEGIN HIDDEN TESTS
from IPython.display import clear_output as _clear
from seqkit.check import check as _check
_verdict = _check({name!r}, {name}, draw={draw})
_clear()
get_ipython().displayhook(float(round(_verdict.earned * {points!r} / _verdict.points, 2)))
### END HIDDEN TESTS"""
KERNEL = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}}


def release(assignment, student=None):
    """The notebook to hand out; to one student, with the questions that are theirs."""
    cells = _frame(assignment, student)
    for item in assignment.exercises:
        cells += _exercise(item, snippet.starter(load(item.exercise)))
    for question in personal.questions(assignment, student) if student else ():
        cells += _question(question)
    return _notebook(assignment, cells, student)


def source(assignment):
    """The notebook for nbgrader: with solutions, and hidden tests that give partial credit."""
    cells = _frame(assignment, None)
    for item in assignment.exercises:
        hidden = HIDDEN.format(name=item.exercise, draw=assignment.draw(), points=item.points)
        cells += _exercise(item, marked(load(item.exercise)), hidden)
    return _notebook(assignment, cells)


def text(notebook):
    """A notebook as it is written to its file."""
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def config(assignment):
    """`nbgrader_config.py`: what makes nbgrader cut our source back to our release, and gives a check its time."""
    limit_s = math.ceil(max([60.0, *(2 * item.time_limit_s for item in assignment.exercises)]))
    return (
        "c = get_config()  # noqa: F821 - nbgrader reads this file and brings it\n\n"
        f'c.ClearSolutions.code_stub = {{"python": "{STUB}"}}\n'
        "# A check cell tries an answer twice: with the draw that students see, and with the secret one.\n"
        f"c.Execute.timeout = {limit_s}\n"
    )


def _frame(assignment, student):
    title = (
        f"# {assignment.name}\n\n{_due(assignment)}\n\n{_table(assignment, student)}\n\n{_to_do(assignment, student)}"
    )
    return [_locked("assignment-title", title), _locked("assignment-setup", SETUP, "code")]


def _due(assignment):
    due = f"Due {assignment.due:%Y-%m-%d %H:%M %Z}" if assignment.due else "No due date"
    return f"{due} · {points_said(assignment.points)}"


def _table(assignment, student):
    """What is asked and what it earns; weights only where one is not 1."""
    items = assignment.items if student else assignment.exercises
    weighted = any(item.weight != 1 for item in items)
    head, line = "| asked | points |", "|---|---|"
    rows = [f"| `{item.exercise}` | {item.points:g} |" for item in items]
    if weighted:
        head, line = f"{head} counts |", f"{line}---|"
        rows = [f"{row} × {item.weight:g} |" for row, item in zip(rows, items, strict=True)]
    return "\n".join([head, line, *rows])


def _to_do(assignment, student):
    own = f" The questions `my_…` have numbers for `{student}` alone, and no check." if student else ""
    return (
        "Write each answer into the cell below its text, in the place of `...`, and run the check under it as often as you like. "
        f'If you are stuck: `sk.hint("{assignment.exercises[0].exercise}")`.{own}\n\n'
        "To hand in: *Kernel → Restart Kernel and Run All Cells*, save, and hand in this one file, "
        f"`{assignment.name}.ipynb`, under that name. Cells may be added; the ones that are here keep their places. "
        "Grading uses other values than the check does."
    )


def _exercise(item, answer, hidden=""):
    name = item.exercise
    statement = f"## {name} · {points_said(item.points)}\n\n{load(name).statement}"
    answer_grading = _grading(name, solution=True)
    check_grading = _grading(f"{name}-check", grade=True, locked=True) | {"points": _whole(item.points)}
    return [
        _locked(f"{name}-statement", statement),
        _cell(name, answer, "code", {"deletable": False, "nbgrader": answer_grading, "tags": [f"{TAG}{name}"]}),
        _cell(f"{name}-check", f'sk.check("{name}", {name}){hidden}', "code", _kept(check_grading)),
    ]


def _question(question):
    """A personal question. nbgrader is told nothing of it."""
    name = question.variable
    said = f"{question.text}\n\nWrite {question.kind.form}."
    tags = {"deletable": False, "tags": [f"{QUESTION_TAG}{name}"]}
    kept = {"deletable": False, "editable": False}
    return [
        _cell(f"{name}-statement", f"## {name} · {points_said(question.points)}\n\n{said}", "markdown", kept),
        _cell(name, question.starter, "code", tags),
    ]


def _locked(name, source, kind="markdown"):
    return _cell(name, source, kind, _kept(_grading(name, locked=True)))


def _kept(grading):
    """Metadata of a cell that nobody is to change, as nbgrader itself locks one."""
    return {"deletable": False, "editable": False, "nbgrader": grading}


def _grading(grade_id, grade=False, solution=False, locked=False):
    """nbgrader's metadata of a cell."""
    flags = {"grade": grade, "solution": solution, "locked": locked, "task": False}
    return {"grade_id": grade_id, **flags, "schema_version": 3}


def _whole(points):
    return int(points) if points == int(points) else points


def _cell(name, source, kind, metadata):
    code = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "id": _id(name), "metadata": metadata, "source": source.splitlines(keepends=True)} | code


def _id(name):
    """A telling cell id; nbformat lets it have 64 letters."""
    return name if len(name) <= 64 else f"{name[:51]}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def _notebook(assignment, cells, student=None):
    named = {"assignment": assignment.name} | ({"student": student} if student else {})
    return {"cells": cells, "metadata": {**KERNEL, "seqkit": named}, "nbformat": 4, "nbformat_minor": 5}
