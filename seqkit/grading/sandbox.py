"""One submission in a closed, bounded process → what was seen of it, as plain data.

    with Sandbox(["forward", "mlp"]) as sandbox:
        examined = sandbox.examine(Job(cells, asks))

Each submission gets a child of the fork server (see `forking`, `room/`). A spare one for each worker is closed and warmed
before its submission comes. The clock is kept here.
"""

import os
import sys
import threading
import time
from contextlib import suppress

from seqkit.errors import SandboxError
from seqkit.exercise import index
from seqkit.grading import building
from seqkit.grading.examined import Ask, Examined
from seqkit.grading.forking import START_S, Plain, Server
from seqkit.grading.replies import Clock, Place, take
from seqkit.grading.room.channel import TooLargeError
from seqkit.grading.room.child import ASK, END, FAILED, GET, JOB, LEAVE, READY, WARM
from seqkit.grading.room.layers import LAYERS
from seqkit.grading.wire import WireError

GRACE_S = 2.0
"""How much later than its limit a child is killed: Python's own alarm inside comes first and is told better."""
TRIES = 8
"""How often a submission is begun, without the parts that ended it before, so that the rest still counts."""
ROOMS = 3
"""How many fork servers may be lost under one submission, before it is taken to be its own doing."""
LOST = object()
MODULES = ("numpy", "ml_dtypes", "jax", "jax.numpy", "seqkit.observe", "seqkit.draws", "seqkit.probing.running")
MODULES += ("IPython.core.inputtransformer2", "seqkit.grading.room.lowering")
FRAMEWORKS = dict.fromkeys(("02", "03", "04"), ("objax",)) | dict.fromkeys(("05", "06", "07"), ("flax.linen",))
FRAMEWORKS |= dict.fromkeys(("08", "09"), ("equinox",)) | {"10": ("objax", "flax.linen", "equinox")}
FRAMEWORKS |= {"11": ("flax.linen", "optax", "sklearn.datasets"), "12": ("flax.linen", "objax")}
"""What the server imports for the exercises of a lesson, beside what their pages do; a child can import the rest by itself."""


class Sandbox:
    """Rooms for submissions to some exercises.

    Args:
        exercises: their names.
        cpu_s: processor time that one submission may take.
        layers: those that are to be had, where this machine has them.
        pinned: whether each worker has a processor of its own, where that can be said.
        plain: a Python for each submission in place of a fork server; as it is where processes cannot be forked.

    Attributes:
        room: the folder that they work in.
    """

    def __init__(self, exercises, cpu_s=600.0, layers=LAYERS, pinned=True, plain=sys.platform == "win32"):
        self._exercises, self._spares, self._lock, self._layers = exercises, {}, threading.RLock(), []
        self._closed = False
        self._processors = sorted(os.sched_getaffinity(0)) if pinned and hasattr(os, "sched_getaffinity") else []
        setup = {"pages": building.files(exercises), "modules": _modules(exercises), "cpu_s": float(cpu_s)}
        self._begin, self._setup = Plain if plain else Server, setup | {"layers": list(layers)}
        self._server = self._begin(building.build(exercises), self._setup)

    @property
    def room(self):
        """The folder of the running server."""
        return self._server.room

    def ready(self):
        """{layer: "" if it is in force, else why not}; waits until the server has imported what it needs."""
        return self._server.ready()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def close(self):
        """End everything that was started, and delete the room."""
        self._closed = True
        self._server.close()
        with self._lock:  # one that took its place meanwhile
            self._server.close()

    def warm(self, worker=0, layers=None):
        """Have a spare child ready for a worker.

        Args:
            worker: a number.
            layers: what it is to run beforehand, see `room.warming.warm`; as before, if None.
        """
        with self._lock:
            if layers is not None:
                self._layers = layers
                self._server.trace(layers)
            if worker not in self._spares:
                self._spares[worker] = self._fork(worker)

    def examine(self, job, worker=0, more=True):
        """`Examined`: the submission run and asked, whatever it does.

        Args:
            job: a `Job`.
            worker: whose spare child to take; two threads are two workers.
            more: whether another submission will follow, and a spare child is wanted for it.
        """
        found, aside, lost = Examined(), set(), 0
        end = time.monotonic() + 2 * (job.limit_s + sum(ask.limit_s for ask in job.asks)) + START_S
        while len(aside) < TRIES and lost < ROOMS and time.monotonic() < end:
            broken = self._once(job, aside, found, self._taken(worker))
            if broken is None:  # nothing is left that could be put aside
                break
            lost += broken is LOST
            aside |= set() if broken is LOST else {getattr(broken, "exercise", broken)}
        if lost == ROOMS:
            found.failed("died", f"The fork server was lost {ROOMS} times under it.")
        if more:
            with suppress(SandboxError):  # the next submission will say so
                self.warm(worker)
        return found

    def _taken(self, worker):
        with self._lock:
            if not self._server.alive:
                self._replace()
            return self._spares.pop(worker, None) or self._fork(worker)

    def _fork(self, worker):
        """A child that warms up; of a new server, if the one that was there has been killed."""
        mine = self._processors[worker % len(self._processors)] if self._processors else None
        for left in reversed(range(ROOMS)):
            if not self._server.alive:
                self._replace()
            try:
                child = self._server.fork(mine)
                break
            except SandboxError:
                if self._closed or not left:
                    raise
        _tell(child, WARM, self._layers)
        return child

    def _replace(self):
        """A new server for one that was killed; the spare children of the old ended with it."""
        if self._closed:
            raise SandboxError("the sandbox was closed, and takes no more submissions.")
        while self._spares:
            self._spares.popitem()[1].channel.close()
        fresh = building.build(self._exercises)
        building.hand_over(self._server.room, fresh)
        self._server.close()
        self._server = self._begin(fresh, self._setup)
        self._server.trace(self._layers)

    def _once(self, job, aside, found, child):
        """One child's life; what broke it: the number of a cell, an `Ask`, the name of a value, LOST; None at the end."""
        cells = [[i, source] for i, source in enumerate(job.cells, 1) if i not in aside]
        asks = [ask for ask in job.asks if (ask.exercise, ask.which) not in found.seen and ask.exercise not in aside]
        values = [name for name in job.values if name not in aside]
        at, clock, received, done, fault = Place(cells, asks, values), Clock(child), None, False, None
        try:
            with clock.until(START_S, "it did not start"):
                received = child.channel.receive()
            if received and received[0] == READY:
                _tell(child, JOB, {"cells": cells, "limit_s": float(job.limit_s)})
                done = self._listen(child, at, clock, found, job.limit_s)
        except WireError as error:
            fault = error
        except OSError:  # it ended before it had read everything
            done = False
        child.kill()
        how = child.ended()
        found.reply_bytes += child.channel.read_bytes
        child.channel.close()
        if not done and how[0] is None and not clock.rang:
            return LOST
        _expect_ready(received)
        _blame(found, fault)
        self._book(how, found, clock, done, at)
        return None if done else at.now()

    def _listen(self, child, at, clock, found, limit_s):
        """Frames, until the end; whether the child came to it."""
        stage = None
        while True:
            if stage != at.stage():  # frames that bring nothing give no more time
                stage, end = at.stage(), time.monotonic() + at.limit_s(limit_s) + GRACE_S
                if at.ran:
                    _ask(child, at.now())
            with clock.until(end - time.monotonic(), at.said()):
                received = child.channel.receive()
            if received is None or received[0] == FAILED:
                return False
            if received[0] == END:
                return True
            take(*received, at, found)

    def _book(self, how, found, clock, done, at):
        """What the child cost, and how it ended if that was not the end."""
        code, cpu_s, memory_bytes = how
        found.cpu_s, found.memory_bytes = found.cpu_s + cpu_s, max(found.memory_bytes, memory_bytes)
        if clock.rang:
            found.failed("timeout", f"It was stopped: {clock.rang}.")
        elif not done:
            found.failed("died", f"Its process ended by itself in {at.place()}{_how(code)}.")
        if any(late for *_, late in found.cells.values()):
            number = next(number for number, cell in found.cells.items() if cell[-1])
            found.failed("timeout", f"Cell {number} was stopped: it was still running when its time was up.")


def _modules(exercises):
    lessons = {index()[name].lesson[:2] for name in exercises}
    frameworks = sorted({module for lesson in lessons for module in FRAMEWORKS.get(lesson, ())})
    return [*MODULES, *frameworks, *(f"seqkit.exercises.{file}" for file in building.files(exercises))]


def _ask(child, now):
    """Send what is to be answered next; that alone is in the room."""
    match now:
        case Ask(exercise, which, cases, limit_s):
            _tell(child, ASK, [exercise, which, cases, float(limit_s)])
        case None:
            _tell(child, LEAVE, None)
        case name:
            _tell(child, GET, name)


def _tell(child, kind, value):
    with suppress(OSError):  # it is gone, which the next read will tell
        child.channel.send(kind, value)


def _blame(found, fault):
    """Keep what was wrong with the bytes that came."""
    if isinstance(fault, TooLargeError):
        found.failed("reply too large", f"It sent more than is read: {fault}.")
    elif fault:
        found.tried.append(f"to answer in bytes that are no reply: {fault}"[:200])
        found.failed("bad reply", "What it sent is no reply of seqkit.")


def _expect_ready(received):
    if received is None or received[0] != READY:
        said = received[1] if received else "it ended at once"
        raise SandboxError(f"a room could not be made ready: {str(said).strip().splitlines()[-1]}. Run seqkit doctor.")


def _how(code):
    if code is None or code == 0:
        return ""
    return f" (signal {-code})" if code < 0 else f" (exit code {code})"
