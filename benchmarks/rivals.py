"""Two graders that a teacher would pick instead, as they are installed and run: nbgrader and otter, on the very same answers."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np

from benchmarks.spending import spent
from benchmarks.submissions import EXERCISE, SIX
from seqkit.check import DRAW
from seqkit.exercise import load

BIN = Path(sys.executable).parent
OTTER = Path(__file__).parents[1] / "build" / "otter"
OTTER_NEEDS = "otter-grader>=6", "ipykernel", "jax==0.9.2", "jaxlib==0.9.2", "flax==0.12.6"
PREAMBLE = "import jax, jax.numpy as jnp, numpy as np"


class Nbgrader:
    """`nbgrader autograde` and `generate_feedback` on an assignment that `seqkit assign` wrote.

    Args:
        course: its folder, which is a course of nbgrader; `submitted` is in it.
        name: of the assignment.
        draw: if it is given, the check cell is taken out, and what a teacher would write by hand is put in its place:
            the same calls on this draw and on the public one, and numbers to compare with.
    """

    def __init__(self, course, name, draw=None):
        self.course, self.name = Path(course), name
        if draw is not None:
            self._by_hand(self.course / "source" / name / f"{name}.ipynb", draw)
        spent(self._command("generate_assignment", "--force"), self.course, **_path(BIN))
        shutil.copyfile(self.course / "gradebook.db", self.course / "before.db")

    def grade(self):
        """(wall s, CPU s) for everything in `submitted`; {student: points}."""
        for made in ("autograded", "feedback"):
            shutil.rmtree(self.course / made, ignore_errors=True)
        shutil.copyfile(self.course / "before.db", self.course / "gradebook.db")
        parts = [
            spent(self._command(command), self.course, **_path(BIN)) for command in ("autograde", "generate_feedback")
        ]
        assert len(list(self.course.glob("feedback/*/*/*.html"))) == len(list(self.course.glob("submitted/*")))
        return tuple(map(sum, zip(*parts, strict=True)))

    def points(self):
        """{student: points}, of the last time."""
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{self.course / 'gradebook.db'}") as book:
            return {one.student.id: one.score for one in book.assignment_submissions(self.name)}

    def _command(self, command, *more):
        return [BIN / "nbgrader", command, self.name, *more]

    def _by_hand(self, path, draw):
        notebook = nbformat.read(path, as_version=4)
        cell = next(cell for cell in notebook.cells if cell.id == f"{EXERCISE}-check")
        cell.source = "\n".join([PREAMBLE, *(f"assert {each}" for each in comparisons(draw))])
        nbformat.write(notebook, path)


class Otter:
    """`otter run` on each submission, in an environment of its own, with tests in its own format.

    Args:
        folder: to work in.
        draw: the secret one, see `Nbgrader`.

    Raises:
        OSError: it cannot be installed.
    """

    def __init__(self, folder, draw):
        _install()
        self.folder = Path(folder)
        tests = self.folder / "tests"
        tests.mkdir(parents=True)
        cases = [{"code": f">>> {PREAMBLE}\n>>> bool({each})\nTrue", "hidden": True} for each in comparisons(draw)]
        test = {"name": EXERCISE, "points": 10, "suites": [{"cases": cases, "scored": True, "type": "doctest"}]}
        (tests / f"{EXERCISE}.py").write_text(f"OK_FORMAT = True\n\ntest = {test!r}\n", encoding="utf-8")
        generate = [
            "generate",
            "-t",
            "tests",
            "-o",
            "autograder.zip",
            "--no-config",
            "--no-requirements",
            "--no-environment",
        ]
        spent([OTTER / "bin" / "otter", *generate], self.folder, **_path(OTTER / "bin"))

    def grade(self, mark):
        """(wall s, CPU s) for the six, one after the other."""
        return tuple(map(sum, zip(*(self._one(student, mark) for student in SIX), strict=True)))

    def _one(self, student, mark):
        cells = [
            f"import otter\ngrader = otter.Notebook()\n{PREAMBLE}",
            f"{SIX[student]}\n# {mark}",
            f'grader.check("{EXERCISE}")',
        ]
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        path = self.folder / f"{student}.ipynb"
        nbformat.write(notebook, path)
        (self.folder / student).mkdir(exist_ok=True)
        run = ["run", "-a", "autograder.zip", "-o", student, "--no-logo", path.name]
        return spent([OTTER / "bin" / "otter", *run], self.folder, **_path(OTTER / "bin"))

    def points(self):
        """{student: points}, of the last time."""
        found = {student: json.loads((self.folder / student / "results.json").read_text()) for student in SIX}
        return {student: sum(test.get("score", 0) for test in each["tests"]) for student, each in found.items()}


def comparisons(draw):
    """The calls of the exercise's probes on both draws, each with the numbers that the reference gives, as Python."""
    page, found = load(EXERCISE), []
    for each in (DRAW, draw):
        for probe in page.probes:
            for case in probe.cases(each):
                wanted = np.asarray(page.reference(**probe.arguments(case))).tolist()
                call = f"{EXERCISE}({', '.join(f'{name}={code}' for name, code in case.items())})"
                found.append(f"np.allclose({call}, {wanted}, atol=1e-6)")
    return found


def _install():
    if (OTTER / "bin" / "otter").exists():
        return
    uv = str(BIN / "uv")
    for command in (
        ["venv", "--quiet", "--python", sys.executable, OTTER],
        ["pip", "install", "--quiet", "--python", OTTER / "bin" / "python", *OTTER_NEEDS],
    ):
        done = subprocess.run([uv, *map(str, command)], capture_output=True, text=True)
        if done.returncode:
            raise OSError(f"otter could not be installed: {done.stderr.strip()[-300:]}")


def _path(first):
    """Each finds its own Python by name."""
    return {"PATH": f"{first}{os.pathsep}{os.environ['PATH']}"}
