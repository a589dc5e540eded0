"""How a command speaks: results on stdout, everything else on stderr; with `--json` one document on stdout and no other word."""

import sys

import click


class Voice:
    """What one call of seqkit says, and how.

    Args:
        program: as it was called: `seqkit`.
        args: what stood behind it.

    Attributes:
        json: whether the result is one JSON document.
        quiet: whether only the result and what is wrong are said.
        traceback: whether an error is shown with where it arose.
        answered: whether the document has been said.
    """

    def __init__(self, program="seqkit", args=()):
        self.program, self.args = program, tuple(args)
        self.json = self.quiet = self.traceback = self.answered = False

    def say(self, text, fg=None):
        """A line of the result, for people."""
        click.secho(_line(text), err=self.json, fg=fg)

    def note(self, text):
        """A line beside the result; `--quiet` leaves it out."""
        if not self.quiet:
            click.echo(_line(text), err=True)

    def warn(self, text):
        """A line that is always said."""
        click.secho(_line(text), err=True, fg="yellow")

    def refuse(self, text):
        """Why it cannot be done."""
        click.secho(_line(text), err=True, fg="red")

    def answer(self, document):
        """With `--json`, the result as one document; else nothing."""
        import json

        if self.json and not self.answered:
            self.answered = True
            click.echo(json.dumps(document, indent=2, default=_plain))

    def bar(self):
        """Whether progress is drawn on a terminal, told in lines, or left out: "bar", "lines" or ""."""
        if self.quiet or self.json:
            return ""
        return "bar" if sys.stderr.isatty() else "lines"

    def again(self):
        """The command that goes on from here: the same one. A password in a URL is not repeated."""
        import shlex

        return f"{self.program} {shlex.join(map(hidden, self.args))}"


def hidden(text):
    """A text without the password of a URL in it."""
    import re

    return re.sub(r"(://[^:@/]*:).*@", r"\1***@", text)


def spoken(run):
    """Decorates a command's function: `--json`, `--quiet`, `--traceback`, and its `Voice` as first argument."""
    command = click.pass_obj(run)
    for name, told in (
        ("traceback", "Show where an error arose."),
        ("quiet", "Say only the result and what is wrong."),
        ("json", "One JSON document on stdout; words go to stderr."),
    ):
        short = ("-q",) if name == "quiet" else ()
        settings = {"is_flag": True, "expose_value": False, "is_eager": True, "callback": _note_it, "help": told}
        command = click.option(f"--{name}", *short, **settings)(command)
    return command


def _note_it(ctx, param, value):
    if value:
        setattr(ctx.ensure_object(Voice), param.name, True)


def _line(text):
    """Without what a terminal would obey: a student may have chosen the words."""
    from seqkit.grading.report.visible import visible

    return visible(str(text))


def _plain(value):
    """What JSON has no word for; bytes, which are pictures of runs, are left out."""
    import dataclasses
    from datetime import datetime

    if dataclasses.is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)
    return None if isinstance(value, bytes) else str(value)
