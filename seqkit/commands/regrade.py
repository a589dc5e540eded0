"""`seqkit regrade`: what has changed is graded again, and the history keeps both."""

import click

from seqkit.commands.grade import grading_options, run
from seqkit.commands.options import of_students, the_students
from seqkit.commands.voice import spoken


@click.command()
@grading_options
@click.option("--reason", default="regrade", show_default=True, help="Kept in the history.")
@the_students("This student alone, changed or not; may be repeated.")
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
    chosen = (lambda handed: of_students(handed, students, "submission")) if students else None
    run(voice, submissions, assignment, gradebook or out, chosen=chosen, reason=told, again=bool(students), **how)
