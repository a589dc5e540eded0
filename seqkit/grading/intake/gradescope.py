"""Who handed in what, as Gradescope's download says it in `submission_metadata.yml`.

    submission_4711:
      :submitters:
      - :name: Ada Lovelace
        :sid: '100'
      :created_at: 2026-01-30 15:00:00.000000000 Z

The file is read line by line, as Gradescope writes it: whatever else YAML allows is passed over.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime

from seqkit.grading.intake.times import time_of

FILE = "submission_metadata.yml"
MAX_BYTES = 50_000_000
LINE = re.compile(r"(?P<indent> *)(?P<item>- )?:?(?P<key>[\w.\-]+):(?: +(?P<value>\S.*)?)?")
ESCAPED = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|(.))")


@dataclass
class Entry:
    """One submission.

    Attributes:
        people: {"name": …, "sid": …, "email": …} of each who handed it in.
        received: when, or None.
    """

    people: list[dict[str, str]] = field(default_factory=list)
    received: datetime | None = None


def entries(text):
    """{folder: Entry} of each submission that the text of the file names."""
    found, entry, section = {}, None, ""
    for match in filter(None, map(LINE.fullmatch, text.splitlines())):
        if not match["indent"] and not match["item"]:
            entry = found[match["key"]] = Entry()
        elif entry:
            section = match["key"] if len(match["indent"]) == 2 and not match["item"] else section
            _add(entry, section, match["item"], match["key"], _plain(match["value"] or ""))
    return found


def _add(entry, section, is_item, key, value):
    if section == key == "created_at":
        entry.received = entry.received or time_of(value)
    elif section == "submitters" and is_item:
        entry.people.append({key: value})
    elif section == "submitters" and entry.people:
        entry.people[-1].setdefault(key, value)


def _plain(value):
    """The text of a YAML scalar on one line."""
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    if len(value) > 1 and value[0] == value[-1] == '"':
        return ESCAPED.sub(lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else m[3], value[1:-1])
    return value
