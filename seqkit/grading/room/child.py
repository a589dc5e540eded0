"""A child of the fork server: closes the room around itself, warms up, takes one submission, and answers in plain data."""

import importlib
import os
import random
import signal
import threading
import traceback

from seqkit.grading.room import layers
from seqkit.grading.room.cells import Cells
from seqkit.grading.room.channel import Channel
from seqkit.grading.room.warming import warm
from seqkit.grading.room.watching import watch
from seqkit.observe import observe_cases
from seqkit.plain import plain

READY, CELL, SEEN, VALUE, TRIED, FAILED, END = b"R", b"C", b"S", b"V", b"T", b"X", b"E"
"""Kinds of frames that go to the grader."""
WARM, JOB, ASK, GET, LEAVE = b"W", b"J", b"A", b"G", b"L"
"""And those that come from there."""
MOST_THREADS = 1024
"""Of one child; a cell may leave half as many."""


def live(channel, room, setup):
    """The whole life of a child; it never returns.

    Args:
        channel: to the grader.
        room: the folder that the server was started from.
        setup: {"layers": those to be had, "cpu_s": processor time, "cpu": the processor to stay on or None, "pages": files,
            "readable": libraries}.
    """
    status = 1
    try:
        pages = _settled(channel, room, setup)
        channel.send(READY, None)
        asked = channel.receive()
        if asked is not None:
            watch(lambda text: channel.send(TRIED, text), room, setup["readable"])
            _answer(channel, asked[1], pages)
        status = 0
    except BaseException:
        channel.send(FAILED, traceback.format_exc()[-2000:])
    finally:
        os._exit(status)


def _settled(channel, room, setup):
    """{exercise: page}, with the room closed and everything loaded that a submission will need."""
    if setup["cpu"] is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {setup["cpu"]})
    _be_quiet(channel)
    layers.close(room, os.path.join(room, "scratch"), setup["cpu_s"], setup["readable"], setup["layers"])
    random.seed()
    pages = [importlib.import_module(f"seqkit.exercises.{file}").page for file in setup["pages"]]
    layers_to_come = channel.receive()
    if layers_to_come is not None:
        warm(layers_to_come[1])
    return {page.name: page for page in pages}


def _be_quiet(channel):
    """Standard files lead nowhere, and no other file of the server stays open."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nowhere, standard)
    last = 2
    for kept in sorted({channel.incoming, channel.outgoing}):
        os.closerange(last + 1, kept)
        last = kept
    os.closerange(last + 1, 4096)


def _answer(channel, job, pages):
    """Runs the cells, then does what it is asked of what they left; a draw is not in here before it is asked."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cells = Cells(job["limit_s"])
    for number, source in job["cells"]:
        ran = cells.run(number, source)
        if threading.active_count() > MOST_THREADS // 2:
            os._exit(1)  # here, so that no later cell is blamed
        channel.send(CELL, [number, *ran])
    channel.send(CELL, None)
    kind, asked = channel.receive()
    while kind != LEAVE:
        if kind == ASK:
            exercise, which, cases, limit_s = asked
            channel.send(SEEN, [exercise, which, _seen(pages[exercise], cells.namespace, cases, limit_s)])
        else:
            channel.send(VALUE, [asked, _value(cells.namespace, asked)])
        kind, asked = channel.receive()
    channel.send(END, None)


def _seen(page, namespace, cases, limit_s):
    """What is observed of an answer; None where the notebook has nothing under its name."""
    if page.name not in namespace:
        return None
    return observe_cases(page, namespace[page.name], cases, limit_s)


def _value(namespace, name):
    """[a value as plain data], or [] where there is none."""
    return [plain(namespace[name])] if name in namespace else []


def run_plainly(setup, room):
    """A child without a server, between standard input and output: for systems that cannot fork."""
    incoming, outgoing = os.dup(0), os.dup(1)
    live(Channel(incoming, outgoing), room, setup | {"readable": layers.readable()})
