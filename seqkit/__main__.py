"""The command line: `seqkit`, or `python -m seqkit`. This room and `seqkit.commands` are the door of `seqkit.grading`."""

import importlib
import os
import sys

import click

from seqkit.commands import COMMANDS
from seqkit.commands.failing import ends_well
from seqkit.commands.voice import Voice

EPILOG = """\b
Exit codes:
  0    all is well
  1    something was found: a wrong answer in `check`, a submission that could
       not be read, a student whom a roster does not know, a ✗ in `doctor`
  2    the command was written in a way that it does not take
  3    seqkit cannot, and says why: no such gradebook, no sandbox, disk full
  70   seqkit itself failed; that is not your fault
  130  interrupted with Ctrl-C; what was done is kept
  141  whoever read the output went away
\b
Names are completed with Tab after
  eval "$(_SEQKIT_COMPLETE=bash_source seqkit)"     or zsh_source
  _SEQKIT_COMPLETE=fish_source seqkit | source
\b
NO_COLOR=1 leaves out colours, SEQKIT_TRACEBACK=1 shows where an error arose."""


class Seqkit(click.Group):
    """A group whose commands are imported when they are called, so that `seqkit --help` is there at once."""

    def list_commands(self, ctx):
        """The names of the commands, in the order in which they are needed."""
        return [name for section in COMMANDS.values() for name in section]

    def get_command(self, ctx, name):
        """The command of this name, or None."""
        known = name in self.list_commands(ctx)
        return getattr(importlib.import_module(f"seqkit.commands.{name}"), name) if known else None

    def format_commands(self, ctx, formatter):
        """Writes the list of commands for `--help`; imports none of them."""
        for title, section in COMMANDS.items():
            with formatter.section(title):
                formatter.write_dl(list(section.items()))

    def make_context(self, info_name, args, parent=None, **extra):
        """The context of one call, with a `Voice` that knows how the call was written."""
        if os.environ.get("NO_COLOR"):
            extra.setdefault("color", False)
        return super().make_context(info_name, args, parent, obj=Voice(info_name, args), **extra)

    def invoke(self, ctx):
        """Runs the command; whatever it raises ends as words and an exit code."""
        with ends_well(ctx):
            return super().invoke(ctx)


@click.command(cls=Seqkit, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="seqkit", message="seqkit %(version)s")
def cli():
    """Learn `Sequential` in six styles, and grade a class with the same exercises.

    \b
    Examples:
      seqkit lab                                  open the first lesson
      seqkit assign hw1 --lesson 05_flax_chain    make an assignment
      seqkit grade submissions/ --assignment hw1 --out results/
      seqkit report results/ --assignment hw1
    """


def main():
    """Runs the command line; letters that the terminal does not have become `?` and stop nothing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    cli()


if __name__ == "__main__":
    main()
