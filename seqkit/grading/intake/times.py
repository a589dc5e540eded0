"""When something was handed in, out of the texts that say so."""

import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

TIMESTAMP = "timestamp.txt"
"""In which nbgrader keeps when something was handed in."""
TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[ T-](\d\d)[:-](\d\d)(?:[:-](\d\d)(?:\.(\d{1,6})\d*)?)?\s*([+-]\d\d:?\d\d|[A-Za-z][\w/+-]*)?"
)


def time_of(text):
    """The time that a text begins with, with time zone (UTC where none is named); None if it is none.

    It reads nbgrader's `timestamp.txt` (2026-01-30 15:00:00.000000 UTC), Gradescope's and Blackboard's times.
    """
    found = TIME.match(text.strip())
    if not found:
        return None
    *numbers, fraction, zone = found.groups()
    try:
        moment = [int(number or 0) for number in numbers] + [int((fraction or "0").ljust(6, "0"))]
        return datetime(*moment, tzinfo=_zone(zone))
    except (ValueError, OverflowError):
        return None


def _zone(name):
    if not name or name in ("UTC", "Z", "GMT"):
        return UTC
    if name[0] in "+-":
        shift = timedelta(hours=int(name[1:3]), minutes=int(name[-2:]))
        return timezone(-shift if name[0] == "-" else shift)
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):  # zoneinfo raises each of them for a zone that it does not know
        return UTC
