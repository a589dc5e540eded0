"""An assignment is made: what the teacher chose as a manifest, then every file of its folder."""

import dataclasses
from datetime import date
from pathlib import Path

from seqkit.errors import AssignmentError
from seqkit.exercise import index, listed, nearest
from seqkit.grading.handout import atomic, manifest, personal, roster, secret, strict, variants
from seqkit.grading.handout import notebooks as handout
from seqkit.grading.handout.items import version


def chosen(exercises, lesson):
    """The names of the exercises that were asked for, by themselves or by their lesson.

    Raises:
        AssignmentError: there is no such lesson; or both were given, or neither.
    """
    named = [exercises] if isinstance(exercises, str) else list(exercises or ())
    if bool(named) == (lesson is not None):
        said = f"{len(named)} exercises and the lesson {lesson!r}" if named else "neither exercises nor a lesson"
        raise AssignmentError(f"an assignment got {said}; it takes one of them.")
    return named or _of_lesson(str(lesson).removesuffix(".ipynb"))


def _of_lesson(lesson):
    lessons = list(dict.fromkeys(each.lesson for each in index().values()))
    meant = [each for each in lessons if {lesson, lesson.zfill(2)} & {each, each.partition("_")[0]}]
    if not meant:
        raise AssignmentError(f"there is no lesson {lesson!r}. {nearest(lesson, lessons)}")
    return [name for name, each in index().items() if each.lesson == meant[0]]


def described(name, exercises, due, points, weights, students, time_limit_s):
    """What was chosen, as the `strict.Fields` of a manifest."""
    ids = roster.read(students)
    asked = [("exercise", each, listed(each).points) for each in exercises]
    asked += [("question", each, personal.POINTS) for each in variants.KINDS] if ids else []
    names = [each for _, each, _ in asked]
    points = points if isinstance(points, dict) or points is None else dict.fromkeys(names, points)
    data = {
        "manifest": manifest.FORM,
        "name": name,
        "due": due.isoformat() if isinstance(due, date) else due,
        "items": [
            {what: each, "version": _version(what, each), "time_limit_s": time_limit_s}
            | {"points": _of(points, each, usual, names), "weight": _of(weights, each, 1.0, names)}
            for what, each, usual in asked
        ],
        "personal": bool(ids),
        "roster": ids,
    }
    return strict.Fields(data, f"the assignment {name!r}", "")


def _version(what, name):
    return variants.VERSION if what == "question" else version(name)


def _of(given, name, usual, names):
    """What is given for the exercise `name`, or else what is usual."""
    for other in given or ():
        if other not in names:
            raise AssignmentError(f"{given[other]} is given for {other!r}, which is not asked. {nearest(other, names)}")
    return (given or {}).get(name, usual)


def write(assignment, folder, renew_secret):
    """Writes every file of an assignment, its manifest last, and returns it with its secret."""
    try:
        _same_assignment(assignment, folder)
        made = dataclasses.replace(assignment, secret=_secret(folder, renew_secret))
        written = [_written(folder / path, notebook, mode) for path, notebook, mode in _notebooks(made)]
        atomic.write(folder / "nbgrader_config.py", handout.config(made))
        atomic.write(folder / manifest.FILE, manifest.text(made))
    except OSError as error:
        raise AssignmentError(
            f"{error.filename or folder} cannot be written: {error.strerror}. Give a folder that can be written."
        ) from error
    return dataclasses.replace(made, notes=(*made.notes, *_left_over(folder, written)))


def _written(path, notebook, mode):
    atomic.write(path, handout.text(notebook), mode)
    return path


def _left_over(folder, written):
    """A note on each notebook that an earlier assignment left there to be handed out."""
    old = sorted({*(folder / "release").rglob("*.ipynb")} - {*written})
    return tuple(f"{path} is of an earlier making and was left as it is. Do not hand it out." for path in old)


def _notebooks(assignment):
    """(path in the folder, notebook, mode) of every notebook."""
    file = f"{assignment.name}.ipynb"
    for student in assignment.roster or [None]:
        yield Path("release", assignment.name, student or "", file), handout.release(assignment, student), 0o644
    # It holds the secret draw.
    yield Path("source", assignment.name, file), handout.source(assignment), 0o600


def _same_assignment(assignment, folder):
    """Refuses a folder in which another assignment stands."""
    if not (folder / manifest.FILE).exists():
        return
    named = strict.read(folder / manifest.FILE).text("name")
    if named != assignment.name:
        raise AssignmentError(f"{folder} holds the assignment {named!r}. Give {assignment.name!r} a folder of its own.")


def _secret(folder, renew):
    """The secret of the folder; one that was lost is replaced only if that is asked for."""
    there, made = (folder / secret.FILE).exists(), (folder / manifest.FILE).exists()
    if made and not there and not renew:
        raise AssignmentError(
            f"{folder} holds an assignment and not its {secret.FILE}. Restore that file; or make a new one "
            "(`seqkit assign --renew-secret`), and everything is graded with another draw."
        )
    if there and renew:
        secret.set_aside(folder)
    return secret.keep(folder)
