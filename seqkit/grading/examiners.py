"""Who runs submissions: the processors of this machine, or (`cluster`) those of others. Both take a `Job`, promise an `Examined`."""

import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor

from seqkit.grading import compiled
from seqkit.grading.examined import Examined
from seqkit.grading.sandbox import Sandbox


def processors():
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Local:
    """A sandbox here, with a thread for each worker: the threads wait, the children work.

    Args:
        exercises: their names.
        limit_s: processor time that one submission may take.
        workers: how many run at once; None: as many as there are processors.
    """

    def __init__(self, exercises, limit_s, workers=None):
        self._exercises, self.workers = exercises, workers or processors()
        self._sandbox = Sandbox(exercises, cpu_s=limit_s)
        self._numbers, self._here = iter(range(self.workers)), threading.local()
        self._threads = ThreadPoolExecutor(self.workers, "worker", self._number)

    def ready(self, layers=()):
        """{layer: "" if it is in force, else why not}. A spare child is made ready for each worker.

        Args:
            layers: what it runs beforehand, see `room.warming.warm`.
        """
        why_not = self._sandbox.ready()
        compiled.hand_in(self._sandbox.room, self._exercises)
        for worker in range(self.workers):
            self._sandbox.warm(worker, None if worker else layers)
        return why_not

    def submit(self, job):
        """A future of `Examined`."""
        return self._threads.submit(lambda: self._sandbox.examine(job, self._here.number))

    def close(self):
        """End everything that was started."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._sandbox.close()

    def _number(self):
        self._here.number = next(self._numbers)


def nothing():
    """A future of an `Examined` in which nothing ran."""
    done = Future()
    done.set_result(Examined())
    return done


def after(future):
    """A future of its own that ends as another does."""
    follower = Future()
    future.add_done_callback(lambda done: _follow(follower, done))
    return follower


def _follow(follower, done):
    error = None if done.cancelled() else done.exception()
    if done.cancelled():
        follower.cancel()
    elif error:
        follower.set_exception(error)
    else:
        follower.set_result(done.result())
