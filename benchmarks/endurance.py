"""`python -m benchmarks.endurance [kills] [fuzz] [thousand] [paper]`: a class that is killed, one of damaged notebooks, a large one,
and a larger one on paper.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.pairs import row
from benchmarks.spending import usual
from benchmarks.submissions import EXERCISE, SIX
from benchmarks.watched import NAME
from seqkit.grading import building
from seqkit.grading.book.gradebook import Gradebook
from seqkit.grading.handout import assignment as assignments
from tests.fuzzing import damaged
from tests.handing_in import FORWARD, all_end, children, hand_in, notebook

KILLS, KILLED, LONGEST_S = 100, 60, 7.0
"""So many times a grader of so many submissions is killed, at most so long after it began."""
LARGE, FIRST = 1_000, 100
ON_PAPER, PROCESSORS = 10_000, (2, 4, 8, 16, 32, 64)
ERRORS = {"raises": "raise RuntimeError('no')", "no-python": "def three_layer_mlp(seed, x:", "forgets": "answer = 42"}
DAMAGED = 10_000
PARTS = "kills", "fuzz", "thousand", "paper"


def main(asked=PARTS):
    """Print the rows of these parts; False if a bar is not met."""
    met, figures = [], None
    if "kills" in asked:
        met.append(killed())
    if "fuzz" in asked:
        met.append(fuzzed())
    if "thousand" in asked or "paper" in asked:
        ok, figures = thousand()
        met.append(ok)
    if "paper" in asked:
        paper(figures)
    return all(met)


def started(folder, results):
    """A grader of `folder`, in a process of its own; its files for the time being in `folder/tmp`."""
    (folder / "tmp").mkdir(exist_ok=True)
    command = [sys.executable, "-m", "benchmarks.watched", str(folder), str(results)]
    with open(folder / "said.txt", "ab") as said:
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, env=usual() | {"TMPDIR": f"{folder}/tmp"})


# ---- (a) killed at any moment ----


def killed():
    """A class of 60 whose grader is killed 100 times; begun anew whenever it is through."""
    start, moments, facts = time.monotonic(), random.Random(), dict.fromkeys(("lost", "double", "alive", "through"), 0)
    with tempfile.TemporaryDirectory() as place:
        folder, told, rounds = _class_of(Path(place), "forward", _forwards(KILLED)), set(), 0
        for _ in range(KILLS):
            results = folder / f"results-{rounds}"
            ended, said, survivors = _killed_once(folder, results, moments.uniform(0.1, LONGEST_S))
            told |= {line["student"] for line in said if line.get("event") == "graded"}
            kept, double = _kept(results)
            facts["lost"] += len(told - kept)
            facts["double"], facts["alive"] = facts["double"] + double, facts["alive"] + survivors
            facts["through"] += ended
            if len(kept) == KILLED:
                rounds, told = rounds + 1, set()
        started(folder, results).communicate()
        rooms = len(list((folder / "tmp").glob(f"{building.PREFIX}*")))
    print(f"    {KILLS} × kill -9, {KILLED} submissions, {rounds} times through, {time.monotonic() - start:.0f} s")
    what = f"killed {KILLS} times: submissions"
    rows = [row(f"{what} lost", 0, None, facts["lost"], 0), row(f"{what} graded twice", 0, None, facts["double"], 0)]
    rows += [row("    processes that outlive a kill", 0, None, facts["alive"], 0)]
    return all([*rows, row("    rooms that are left behind", 0, None, rooms, 0)])


def _forwards(count):
    return {f"s{i:03}": (FORWARD, f"number = {i}") for i in range(count)}


def _class_of(folder, exercise, submissions):
    assignments.make(NAME, [exercise], folder / NAME)
    hand_in(folder / "in", NAME, submissions)
    return folder


def _killed_once(folder, results, moment_s):
    """(Whether it had ended by itself, what it said, how many of its processes live on)."""
    process = started(folder, results)
    try:
        out = process.communicate(timeout=moment_s)[0]
        return True, _lines(out), 0
    except subprocess.TimeoutExpired:
        own = children(process.pid)
        process.kill()
        out = process.communicate()[0]
        return False, _lines(out), 0 if all_end(own) else 1


def _lines(out):
    return [json.loads(line) for line in out.splitlines()]


def _kept(results):
    """(Who is in the gradebook, how many were graded more than once)."""
    with Gradebook(results) as book:
        if not book.verify().ok:
            raise RuntimeError(f"{results}: {book.verify()}")
        kept = {entry.student for entry in book.current(NAME)}
        return kept, sum(len(book.history(NAME, student)) > 1 for student in kept)


# ---- (b) damaged notebooks ----


def fuzzed():
    """10,000 notebooks with damage, through the reader, the room, the judge and the gradebook: a verdict for each."""
    rng, starts = random.Random(7), [notebook(FORWARD, "x = 1").encode(), notebook(FORWARD).encode("utf-16")]
    with tempfile.TemporaryDirectory() as place:
        folder = _class_of(Path(place), "forward", {})
        for number in range(DAMAGED):
            file = folder / "in" / f"s{number:05}" / f"{NAME}.ipynb"
            file.parent.mkdir(parents=True)
            file.write_bytes(damaged(rng, number, starts))
        process = started(folder, folder / "results")
        lines = [json.loads(line) for line in process.stdout]
        crashed = process.wait() != 0
        with Gradebook(folder / "results") as book:
            graded = [entry.graded for entry in book.current(NAME)]
    ends = Counter(one.status for one in graded)
    print(f"    {DAMAGED:,} damaged notebooks, 2 workers, {lines[-2]['at_s']:.0f} s: {dict(ends.most_common())}")
    ran, earned = (
        sum(map(test, graded))
        for test in (lambda one: one.cpu_s > 0, lambda one: any(each.earned for each in one.scores))
    )
    print(
        f"    run in the room: {ran:,}, the others are copies of those, or could not be read; earned points: {earned:,}"
    )
    rows = [row("damaged notebooks without a verdict", 0, None, DAMAGED - len(graded), 0)]
    return all([*rows, row("    graders that crashed", 0, None, int(crashed), 0)])


# ---- (c) a large class ----


def thousand():
    """(Whether the bar is met, what it came to): 1,000 different submissions, of which every third is right."""
    with tempfile.TemporaryDirectory() as place:
        folder = _class_of(Path(place), EXERCISE, _mixed(LARGE))
        process = started(folder, folder / "results")
        lines = [json.loads(line) for line in process.stdout]
        if process.wait() or lines[-1]["event"] != "end":
            raise RuntimeError((folder / "said.txt").read_text()[-2000:])
    found = _figures(lines)
    print(f"    {found['count']} different submissions of {EXERCISE}, 2 workers, in {found['wall_s']:.0f} s:")
    print(f"    {found['per_minute']:.0f} a minute; processor time each {found['each_s'] * 1e3:.0f} ms, of which")
    for what, of_it_s in found["parts"].items():
        print(f"        {what:32} {of_it_s * 1e3:8.1f} ms {100 * of_it_s / found['each_s']:5.0f} %")
    print(f"    of the grader's, wall: {', '.join(f'{k} {v * 1e3:.1f} ms' for k, v in found['wall'].items())}")
    for what in ("grader", "server"):
        print(f"    memory of the {what}, after 100 and at the end: {found[what][0]:.0f} and {found[what][1]:.0f} MB")
    print(f"    memory of a child, most of it shared with the server, median: {found['child_bytes'] / 1e6:.0f} MB")
    grown = 100 * (found["grader"][1] / found["grader"][0] - 1)
    return row("memory of the grader, growth from 100 to 1,000", 0, None, grown, 10, " %"), found


def _mixed(count):
    """{student: cells}: of each kind as many, no two the same."""
    kinds = list((SIX | ERRORS).values())
    return {f"s{i:05}": (f"{kinds[i % len(kinds)]}\n# {i}", f"student = {i}") for i in range(count)}


def _figures(lines):
    begin, graded, end = lines[0], lines[1:-1], lines[-1]
    first, last = graded[FIRST - 1], graded[-1]
    count, wall_s = len(graded), last["at_s"] - begin["at_s"]
    own_s = {what: (last[f"{what}_s"] - begin[f"{what}_s"]) / count for what in ("grader", "server")}
    parts = {"children, warming up included": end["child_s"]}
    parts |= {"grader: judging, keeping": own_s["grader"], "fork server": own_s["server"]}
    return {
        "count": count,
        "wall_s": wall_s,
        "per_minute": 60 * count / wall_s,
        "parts": parts,
        "each_s": sum(parts.values()),
        "wall": {what: (last[what] - begin.get(what, 0.0)) / count for what in ("judge", "record", "read")},
        "grader": (first["grader_bytes"] / 1e6, last["grader_bytes"] / 1e6),
        "server": (first["server_bytes"] / 1e6, last["server_bytes"] / 1e6),
        "child_bytes": end["child_bytes"],
    }


# ---- (d) on paper ----


def paper(found):
    """What 10,000 would take: the children on all processors, the grader one after the other, whichever is slower."""
    one_s, all_s = sum(found["wall"].values()), found["each_s"]
    print(
        f"    on paper: {ON_PAPER:,} submissions; the grader reads, judges and keeps one after the other, {one_s * 1e3:.1f} ms each,"
    )
    print(
        f"    while processors work {all_s * 1e3:.0f} ms on each: it keeps {all_s / one_s:.0f} of them busy, and not more:"
    )
    for processors in PROCESSORS:
        each_s = max(all_s / processors, one_s)
        slower = "grader" if each_s == one_s else "children"
        told = f"{60 / each_s:8.0f} a minute, {ON_PAPER * each_s / 60:6.1f} min"
        print(f"        {processors:3} processors: {told}; the slower part: the {slower}")


if __name__ == "__main__":
    print(f"{'':58} {'':>13} {'':>13} {'':>8}     bar")
    sys.exit(0 if main(sys.argv[1:] or PARTS) else 1)
