"""Submissions run on the machines of a Dask cluster: each of its workers has a sandbox of its own; scores are made here alone."""

import asyncio
import gc
import itertools
import threading
from asyncio import CancelledError
from concurrent.futures import Future
from contextlib import suppress

from seqkit.check import DRAW
from seqkit.errors import SandboxError
from seqkit.grading import compiled, scoring
from seqkit.grading.examined import Examined
from seqkit.grading.handout.items import version
from seqkit.grading.room.warming import warm
from seqkit.grading.sandbox import Sandbox

CONNECT_S, CLOSE_S = 30, 2
TRIES = 3
"""How often a submission is tried where a worker has no room for it. How many workers may be lost under one submission, the
scheduler says: three, if its `allowed-failures` is as it was."""


class Cluster:
    """As `examiners.Local`, elsewhere.

    Args:
        scheduler: its address, `tcp://…`.
        exercises: their names.
        limit_s: processor time that one submission may take.

    Attributes:
        workers: how many submissions run at once.

    Raises:
        SandboxError: Dask is not installed, nobody answers there, it has no workers, or they have another seqkit.
    """

    def __init__(self, scheduler, exercises, limit_s):
        self._setup, self._client = (tuple(exercises), limit_s), _client(scheduler)
        self.workers = sum(self._client.nthreads().values())
        if not self.workers:
            self._client.close()
            raise SandboxError(
                f"the Dask cluster at {scheduler} has no workers. Start some there: dask worker {scheduler}"
            )

    def ready(self, layers=()):
        """{layer: "" if it is in force with all workers, else why not with one of them}."""
        there = self._run(_ready)
        for worker, (_, versions) in there.items():
            _expect_same(worker, versions, {name: version(name) for name in self._setup[0]})
        whys = [why_not for why_not, _ in there.values()]
        return {name: next(filter(None, (each[name] for each in whys)), "") for name in whys[0]}

    def submit(self, job):
        """A future of `Examined`; where a worker is lost, another takes its submission."""
        ours = Future()
        theirs = self._client.submit(_examine, *self._setup, job, pure=False, retries=TRIES)
        ours.theirs = theirs  # Dask forgets what nobody holds
        theirs.add_done_callback(lambda done: _hand_on(done, ours))
        return ours

    def close(self):
        """End what was started there, and leave the cluster as it was."""
        with suppress(OSError, ValueError, CancelledError):  # it is gone, and its rooms with it
            if self._client.status == "running":
                self._client.run(_close, on_error="ignore")
        self._client.close(timeout=CLOSE_S)

    def _run(self, ask):
        try:
            return self._client.run(ask, *self._setup)
        except OSError as error:
            raise SandboxError(
                f"a worker of the Dask cluster was lost while it made its room ready: {error}"
            ) from error


def _client(scheduler):
    try:
        from distributed import Client
    except ImportError as error:
        raise SandboxError('Dask is not installed here: pip install "seqkit[dask]"') from error
    try:
        return Client(scheduler, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
    gc.collect()  # the client that could not connect: collected while another begins, it waits for a lock which that one holds
    raise SandboxError(
        f"no Dask scheduler answers at {scheduler} ({said}). Start one: dask scheduler; or leave --scheduler out."
    )


def _expect_same(worker, theirs, ours):
    other = [name for name in ours if theirs[name] != ours[name]]
    if other:
        raise SandboxError(
            f"the worker {worker} has another version of {', '.join(other)} than this machine. Install the same seqkit there."
        )


def _hand_on(done, ours):
    """What became of a submission there, as if it had run here."""
    from distributed.scheduler import KilledWorker

    error = None if done.cancelled() else done.exception()
    if done.cancelled() or (error and not isinstance(error, KilledWorker)):
        ours.set_exception(SandboxError(f"the Dask cluster gave a submission up: {error or 'its scheduler is gone'}"))
    elif error:
        ours.set_result(Examined("died", "Each worker of the cluster that ran it was lost."))
    else:
        ours.set_result(done.result())
    ours.theirs = None  # what is here need not be kept there


# ---- what runs with a worker ----

_SANDBOXES = {}
"""{(exercises, limit_s): Sandbox} of this worker."""
_ONE_AT_A_TIME = threading.Lock()
_HERE, _NUMBERS = threading.local(), itertools.count()


def _sandbox(exercises, limit_s):
    """That of this worker, begun when it is first asked for: a worker may have come since grading began."""
    with _ONE_AT_A_TIME:
        if (exercises, limit_s) not in _SANDBOXES:
            _SANDBOXES[exercises, limit_s] = _begun(exercises, limit_s)
        return _SANDBOXES[exercises, limit_s]


def _begun(exercises, limit_s):
    compiled.keep()
    made = Sandbox(list(exercises), cpu_s=limit_s, pinned=False)
    for exercise in exercises:
        scoring.expected(exercise, DRAW)  # fills the cache of compiled programs
    warm(layers := scoring.layers(exercises))
    made.ready()
    compiled.hand_in(made.room)
    made.warm(0, layers)
    return made


async def _ready(exercises, limit_s):
    """(What it lacks, {exercise: version}); asked in a thread, so that the worker goes on answering its scheduler."""
    sandbox = await asyncio.to_thread(_sandbox, exercises, limit_s)
    return sandbox.ready(), {name: version(name) for name in exercises}


def _examine(exercises, limit_s, job):
    return _sandbox(exercises, limit_s).examine(job, _number())


def _number():
    """Of this thread among those that examine, from 0, which has a spare child beforehand."""
    if not hasattr(_HERE, "number"):
        _HERE.number = next(_NUMBERS)
    return _HERE.number


async def _close():
    while _SANDBOXES:
        await asyncio.to_thread(_SANDBOXES.popitem()[1].close)
