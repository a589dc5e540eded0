"""`seqkit report`: pages for each student and for the class."""

import click

from seqkit.commands.options import (
    FOLDER,
    assignment_folder,
    gradebook,
    of_other_points,
    results_folder,
    still,
    the_assignment,
)
from seqkit.commands.voice import spoken


@click.command()
@results_folder
@assignment_folder
@click.option(
    "--out", "-o", type=FOLDER, metavar="DIR", help="Where the pages go; RESULTS/pages/NAME if it is not given."
)
@spoken
def report(voice, results, assignment, out):
    """Write a page for each student and one for the class out of the gradebook in RESULTS, a folder or a URL.

    The pages are plain files that open without a network. Hand back what is in `students`; `index.html` and `teacher` are for you.

    \b
    Examples:
      seqkit report results/ --assignment hw1
      seqkit report postgresql+psycopg://host/grades -a hw1 --out pages/
    """
    still()
    from seqkit.commands.bar import Progress
    from seqkit.grading.handout.assignment import load
    from seqkit.grading.report.writing import write
    from seqkit.steps import count

    asked = load(assignment)
    folder = _folder(results, out, asked.name)
    with gradebook(results) as book:
        entries = book.current(the_assignment(book, asked.name))
    for line in of_other_points(entries, asked):
        voice.warn(line)
    with Progress(voice, "pages written") as bar:
        pages = write(entries, asked, folder, tell=bar.reached, given=_handed_out(assignment))
    voice.answer({"assignment": asked.name, "students": len(entries), "pages": [str(page) for page in pages]})
    voice.say(f"{count(len(pages), 'page')} of {count(len(entries), 'student')}: {pages[0]}")


def _folder(results, out, name):
    from pathlib import Path

    if out:
        return Path(out)
    if "://" in results:
        raise click.UsageError("a gradebook at a URL has no folder for the pages: name one with --out.")
    beside = Path(results) if Path(results).is_dir() else Path(results).parent
    return beside / "pages" / name


def _handed_out(folder):
    """The cells of a notebook that was handed out, which make nobody's code alike."""
    from pathlib import Path

    from seqkit.grading.intake.submission import read

    notebook = min(Path(folder, "release").rglob("*.ipynb"), default=None)
    return read(notebook.read_bytes(), notebook.name).code if notebook else ()
