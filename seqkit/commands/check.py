"""`seqkit check`: a learner's own notebook, judged as in a lesson."""

import click

from seqkit.commands.failing import FOUND
from seqkit.commands.voice import spoken

COLOURS = {"✓": "green", "✗": "red"}


@click.command()
@click.argument("notebook", type=click.Path(exists=True, dir_okay=False))
@spoken
def check(voice, notebook):
    """Judge each exercise in NOTEBOOK, found by the name of what a cell defines.

    The cells run in a process of their own, on Linux a closed one that changes nothing on this machine. Exit code 1 if an
    answer is wrong.

    \b
    Examples:
      seqkit check notebooks/03_write_one.ipynb
      seqkit check --json mine.ipynb
    """
    from seqkit.grading.checking import check_notebook

    graded = check_notebook(notebook)
    scores = graded.scores if graded else ()
    voice.answer(
        {"notebook": notebook, "status": graded and graded.status, "exercises": [_said(one) for one in scores]}
    )
    for one in scores:
        mark = _mark(one)
        voice.say(f"{mark} {one.exercise}: {_count(one)}. {one.sentence}", fg=COLOURS.get(mark))
        for remark in one.remarks:
            voice.say(f"  {remark}")
    for line in _troubles(graded) if graded else ["no exercise was found in it: no cell defines what one asks for."]:
        voice.say(line)
    click.get_current_context().exit(FOUND if any(_mark(one) == "✗" for one in scores) else 0)


def _mark(score):
    return "?" if not score.judged else "✓" if score.ok else "✗" if score.started else "·"


def _count(score):
    if not score.judged:
        return "not judged"
    return f"{score.agreed} of {score.asked} probes" if score.started else "not started"


def _said(score):
    facts = ("exercise", "ok", "started", "agreed", "asked", "sentence", "mistake", "call", "remarks")
    return {name: getattr(score, name) for name in facts}


def _troubles(graded):
    """What became of the cells, where that explains something."""
    if graded.said:
        yield graded.said
    for cell in graded.cells:
        if cell.error and not all(score.ok for score in graded.scores):
            yield f"cell {cell.number} raised {cell.error}"
