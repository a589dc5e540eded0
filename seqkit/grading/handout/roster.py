"""The students of a class: their ids, as a teacher has them in a text or CSV file."""

import csv
import unicodedata
from pathlib import Path

from seqkit.errors import AssignmentError

HEADERS = set("id ids student students username user login email name number matriculation".split())
HEADERS |= {f"{of} {what}" for of in ("student", "user") for what in ("id", "name", "number")}


def read(students):
    """The ids of students, in their order.

    Args:
        students: ids; or the path of a text or CSV file with one in each line, first column. A header is passed over.

    Raises:
        AssignmentError: the file cannot be read; an id stands twice, or cannot be the name of a folder.
    """
    where, named = "the roster", students
    if isinstance(students, str | Path):
        where, named = students, _rows(Path(students))
    ids = [unicodedata.normalize("NFC", str(each)).strip() for each in named]
    seen = {}
    for place, each in enumerate(ids, 1):
        _expect_name(each, where, place)
        if each.casefold() in seen:
            raise AssignmentError(
                f"{where} names {each!r} twice, as student {seen[each.casefold()]} and {place}. Leave one out."
            )
        seen[each.casefold()] = place
    return tuple(ids)


def _expect_name(student, where, place):
    """Refuses what can be no folder: it would write elsewhere, or nowhere."""
    if not student or student.startswith(".") or set(student) & set('/\\:*?"<>|') or not student.isprintable():
        raise AssignmentError(
            f"{where}, student {place}: {student!r} cannot be the name of a folder. An id takes letters, digits, and - _ @ + and dots "
            "that are not its first."
        )


def _rows(path):
    """The first column of a file, without its header."""
    try:
        data = path.read_bytes()
        lines = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig").splitlines()
    except OSError as error:
        raise AssignmentError(
            f"the roster {path} cannot be opened: {error.strerror}. Give a text or CSV file."
        ) from error
    except UnicodeDecodeError as error:
        raise AssignmentError(f"the roster {path} is no text in UTF-8: {error.reason}. Save it as UTF-8.") from error
    comma = max(",;\t", key=(lines or [""])[0].count)
    ids = [row[0].strip() for row in csv.reader(lines, delimiter=comma) if row and row[0].strip()]
    first = ids[0].casefold().replace("_", " ").replace("-", "").strip("# ") if ids else ""
    ids = ids[1:] if first in HEADERS else ids
    if not ids:
        raise AssignmentError(f"the roster {path} names no student. Write one id in each line.")
    return ids
