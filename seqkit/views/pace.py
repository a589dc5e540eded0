"""How often a view may redraw inside a loop: never more than 20 times a second, nor for more than 5 % of the time."""

import asyncio
from contextlib import contextmanager, suppress
from time import perf_counter

LEAST_S, SHARE = 0.05, 0.02
"""The least time between two redraws, and the share of a loop's time that they take here; the browser, which draws on the
same machine, needs about as much again."""


class Pace:
    """Tells when the next redraw is due, from what the last one cost."""

    def __init__(self, clock=perf_counter):
        self._clock, self._next, self._later = clock, -float("inf"), None

    def due(self):
        """Whether a redraw may begin now."""
        return self._clock() >= self._next

    @contextmanager
    def drawing(self):
        """A redraw happens inside; the next waits until this one was `SHARE` of the time."""
        self.forget()
        start = self._clock()
        try:
            yield
        finally:
            end = self._clock()
            self._next = end + max(LEAST_S, (end - start) * (1 / SHARE - 1))

    def later(self, redraw):
        """Call `redraw` once the running cell has ended, unless another redraw comes first; nothing outside a notebook."""
        with suppress(RuntimeError):  # no event loop runs in a plain script
            self._later = self._later or asyncio.get_running_loop().call_later(LEAST_S, redraw)

    def forget(self):
        """Take back what `later` was asked for."""
        if self._later is not None:
            self._later.cancel()
        self._later = None
