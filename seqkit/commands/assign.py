"""`seqkit assign`: exercises become an assignment."""

import click

from seqkit.commands.options import FOLDER, ExerciseName, LessonName, still
from seqkit.commands.voice import spoken


class Amount(click.ParamType):
    """NAME=NUMBER; Tab knows the names."""

    name = "name=number"

    def convert(self, value, param, ctx):
        """(name, number)."""
        name, _, number = value.partition("=")
        try:
            return name.strip(), float(number)
        except ValueError:
            self.fail(f"{value!r} is not of the form name=5.", param, ctx)

    def shell_complete(self, ctx, param, incomplete):
        """The names that begin like `incomplete`, with their `=`."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(f"{one.value}=") for one in ExerciseName().shell_complete(ctx, param, incomplete)]


@click.command()
@click.argument("name")
@click.option("--exercise", "-e", "exercises", multiple=True, type=ExerciseName(), help="An exercise; may be repeated.")
@click.option("--lesson", "-l", type=LessonName(), help="All exercises of this lesson, in place of --exercise.")
@click.option("--out", "-o", type=FOLDER, metavar="DIR", help="The folder to make; NAME if it is not given.")
@click.option("--due", metavar="WHEN", help="2026-11-30, '2026-11-30 18:00' or 2026-11-30T18:00+01:00.")
@click.option("--points", "-p", multiple=True, type=Amount(), help="Points of an exercise; may be repeated.")
@click.option("--weight", "-w", "weights", multiple=True, type=Amount(), help="What its points are multiplied with.")
@click.option(
    "--time-limit", type=float, metavar="S", help="Seconds for each exercise; one call may take half of them."
)
@click.option(
    "--personal",
    type=click.Path(exists=True, dir_okay=False),
    metavar="ROSTER",
    help="A notebook for each student of this list.",
)
@click.option(
    "--renew-secret", is_flag=True, help="Put the secret aside and draw anew: all is graded with another draw."
)
@spoken
def assign(voice, name, exercises, lesson, out, personal, points, weights, time_limit, **more):
    """Make the assignment NAME: a notebook to hand out, a manifest, and a secret draw that stays with you.

    Hand out what is in the folder `release`. Keep `secret.json` to yourself.

    \b
    Examples:
      seqkit assign hw1 -e forward -e three_layer_mlp --due 2026-11-30
      seqkit assign hw2 --lesson 05_flax_chain --points three_layer_mlp=10
      seqkit assign hw3 -e forward --personal roster.csv --out assignments/hw3
    """
    still()
    from seqkit.grading.handout.assignment import make

    if bool(exercises) == (lesson is not None):
        raise click.UsageError("name exercises with --exercise, or one lesson with --lesson.")
    more |= {"time_limit_s": time_limit} if time_limit is not None else {}
    given = {"points": dict(points), "weights": dict(weights), "personal": personal or ()}
    made = make(name, exercises, out, lesson=lesson, **given, **more)
    for note in made.notes:
        voice.note(note)
    _tell(voice, made, out or name)


def _tell(voice, made, folder):
    from pathlib import Path

    from seqkit.steps import count

    release = Path(folder) / "release"
    items = {item.exercise: {"points": item.points, "weight": item.weight} for item in made.items}
    due = made.due and made.due.isoformat(timespec="minutes")
    voice.answer(
        {
            "assignment": made.name,
            "folder": folder,
            "release": release,
            "points": made.points,
            "items": items,
            "due": due,
        }
    )
    what = f"{count(len(made.items), 'exercise')}, {made.points:g} points" + (f", due {due}" if due else "")
    voice.say(f"{made.name}: {what}")
    voice.say(f"  hand out  {release}")
    voice.say(f"  keep      {Path(folder) / 'secret.json'}, for yourself alone")
