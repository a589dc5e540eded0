"""Which files of a student are graded: those for this assignment, the notebooks among them, the best named of these."""

from contextlib import suppress

from seqkit.errors import IntakeError
from seqkit.grading.intake import naming
from seqkit.grading.intake.layout import is_notebook, is_zip, stem
from seqkit.grading.intake.times import TIMESTAMP, time_of

MAX_NOTEBOOKS = 10
"""Notebooks of one student that are graded: no zip can hold up the others."""


def chosen(group, assignment):
    """The notebooks of one student that are graded, `MAX_NOTEBOOKS` at most: those named like the assignment, else all."""
    notebooks = [one for one in group.files if is_notebook(one)]
    notebooks = [one for one in notebooks if not one.obstacle] or notebooks
    found = notebooks or [one for one in group.files if one.name.lower().endswith(".py")]
    if group.top or group.owner.by == "platform":
        found = _best_named(found, assignment)
    return found[:MAX_NOTEBOOKS]


def _best_named(found, assignment):
    exactly = [one for one in found if naming.is_exactly(stem(one.name), assignment)]
    return exactly or [one for one in found if naming.is_named(stem(one.name), assignment)] or found


def of_assignment(made, assignment):
    """The groups, each with what is in its folder for this assignment if it has one, as nbgrader keeps it; and [note]."""
    inner = {id(group): [one for one in group.files if _is_for(one, assignment)] for group in made}
    having = sum(map(bool, inner.values()))
    is_nbgrader, kept, notes = having * 2 >= sum(bool(group.top) for group in made), [], []
    for group in made:
        files = inner[id(group)]
        if files and (is_nbgrader or any(map(is_notebook, files))):
            group.files, group.received = files, _stamped(group, files) if is_nbgrader else None
        elif having and is_nbgrader and _is_for_others(group):
            notes.append(f"{group.owner.student} handed in nothing for {assignment}, but for another assignment.")
            continue
        kept.append(group)
    return kept, notes


def _is_for(found, assignment):
    """Whether a file lies in a folder with the assignment's name inside a student's."""
    return len(found.parts) > 2 and stem(found.parts[1]).casefold() == naming.normal(assignment).casefold()


def _is_for_others(group):
    """Whether all notebooks of a student lie in folders."""
    notebooks = [one for one in group.files if is_notebook(one)]
    return bool(notebooks) and all(len(one.parts) > 2 for one in notebooks)


def _stamped(group, files):
    """When nbgrader says that a student's files came. A stamp inside a zip, or a platform's download, is the student's own."""
    stamps = [one for one in files if one.parts[2:] == (TIMESTAMP,) and not any(map(is_zip, one.parts))]
    return None if group.owner.by == "platform" else stamp(stamps)


def stamp(files):
    """The time that nbgrader's `timestamp.txt`, the first of `files`, says; None if it says none."""
    for one in files[:1]:
        with suppress(IntakeError):
            return None if one.obstacle else time_of(one.source.read(200).decode("utf-8", "replace"))
    return None
