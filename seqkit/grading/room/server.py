"""The fork server: imports the frameworks once, then a child for each request. It never sees a submission or an answer.

JAX's backend must not be running when it forks: a child would hang at its first call. That is asserted before each fork.
"""

import array
import gc
import importlib
import os
import select
import signal
import socket
import sys
import threading
from contextlib import suppress

from seqkit.grading.room import layers
from seqkit.grading.room.channel import Channel
from seqkit.grading.room.child import MOST_THREADS, live
from seqkit.grading.room.warming import trace
from seqkit.grading.wire import frame, unpack

LOADED, BORN, DEAD = b"L", b"B", b"D"
"""What the server tells: what the machine lacks, the pid of a child, how one ended."""
FORK, KILL, TRACE = b"F", b"K", b"T"
"""What it is told: to make a child, to end one, to trace what its children will run."""
BEAT_S = 0.5
"""How often the threads of children are counted: the kernel's own limit counts a user's processes together, and not root's."""


def serve(control, room, setup):
    """Fork and kill as asked, and say how each child ended, until the grader hangs up."""
    control = socket.socket(fileno=control)
    for name in setup["modules"]:
        importlib.import_module(name)
    why_not = layers.available()
    setup["layers"] = [name for name in setup["layers"] if not why_not[name]]
    setup["readable"] = layers.readable()
    _settle()
    control.sendall(frame(LOADED, why_not))
    alive, (woken, wake) = set(), os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda number, stack: None)
    while True:
        ready, _, _ = select.select([control, woken], [], [], BEAT_S if alive else None)
        _thin(alive)
        if woken in ready:
            os.read(woken, 4096)
        _bury(control, alive)
        if control in ready and not _obey(control, room, setup, alive):
            break
    for pid in alive:
        os.kill(pid, signal.SIGKILL)


def _settle():
    """What is loaded is never looked through again, so children go on sharing its memory."""
    gc.collect()
    gc.freeze()


def _thin(alive):
    """End a child that starts threads without end: they take the numbers that this machine has for all its processes."""
    for pid in alive:
        with suppress(OSError):  # there is no such folder on this system, or no such child any more
            if os.stat(f"/proc/{pid}/task").st_nlink - 2 > MOST_THREADS:
                os.kill(pid, signal.SIGKILL)


def _obey(control, room, setup, alive):
    """One request; False when the grader is gone.

    A request is a letter and a number of four bytes: FORK with a file; TRACE with so many bytes of `layers` behind it.
    """
    fds = array.array("i")
    data, extra, _, _ = control.recvmsg(5, socket.CMSG_SPACE(fds.itemsize))
    for level, kind, sent in extra:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(sent[: fds.itemsize])
    if len(data) < 5:
        return False
    number = int.from_bytes(data[1:], "big")
    if data[:1] == KILL and number in alive:
        os.kill(number, signal.SIGKILL)
    if data[:1] == TRACE:
        trace(unpack(control.recv(number, socket.MSG_WAITALL)))
        _settle()
    if data[:1] == FORK:
        pid = _fork(control, fds[0], room, setup | {"cpu": number if number < 0xFFFF else None})
        alive.add(pid)
        control.sendall(frame(BORN, pid))
    return True


def _fork(control, sock, room, setup):
    assert threading.active_count() == 1, "another thread runs in the fork server"
    bridge = sys.modules.get("jax._src.xla_bridge")
    assert bridge is None or not bridge._backends, "JAX's backend runs in the fork server"
    pid = os.fork()
    if pid == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        live(Channel(sock), room, setup)
    os.close(sock)
    return pid


def _bury(control, alive):
    """Say of each child that ended how, and what it cost: known here, not told by the child."""
    while alive:
        pid, status, used = os.wait4(-1, os.WNOHANG)
        if pid == 0:
            return
        alive.discard(pid)
        memory = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        control.sendall(frame(DEAD, [pid, os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, memory]))
