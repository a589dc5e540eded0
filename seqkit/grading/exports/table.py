"""CSV for a spreadsheet: a row a student, everything that a teacher may want to sort by."""

from seqkit.grading.exports import cells
from seqkit.grading.exports.scores import possible, total, weighed

FILE = "grades.csv"


def write(entries, assignment, *, excel=False):
    """The table as CSV (RFC 4180, UTF-8): total, each exercise, status, lateness, file, what was adjusted by hand and why.

    Args:
        entries: an `Entry` for each student.
        assignment: what they were graded for.
        excel: begin with a byte order mark, by which Excel knows UTF-8.
    """
    names = [item.exercise for item in assignment.items]
    head = ["student", "total", "points", *names, "status", "late_s", "received", "graded", "file", "adjusted"]
    return cells.write([head, *(_row(entry, assignment) for entry in entries)], excel=excel)


def _row(entry, assignment):
    graded = entry.graded
    earned = [one.earned for one in weighed(entry, assignment)]
    when = [_iso(graded.received), _iso(graded.at)]
    told = [graded.status, round(entry.late_s(assignment)), *when, graded.file, _adjusted(entry)]
    return [entry.student, total(entry, assignment), possible(assignment), *earned, *told]


def _iso(moment):
    return moment.isoformat(timespec="seconds") if moment else ""


def _adjusted(entry):
    return "; ".join(f"{name}: {change.reason} ({change.by})" for name, change in entry.adjustments.items())
