"""What a learner has done, kept in one small SQLite file: each check, hint and look at a reference is one row, never changed.

The file stands in `SEQKIT_HOME`, or else where this system keeps a user's data. Two kernels may write at once. A damaged
file is set aside under another name and a new one begun.
"""

import os
import sqlite3
import warnings
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from seqkit.errors import ProgressError

FILE = "progress.sqlite"
REST_DAYS = (1, 3, 7, 14, 30, 60)
"""How many days after each success in a row an exercise is worth a look back."""
WAIT_S = 10
"""How long one kernel waits for another that writes."""
TABLE = "CREATE TABLE IF NOT EXISTS done (at TEXT, exercise TEXT, kind TEXT, ok INTEGER, earned REAL)"


@dataclass
class Record:
    """What was done about one exercise.

    Attributes:
        tries: how many checks of an answer that was started.
        earned: the most points that a check earned.
        solved: the days on which a check was right, in order.
        hints: how many hints were asked for.
        looked: whether the reference was shown.
    """

    tries: int = 0
    earned: float = 0.0
    solved: list[date] = field(default_factory=list)
    hints: int = 0
    looked: bool = False

    @property
    def due(self):
        """The day from which a look back is worth while; None if it was never solved."""
        if not self.solved:
            return None
        rest = REST_DAYS[min(len(self.solved), len(REST_DAYS)) - 1]
        return date.fromordinal(self.solved[-1].toordinal() + rest)


def home():
    """The folder of a learner's data."""
    if os.environ.get("SEQKIT_HOME"):
        return Path(os.environ["SEQKIT_HOME"]).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("seqkit", appauthor=False))


def note(exercise, kind, ok=False, earned=0.0, at=None):
    """Keep that something was done.

    Args:
        exercise: its name.
        kind: "check", "hint" or "reference".
        ok: of a check, whether the answer was right.
        earned: of a check, in points.
        at: a datetime; now, if None.

    Raises:
        ProgressError: the file cannot be written; the sentence says where and why.
    """
    at = (at or datetime.now()).isoformat(timespec="seconds")
    with _opened() as file, file:
        file.execute("INSERT INTO done VALUES (?, ?, ?, ?, ?)", (at, exercise, kind, int(ok), float(earned)))


def records():
    """{exercise: Record} of everything that was done.

    Raises:
        ProgressError: the file cannot be read.
    """
    with _opened() as file:
        rows = file.execute("SELECT at, exercise, kind, ok, earned FROM done ORDER BY at").fetchall()
    found = {}
    for at, exercise, kind, ok, earned in rows:
        _add(found.setdefault(exercise, Record()), date.fromisoformat(at[:10]), kind, ok, earned)
    return found


def record(exercise):
    """The `Record` of one exercise."""
    return records().get(exercise, Record())


def forget():
    """Delete everything that was kept; returns the file's path.

    Raises:
        ProgressError: the file cannot be deleted.
    """
    path = home() / FILE
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise ProgressError(f"the progress in {path} cannot be deleted: {error}. Delete that file yourself.") from error
    return path


def _add(found, day, kind, ok, earned):
    if kind == "check":
        found.tries += 1
        found.earned = max(found.earned, earned)
        if ok and day not in found.solved:
            found.solved.append(day)
    elif kind == "hint":
        found.hints += 1
    else:
        found.looked = True


@contextmanager
def _opened():
    """A connection to the file; a damaged one is set aside first."""
    path = home() / FILE
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(_connected(path)) as file:
            yield file
    except (OSError, sqlite3.Error) as error:
        raise ProgressError(
            f"the progress in {path} cannot be kept: {error}. Set SEQKIT_HOME to a folder that can be written."
        ) from error


def _connected(path):
    try:
        return _with_table(path)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        aside = _free_name(path)
        path.replace(aside)
        warnings.warn(
            f"{path} was damaged ({error}). It is set aside as {aside.name}; a new file is begun.", stacklevel=2
        )
        return _with_table(path)


def _with_table(path):
    file = sqlite3.connect(path, timeout=WAIT_S)
    try:
        file.execute(TABLE)
        file.execute("SELECT at, exercise, kind, ok, earned FROM done ORDER BY rowid DESC LIMIT 1").fetchone()
    except sqlite3.Error:
        file.close()
        raise
    return file


def _free_name(path):
    names = (path.with_name(f"{path.stem}.damaged-{i}{path.suffix}") for i in range(1, 10_000))
    return next(name for name in names if not name.exists())
