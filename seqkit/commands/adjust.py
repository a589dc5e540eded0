"""`seqkit adjust`: points set by hand, with a reason that stays."""

import click

from seqkit.commands.options import ExerciseName, gradebook, the_assignment
from seqkit.commands.voice import spoken


@click.command()
@click.argument("results")
@click.argument("student")
@click.argument("exercise", type=ExerciseName())
@click.argument("points", type=float)
@click.option("--reason", required=True, help="Why; it stays in the history.")
@click.option("--by", help="Who; your login if it is not given.")
@click.option("--assignment", "-a", metavar="NAME", help="Which assignment, where the gradebook has several.")
@spoken
def adjust(voice, results, student, exercise, points, reason, by, assignment):
    """Set the POINTS of one EXERCISE of one STUDENT in the gradebook in RESULTS, a folder or a URL.

    It counts over every grading, later ones too, until it is adjusted again; the points that were graded stay in the history.

    \b
    Examples:
      seqkit adjust results/ ana forward 4.5 --reason "right idea, a typo"
      seqkit adjust results/ ben forward 0 --reason "see the talk of 3 May" --by "J. Doe" -a hw1
    """
    import getpass

    with gradebook(results) as book:
        name = the_assignment(book, assignment)
        made = book.adjust(name, student, exercise, points, reason, by or getpass.getuser())
        scores = [score for entry in book.current(name) if entry.student == student for score in entry.graded.scores]
    voice.answer({"assignment": name, "student": student, "adjustment": made})
    full = "".join(f" of {score.points:g}" for score in scores if score.exercise == exercise)
    voice.say(f"{student}: {exercise} counts {points:g}{full} now ({reason}).")
