"""The room on disk: a folder with the part of seqkit that observes, and pages that hold probes alone."""

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from seqkit.exercise import PAGES, index
from seqkit.grading.stripping import stripped

PACKAGE = PAGES.parent
ROOMS = (
    "errors steps notes signatures walk recorder spec writing transport axes trace exercise draws plain compare observe"
).split()
FOLDERS = ("styles", "probing", "grading/room")
SINGLE = ("grading/__init__.py", "grading/heads.py", "grading/wire.py")
PREFIX, OWNER = "seqkit-room-", "owner"
_OWNED = {}
"""{room: an open file, locked as long as this process lives}."""


def build(exercises):
    """A fresh folder for a fork server: what observes, the stripped pages of `exercises`, an empty scratch folder.

    Rooms whose grader was killed are cleared away on the way.

    Args:
        exercises: their names.

    Returns:
        Its path; whoever asked for it hands it to `clear`.
    """
    _clear_left_over()
    room = Path(os.path.realpath(tempfile.mkdtemp(prefix=PREFIX)))
    _own(room)
    inside = room / "seqkit"
    for part in (*(f"{name}.py" for name in ROOMS), *SINGLE, *FOLDERS):
        _copy(PACKAGE / part, inside / part)
    shutil.move(inside / "grading/room/face.py", inside / "__init__.py")
    shutil.move(inside / "grading/room/start.py", room / "start.py")
    (inside / "exercises").mkdir()
    (inside / "exercises/__init__.py").touch()
    for file in files(exercises):
        text = (PAGES / f"{file}.py").read_text(encoding="utf-8")
        (inside / f"exercises/{file}.py").write_text(stripped(text), encoding="utf-8")
    for name in ("scratch", "cache"):
        (room / name).mkdir()
    return room


def clear(room):
    """Delete a room."""
    shutil.rmtree(room, ignore_errors=True)
    if owner := _OWNED.pop(str(room), None):
        os.close(owner)


def _own(room):
    """Lock a file in it: the lock is gone with this process, however that ends, which a number of a process would not tell."""
    with suppress(ImportError):  # Windows: there nobody can tell, and what is left over stays
        import fcntl

        owner = os.open(room / f"{OWNER}.new", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.rename(room / f"{OWNER}.new", room / OWNER)
        _OWNED[str(room)] = owner


def _clear_left_over():
    for room in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError, ImportError):  # somebody else's, or not left over
            _clear_if_left(room)


def _clear_if_left(room):
    import fcntl

    if room.stat(follow_symlinks=False).st_uid != os.getuid():
        return
    owner = os.open(room / OWNER, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(room, ignore_errors=True)
    finally:
        os.close(owner)


def hand_over(old, new):
    """The compiled programs of one room to the next."""
    if (old / "cache").is_dir():
        shutil.copytree(old / "cache", new / "cache", dirs_exist_ok=True)


def files(exercises):
    """The page of each exercise, as the name of its file."""
    return [index()[name].file for name in exercises]


def _copy(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copyfile(source, target)
