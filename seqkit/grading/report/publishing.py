"""Pages into a folder: each whole or not there, none that somebody else wrote touched, those of the past taken away."""

import errno
import json
import os
import re
from pathlib import Path

from seqkit.errors import GradebookError

LIST = "pages.json"
"""Which pages are ours; written first, so that a report that was interrupted knows what it had begun."""
_OURS = re.compile(r"index\.html|(?:students|teacher)/[a-z0-9-]{1,120}\.html")
_TRY = {
    errno.ENOSPC: "Make room, or choose another folder, and run it again",
    errno.EDQUOT: "Make room, or choose another folder, and run it again",
    errno.ENOTDIR: "Choose a folder that is none of your files",
}


def publish(pages, names, out):
    """Write each page into the folder `out`; gives the paths, as they are written.

    Args:
        pages: (name, text) of each, made one at a time.
        names: all the names that will come.
        out: the folder; made if it is not there.

    Raises:
        GradebookError: a page cannot be written, or would stand where a file is that is not ours.
    """
    folder, names = Path(out), list(names)
    earlier = _listed(folder)
    _refuse_foreign(folder, names, earlier)
    _write_list(folder, sorted({*names, *earlier}))
    for name, text in pages:
        yield _write(folder / name, text)
    for name in set(earlier) - set(names):
        _remove(folder / name)
    _write_list(folder, sorted(names))


def _listed(folder):
    """The names of the pages that an earlier report wrote."""
    try:
        listed = json.loads((folder / LIST).read_text("utf-8"))["pages"]
    except (OSError, ValueError, LookupError, TypeError):
        return []
    return [name for name in listed if isinstance(name, str) and _OURS.fullmatch(name)]


def _refuse_foreign(folder, names, earlier):
    foreign = next((name for name in names if name not in set(earlier) and (folder / name).exists()), None)
    if foreign:
        raise GradebookError(
            f"{folder / foreign} is there and was not written by a report, so it stays. A report takes a folder of its own: "
            f"choose another one, or move that file away."
        )


def _write_list(folder, names):
    _write(folder / LIST, json.dumps({"made by": "seqkit report", "pages": names}, indent=0))


def _write(path, text):
    """Write all of it or nothing: a reader sees the old page or the new one."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, "utf-8", newline="\n")
        os.replace(beside, path)
    except OSError as error:
        _remove(beside)
        tried = _TRY.get(error.errno, "Choose a folder that you may write to, and run it again")
        raise GradebookError(
            f"{path} could not be written: {error.strerror}. Pages before it are whole. {tried}."
        ) from error
    return path


def _remove(path):
    try:
        path.unlink(missing_ok=True)
    except OSError:  # a page too many does less harm than a report that is not finished
        return
