"""`seqkit history`: how a student's points came about."""

import click

from seqkit.commands.options import gradebook, the_assignment
from seqkit.commands.voice import spoken


@click.command()
@click.argument("results")
@click.argument("student")
@click.option("--assignment", "-a", metavar="NAME", help="Which assignment, where the gradebook has several.")
@spoken
def history(voice, results, student, assignment):
    """Show every grading and adjustment of STUDENT in the gradebook in RESULTS, a folder or a URL, in order.

    \b
    Examples:
      seqkit history results/ ana
      seqkit history results/ ana --json
    """
    with gradebook(results) as book:
        name = the_assignment(book, assignment)
        lines = book.history(name, student)
    voice.answer({"assignment": name, "student": student, "history": [_kind(line) for line in lines]})
    if not voice.json:
        for line in lines:
            voice.say(str(line))


def _kind(line):
    import dataclasses

    fields = {field.name: getattr(line, field.name) for field in dataclasses.fields(line)}
    return {"kind": type(line).__name__.lower()} | fields
