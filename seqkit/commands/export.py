"""`seqkit export`: the gradebook as the file that another system takes in."""

import click

from seqkit.commands.failing import FOUND
from seqkit.commands.options import (
    assignment_folder,
    gradebook,
    of_other_points,
    of_students,
    results_folder,
    the_assignment,
    the_students,
)
from seqkit.commands.voice import spoken
from seqkit.grading import exports


@click.command()
@results_folder
@assignment_folder
@click.option(
    "--to", "form", required=True, type=click.Choice(list(exports.FORMATS)), help="The system that takes it in."
)
@click.option(
    "--out",
    "-o",
    type=click.Path(),
    metavar="FILE",
    help="Where to; stdout if not given. A folder where each student has a file.",
)
@the_students("Only this student; may be repeated.")
@click.option(
    "--roster",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="canvas, moodle: their own export, whose rows and ids are kept. nbgrader: a CSV with id, first_name, last_name, email.",
)
@click.option("--column", metavar="TITLE", help="canvas, moodle: the column that takes the points.")
@click.option("--scale", is_flag=True, help="canvas, moodle: turn our points into theirs.")
@click.option("--excel", is_flag=True, help="csv: with the mark by which Excel knows UTF-8.")
@click.option(
    "--visibility", type=click.Choice(exports.VISIBILITIES), help="gradescope: when a student sees the exercises."
)
@spoken
def export(voice, results, assignment, form, out, students, **options):
    """Write the grades in RESULTS, a folder or a URL, for another system.

    A row that begins like a formula is defused. Exit code 1 if the roster does not know a student, who is named on stderr; with
    --to github it is that of the check: 1 unless all points were earned.

    \b
    Examples:
      seqkit export results/ -a hw1 --to csv --excel -o grades.csv
      seqkit export results/ -a hw1 --to canvas --roster canvas-export.csv -o upload.csv
      seqkit export results/ -a hw1 --to gradescope -o gradescope/
      seqkit export results/ -a hw1 --to github --student ana >> "$GITHUB_STEP_SUMMARY"
    """
    from seqkit.grading.handout.assignment import load

    room = exports.load(form)
    options = _options(form, room, options)
    asked = load(assignment)
    with gradebook(results) as book:
        entries = of_students(book.current(the_assignment(book, asked.name)), students, "entry")
    made = room.write(entries, asked, **options)
    for line in of_other_points(entries, asked):
        voice.warn(line)
    missing = room.unmatched(entries, asked, **options) if "roster" in options else {}
    files = _deliver(voice, made, room, out, form)
    for student, why in missing.items():
        voice.warn(f"{student}: {why}")
    voice.answer({"format": form, "students": len(entries), "files": files, "unmatched": missing})
    check = room.exit_code(entries, asked) if form == "github" else 0
    click.get_current_context().exit(FOUND if missing or check else 0)


def _options(form, room, options):
    """Those that were given; one that the format does not know is refused, not passed over."""
    from inspect import signature

    given = {name: value for name, value in options.items() if value}
    for name in given.keys() - signature(room.write).parameters:
        raise click.UsageError(f"--to {form} takes no --{name}.")
    if "roster" in given:
        from seqkit.grading.exports.sheet import read

        given["roster"] = read(given["roster"])
    return given


def _deliver(voice, made, room, out, form):
    """Write what was made and say where; {file name: text} if there is no place to write it to."""
    from pathlib import Path

    from seqkit.grading.handout import atomic
    from seqkit.steps import count

    if out is None and isinstance(made, dict) and any("/" in name for name in made) and not voice.json:
        raise click.UsageError(f"--to {form} makes a file for each student: name a folder with --out.")
    texts = made if isinstance(made, dict) else {room.FILE: made}
    if out is None:
        _print(voice, texts, room)
        return texts
    single = not isinstance(made, dict)
    places = {Path(out) if single else Path(out) / name: text for name, text in texts.items()}
    for place, text in places.items():
        atomic.write(place, text, mode=0o600)
    voice.note(f"{count(len(places), 'file')}: {out}")
    return [str(place) for place in places]


def _print(voice, texts, room):
    """The text on stdout; of GitHub's files the summary."""
    if not voice.json:
        shown = texts.get(getattr(room, "SUMMARY", ""), next(iter(texts.values()), ""))
        click.echo(shown, nl=False)
