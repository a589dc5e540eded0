"""Whose file is it: students' names out of the names that folders, zips and learning platforms give to what is handed in.

    Ada Lovelace_4711_assignsubmission_file_[hw1.ipynb]    Moodle's download, as folders or flat
    lovelaceada_LATE_4711_90210_hw1-1.ipynb                Canvas' download
    hw1_ada_attempt_2026-01-30-15-00-00_hw1.ipynb          Blackboard's download
    ada+hw1+2026-01-30 15:00:00 UTC                        a folder of nbgrader's exchange
    hw1-ada   ada_hw1_late   ada                           plain names, of files and of folders

A name is cut before it is looked at, so that no name can be slow.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from seqkit.grading.intake.times import time_of

MAX_NAME = 100
"""Letters kept of a student's name."""
MAX_PART = 255
"""Letters of one name in a path: a disk takes no more, a zip 65,000."""
MAX_FILE = 160
"""Letters kept of a file's name in a sentence."""
GAP = r"[\s_\-.+,]"
OUTER_GAPS = re.compile(rf"^{GAP}+|{GAP}+$")
WORD = r"[^\W_]"
PLATFORMS = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        r"(?P<student>.+)_(?P<number>\d+)_assignsubmission_[a-z]+_.*",
        r"(?:LATE_)?(?P<student>anon_[^\W_]+)_\d+_.+",
        r"(?P<student>\w+?)(?:_LATE)?_(?P<number>\d{2,})_(?:\d{3,}_.+|text|link)",
        r".+_(?P<student>[^_]+)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_.*)?",
        r"(?P<student>[^+]+)\+(?P<assignment>[^+]+)\+(?P<time>\d{4}-[^+]+)(?:\+[^+]*)?",
    )
)
ADDED = r"(?:late|final|submission|submitted|resubmission|solution|answers?|copy\d*|v\d+)"
ENDS = re.compile(rf"(?:{GAP}*\(\d+\)|{GAP}+{ADDED})$", re.IGNORECASE)
BEGINS = re.compile(rf"^{ADDED}{GAP}+", re.IGNORECASE)
AROUND = re.compile(
    rf"(?:submissions?|submitted|hand(?:ed)?{GAP}?in|downloads?|assignment{GAP}\d+{GAP}export)", re.IGNORECASE
)


@dataclass(frozen=True)
class Owner:
    """Who handed something in, as a name says it.

    Attributes:
        student: the name; "" if there is none.
        number: what a platform tells people of one name apart by, or "".
        received: when, if the name says so.
        by: "platform" if a learning platform made the name, "assignment" if it also names the assignment, "another assignment"
            if it names another one, else "name".
    """

    student: str
    number: str = ""
    received: datetime | None = None
    by: str = "name"


def printable(text, longest=MAX_FILE):
    """A text in one line: without control characters, cut in its middle to `longest` letters."""
    line = str(text)
    if not line.isprintable():
        joining = "\u200c\u200d"  # Persian and Indic names need them
        line = "".join(letter if letter.isprintable() or letter in joining else "\ufffd" for letter in line)
    half = longest // 2
    return line if len(line) <= longest else f"{line[:half]}…{line[half - longest + 1 :]}"


def normal(text):
    """A name as it is compared and kept: composed letters (NFC), no blanks around it, cut."""
    return unicodedata.normalize("NFC", text[:MAX_PART]).strip()[:MAX_PART]


@lru_cache(maxsize=20_000)  # it is asked several times of each name
def owner(name, assignment):
    """The `Owner` of a file or a folder, out of its name without the ending."""
    name = normal(name)
    for pattern in PLATFORMS:
        found = pattern.fullmatch(name)
        if found and _bare(_without(found["student"], assignment)):
            given = found.groupdict()
            when = time_of(given["time"]) if given.get("time") else None
            if given.get("assignment") and not is_exactly(given["assignment"], assignment):
                return Owner("", by="another assignment")
            return Owner(student(given["student"]), given.get("number") or "", when, "platform")
    rest = _without(name, assignment)
    return Owner(student(_bare(rest)), by="name" if rest == name else "assignment")


def is_named(name, assignment):
    """Whether the assignment's name is in a name."""
    return _without(normal(name), assignment) != normal(name)


def is_exactly(name, assignment):
    """Whether a name is the assignment's, apart from `(1)`, `final` and the like."""
    return is_named(name, assignment) and not _bare(_without(normal(name), assignment))


def is_around(name, assignment):
    """Whether a folder is by its name one around the submissions: `submitted`, `hw1`, `hw1-submissions`."""
    rest = OUTER_GAPS.sub("", _without(normal(name), assignment))
    return not rest or AROUND.fullmatch(rest) is not None or is_exactly(name, assignment)


def student(text):
    """A student's name as it is kept: one line, bounded; "" if nothing is left."""
    return printable(OUTER_GAPS.sub("", normal(text)), MAX_NAME)


def _without(name, assignment):
    """A name without the assignment's, where that stands as words of their own, however they are joined."""
    pattern = _pattern(assignment)
    return pattern.sub("_", name, count=1) if pattern else name


@lru_cache(maxsize=64)
def _pattern(assignment):
    words = re.findall(r"[^\W\d_]+|\d+|[^\w\s]", normal(assignment))
    words = [re.escape(word) for word in words if not re.fullmatch(GAP, word)]
    joined = rf"{GAP}*".join(words)
    return re.compile(rf"(?<!{WORD}){joined}(?!{WORD})", re.IGNORECASE) if words else None


def _bare(name):
    """A name without what is added at its ends: `late`, `(1)`, `v2`; "" if nothing else is in it."""
    name = OUTER_GAPS.sub("", name)
    while True:
        shorter = OUTER_GAPS.sub("", BEGINS.sub("", ENDS.sub("", f" {name}").strip() + " "))
        if shorter == name:
            return name
        name = shorter
