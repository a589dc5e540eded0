"""What grading one submission gave: plain records, which the gradebook keeps and the reports show."""

from dataclasses import dataclass, field
from datetime import datetime

UNREAD = "could not be read"
"""The status of a file that is no notebook."""


def late_s(received, due):
    """How long after the due date something came, in seconds; 0 if in time, or if one of both is not known."""
    return max(0.0, (received - due).total_seconds()) if due and received else 0.0


@dataclass(frozen=True)
class Score:
    """One exercise of one submission, judged.

    Attributes:
        exercise: its name.
        version: of its page when it was judged.
        ok, started: as of a `Verdict`.
        agreed, asked: how many probes agree with the reference on the secret draw, of how many.
        earned, points: in the points of the assignment, before its weight.
        sentence: why, for the student: of the public draw, so that no secret value is in it.
        found: the same of the secret draw, for the teacher alone.
        hint: the next hint, or "".
        mistake: the name of the known mistake that it behaves like, or None.
        call: the smallest failing call of the public draw in one line, or None.
        code: the whole of it, ready to be pasted behind the answer, or "".
        remarks: what is not wrong and still worth a word.
        layers: (layer, its shape, how it differs or "", the reference's shape) for each layer of a chain that differs.
        behaviour: a hash of what was observed on the secret draw: equal answers, and equally wrong ones, share it.
        run: layers and outputs of the student's own chain on the public draw, packed by `wire`; or None.
    """

    exercise: str
    version: str
    ok: bool
    started: bool
    agreed: int
    asked: int
    earned: float
    points: float
    sentence: str
    found: str = ""
    hint: str = ""
    mistake: str | None = None
    call: str | None = None
    code: str = ""
    remarks: tuple[str, ...] = ()
    layers: tuple[tuple[str, str, str, str], ...] = ()
    behaviour: str = ""
    run: bytes | None = None

    @property
    def judged(self):
        """Whether a probe was asked: not where seqkit itself failed, which is no fault of the answer."""
        return self.asked > 0


@dataclass(frozen=True)
class CellRun:
    """One code cell as it ran.

    Attributes:
        number: its place among the code cells, from 1.
        error: what it raised, in one line, or "".
        printed: what it printed, cut.
        left_out: magics and shell lines that were not executed.
    """

    number: int
    error: str = ""
    printed: str = ""
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Graded:
    """One submission, graded.

    Attributes:
        assignment, student: names.
        file: what was handed in, as a path inside the folder or zip that was graded.
        sha256: of its bytes.
        received: when it came in, with time zone; None if nothing says so.
        late_s: how long after the due date of that time, in seconds; 0 if in time.
        key: what this grading depends on (code, assignment, draw, exercise versions): equal keys have equal scores.
        draw: fingerprint of the secret draw.
        status: "ok", "died", "timeout", "bad reply", "reply too large" or "could not be read".
        said: the status in one sentence, or "".
        notes: what was odd in the file and did no harm.
        code: the source of its code cells.
        cells: each code cell, as it ran.
        tried: what was tried in the sandbox and refused there.
        scores: a `Score` for each exercise of the assignment, in its order.
        versions: {package: version}.
        sandbox: {layer: whether it was in force}.
        wall_s, cpu_s, memory_bytes: what it cost; memory is the most that was resident.
        at: when it was graded, with time zone.
    """

    assignment: str
    student: str
    file: str
    sha256: str
    received: datetime | None
    late_s: float
    key: str
    draw: str
    status: str
    said: str = ""
    notes: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    cells: tuple[CellRun, ...] = ()
    tried: tuple[str, ...] = ()
    scores: tuple[Score, ...] = ()
    versions: dict = field(default_factory=dict)
    sandbox: dict = field(default_factory=dict)
    wall_s: float = 0.0
    cpu_s: float = 0.0
    memory_bytes: int = 0
    at: datetime | None = None

    @property
    def lacking(self):
        """If no exercise was begun, those whose name stands nowhere in the code: it may be another file than was asked for."""
        if self.status == UNREAD or any(score.started for score in self.scores):
            return ()
        code = "\n".join(self.code)
        return tuple(score.exercise for score in self.scores if score.exercise not in code)
