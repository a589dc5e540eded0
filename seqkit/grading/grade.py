"""A folder of submissions → scores in a gradebook: read as data, examined in closed rooms, judged here, kept one by one.

Run again after whatever stopped it, it goes on: what has its key in the gradebook is not graded again, and what is in it stays.
"""

import time
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass, field

from seqkit.grading.grader import Grader, Paper


@dataclass
class Tally:
    """What grading came to.

    Attributes:
        total: submissions that were handed over.
        graded: of them, those that were graded now.
        skipped: those that were graded before.
        same: of the graded, those whose code was that of another and was not run again.
        problems: a sentence for each that could not be read, whose run did not end well, or which seqkit could not judge;
            and for each student who is not on the roster of a personal assignment.
        sandbox: {layer: whether it was in force}.
        wall_s: how long it took.
        interrupted: whether it was stopped before the end.
    """

    total: int = 0
    graded: int = 0
    skipped: int = 0
    same: int = 0
    problems: list = field(default_factory=list)
    sandbox: dict = field(default_factory=dict)
    wall_s: float = 0.0
    interrupted: bool = False


def grade(
    handed,
    assignment,
    gradebook,
    *,
    workers=None,
    scheduler=None,
    require_sandbox=False,
    reason="",
    again=False,
    tell=None,
):
    """Grade what is not graded yet; a `Tally`.

    Args:
        handed: of `intake.collect`.
        assignment: an `Assignment` with its secret.
        gradebook: an open `Gradebook`.
        workers: submissions at once; None: as many as there are processors.
        scheduler: `tcp://…` of a Dask cluster that runs the submissions in place of this machine.
        require_sandbox: refuse to begin where a needed layer of the sandbox is missing.
        reason: kept with each grading, see `Gradebook.record`.
        again: whether what is graded already and has not changed is graded once more.
        tell: called with "sandbox", "begin", "graded", "end" and facts about each.

    Raises:
        SandboxError: there is no sandbox as required, or none could be started.
        GradebookError: it cannot be written; what was recorded before stays.
    """
    start, tally, tell = time.monotonic(), Tally(total=len(handed)), tell or (lambda event, **facts: None)
    grader = Grader(assignment, workers=workers, scheduler=scheduler, require_sandbox=require_sandbox)
    try:
        left = handed if again else grader.left(handed, gradebook)
        tally.skipped = tally.total - len(left)
        if left:
            grader.ready()
            tally.sandbox = grader.sandbox
            tell("sandbox", layers=grader.sandbox, sentence=grader.sentence())
        tell("begin", total=tally.total, skipped=tally.skipped)
        tally.problems += grader.strangers(left)
        if left:
            _all(grader, left, lambda graded: gradebook.record(graded, reason, again), tally, tell)
    except KeyboardInterrupt:
        tally.interrupted = True
        tell("stopping")
    finally:
        grader.close()
        tally.wall_s = time.monotonic() - start
    tell("end")
    return tally


def _all(grader, left, record, tally, tell):
    """Every submission, few at a time, so that memory stays what it is."""
    waiting, coming = {}, iter(left)
    while True:
        while len(waiting) < 2 * grader.workers and (one := next(coming, None)) is not None:
            paper = Paper(one, grader)
            waiting[grader.submit(paper)] = paper
        if not waiting:
            return
        done, _ = wait(waiting, return_when=FIRST_COMPLETED)
        for future in done:
            _record(grader.graded(waiting.pop(future), future), record, tally, tell)


def _record(found, record, tally, tell):
    graded, is_same = found
    tally.problems += _problems(graded)
    if not record(graded):
        tally.skipped += 1  # another grader was here first
        return
    tally.graded, tally.same = tally.graded + 1, tally.same + is_same
    facts = {"student": graded.student, "file": graded.file, "status": graded.status, "points": points(graded)}
    tell("graded", **facts, earned=earned(graded), done=tally.graded + tally.skipped, total=tally.total)


def _problems(graded):
    """Why a teacher should look at it, a sentence each."""
    if graded.status != "ok":
        yield f"{graded.student}: {graded.status}. {graded.said}"
    if graded.lacking:
        told = f"{graded.file} has nothing of {', '.join(graded.lacking)}"
        yield f"{graded.student}: {told}. Perhaps it is another file than {graded.assignment}."
    for score in graded.scores:
        if not score.judged:
            yield f"{graded.student}, {score.exercise}: {score.found}. Run the same command again when that is mended."


def earned(graded):
    """What was earned, before weights."""
    return round(sum(score.earned for score in graded.scores), 2)


def points(graded):
    """What could be earned, before weights."""
    return sum(score.points for score in graded.scores)
