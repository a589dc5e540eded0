"""`seqkit grade`: submissions in, an honest gradebook out."""

import click

from seqkit.commands.failing import FOUND, INTERRUPTED
from seqkit.commands.options import FOLDER, assignment_folder, still
from seqkit.commands.voice import hidden, spoken

SHOWN = 40
"""So many problems are named at the end."""


def grading_options(command):
    """What `grade` and `regrade` both take."""
    for add in (
        click.option("--require-sandbox", is_flag=True, help="Refuse to run where the sandbox lacks a needed layer."),
        click.option("--scheduler", metavar="URL", help="tcp://… of a Dask cluster that does the work."),
        click.option(
            "--workers", "-j", type=click.IntRange(1), metavar="N", help="So many at once; all cores if not given."
        ),
        click.option(
            "--gradebook",
            envvar="SEQKIT_GRADEBOOK",
            show_envvar=True,
            metavar="URL",
            help="A database in place of a file in --out.",
        ),
        click.option("--out", "-o", type=FOLDER, metavar="RESULTS", help="The folder for the gradebook."),
        assignment_folder,
        click.argument("submissions", type=click.Path(exists=True)),
    ):
        command = add(command)
    return command


@click.command()
@grading_options
@spoken
def grade(voice, submissions, assignment, out, gradebook, **how):
    """Grade SUBMISSIONS, a folder or a zip in any usual layout, into the gradebook in RESULTS.

    Each notebook runs in a sandbox of its own. Interrupted, killed or out of disk: run the same command again, and it goes
    on; nothing is graded twice and nothing is lost. Exit code 1 if one that it graded now could not be read or judged.

    \b
    Examples:
      seqkit grade submissions/ --assignment hw1 --out results/
      seqkit grade moodle-download.zip -a hw1 -o results/ --workers 4
      seqkit grade submissions/ -a hw1 -o results/ --require-sandbox --json > tally.json
    """
    run(voice, submissions, assignment, gradebook or out, **how)


def run(voice, submissions, assignment, where, *, chosen=None, reason="", **how):
    """Grade what was handed in and end with the exit code.

    Args:
        voice: what says it.
        submissions, assignment: paths.
        where: the gradebook, a folder or URL.
        chosen: which of the submissions, a function of all of them; None: all.
        reason: kept with each grading, see `Gradebook.record`.
        how: `workers`, `scheduler`, `require_sandbox`, `again`.
    """
    if not where:
        raise click.UsageError("name a folder for the gradebook with --out, or a database with --gradebook.")
    if how.get("scheduler") and how.get("workers"):
        raise click.UsageError("--workers is of this machine; a cluster that --scheduler names has its own.")
    from seqkit.grading.handout.assignment import load
    from seqkit.grading.intake.collecting import collect
    from seqkit.steps import count

    asked = load(assignment)
    intake = collect(submissions, asked.name)
    for note in (*asked.notes, *intake.notes):
        voice.note(note)
    handed = chosen(intake.handed) if chosen else intake.handed
    voice.note(f"{count(len(handed), 'submission')}; getting the sandbox ready")
    _tell(voice, _graded(voice, handed, asked, where, reason, how), where, intake.notes)


def _graded(voice, handed, asked, where, reason, how):
    """The `Tally`; what it takes to grade is imported when there is something to grade."""
    still()
    from seqkit.commands.bar import Progress
    from seqkit.grading.book.gradebook import Gradebook
    from seqkit.grading.grade import grade as graded

    with Gradebook(where) as book, Progress(voice) as tell:
        return graded(handed, asked, book, reason=reason, tell=tell, **how)


def _tell(voice, tally, where, notes):
    import dataclasses

    again = voice.again() if tally.interrupted else None
    voice.answer(dataclasses.asdict(tally) | {"results": hidden(str(where)), "notes": notes, "again": again})
    for problem in tally.problems[:SHOWN]:
        voice.warn(problem)
    if len(tally.problems) > SHOWN:
        voice.warn(f"… and {len(tally.problems) - SHOWN} more; --json names all, and so does the report.")
    if tally.interrupted:
        voice.refuse(
            f"interrupted. {tally.graded} were graded now, and all that was graded is kept. Go on with: {again}"
        )
        click.get_current_context().exit(INTERRUPTED)
    voice.say(f"{_sentence(tally)} Gradebook: {hidden(str(where))}")
    click.get_current_context().exit(FOUND if tally.problems else 0)


def _sentence(tally):
    from seqkit.steps import count

    parts = [f"{tally.graded} graded in {tally.wall_s:.1f} s"]
    parts += [f"{tally.same} of them the same as another"] if tally.same else []
    parts += [f"{tally.skipped} were graded before"] if tally.skipped else []
    parts += [f"{len(tally.problems)} with a problem"] if tally.problems else []
    return f"{count(tally.total, 'submission')}: {', '.join(parts)}."
