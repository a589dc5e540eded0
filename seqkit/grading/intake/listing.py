"""What lies in a folder that a teacher was given: its files, as they are there. No link is followed, no pipe is opened."""

import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime

from seqkit.errors import IntakeError
from seqkit.grading.intake.naming import normal

MAX_FILES = 200_000
MAX_DEPTH = 30
JUNK = {"__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini", "node_modules"}
"""Names, beside those that begin with a dot, that systems and programs leave behind."""
UNREADABLE = "cannot be opened. Look at who may read it."


@dataclass(frozen=True)
class Found:
    """A file that was found, or a folder.

    Attributes:
        parts: its path inside what was given, name by name.
        source: what its bytes are read from, by `read(most_bytes)`; None for a folder.
        size_bytes: how large it is.
        modified: when it was changed last, with time zone; None if nothing says so.
        obstacle: why it cannot be read, to go on after its name; "" if it can.
        inside: how many zips it lies in.
    """

    parts: tuple[str, ...]
    source: object = None
    size_bytes: int = 0
    modified: datetime | None = None
    obstacle: str = ""
    inside: int = 0

    @property
    def name(self):
        """Its own name."""
        return self.parts[-1]

    @property
    def is_folder(self):
        """Whether it is a folder that can be looked into."""
        return self.source is None and not self.obstacle

    @property
    def path(self):
        """Its path inside what was given."""
        return "/".join(self.parts)


@dataclass(frozen=True)
class OnDisk:
    """A file on a disk, as it was when it was found."""

    path: str
    size_bytes: int = 0
    modified_ns: int = 0

    def open(self):
        """The file, opened for reading.

        Raises:
            IntakeError: it is no plain file any more, or cannot be opened.
        """
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            file = os.fdopen(os.open(self.path, flags), "rb")
        except OSError as error:
            raise IntakeError(f"cannot be opened: {error.strerror}. Look at who may read it.") from error
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            file.close()
            raise IntakeError("is not a plain file any more. Put the file itself there.")
        return file

    def read(self, most_bytes):
        """Its first bytes, `most_bytes` at most.

        Raises:
            IntakeError: it cannot be opened or read.
        """
        with self.open() as file:
            try:
                return file.read(most_bytes)
            except OSError as error:
                raise IntakeError(f"cannot be read: {error.strerror}. Look at the disk that it is on.") from error


def is_junk(name):
    """Whether a name is one that systems and programs leave behind."""
    return name.startswith((".", "~$")) or name in JUNK


def on_disk(path):
    """`Found` of one file on a disk, links followed: the teacher named it."""
    real = os.path.realpath(path)
    return _found((normal(os.path.basename(path)) or "_",), real, os.stat(real))


def in_folder(root):
    """[Found] of everything in a folder and the folders in it, in the order of its names.

    Raises:
        IntakeError: it holds more than `MAX_FILES`.
        OSError: it cannot be opened, or changes meanwhile.
    """
    found, waiting = [], [((), str(root))]
    while waiting:
        parts, folder = waiting.pop()
        for entry in _entries(folder) if parts else _listed(folder):
            here = (*parts, normal(entry.name) or "_")
            found.append(_entry(here, entry))
            if found[-1].is_folder and len(here) < MAX_DEPTH:
                waiting.append((here, entry.path))
        if len(found) > MAX_FILES:
            raise IntakeError(
                f"{root} holds more than {MAX_FILES:,} files. Give the folder that holds the submissions alone."
            )
    return sorted(found, key=lambda one: one.parts)


def _entries(folder):
    """What is in a folder inside; nothing if it went, or was locked, since it was found."""
    try:
        return _listed(folder)
    except OSError:
        return []


def _listed(folder):
    with os.scandir(folder) as entries:
        return [entry for entry in entries if not is_junk(entry.name)]


def _entry(parts, entry):
    try:
        if entry.is_symlink():
            return Found(parts, obstacle="is a link, and links are not followed. Put the file itself there.")
        status = entry.stat(follow_symlinks=False)
    except OSError as error:
        return Found(parts, obstacle=f"cannot be looked at: {error.strerror}. Look at who may read it.")
    if stat.S_ISDIR(status.st_mode):
        return Found(parts, obstacle="" if os.access(entry.path, os.R_OK | os.X_OK) else UNREADABLE)
    if not stat.S_ISREG(status.st_mode):
        return Found(parts, obstacle="is a pipe, a socket or a device. Put a plain file there.")
    return _found(parts, entry.path, status)


def _found(parts, path, status):
    modified = datetime.fromtimestamp(status.st_mtime, UTC) if 0 <= status.st_mtime < 2**35 else None
    return Found(parts, OnDisk(str(path), status.st_size, status.st_mtime_ns), status.st_size, modified)
