"""A `Grader`: everything that is kept warm from one submission to the next; a `Paper`: one submission on its way."""

import hashlib
import platform
import re
import time
from collections import OrderedDict
from datetime import UTC, datetime
from importlib import metadata

from seqkit.check import DRAW
from seqkit.errors import SandboxError
from seqkit.exercise import load, nearest
from seqkit.grading import compiled, scoring
from seqkit.grading.examined import Ask, Job
from seqkit.grading.examiners import Local, after, nothing
from seqkit.grading.graded import UNREAD, CellRun, Graded, Score, late_s
from seqkit.grading.handout import personal
from seqkit.grading.handout.items import version
from seqkit.grading.room.layers import NEEDED
from seqkit.grading.room.warming import warm

PACKAGES = ("seqkit", "jax", "jaxlib", "flax", "objax", "equinox", "keras", "numpy")
REMEMBERED = 2000
"""So many different submissions are known by their code, so that an identical one is not run again."""
MAX_REMEMBERED_BYTES = 64 << 10
"""If what they sent was not larger."""
AGAIN = "?"
"""Behind the key of what seqkit could not judge: the next run does not find the key, and tries again."""


class Paper:
    """One submission on its way: what was handed in, its code, and the key of its grading."""

    def __init__(self, handed, grader):
        self.handed, self.file, self.submission, self.since = handed, handed.file, handed.read(), time.monotonic()
        self.code_hash = _hash(*self.submission.code)
        self.key = _hash(grader.fingerprint, self.code_hash, self.submission.problem, grader.of(handed.student))
        self.run_key = self.key if grader.assignment.questions else self.code_hash


def _hash(*texts):
    made = hashlib.sha256()
    for text in texts:
        data = text.encode(errors="surrogatepass")
        made.update(len(data).to_bytes(8, "big") + data)
    return made.hexdigest()[:32]


class Grader:
    """Everything that is kept warm from one submission to the next.

    Attributes:
        assignment: what is graded.
        workers: how many submissions run at once; this and `sandbox`, {layer: whether it is in force}, once `ready()` has returned.
        fingerprint: of the draw, the exercises and their versions.
    """

    def __init__(self, assignment, *, workers=None, scheduler=None, require_sandbox=False, draw=None):
        self.assignment, self.draw = assignment, assignment.draw() if draw is None else draw
        self.sandbox, self.workers, self._require, self._examiner = {}, workers, require_sandbox, None
        self._scheduler = scheduler
        items = [
            f"{item.exercise} {version(item.exercise)} {item.points} {item.time_limit_s}"
            for item in assignment.exercises
        ]
        items += [f"{item.exercise} {item.version} {item.points}" for item in assignment.questions]
        self.fingerprint = _hash(assignment.name, str(self.draw), str(assignment.cells_limit_s), *items)
        self.versions, self._seen = _versions(), OrderedDict()

    def left(self, handed, gradebook):
        """Those of `handed` that are not graded yet, as they are and with this draw and these exercises."""
        known = gradebook.keys(self.assignment.name)
        return [one for one in handed if (one.student, one.file, Paper(one, self).key) not in known]

    def strangers(self, handed):
        """A sentence for each student whose personal questions nobody was handed."""
        asked = set(self.assignment.roster) if self.assignment.questions else {one.student for one in handed}
        missing = dict.fromkeys(one.student for one in handed if one.student not in asked)
        told = f"is not on the roster of {self.assignment.name}: the personal questions were judged by numbers that nobody was given."
        return [
            f"{student} {told} Name the folder or file as the roster does. {nearest(student, asked)}"
            for student in missing
        ]

    def ready(self):
        """Runs the references, which fills the cache of compiled programs, while the frameworks load in the room."""
        compiled.hurry()
        self._examiner = self._begun()
        compiled.keep()
        self.workers = self._examiner.workers
        asks = []
        for item in self.assignment.exercises:
            secret, public = (scoring.expected(item.exercise, draw) for draw in (self.draw, DRAW))
            asks += [
                Ask(item.exercise, "secret", secret, item.time_limit_s),
                Ask(item.exercise, "public", public, item.time_limit_s),
            ]
        self._asks, self._values = tuple(asks), tuple(item.exercise for item in self.assignment.questions)
        layers = scoring.layers(item.exercise for item in self.assignment.exercises)
        warm(layers)
        self._why_not = self._examiner.ready(layers)
        self.sandbox = {name: not why for name, why in self._why_not.items()}
        if self._require:
            _refuse_without(self._why_not)

    def _begun(self):
        items = self.assignment.exercises
        names = [item.exercise for item in items]
        limit_s = self.assignment.cells_limit_s + sum(2 * item.time_limit_s for item in items)
        if not self._scheduler:
            return Local(names, limit_s, self.workers)
        from seqkit.grading.cluster import Cluster  # Dask is an extra

        return Cluster(self._scheduler, names, limit_s)

    def sentence(self):
        """What the sandbox lacks, said once; or that it lacks nothing."""
        missing = [f"{name}: {why}" for name, why in self._why_not.items() if why]
        if not any(self.sandbox[name] for name in NEEDED if name != "limits"):
            return f"Submissions are NOT closed in here, only bounded. {'; '.join(missing)}."
        return f"The sandbox lacks {'; '.join(missing)}." if missing else "The sandbox has all its layers."

    def of(self, student):
        """What the key of a grading owes to whose it is: the student, if there are personal questions."""
        return student if self.assignment.questions else ""

    def submit(self, paper):
        """A future of `Examined`; one already under way, or done, where the code is the same."""
        paper.is_same = paper.run_key in self._seen
        if paper.submission.problem:
            return nothing()
        if not paper.is_same:
            job = Job(paper.submission.code, self._asks, self._values, self.assignment.cells_limit_s)
            self._seen[paper.run_key] = self._examiner.submit(job)
            if len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)
        return after(self._seen[paper.run_key])

    def graded(self, paper, future):
        """(`Graded`, whether its code was that of another) of a submission that was examined."""
        submission, handed, examined = paper.submission, paper.handed, future.result()
        if examined.reply_bytes > MAX_REMEMBERED_BYTES:
            self._seen.pop(paper.run_key, None)
        status, said, scores = (UNREAD, submission.problem, self._none(submission.problem))
        if not submission.problem:
            status, said, scores = examined.status, examined.said, self._scores(paper, examined)
        return Graded(
            self.assignment.name,
            handed.student,
            paper.file,
            submission.sha256,
            handed.received,
            late_s(handed.received, self.assignment.due),
            paper.key + AGAIN * (not all(score.judged for score in scores)),
            self.assignment.fingerprint(),
            status,
            said,
            tuple(submission.notes),
            submission.code,
            tuple(CellRun(number, cell[0], cell[1], tuple(cell[2])) for number, cell in sorted(examined.cells.items())),
            tuple(examined.tried),
            scores,
            self.versions,
            self.sandbox,
            time.monotonic() - paper.since,
            0.0 if paper.is_same else examined.cpu_s,
            examined.memory_bytes,
            datetime.now(UTC),
        ), paper.is_same and not submission.problem

    def close(self):
        """End what was started."""
        if self._examiner:
            self._examiner.close()

    def _scores(self, paper, examined):
        """A `Score` for each item of the assignment, in its order; judged once for all copies of a submission."""
        if examined.scores is None:
            examined.scores = tuple(self._judged(paper, examined))
            examined.seen, examined.values = {}, {}
        return examined.scores

    def _judged(self, paper, examined):
        student, code = paper.handed.student, paper.submission.code
        questions = {question.variable: question for question in personal.questions(self.assignment, student)}
        for item in self.assignment.items:
            asked = questions.get(item.exercise)
            yield self._answer(item, asked, examined) if item.personal else self._score(item, examined, code)

    def _score(self, item, examined, code):
        seen = {which: observed for (name, which), observed in examined.seen.items() if name == item.exercise}
        failed = _failed(load(item.exercise).name, code, examined)
        return scoring.score(item, self.draw, seen, failed or examined.said, is_begun=bool(failed))

    def _answer(self, item, question, examined):
        value, owners = examined.values.get(question.variable, personal.MISSING), personal.owners(self.assignment)
        return scoring.unless_it_fails(lambda: personal.judge(question, value, owners), item)

    def _none(self, problem):
        return tuple(
            Score(item.exercise, item.version, False, False, 0, 1, 0.0, item.points, problem, problem)
            for item in self.assignment.items
        )


def _failed(name, code, examined):
    """A sentence on the cell that was to make this name, and raised; "" if there is none."""
    making = re.compile(rf"^(?:(?:async def|def|class)[ \t]+{name}\b|{name}[ \t]*(?::[^=\n]+)?=(?!=))", re.MULTILINE)
    for number, cell in sorted(examined.cells.items(), reverse=True):
        if cell[0] and making.search(code[number - 1]):
            return f"Cell {number}, which was to make it, raised {cell[0]}."
    return ""


def _refuse_without(why):
    missing = [f"{name}: {why[name]}" for name in NEEDED if why[name]]
    if missing:
        raise SandboxError(
            f"--require-sandbox, and this machine lacks {'; '.join(missing)}. Grade on another, or without that option."
        )


def _versions():
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found
