"""Real nbgrader, on an assignment of ours: it makes our release of our source, and gives our scores."""

import os
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.apps import NbGraderAPI
from traitlets.config import PyFileConfigLoader

from seqkit import snippet
from seqkit.exercise import load
from seqkit.grading.book.gradebook import Gradebook
from seqkit.grading.grade import grade
from seqkit.grading.handout import assignment as assignments
from seqkit.grading.intake.collecting import collect

NAME = "week-1"
POINTS = {"forward": 5, "shapes": 12.5, "three_layer_mlp": 7}
RIGHT = {name: snippet.reference(load(name)) for name in POINTS}
NOISY = """import logging, os, sys, warnings
logging.basicConfig()

def forward(layers, x):
    for layer in layers:
        x = layer(x)
    print("a line")
    print("a line", file=sys.stderr)
    warnings.warn("a warning")
    logging.warning("a warning")
    os.write(2, b"a line")
    return x
"""
FIRST_ONLY = "def forward(layers, x):\n    return layers[0](x) if layers else x"
COMPUTES = """def shapes(layers, x):
    found = []
    for layer in layers:
        x = layer(x)
        found.append(x.shape)
    return tuple(found)
"""
RELU_LAST = RIGHT["three_layer_mlp"].replace("nn.Dense(out)])", "nn.Dense(out), nn.relu])")
SHOWS_NOTHING = 'get_ipython().ast_node_interactivity = "none"\n'
SUBMISSIONS = {
    "right": RIGHT | {"forward": NOISY},
    "partial": {"forward": FIRST_ONLY, "shapes": COMPUTES, "three_layer_mlp": RELU_LAST},
    "crashed": {
        "forward": "raise RuntimeError('no')\n" + RIGHT["forward"],
        "shapes": "def shapes(",
        **{"three_layer_mlp": RIGHT["three_layer_mlp"]},
    },
    "untouched": {"forward": SHOWS_NOTHING + snippet.starter(load("forward"))},
}


def ours(course, assignment):
    """{student: {exercise: earned}} as seqkit grades what was handed in."""
    with Gradebook(course / "results") as book:
        tally = grade(collect(course / "submitted", NAME).handed, assignment, book)
        assert not tally.problems
        return {entry.student: {name: entry.earned(name) for name in POINTS} for entry in book.current(NAME)}


def submit(course, student, answers):
    """A copy of the release as this student hands it in."""
    notebook = nbformat.read(course / "release" / NAME / f"{NAME}.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    path = course / "submitted" / student / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """(nbgrader's API, folder, assignment, our release) of a course that is our folder as it was made."""
    folder = tmp_path_factory.mktemp("course")
    made = assignments.make(NAME, list(POINTS), folder, points=POINTS)
    release = nbformat.read(folder / "release" / NAME / f"{NAME}.ipynb", as_version=4)
    config = PyFileConfigLoader("nbgrader_config.py", str(folder)).load_config()
    config.CourseDirectory.root = str(folder)
    with pytest.MonkeyPatch.context() as patch:
        # It starts `alembic` by name.
        patch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
        api = NbGraderAPI(config=config)
        done = api.generate_assignment(NAME)
        assert done["success"], done
        yield api, folder, made, release


def test_nbgrader_makes_our_release_of_our_source(course):
    _, folder, _, release = course
    made = nbformat.read(folder / "release" / NAME / f"{NAME}.ipynb", as_version=4)
    for ours_, theirs in zip(release.cells, made.cells, strict=True):
        assert (ours_.cell_type, ours_.source, ours_.id) == (theirs.cell_type, theirs.source, theirs.id)
        added = {"checksum": theirs.metadata.nbgrader.checksum, "cell_type": ours_.cell_type}
        assert theirs.metadata.nbgrader == ours_.metadata.nbgrader | added
        assert {**theirs.metadata, "nbgrader": 0} == {**ours_.metadata, "nbgrader": 0}


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_nbgrader_and_seqkit_give_the_same_scores(course):
    api, folder, made, _ = course
    found = {}
    for student, answers in SUBMISSIONS.items():
        submit(folder, student, answers)
        done = api.autograde(NAME, student)
        assert done["success"], done
    with api.gradebook as book:
        for submission in book.assignment_submissions(NAME):
            grades = submission.notebooks[0].grades
            found[submission.student_id] = {g.name.removesuffix("-check"): g.auto_score for g in grades}
            assert {g.name.removesuffix("-check"): g.max_score for g in grades} == POINTS
    assert found == ours(folder, made)
    assert found["right"] == POINTS
    assert 0 < found["partial"]["forward"] < 5 and 0 < found["partial"]["shapes"] < 12.5
    assert found["crashed"] == {"forward": 0, "shapes": 0, "three_layer_mlp": 7}
    assert set(found["untouched"].values()) == {0}
