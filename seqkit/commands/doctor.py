"""`seqkit doctor`: what is there and what is missing."""

import click

from seqkit.commands.failing import FOUND
from seqkit.commands.voice import spoken

COLOURS = {"✓": "green", "✗": "red"}


@click.command()
@click.option("--results", metavar="DIR", help="Also see whether this gradebook opens.")
@spoken
def doctor(voice, results):
    """Say what is installed, what this machine can do, and what to do about the rest.

    ✓ is there; ✗ is missing and needed; · is missing, and only the named thing goes without it. Exit code 1 if there is a ✗.

    \b
    Examples:
      seqkit doctor
      seqkit doctor --results results/
    """
    from seqkit.grading.doctor import look

    findings = look(results)
    ok = all(one.mark != "✗" for one in findings)
    voice.answer({"findings": findings, "ok": ok})
    if not voice.json:
        _show(voice, findings)
    click.get_current_context().exit(0 if ok else FOUND)


def _show(voice, findings):
    wide = max(len(one.what) for one in findings)
    for one in findings:
        voice.say(f"{one.mark} {one.what:{wide}}  {one.figure}", fg=COLOURS.get(one.mark))
        if one.todo:
            voice.say(f"  {'':{wide}}  → {one.todo}")
