"""What grading a submission costs, gradebook and pages included: beside nbgrader and otter, on the same six answers.

Theirs as it is run: `nbgrader autograde` and `generate_feedback` on the assignment that `seqkit assign` wrote; `otter run` on
each, with the same calls as tests. Ours with two workers: by the command, cold, and by a grader that is kept open. All in turn
in each round, after one that is not counted. CPU time is that of every process that was started.
"""

import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.rivals import BIN, Nbgrader, Otter
from benchmarks.spending import spent
from benchmarks.submissions import EXERCISE, SIX, hand_in
from benchmarks.warm import WORKERS, Warm
from seqkit.grading.handout.assignment import load

NAME, CLASS, ROUNDS, REQUESTS = "hw", 10, 3, 10
WALL_OF_NBGRADER, WALL_OF_OTTER, CPU_OF_NBGRADER, LATENCY_S = 1 / 20, 1 / 30, 1 / 8, 0.2
TITLES = {
    "cold": "six, cold commands",
    "warm": "six, warm grader",
    "class": f"class of {CLASS * len(SIX)}, cold commands",
    "by hand": "nbgrader with asserts",
}
ROWS = [("cold", "nbgrader", "wall", None), ("cold", "otter", "wall", None), ("cold", "nbgrader", "CPU", None)]
ROWS += [
    (ours, theirs, what, bar)
    for ours in ("warm", "class")
    for theirs, what, bar in (
        ("nbgrader", "wall", WALL_OF_NBGRADER),
        ("otter", "wall", WALL_OF_OTTER),
        ("nbgrader", "CPU", CPU_OF_NBGRADER),
    )
]
"""What is divided by whose; cold, six are too few to carry the start of two processes, and there is no bar."""


class Bench:
    """A course on disk, and everybody who grades it; each method gives (wall s, CPU s) for one submission."""

    def __init__(self, work):
        self.work, self.course, self._marks = work, work / "course", iter(range(10**6))
        spent([BIN / "seqkit", "assign", NAME, "-e", EXERCISE, "-o", self.course], work)
        self.release = self.work / "release" / f"{NAME}.ipynb"  # nbgrader writes its own in its place
        self.release.parent.mkdir()
        shutil.copyfile(self.course / "release" / NAME / f"{NAME}.ipynb", self.release)
        self.draw = load(self.course).draw()
        self._nbgrader, self._by_hand = self._rival("nbgrader"), self._rival("by-hand", self.draw)
        self._otter, self._warm = _otter(work / "otter", self.draw), Warm(self.course)

    def cold(self, times=1):
        """`seqkit grade` and `seqkit report`, in fresh processes."""
        folder, results = self._handed_in(times), self.work / f"results-{self._mark()}"
        seqkit, asked = BIN / "seqkit", ["--assignment", self.course]
        parts = [
            spent([seqkit, "grade", folder, *asked, "--out", results, "--workers", WORKERS], self.work),
            spent([seqkit, "report", results, *asked], self.work),
        ]
        assert len(list(results.glob("pages/*/students/*.html"))) == times * len(SIX)
        return _each(map(sum, zip(*parts, strict=True)), times * len(SIX))

    def warm(self):
        """A grader that is kept open."""
        found = self._warm.grade(self._handed_in(), self.work / f"results-{self._mark()}")
        return _each((found["wall_s"], found["cpu_s"]), found["count"])

    def one(self):
        """The right answer, handed to it while nothing else is to do."""
        folder = self._handed_in()
        for other in folder.iterdir():
            if not other.name.startswith("right"):
                shutil.rmtree(other)
        found = self._warm.one(folder, self.work / "none")
        return found["wall_s"], found["cpu_s"]

    def nbgrader(self, by_hand=False):
        """On what `seqkit assign` wrote, or with asserts that a teacher wrote into it."""
        return _each((self._by_hand if by_hand else self._nbgrader).grade(), len(SIX))

    def otter(self):
        """One `otter run` for each; None if it is not here."""
        return self._otter and _each(self._otter.grade(self._mark()), len(SIX))

    def close(self):
        """End what was started."""
        self._warm.close()

    def _rival(self, name, draw=None):
        course = self.work / name
        shutil.copytree(self.course, course)
        hand_in(self.release, course / "submitted", salt="n")
        return Nbgrader(course, NAME, draw)

    def _handed_in(self, times=1):
        folder = self.work / f"submitted-{self._mark()}"
        hand_in(self.release, folder, times, f"m{self._mark()}-")
        return folder

    def _mark(self):
        return next(self._marks)


def main():
    """Print the rows."""
    with tempfile.TemporaryDirectory() as work:
        bench = Bench(Path(work))
        try:
            return _rows(bench)
        finally:
            bench.close()


def _rows(bench):
    rounds = [_round(bench) for _ in range(1 + ROUNDS)][1:]
    rows = [_row(rounds, *row) for row in ROWS]
    by_hand = [bench.nbgrader(by_hand=True) for _ in range(2)][1]
    rows.append(_row([each | {"by hand": by_hand} for each in rounds], "warm", "by hand", "wall", None))
    return _requests([bench.one() for _ in range(1 + REQUESTS)][1:]) and all(rows)


def _round(bench):
    ways = {"cold": bench.cold, "nbgrader": bench.nbgrader, "warm": bench.warm, "otter": bench.otter}
    return {name: way() for name, way in ways.items()} | {"class": bench.cold(CLASS)}


def _requests(requests):
    wall_s, cpu_s = (median(side) for side in zip(*requests, strict=True))
    what, more = "one, warm grader, spare child: request to verdict", "    its CPU, with that of the next spare child"
    print(
        f"{what:58} {wall_s:11.3f} s {'':22}     ≤ {LATENCY_S} s{_unmet(wall_s, LATENCY_S)}\n{more:58} {cpu_s:11.3f} s"
    )
    return wall_s <= LATENCY_S


def _row(rounds, ours, theirs, what, bar):
    """One line: medians of the seconds, and of the ratio, taken round by round; whether the bar is met."""
    i, title = ("wall", "CPU").index(what), f"{TITLES[ours]}: {what} ÷ {TITLES.get(theirs, theirs)}"
    ours_s = median(each[ours][i] for each in rounds)
    if rounds[0][theirs] is None:
        print(f"{title:58} {ours_s:11.3f} s {'—':>13}", flush=True)
        return True
    theirs_s = median(each[theirs][i] for each in rounds)
    ratio = median(each[ours][i] / each[theirs][i] for each in rounds)
    said = f"≤ 1/{1 / bar:.0f}{_unmet(ratio, bar)}" if bar else ""
    print(f"{title:58} {ours_s:11.3f} s {theirs_s:11.3f} s {ratio:8.3f}     {said}".rstrip(), flush=True)
    return bar is None or ratio <= bar


def _unmet(value, bar):
    return "" if value <= bar else " ✗"


def _each(spent_s, count):
    return tuple(part / count for part in spent_s)


def _otter(folder, draw):
    try:
        return Otter(folder, draw)
    except OSError as error:
        print(f"{error}", file=sys.stderr)
        return None
