"""How a command ends that could not do its work: one sentence and an exit code, no traceback unless it is asked for."""

import contextlib
import errno
import os
import sys

import click

from seqkit.errors import SeqkitError

FOUND, REFUSED, FAILED, INTERRUPTED, UNREAD = 1, 3, 70, 130, 141
"""Exit codes; 0 is well and 2 is click's, for a command that it does not take."""
FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


@contextlib.contextmanager
def ends_well(ctx):
    """Whatever is raised inside becomes words on stderr, with `--json` a document too, and an exit code."""
    voice = ctx.obj
    try:
        yield
    except (click.ClickException, click.exceptions.Exit):
        raise
    except (KeyboardInterrupt, click.Abort):
        voice.refuse(f"\ninterrupted. What was done is kept; go on with: {voice.again()}")
        _end(ctx, INTERRUPTED, "Interrupted", "interrupted")
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        ctx.exit(UNREAD)
    except SeqkitError as error:
        _refuse(ctx, error, str(error))
    except OSError as error:
        _refuse(ctx, error, _of_the_system(error))
    except Exception as error:
        _failed(ctx, error)


def _refuse(ctx, error, sentence):
    _show(ctx.obj, error)
    ctx.obj.refuse(sentence)
    _end(ctx, REFUSED, type(error).__name__, sentence)


def _failed(ctx, error):
    """seqkit's own failure: where it arose goes into a file, which can be sent along."""
    _show(ctx.obj, error)
    told = f"{type(error).__name__}: {str(error)[:300]}"
    ctx.obj.refuse(f"seqkit failed ({told}); this is not your fault, and what was done before is kept.")
    ctx.obj.refuse(
        f"Please report it to whoever gave you seqkit, with this file; read it before you send it: {_kept(ctx.obj)}"
    )
    _end(ctx, FAILED, "Failed", told)


def _kept(voice):
    """The name of a new file with the command, the versions and the traceback that is being handled."""
    import platform
    import tempfile
    import traceback
    from importlib.metadata import version

    head = f"{voice.again()}\nseqkit {version('seqkit')}, Python {platform.python_version()}, {platform.platform()}\n\n"
    number, name = tempfile.mkstemp(prefix="seqkit-failure-", suffix=".txt")
    with os.fdopen(number, "w", encoding="utf-8", errors="replace") as file:
        file.write(head + traceback.format_exc())
    return name


def _of_the_system(error):
    """A file or a disk that says no, in one sentence."""
    where = f"{error.filename}: " if error.filename else ""
    todo = " Make room, and run the command again: it goes on where it was." if error.errno in FULL else ""
    return f"{where}{error.strerror or error}.{todo}"


def _show(voice, error):
    if voice.traceback or os.environ.get("SEQKIT_TRACEBACK", "0") not in ("", "0"):
        import traceback

        click.echo("".join(traceback.format_exception(error)), err=True)


def _end(ctx, code, kind, message):
    ctx.obj.answer({"error": {"kind": kind, "message": message, "exit": code}})
    ctx.exit(code)
