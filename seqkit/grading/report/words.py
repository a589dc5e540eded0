"""States, numbers and times of a report, in words: each reads without colour."""

from seqkit.grading.graded import UNREAD
from seqkit.steps import count

NOT_JUDGED = "not judged"
MARKS = {"right": "✓", "partly right": "✗", "not yet": "✗", "not started": "·", NOT_JUDGED: "?"}


def state(score, status="ok"):
    """`right`, `partly right`, `not yet`, `not started`, or `not judged`: of an exercise that was not asked, not read,
    or that seqkit could not judge.
    """
    if score is None or not score.judged or status == UNREAD:
        return NOT_JUDGED
    if score.ok or not score.started:
        return "right" if score.ok else "not started"
    return "partly right" if score.earned else "not yet"


def advice(graded, assignment):
    """What a student is told of how the notebook ran, in fixed words: what it said itself may hold a secret value."""
    limit = duration(assignment.cells_limit_s)
    return {
        "ok": "",
        UNREAD: "Your file could not be read, so nothing in it was judged.",
        "died": "Running your notebook ended Python: by a crash, by a call that exits, or by more memory than it may have. "
        "Restart the kernel, run all cells, and see which one ends it.",
        "timeout": f"Your notebook ran longer than it may ({limit} for its cells, of which one may take half of what is left). "
        "Look for a loop that does not end, or for training that can wait.",
    }.get(
        graded.status,
        "What your notebook gave back could not be taken over as answers. Restart the kernel, run all cells, check each "
        "answer, and ask your teacher if all looks well.",
    )


def percent(share):
    """`38 %`; 0 % and 100 % are said of none and all alone."""
    return f"{0 if share <= 0 else 100 if share >= 1 else min(99, max(1, round(100 * share)))} %"


def number(value):
    """`7`, `7.5`, `1,250`: at most two digits behind the point."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def duration(seconds):
    """A time of any length in its two largest units: `0.21 s`, `3 min 20 s`, `2 days 4 h`."""
    if seconds < 60:
        return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, hours, days = int(seconds // 60), int(seconds // 3600), int(seconds // 86400)
    if days:
        return f"{count(days, 'day')} {hours % 24} h".removesuffix(" 0 h")
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min {int(seconds % 60)} s".removesuffix(" 0 s")


def memory(size_bytes):
    """`412 MB`."""
    return f"{size_bytes / 1e9:.1f} GB" if size_bytes >= 1e9 else f"{size_bytes / 1e6:.0f} MB"


def moment(at):
    """`2025-11-20 23:14 UTC`; nothing of None."""
    return f"{at:%Y-%m-%d %H:%M %Z}".strip() if at else ""
