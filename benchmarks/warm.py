"""A grader kept warm, in a Python of its own: `Warm` talks to it, `python -m benchmarks.warm ASSIGNMENT` is it.

It takes a folder of submissions for each line of its standard input, and a folder for what it makes of them.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.spending import usual

WORKERS = 2
QUIET_S = 0.5
"""So long the processor has to have been idle before the spare children are taken to be ready."""


class Warm:
    """Such a process; `grade(folder, results)` → {"wall_s", "cpu_s", "count"}, gradebook and pages included."""

    def __init__(self, assignment):
        command = [sys.executable, "-m", "benchmarks.warm", str(assignment)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=usual())

    def grade(self, folder, results):
        """All of a folder, two at a time."""
        return self._ask("all", folder, results)

    def one(self, folder, results):
        """Likewise, of a folder with one: from the request to the verdict, no pages; a spare child is ready before."""
        return self._ask("one", folder, results)

    def close(self):
        """End it."""
        self._process.stdin.close()
        self._process.wait()

    def _ask(self, *what):
        self._process.stdin.write(json.dumps([str(each) for each in what]) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


def main(assignment):
    """Until standard input ends."""
    from seqkit.grading.grader import Grader
    from seqkit.grading.handout.assignment import load

    asked = load(Path(assignment))
    grader = Grader(asked, workers=WORKERS)
    grader.ready()
    for line in sys.stdin:
        what, folder, results = json.loads(line)
        print(json.dumps((_all if what == "all" else _one)(grader, asked, folder, Path(results))), flush=True)
    grader.close()


def _all(grader, asked, folder, results):
    from seqkit.grading.book.gradebook import Gradebook
    from seqkit.grading.grader import Paper
    from seqkit.grading.intake.collecting import collect
    from seqkit.grading.report.writing import write

    _idle()
    start, before_s = time.perf_counter(), cpu_s()
    with Gradebook(results) as book:
        papers = [Paper(one, grader) for one in collect(folder, asked.name).handed]
        for paper, future in [(paper, grader.submit(paper)) for paper in papers]:
            graded, is_same = grader.graded(paper, future)
            assert book.record(graded) and not is_same and graded.status == "ok", graded
        entries = book.current(asked.name)
    write(entries, asked, results / "pages")
    wall_s = time.perf_counter() - start
    _idle()
    return {"wall_s": wall_s, "cpu_s": cpu_s() - before_s, "count": len(papers)}


def _one(grader, asked, folder, results):
    from seqkit.grading.grader import Paper
    from seqkit.grading.intake.collecting import collect

    (handed,) = collect(folder, asked.name).handed
    _idle()
    start, before_s = time.perf_counter(), cpu_s()
    paper = Paper(handed, grader)
    graded, is_same = grader.graded(paper, grader.submit(paper))
    wall_s = time.perf_counter() - start
    assert not is_same and graded.status == "ok", graded
    _idle()
    return {"wall_s": wall_s, "cpu_s": cpu_s() - before_s, "count": 1, "child_cpu_s": graded.cpu_s}


def cpu_s():
    """Of this process, and of all that it started: of the living, and of those that they buried."""
    import psutil

    here = psutil.Process()
    return sum(sum(each.cpu_times()[:4]) for each in (here, *here.children(recursive=True)))


def _idle():
    """Until spare children have nothing left to do."""
    last = -1.0
    while (now := cpu_s()) > last + 0.02:
        last = now
        time.sleep(QUIET_S)


if __name__ == "__main__":
    main(sys.argv[1])
