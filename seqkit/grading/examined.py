"""What goes into the room, a `Job`, and what comes out of it, an `Examined`: plain records."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Ask:
    """An exercise that is to be observed, with the drawn cases of each of its probes.

    Attributes:
        exercise: its name.
        which: "secret" or "public", the draw.
        cases: for each probe its cases, each {argument: code}.
        limit_s: wall time.
    """

    exercise: str
    which: str
    cases: list
    limit_s: float


@dataclass(frozen=True)
class Job:
    """What goes into the room: the cells, what to ask of the names that they leave, values wanted, a limit for the cells."""

    cells: tuple
    asks: tuple
    values: tuple = ()
    limit_s: float = 60.0


@dataclass
class Examined:
    """What came out of the room.

    Attributes:
        status: "ok", "timeout", "died", "bad reply" or "reply too large".
        said: that in one sentence, or "".
        cells: {number: (error, printed, left out, late)} of each that ran to its end.
        seen: {(exercise, which): Observations, or None where nothing has that name}; no key where it could not be seen.
        values: {name: plain data} of those that are there.
        tried: what was tried and is refused.
        cpu_s, memory_bytes: what it cost, as the server knows it.
        reply_bytes: how much it sent.
        scores: what it came to, once it is judged; what was `seen` is not kept for its copies then.
    """

    status: str = "ok"
    said: str = ""
    cells: dict = field(default_factory=dict)
    seen: dict = field(default_factory=dict)
    values: dict = field(default_factory=dict)
    tried: list = field(default_factory=list)
    cpu_s: float = 0.0
    memory_bytes: int = 0
    reply_bytes: int = 0
    scores: tuple | None = None

    def failed(self, status, said):
        """Keep the first thing that went wrong."""
        if self.status == "ok":
            self.status, self.said = status, said
