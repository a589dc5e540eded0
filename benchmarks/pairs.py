"""Two calls timed in turn, A B A B …, so that a machine whose speed drifts drifts for both."""

from statistics import median
from timeit import timeit


def seconds(call, repeat):
    """Wall time of one of `repeat` calls in a row, by timeit: without the garbage collector, as it has it."""
    return timeit(call, number=repeat) / repeat


def pair(ours, theirs, rounds=41, slice_s=0.004):
    """(seconds of ours, seconds of theirs, ratio): medians over rounds, the ratio taken round by round."""
    for call in (ours, theirs):
        for _ in range(3):
            call()
    repeat = max(1, int(slice_s / max(seconds(theirs, 3), 1e-7)))
    timed = []
    for i in range(rounds):
        first, second = (ours, theirs) if i % 2 else (theirs, ours)
        a, b = seconds(first, repeat), seconds(second, repeat)
        timed.append((a, b) if i % 2 else (b, a))
    return median(a for a, _ in timed), median(b for _, b in timed), median(a / b for a, b in timed)


def row(what, ours_s, theirs_s, value, bar, unit=""):
    """One line of the table; a bar that is not met is marked."""
    times = f"{ours_s * 1e6:10.1f} µs {theirs_s * 1e6:10.1f} µs" if theirs_s is not None else " " * 27
    print(f"{what:58} {times} {value:8.3f}{unit:3} ≤ {bar:<6} {'' if value <= bar else '✗'}".rstrip(), flush=True)
    return value <= bar


def compare(what, ours, theirs, bar):
    """Time both and print the row."""
    return row(what, *pair(ours, theirs), bar)
