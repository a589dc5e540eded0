"""What a child may say, and when: each frame has to be the one that comes next, and comes in time or not at all."""

import threading
from contextlib import contextmanager

from seqkit.grading.examined import Ask
from seqkit.grading.forking import START_S
from seqkit.grading.room.cells import LINE, LINES, PRINTED, SAID, SHORTEST_S
from seqkit.grading.room.child import CELL, SEEN, TRIED, VALUE
from seqkit.grading.room.watching import MOST
from seqkit.grading.wire import WireError
from seqkit.observe import Observations


class Place:
    """How far a child has come: first the cells, then what it is asked, one after the other.

    The secret draw comes last: what a student is shown has left the room before that goes in.

    Attributes:
        cells: the numbers of those that are still to run; `ran`: whether they are through.
        asked: each `Ask`, and the name of each value, that is still to be answered.
    """

    def __init__(self, cells, asks, values):
        public = [ask for ask in asks if ask.which == "public"]
        self.asked = [*public, *values, *(ask for ask in asks if ask not in public)]
        self.cells, self.ran, self.told = [number for number, _ in cells], False, 0
        self.more_s = SHORTEST_S * len(cells)

    def now(self):
        """What is under way: the number of a cell, an `Ask`, the name of a value; None at the end."""
        return next(iter(self.asked if self.ran else self.cells), None)

    def place(self):
        """The same in words."""
        match self.now():
            case int(number):
                return f"cell {number}"
            case Ask(exercise=name):
                return f"a call of {name}"
            case None:
                return "the end"
            case name:
                return f"the value of {name}"

    def said(self):
        """What is told if the time is up here."""
        return f"{self.place()} was still running when its time was up"

    def stage(self):
        """What has a limit of its own: all cells together, each ask."""
        return len(self.asked) if self.ran else "cells"

    def limit_s(self, cells_s):
        """How long this stage may take. Inside each cell has a moment even when their time is up."""
        return cells_s + min(cells_s, self.more_s) if not self.ran else getattr(self.now(), "limit_s", START_S)


def take(kind, value, at, found):
    """One frame, if it is the one that comes next.

    Raises:
        WireError: it is another.
    """
    if kind == TRIED and isinstance(value, str) and at.told < MOST:
        at.told += 1
        found.tried += [] if value[:200] in found.tried else [value[:200]]
    elif kind == CELL and not at.ran and value is None:
        at.ran = True
    elif kind == CELL and not at.ran and _is_cell(value, at):
        _, error, printed, left_out, late = value
        left_out = [text[:LINE] for text in left_out[:LINES]]
        found.cells[at.cells.pop(0)] = error[:SAID], printed[:PRINTED], left_out, late
    elif kind == SEEN and at.ran and isinstance(at.now(), Ask) and _is_seen(value, at.now()):
        found.seen[value[0], value[1]] = value[2]
        at.asked.pop(0)
    elif kind == VALUE and at.ran and _is_value(value, at.now()):
        found.values.update(zip(value[:1], value[1], strict=False))
        at.asked.pop(0)
    else:
        raise WireError(f"a frame {kind!r} where there is none")


def _is_cell(value, at):
    match value:
        case [number, str(), str(), list(texts), bool()]:
            return at.cells[:1] == [number] and all(isinstance(text, str) for text in texts)
    return False


def _is_value(value, asked):
    """Whether this is the name that was asked for and what stands under it, or nothing."""
    match value:
        case [str(name), list(parts)]:
            return name == asked and len(parts) <= 1
    return False


def _is_seen(value, ask):
    """Whether this is what was asked for: of this exercise and draw, with a `Seen` for each case."""
    match value:
        case [ask.exercise, ask.which, None]:
            return True
        case [ask.exercise, ask.which, Observations() as seen]:
            sizes = [len(cases) for cases in ask.cases] if seen.callable and seen.started else []
            return seen.exercise == ask.exercise and [len(cases) for cases in seen.probes] == sizes
    return False


class Clock:
    """Ends a child that takes too long."""

    def __init__(self, child):
        self.child, self.rang = child, ""

    @contextmanager
    def until(self, limit_s, said):
        """Kill the child if this takes longer, and keep what is to be said of it."""
        timer = threading.Timer(limit_s, self._ring, [said])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _ring(self, said):
        self.rang = said
        self.child.kill()
