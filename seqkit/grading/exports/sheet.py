"""A table of students that another system wrote, and which of its rows is whose."""

import csv
import io
import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from seqkit.errors import AssignmentError

BRACKETS = re.compile(r"\((\d+)\)$")


@dataclass(frozen=True)
class Sheet:
    """A CSV as it was read: its file, the first row, the others, what stood between its cells."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    delimiter: str = ","

    def records(self):
        """Each row as {column: cell}."""
        return [dict(zip(self.columns, row, strict=False)) for row in self.rows]

    def place(self, *names):
        """Where the first of these columns stands, or None."""
        plain = [column.strip().casefold() for column in self.columns]
        return next((plain.index(name.casefold()) for name in names if name.casefold() in plain), None)


def read(path):
    """The `Sheet` in the CSV at `path`: UTF-8 or, with its mark, UTF-16; commas, semicolons or tabs.

    Raises:
        AssignmentError: it cannot be opened, is no such text, or has no rows.
    """
    try:
        data = Path(path).read_bytes()
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8. Save it as CSV in UTF-8"
        raise AssignmentError(f"the roster {path} cannot be read: {why}.") from error
    return parsed(text, str(path))


def parsed(text, file="roster"):
    """The `Sheet` in a text."""
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    try:
        rows = [tuple(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
    except csv.Error as error:
        raise AssignmentError(f"the roster {file} cannot be read as CSV: {error}. Export it again.") from error
    if len(rows) < 2:
        raise AssignmentError(
            f"the roster {file} has {len(rows)} rows; it takes a row of column names and one a student."
        )
    wide = len(rows[0])
    return Sheet(file, rows[0], tuple((*row, *[""] * wide)[:wide] for row in rows[1:]), delimiter)


def matched(students, rows):
    """Which row is whose: first by what is exactly alike (an id, a login, an address), then by names without accents and signs.

    Args:
        students: names, as they were graded.
        rows: for each row of the roster the cells that may name its student.

    Returns:
        {student: number of the row}, and {student: why there is none}.
    """
    exact, alike = _index(rows, _exact), _index(rows, _alike)
    found = {}
    for index, keys in ((exact, _exact), (alike, _numbers), (alike, _alike)):
        rest = [student for student in students if student not in found]
        found |= {student: row for student in rest if (row := _only(keys([student]), index)) is not None}
    times = Counter(found.values())
    kept = {student: row for student, row in found.items() if times[row] == 1}
    return kept, {student: _why(student, found) for student in students if student not in kept}


def _index(rows, keys):
    index = defaultdict(set)
    for number, cells in enumerate(rows):
        for key in keys(cells):
            index[key].add(number)
    return index


def _only(keys, index):
    """The one row that these keys point at, or None."""
    rows = set().union(*(index.get(key, set()) for key in keys))
    return rows.pop() if len(rows) == 1 else None


def _exact(cells):
    return {_folded(cell) for cell in cells if cell.strip()}


def _alike(cells):
    """Names without spaces, accents and signs, in both orders; what stands before an @; the number of “Participant 7”."""
    told = set()
    for cell in (_folded(BRACKETS.sub("", cell)) for cell in cells):
        told |= {cell, cell.partition("@")[0], " ".join(reversed(cell.split(", "))), cell.removeprefix("participant ")}
    return {squeezed for one in told if (squeezed := _squeezed(one))}


def _numbers(cells):
    """The number behind a name, “Ana Diaz (4711)”: intake adds it where a platform has two people of one name."""
    return {found[1] for cell in cells if (found := BRACKETS.search(cell))}


def _folded(text):
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _squeezed(text):
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if sign.isalnum())


def _why(student, found):
    return "another student matches the same row" if student in found else "no row, or more than one, has this name"
