"""`python -m benchmarks.watched FOLDER RESULTS`: grades a class, and says after each submission what it has cost so far.

FOLDER holds an assignment in `hw1` and what was handed in in `in`. A line of JSON goes out when a submission is in the gradebook.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path

NAME, WORKERS = "hw1", 2
PAGE_BYTES, TICKS = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")
SPENT = {}
"""{what: wall seconds}, of this process alone."""


def timed(what, call):
    """`call`, noting in `SPENT` how long it took."""

    def around(*args, **more):
        start = time.perf_counter()
        try:
            return call(*args, **more)
        finally:
            SPENT[what] = SPENT.get(what, 0.0) + time.perf_counter() - start

    return around


def main(folder, results):
    """Grade what is left, two at a time."""
    from seqkit.grading import grade as grading
    from seqkit.grading import grader
    from seqkit.grading.book.gradebook import Gradebook
    from seqkit.grading.handout.assignment import load
    from seqkit.grading.intake.collecting import collect

    assignment = load(Path(folder) / NAME)
    handed = collect(Path(folder) / "in", NAME).handed
    grader.Grader.graded = timed("judge", grader.Grader.graded)
    Gradebook.record = timed("record", Gradebook.record)
    grader.Paper.__init__ = timed("read", grader.Paper.__init__)
    told = Told()
    with Gradebook(results) as book:
        tally = grading.grade(handed, assignment, book, workers=WORKERS, tell=told)
        graded = [entry.graded for entry in book.current(NAME)]
    children_s = sum(one.cpu_s for one in graded) / len(graded)
    peak = sorted(one.memory_bytes for one in graded)[len(graded) // 2]
    say(
        event="end", graded=tally.graded, same=tally.same, problems=tally.problems, child_s=children_s, child_bytes=peak
    )


class Told:
    """What `grade` tells, as lines of JSON."""

    def __init__(self):
        self.begun = time.perf_counter()

    def __call__(self, event, student="", **facts):
        """Takes an event of `grade`."""
        from tests.handing_in import fork_servers

        if event not in ("begin", "graded"):
            return
        server = fork_servers()
        used = resource.getrusage(resource.RUSAGE_SELF)
        say(
            event=event,
            student=student,
            at_s=time.perf_counter() - self.begun,
            grader_bytes=resident("self"),
            grader_s=used.ru_utime + used.ru_stime,
            server_bytes=resident(server[0]) if server else 0,
            server_s=processor_s(server[0]) if server else 0.0,
            **SPENT,
        )


def say(**facts):
    """One line, whole: whoever kills this process reads no half of one."""
    os.write(1, json.dumps(facts).encode() + b"\n")


def resident(pid):
    """Bytes of a process that are in memory now."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES


def processor_s(pid):
    """Processor time of a process, without its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


if __name__ == "__main__":
    main(*sys.argv[1:])
