"""`seqkit lab`: JupyterLab at the first lesson."""

import os
import sys
from pathlib import Path

import click

from seqkit.commands.voice import spoken
from seqkit.errors import FrameworkError

FIRST = Path(__file__).parent.parent.parent / "notebooks" / "00_start_here.ipynb"


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@spoken
def lab(voice, arguments):
    """Open JupyterLab at the first lesson of this checkout, or in the current folder if it has no lessons.

    What follows is handed on to JupyterLab. With --json the command is said before it starts.

    \b
    Examples:
      seqkit lab
      seqkit lab --port 8890 --no-browser
    """
    command = _command(FIRST if FIRST.exists() else None, arguments)
    voice.answer({"command": command})
    voice.note(f"opening {FIRST.name if FIRST.exists() else 'JupyterLab'}; Ctrl-C ends it")
    sys.stdout.flush()
    click.get_current_context().exit(_run(command))


def _command(notebook, arguments):
    """What starts JupyterLab. It refuses to start for root unless told; in a container everybody is root."""
    from importlib.util import find_spec

    if find_spec("jupyterlab") is None:
        raise FrameworkError("JupyterLab is not installed here. Install it with: pip install jupyterlab")
    root = ["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    return [sys.executable, "-m", "jupyterlab", *root, *arguments, *([str(notebook)] if notebook else [])]


def _run(command):
    """JupyterLab takes the place of this process, so that Ctrl-C and signals are its own; on Windows it runs inside."""
    if os.name == "posix":
        os.execv(command[0], command)
    import subprocess

    return subprocess.call(command)
