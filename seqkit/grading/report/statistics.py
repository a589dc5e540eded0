"""What a class did, as tables: pure functions from the entries of a gradebook. A row is a small record, ready to be shown."""

import statistics
from collections import Counter, defaultdict

from seqkit.grading.exports import scores
from seqkit.grading.graded import UNREAD
from seqkit.grading.report.findings import Bar, Cost, Difficulty, Overview, Shared, Stuck, Total

TENTHS = 10


def total(entry, assignment):
    """The `Total` of one entry."""
    return Total(scores.total(entry, assignment), scores.possible(assignment))


def overview(entries, assignment):
    """The `Overview` of a class."""
    totals = [total(entry, assignment) for entry in entries]
    shares = [each.share for each in totals] or [0.0]
    return Overview(
        students=len(entries),
        unread=len(unread(entries)),
        late=len(late(entries, assignment)),
        full=sum(each.earned >= each.points for each in totals),
        none=sum(not each.earned for each in totals),
        faults=len(faults(entries)),
        mean=statistics.fmean(shares),
        median=statistics.median(shares),
    )


def distribution(entries, assignment):
    """Eleven `Bar`s: the tenths of the points, and all of them."""
    shares = [min(1.0, total(entry, assignment).share) for entry in entries]
    reached = Counter(int(TENTHS * share + 1e-9) for share in shares)
    labels = [f"{10 * i}–{10 * i + 10} %" for i in range(TENTHS)]
    return [Bar(label, reached[i]) for i, label in enumerate([*labels, "100 %"])]


def difficulty(entries, assignment):
    """A `Difficulty` for each exercise, in the order of the assignment."""
    return [_difficulty(item, _scored(entries, item.exercise)) for item in assignment.items]


def _difficulty(item, scored):
    right = sum(score.ok for _, score in scored)
    untouched = sum(not score.started for _, score in scored)
    shares = [entry.earned(item.exercise) / item.points if item.points else 0.0 for entry, _ in scored]
    return Difficulty(item.exercise, right, len(scored) - right - untouched, untouched, statistics.fmean(shares or [0]))


def _scored(entries, exercise):
    """(entry, score) of those who could be read."""
    found = [(entry, score_of(entry, exercise)) for entry in entries if entry.graded.status != UNREAD]
    return [(entry, score) for entry, score in found if score and score.judged]


def score_of(entry, exercise):
    """The `Score` of one exercise; None if it was not judged."""
    return next((score for score in entry.graded.scores if score.exercise == exercise), None)


def known_mistakes(entries):
    """`Shared` mistakes that seqkit has a sentence for, the most frequent first."""
    groups = defaultdict(list)
    for entry, score in _wrong(entries):
        if score.mistake:
            groups[score.exercise, score.mistake].append((entry.student, score.sentence))
    return _ranked(groups, lambda key: key)


def unknown_mistakes(entries):
    """`Shared` mistakes that no known one explains, by equal behaviour, the most frequent first."""
    groups = defaultdict(list)
    for entry, score in _wrong(entries):
        if not score.mistake and score.behaviour:
            groups[score.exercise, score.behaviour].append((entry.student, score.found or score.sentence))
    return _ranked(groups, lambda key: (key[0], ""))


def _wrong(entries):
    return [
        (entry, score)
        for entry in entries
        for score in entry.graded.scores
        if score.started and score.judged and not score.ok
    ]


def _ranked(groups, named):
    made = [Shared(*named(key), said[0][1], tuple(name for name, _ in said)) for key, said in sorted(groups.items())]
    return sorted(made, key=len, reverse=True)


def tomorrow(entries):
    """The five mistakes that most students share, known and unknown: what to teach next. At least two students each."""
    found = [each for each in (*known_mistakes(entries), *unknown_mistakes(entries)) if len(each) > 1]
    return sorted(found, key=len, reverse=True)[:5]


def stuck(entries, assignment):
    """`Stuck` of each who did not start, ended early, or has under half the points of half the exercises."""
    found = [Stuck(entry.student, _reasons(entry, assignment)) for entry in entries]
    return sorted((each for each in found if each.reasons), key=lambda each: -len(each.reasons))


def _reasons(entry, assignment):
    if entry.graded.status == UNREAD:
        return ()
    asked = len(assignment.items)
    untouched = [score.exercise for score in entry.graded.scores if not score.started]
    low = [item.exercise for item in assignment.items if _is_low(entry, item)]
    reasons = [f"began none of the {asked} exercises"] if len(untouched) == asked else []
    if untouched and not reasons and 2 * len(untouched) >= asked:
        reasons.append(f"did not begin {len(untouched)} of {asked}: {', '.join(untouched)}")
    if low and 2 * len(low) >= asked:
        reasons.append(f"wrote {len(low)} of {asked} that do not work yet: {', '.join(low)}")
    return (*reasons, *([f"ended early: {entry.graded.status}"] if entry.graded.status in ("died", "timeout") else []))


def _is_low(entry, item):
    score = score_of(entry, item.exercise)
    return bool(score and score.started and score.judged) and 2 * entry.earned(item.exercise) < item.points


def late(entries, assignment):
    """The entries that came after the due date, latest first."""
    found = [entry for entry in entries if entry.late_s(assignment) > 0]
    return sorted(found, key=lambda entry: -entry.late_s(assignment))


def misplaced(entries):
    """The entries in which nothing was begun and some exercise is not even named: perhaps another file than was asked for."""
    return [entry for entry in entries if entry.graded.lacking]


def unread(entries):
    """The entries whose file could not be read."""
    return [entry for entry in entries if entry.graded.status == UNREAD]


def faults(entries):
    """The entries that did not run to their end, or that tried what the sandbox refuses."""
    return [entry for entry in entries if entry.graded.tried or entry.graded.status not in ("ok", UNREAD)]


def cost(entries):
    """The `Cost` of grading, with the five slowest."""
    all_graded = [entry.graded for entry in entries]
    slow = sorted(all_graded, key=lambda graded: -graded.wall_s)[:5]
    return Cost(
        sum(graded.wall_s for graded in all_graded),
        sum(graded.cpu_s for graded in all_graded),
        max((graded.memory_bytes for graded in all_graded), default=0),
        tuple(graded for graded in slow if graded.wall_s),
    )
