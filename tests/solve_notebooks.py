"""Write a solved copy of each lesson: `python -m tests.solve_notebooks notebooks .solved`.

The references stand in the exercise cells, and each check shows what a right answer is told. nbval then runs the copies:
an exercise cell prints nothing, a check must come out right, and every other cell must print what it printed before.
"""

import sys
from pathlib import Path

import nbformat

import seqkit as sk
from seqkit import lesson
from seqkit.exercise import load
from tests import conftest  # noqa: F401 - a home of its own, JAX on the CPU


def shown(name):
    """What a notebook shows of the verdict on the reference."""
    verdict = sk.check(name, load(name).reference)
    assert verdict.ok, verdict
    return {"text/plain": repr(verdict), "text/html": verdict._repr_html_()}


def main(source, target):
    """Write the copy of every notebook in `source` to `target`, and nothing else into it."""
    target.mkdir(exist_ok=True)
    for old in target.glob("*.ipynb"):
        old.unlink()
    for path in sorted(source.glob("*.ipynb")):
        notebook = lesson.read(path)
        if lesson.exercises(notebook):
            nbformat.write(lesson.solved(notebook, shown), target / path.name)
            print(f"{path.name}: {', '.join(lesson.exercises(notebook))}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
