"""What is handed out and graded: an `Assignment` of `Item`s. `make` writes its folder, `load` reads it.

FOLDER/manifest.json                      what is asked, for how much, until when; and of whom, if it is personal
FOLDER/secret.json                        where the draws come from: for the teacher alone
FOLDER/release/NAME/NAME.ipynb            to hand out; if it is personal: release/NAME/STUDENT/NAME.ipynb
FOLDER/source/NAME/NAME.ipynb             the same for nbgrader: with solutions and hidden tests
FOLDER/nbgrader_config.py                 so that FOLDER can be used as a course of nbgrader's
"""

from pathlib import Path

from seqkit.grading.handout import manifest
from seqkit.grading.handout.items import TIME_LIMIT_S, Assignment, Item

__all__ = ["Assignment", "Item", "load", "make"]


def load(folder):
    """The `Assignment` that `make` wrote into `folder`.

    Raises:
        AssignmentError: `manifest.json` or `secret.json` is not there or is damaged; the sentence says where.
    """
    return manifest.load(folder)


def make(
    name,
    exercises=(),
    folder=None,
    *,
    lesson=None,
    due=None,
    points=None,
    weights=None,
    personal=(),
    time_limit_s=TIME_LIMIT_S,
    renew_secret=False,
):
    """Writes an assignment into `folder` and returns it: manifest, secret, the notebooks to hand out, nbgrader's source.

    Made again into the same folder it keeps its secret, so that nothing that was graded has to be graded anew.

    Args:
        name: of letters, digits, `-`, `_` and `.`; the notebook gets it too.
        exercises: names, in the order in which they are asked.
        folder: where to; None: a folder of that name.
        lesson: take every exercise of this lesson in place of `exercises`: `05_flax_chain`, or `05`.
        due: a datetime, or a text such as `2025-11-30 18:00`; without time zone it is local time. None: no end.
        points: {exercise: points}; a number for all; None: those of each page.
        weights: {exercise: weight}; 1 where nothing is said.
        personal: the ids of the students, or the path of a text or CSV file with them: each gets questions of their own.
        time_limit_s: for each exercise.
        renew_secret: put the old secret aside and draw anew: what was graded before is then graded with another draw.

    Raises:
        ExerciseError: there is no such exercise.
        AssignmentError: something else of this cannot be; or `folder` holds another assignment.
    """
    from seqkit.grading.handout import making  # it loads the pages, and with them their frameworks; a grader reads only

    described = making.described(name, making.chosen(exercises, lesson), due, points, weights, personal, time_limit_s)
    return making.write(manifest.parsed(described), Path(folder or name), renew_secret)
