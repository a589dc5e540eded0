"""Submissions run on the machines of a Dask cluster: each of its workers has a sandbox of its own; scores are made here alone."""

import functools
import threading
from concurrent.futures import Future

from seqkit.check import DRAW
from seqkit.errors import SandboxError
from seqkit.grading import compiled, scoring
from seqkit.grading.room.warming import warm
from seqkit.grading.sandbox import Sandbox

CONNECT_S = 30
TRIES = 5
"""How many workers may be lost under one submission."""
ONE_AT_A_TIME = threading.Lock()


class Cluster:
    """As `examiners.Local`, elsewhere.

    Args:
        scheduler: its address, `tcp://…`.
        exercises: their names.
        limit_s: processor time that one submission may take.

    Raises:
        SandboxError: Dask is not installed, nobody answers there, or it has no workers.
    """

    def __init__(self, scheduler, exercises, limit_s):
        self._setup, self._client = (tuple(exercises), limit_s), _client(scheduler)
        self.workers = sum(self._client.nthreads().values())
        if not self.workers:
            raise SandboxError(f"the Dask cluster at {scheduler} has no workers. Start some: dask worker {scheduler}")

    def ready(self, layers=()):
        """{layer: "" if it is in force with all workers, else why not with one of them}."""
        there = self._client.run(_ready, *self._setup)
        return {
            name: next(filter(None, (each[name] for each in there.values())), "") for name in next(iter(there.values()))
        }

    def submit(self, job):
        """A future of `Examined`; a worker that is lost is replaced by another."""
        ours = Future()
        theirs = self._client.submit(_examine, *self._setup, job, pure=False, retries=TRIES)
        theirs.add_done_callback(lambda done: _hand_on(done, ours))
        ours.theirs = theirs  # Dask forgets what nobody holds
        return ours

    def close(self):
        """Leave the cluster as it was."""
        self._client.run(_close, *self._setup, on_error="ignore")
        self._client.close()


def _client(scheduler):
    try:
        from distributed import Client
    except ImportError as error:
        raise SandboxError('Dask is not installed here: pip install "seqkit[dask]"') from error
    try:
        return Client(scheduler, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise SandboxError(f"no Dask scheduler answers at {scheduler}: {error}. Start one: dask scheduler") from error


def _hand_on(done, ours):
    error = done.exception()
    if done.cancelled() or error is not None:
        ours.set_exception(SandboxError(f"the cluster gave a submission up: {error}"))
    else:
        ours.set_result(done.result())


# ---- what runs with a worker ----


@functools.cache
def _sandbox(exercises, limit_s):
    compiled.keep()
    for exercise in exercises:
        scoring.expected(exercise, DRAW)  # fills the cache of compiled programs
    warm(layers := scoring.layers(exercises))
    made = Sandbox(list(exercises), cpu_s=limit_s, pinned=False)
    made.ready()
    compiled.hand_in(made.room)
    made.warm(0, layers)
    return made


def _here(exercises, limit_s):
    with ONE_AT_A_TIME:
        return _sandbox(exercises, limit_s)


def _ready(exercises, limit_s):
    return _here(exercises, limit_s).ready()


def _examine(exercises, limit_s, job):
    return _here(exercises, limit_s).examine(job, threading.get_ident())


def _close(exercises, limit_s):
    with ONE_AT_A_TIME:
        _sandbox(exercises, limit_s).close()
        _sandbox.cache_clear()
