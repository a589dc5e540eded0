"""What several commands take: names that Tab completes, a gradebook, the assignment in it."""

import os

import click

from seqkit.errors import GradebookError


class ExerciseName(click.ParamType):
    """The name of an exercise; Tab knows them."""

    name = "exercise"

    def shell_complete(self, ctx, param, incomplete):
        """The names that begin like `incomplete`."""
        from seqkit.exercise import names

        return _items(names(), incomplete)


class LessonName(click.ParamType):
    """The name of a lesson; Tab knows them."""

    name = "lesson"

    def shell_complete(self, ctx, param, incomplete):
        """The lessons that begin like `incomplete`."""
        from seqkit.exercise import index

        return _items(dict.fromkeys(each.lesson for each in index().values()), incomplete)


FOLDER = click.Path(file_okay=False)
assignment_folder = click.option(
    "--assignment", "-a", required=True, type=FOLDER, metavar="DIR", help="The folder that `seqkit assign` made."
)


def still():
    """Let XLA say nothing on stderr but errors of its own, and JAX look for no GPU; to be called before JAX is imported."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("JAX_PLATFORMS", "cpu")


results_folder = click.argument("results", envvar="SEQKIT_GRADEBOOK")
"""Where the gradebook is: a folder, a file or a URL."""


def gradebook(results):
    """The `Gradebook` in RESULTS, a folder, a file or a URL, which has to be there.

    Raises:
        GradebookError: it is not there or cannot be opened.
    """
    from seqkit.grading.book.gradebook import Gradebook

    return Gradebook(results, create=False)


def the_assignment(book, named):
    """The name of the assignment that is meant: `named`, or the only one in the gradebook.

    Raises:
        GradebookError: there are several and none was named, or none at all.
    """
    there = book.assignments()
    if named in there or (named is None and len(there) == 1):
        return named or there[0]
    if not there:
        raise GradebookError(f"{book} is empty: nothing was graded into it yet.")
    asked = f"no assignment {named!r} in it" if named else "several assignments in it"
    raise GradebookError(f"{book}: {asked}. Name one with --assignment: {', '.join(there)}.")


def the_students(help):
    """The option `--student`."""
    return click.option("--student", "-s", "students", multiple=True, metavar="NAME", help=help)


def of_students(found, students, what):
    """Those of `found`, entries or submissions, that are of these students; all if none is named.

    Raises:
        GradebookError: nothing is of one of them; it names the nearest.
    """
    from difflib import get_close_matches

    there = {one.student for one in found}
    for missing in [name for name in students if name not in there]:
        near = get_close_matches(missing, there, n=3) or sorted(there)[:5]
        raise GradebookError(f"no {what} is of {missing!r}. Nearest: {', '.join(near)}.")
    return tuple(one for one in found if not students or one.student in students)


def of_other_points(entries, assignment):
    """A sentence for each exercise that some were graded on for other points than it gives now."""
    for item in assignment.items:
        scores = [score for entry in entries for score in entry.graded.scores if score.exercise == item.exercise]
        others = sorted({score.points for score in scores} - {item.points})
        if others:
            was = " and ".join(f"{points:g}" for points in others)
            yield f"{item.exercise} was graded for {was} points, and {assignment.name} gives {item.points:g} now: run seqkit regrade."


def _items(names, incomplete):
    from click.shell_completion import CompletionItem

    return [CompletionItem(name) for name in names if name.lower().startswith(incomplete.lower())]
