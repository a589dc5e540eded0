"""A file written whole or not at all: whoever reads it sees the old text or the new one, also after a power cut."""

import contextlib
import os
import tempfile
from pathlib import Path


def write(path, text, mode=0o644):
    """Write `text` to `path`, in UTF-8 with "\\n" line ends, and make the folders above it."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _aside(path, text, mode) as written:
        os.replace(written, path)


def write_once(path, text, mode=0o600):
    """Write `text` to `path` if nothing is there yet; a file that is there stays as it is.

    Raises:
        FileExistsError: something is there.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _aside(path, text, mode) as written:
        try:
            os.link(written, path)  # unlike a rename this never takes the place of a file
        except FileExistsError:
            raise
        except OSError:  # of a disk that knows no links, as a USB stick's
            with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "wb") as file:
                file.write(text.encode())


@contextlib.contextmanager
def _aside(path, text, mode):
    """A file beside `path` that holds `text`; what is left of it afterwards is deleted."""
    number, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        yield name
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
