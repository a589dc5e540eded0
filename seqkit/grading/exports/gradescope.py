"""Gradescope's `results.json`: what an autograder leaves for one submission.

Source: Gradescope, “Autograder Specifications”, section “Output format” (gradescope-autograders.readthedocs.io/en/latest/specs).
Every text is sent with the format "text", which Gradescope shows as it is: nothing that a student wrote becomes markup there.
"""

import json

from seqkit.grading.exports.feedback import lines
from seqkit.grading.exports.scores import total, weighed
from seqkit.grading.report.slugs import slugs
from seqkit.grading.report.visible import visible

FILE = "results.json"


def write(entries, assignment, *, visibility="visible"):
    """{file name: text}: `results.json`, in a folder of its own for each student if there are several.

    Args:
        entries: an `Entry` for each student.
        assignment: what they were graded for.
        visibility: when a student sees the exercises, one of `exports.VISIBILITIES`.
    """
    folders = slugs([entry.student for entry in entries])
    made = {entry.student: _text(results(entry, assignment, visibility)) for entry in entries}
    alone = len(made) == 1
    return {FILE if alone else f"{folders[student]}/{FILE}": text for student, text in made.items()}


def results(entry, assignment, visibility="visible"):
    """The results of one student, as data."""
    graded = entry.graded
    return {
        "score": total(entry, assignment),
        "execution_time": round(graded.wall_s, 2),
        "output": visible(graded.said) if graded.status != "ok" else "",
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": visibility,
        "stdout_visibility": "hidden",
        "extra_data": {
            "assignment": assignment.name,
            "status": graded.status,
            "late_s": round(entry.late_s(assignment)),
        },
        "tests": [_test(one, number) for number, one in enumerate(weighed(entry, assignment), start=1)],
    }


def _test(one, number):
    return {
        "name": one.exercise,
        "name_format": "text",
        "number": str(number),
        "score": one.earned,
        "max_score": one.points,
        "status": "passed" if one.full else "failed",
        "output": "\n".join(lines(one)),
        "output_format": "text",
    }


def _text(data):
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
