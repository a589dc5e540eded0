"""The room on disk: a folder with the part of seqkit that observes, and pages that hold probes alone."""

import os
import shutil
import tempfile
from pathlib import Path

from seqkit.exercise import PAGES, index
from seqkit.grading.stripping import stripped

PACKAGE = PAGES.parent
ROOMS = (
    "errors steps notes signatures walk recorder spec writing transport axes trace exercise draws plain compare observe"
).split()
FOLDERS = ("styles", "probing", "grading/room")
SINGLE = ("grading/__init__.py", "grading/heads.py", "grading/wire.py")


def build(exercises):
    """A fresh folder for a fork server: what observes, the stripped pages of `exercises`, an empty scratch folder.

    Args:
        exercises: their names.

    Returns:
        Its path; whoever asked for it deletes it.
    """
    room = Path(os.path.realpath(tempfile.mkdtemp(prefix="room-")))
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


def hand_over(old, new):
    """The compiled programs of one room to the next."""
    if (old / "cache").is_dir():
        shutil.copytree(old / "cache", new / "cache", dirs_exist_ok=True)


def files(exercises):
    """The page of each exercise, as the name of its file."""
    return [index()[name][0] for name in exercises]


def _copy(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copyfile(source, target)
