"""The bytes of a file as text, the text as JSON; what is odd and does no harm is added to `notes`."""

import json

from seqkit.errors import IntakeError

MAX_PARTS = 4_000_000
"""Values in one file: parsed, each takes up to a microsecond and a hundred bytes."""
MARKS = (
    (b"\xef\xbb\xbf", "utf-8", "a byte order mark"),
    (b"\xff\xfe\0\0", "utf-32-le", "UTF-32"),
    (b"\0\0\xfe\xff", "utf-32-be", "UTF-32"),
    (b"\xff\xfe", "utf-16-le", "UTF-16"),
    (b"\xfe\xff", "utf-16-be", "UTF-16"),
)
"""What a file may begin with, how the rest is then decoded, and what is said of it."""
KINDS = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a zip or an office document"),
    (b"\x1f\x8b", "a packed file"),
    (b"Rar!", "a packed file"),
    (b"7z\xbc\xaf", "a packed file"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"<", "a web page"),
)
CLEAR = "Clear its outputs (Edit → Clear Outputs of All Cells), save it and hand in that file."
AGAIN = "Save it again from JupyterLab and hand in that file."


def text_of(data, notes):
    """The bytes of a file as text, whichever Unicode encoding they are in.

    Raises:
        IntakeError: they are empty, of another kind of file, or no text; the sentence goes on after the file's name.
    """
    if not data.strip():
        raise IntakeError("is empty. Hand in the notebook itself.")
    mark, encoding, said = next((row for row in MARKS if data.startswith(row[0])), (b"", "utf-8", ""))
    kind = next((kind for start, kind in KINDS if data[:200].lstrip().startswith(start)), None) if not mark else None
    if kind:
        raise IntakeError(f"is {kind}, not a notebook, whatever its name says. Hand in the .ipynb file.")
    if said:
        notes.append(f"The file is written with {said}." if mark == MARKS[0][0] else f"The file is written in {said}.")
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        place = len(mark) + error.start
        raise IntakeError(f"is not text in UTF-8 or UTF-16: byte {place} fits neither. {AGAIN}") from None
    if "\0" in text[:4]:
        raise IntakeError(f"is not text in UTF-8, or in UTF-16 with its byte order mark. {AGAIN}")
    return text


def parsed(text, notes):
    """The JSON in a text. Whole numbers become floats: they cannot be slow, however many digits they have.

    Raises:
        IntakeError: it is no JSON, or deeper or longer than a notebook is.
    """
    odd = set()
    if sum(map(text.count, "[{,")) > MAX_PARTS:
        raise IntakeError(f"has more than {MAX_PARTS:,} values in it. {CLEAR}")
    try:
        parsed = json.loads(text, parse_int=float, parse_constant=odd.add)
    except json.JSONDecodeError as error:
        conflict = "It holds the marks of a merge conflict. " if "<<<<<<<" in text and ">>>>>>>" in text else ""
        raise IntakeError(
            f"is damaged: at line {error.lineno}, column {error.colno} it is no JSON. {conflict}{AGAIN}"
        ) from None
    except (RecursionError, MemoryError):
        raise IntakeError(f"is nested more deeply than a notebook ever is. {AGAIN}") from None
    if odd:
        notes.append("The file holds NaN or Infinity, which JSON does not have.")
    return parsed
