"""Who runs submissions: the processors of this machine, or a Dask cluster. Both take a `Job` and promise an `Examined`."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor

from seqkit.grading import compiled
from seqkit.grading.sandbox import Examined, Sandbox


class Local:
    """A sandbox here, with a thread for each worker: the threads wait, the children work."""

    def __init__(self, exercises, limit_s, workers):
        self.workers, self._sandbox = workers, Sandbox(exercises, cpu_s=limit_s)
        self._numbers, self._here = iter(range(workers)), threading.local()
        self._threads = ThreadPoolExecutor(workers, "worker", self._number)

    def ready(self):
        """{layer: "" if it is in force, else why not}. A spare child is made ready for each worker."""
        why_not = self._sandbox.ready()
        compiled.hand_in(self._sandbox.room)
        for worker in range(self.workers):
            self._sandbox.warm(worker)
        return why_not

    def submit(self, job):
        """A future of `Examined`."""
        return self._threads.submit(lambda: self._sandbox.examine(job, self._here.number))

    def after(self, future):
        """A future that is done when another is."""
        follower = Future()
        future.add_done_callback(lambda done: _follow(follower, done))
        return follower

    def nothing(self):
        """A future of an `Examined` in which nothing ran."""
        done = Future()
        done.set_result(Examined())
        return done

    def close(self):
        """End everything that was started."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._sandbox.close()

    def _number(self):
        self._here.number = next(self._numbers)


def _follow(follower, done):
    error = done.exception() if not done.cancelled() else None
    if done.cancelled():
        follower.cancel()
    elif error:
        follower.set_exception(error)
    else:
        follower.set_result(done.result())


class Cluster(Local):
    """Written by and by."""
