"""`seqkit regrade`: what has changed is graded again, and the history keeps both."""

import click

from seqkit.commands.grade import grading_options, run
from seqkit.commands.voice import spoken
from seqkit.errors import IntakeError


@click.command()
@grading_options
@click.option("--reason", default="regrade", show_default=True, help="Kept in the history.")
@click.option(
    "--student",
    "-s",
    "students",
    multiple=True,
    metavar="NAME",
    help="This student alone, changed or not; may be repeated.",
)
@spoken
def regrade(voice, submissions, assignment, out, gradebook, reason, students, **how):
    """Grade again the SUBMISSIONS whose file, draw or exercises are others than when they were graded.

    What has not changed is left alone, unless you name the student: so a notebook that ran out of time has another try. Earlier
    gradings stay in the history, and adjustments hold.

    \b
    Examples:
      seqkit regrade submissions/ -a hw1 -o results/ --reason "a probe of forward was wrong"
      seqkit regrade submissions/ -a hw1 -o results/ --student ana --student ben
    """
    told = reason if reason.startswith("regrade") else f"regrade: {reason}"
    chosen = (lambda handed: _of(handed, students)) if students else None
    run(voice, submissions, assignment, gradebook or out, chosen=chosen, reason=told, again=bool(students), **how)


def _of(handed, students):
    """The submissions of these students; each of them has to be there."""
    there = {one.student for one in handed}
    for missing in [name for name in students if name not in there]:
        from difflib import get_close_matches

        near = get_close_matches(missing, there, n=3) or sorted(there)[:5]
        raise IntakeError(f"no submission is of {missing!r}. Nearest: {', '.join(near)}.")
    return tuple(one for one in handed if one.student in students)
