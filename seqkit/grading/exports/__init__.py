"""A gradebook as the file that another system takes in: one small room a system, each a pure function of the entries.

Every room has `write(entries, assignment, …)`: the text of one file, or {file name: text} where a student has one each.
"""

import importlib

FORMATS = {
    "csv": "table",
    "gradescope": "gradescope",
    "nbgrader": "nbgrader",
    "canvas": "canvas",
    "moodle": "moodle",
    "github": "github",
}
"""{what `seqkit export --to` takes: the room that writes it}."""
VISIBILITIES = ("visible", "after_due_date", "after_published", "hidden")
"""When a student sees the exercises, in Gradescope's words."""


def load(to):
    """The room of the format `to`, one of `FORMATS`."""
    return importlib.import_module(f"{__name__}.{FORMATS[to]}")
