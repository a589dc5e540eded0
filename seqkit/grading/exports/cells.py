"""CSV that a spreadsheet may open: text stays text, whatever a student is called; numbers stay numbers."""

import csv
import io
import unicodedata

FORMULA = "=+-@\t\r\n＝＋－＠"
"""A cell that begins with one of these is run by a spreadsheet (OWASP, “CSV Injection”), the full-width ones too."""


def cell(value):
    """One value as a cell: None is empty, a number is itself, and text that would be run begins with an apostrophe."""
    if value is None or isinstance(value, int | float):
        return "" if value is None else value
    text = str(value)
    risky = text.startswith(tuple(FORMULA)) or _without_blanks(text).startswith(tuple(FORMULA))
    return ("'" if risky else "") + "".join(map(_printed, text))


def write(rows, *, excel=False, line_end="\r\n"):
    """Rows of values as CSV; every text is defused and quoted.

    Args:
        rows: lists of values.
        excel: begin with the byte order mark by which Excel knows UTF-8.
        line_end: what ends a row.
    """
    kept = [[cell(value) for value in row] for row in rows]
    return ("\ufeff" if excel else "") + write_as_is(kept, ",", line_end, csv.QUOTE_NONNUMERIC)


def write_as_is(rows, delimiter, line_end="\r\n", quoting=csv.QUOTE_MINIMAL):
    """Rows of values as CSV, none of them changed: for cells that another system wrote and has to know again."""
    made = io.StringIO()
    csv.writer(made, delimiter=delimiter, lineterminator=line_end, quoting=quoting).writerows(rows)
    return made.getvalue()


def _without_blanks(text):
    """A spreadsheet may drop what cannot be seen at the beginning, and so does this."""
    return text.lstrip("".join({sign for sign in text[:64] if sign.isspace() or unicodedata.category(sign)[0] == "C"}))


def _printed(sign):
    return " " if unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") else sign
