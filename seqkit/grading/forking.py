"""The fork server and its children, seen from outside: started by exec, with an environment of its own."""

import os
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

from seqkit.errors import SandboxError
from seqkit.grading import building
from seqkit.grading.room.channel import Channel
from seqkit.grading.room.layers import LAYERS
from seqkit.grading.room.server import BORN, DEAD, FORK, KILL, LOADED, TRACE
from seqkit.grading.wire import WireError, pack

START_S = 120
"""How long a server may take to import the frameworks."""
REPLY_BYTES = 128 << 20
"""Of one child, all its frames together."""
ANY_CPU = 0xFFFF


class Child:
    """A process in the room: a `Channel` to it, `kill()`, and `ended()` → (exit code, CPU s, most resident bytes).

    Its exit code is None if the server ended before it.
    """

    def __init__(self, channel, kill, ended):
        self.channel, self.kill, self.ended = channel, kill, ended


class Server:
    """A running fork server.

    Args:
        room: the folder that it works in, deleted at the end.
        setup: see `room.child.live` and `room.server.serve`.
    """

    def __init__(self, room, setup):
        self.room, self.alive = room, True
        self._born, self._deaths, self._loaded = queue.Queue(), {}, queue.Queue()
        self._one_at_a_time, self._complaints = threading.Lock(), tempfile.TemporaryFile()  # noqa: SIM115
        self._control, theirs = socket.socketpair()
        self._process = _started(room, setup | {"control": theirs.fileno()}, self._complaints, [theirs.fileno()])
        theirs.close()
        threading.Thread(target=self._listen, daemon=True).start()

    def ready(self):
        """Wait until the frameworks are imported; {layer: "" if it is in force, else why not}.

        Raises:
            SandboxError: it did not start; says what it printed.
        """
        why_not = self._told(self._loaded)
        self._loaded.put(why_not)
        if why_not is None:
            raise SandboxError(f"the fork server did not start: {self.complaint()}. Run seqkit doctor.")
        return why_not

    def trace(self, layers):
        """Have it trace what its children will run, see `room.warming.warm`."""
        data = pack(layers)
        with self._one_at_a_time, suppress(OSError):  # of a server that has ended; the next fork says so
            self._control.sendall(TRACE + len(data).to_bytes(4, "big") + data)

    def fork(self, cpu=None):
        """A fresh `Child`, on one processor or on any.

        Raises:
            SandboxError: the server has ended; `alive` is False then.
        """
        with self._one_at_a_time:
            self.ready()
            ours, theirs = socket.socketpair()
            request = FORK + (ANY_CPU if cpu is None else cpu).to_bytes(4, "big")
            with theirs, suppress(OSError):  # of a server that has ended; its listener says so
                socket.send_fds(self._control, [request], [theirs.fileno()])
            pid = self._told(self._born)
        if pid is None:
            ours.close()
            raise SandboxError(f"the fork server ended: {self.complaint()}")
        channel = Channel(ours.detach(), most_bytes=REPLY_BYTES)
        return Child(channel, lambda: self._kill(pid), lambda: self._ended(pid))

    def close(self):
        """End it, with all its children, and delete the room."""
        self.alive = False
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)  # closing alone would wait for the thread that reads
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._control.close()
        building.clear(self.room)

    def complaint(self):
        """The end of what it printed to standard error, or its exit code."""
        self._complaints.seek(0)
        lines = self._complaints.read().decode(errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else f"exit code {self._process.poll()}"

    def _told(self, waiting):
        """What the server says next there; one that says nothing for so long is ended, and has said None."""
        try:
            return waiting.get(timeout=START_S)
        except queue.Empty:
            self._process.kill()
            return None

    def _kill(self, pid):
        with self._one_at_a_time, suppress(OSError):  # a child ends with its server
            self._control.sendall(KILL + pid.to_bytes(4, "big"))

    def _ended(self, pid):
        how = self._deaths[pid].get()
        del self._deaths[pid]
        return how

    def _listen(self):
        """Sorts what the server says; at its end nobody is left waiting."""
        channel = Channel(self._control.fileno())
        try:
            while (received := channel.receive()) is not None:
                self._hear(*received)
        except (WireError, OSError):
            pass
        self.alive = False
        for waiting in (self._loaded, self._born):
            waiting.put(None)
        for waiting in list(self._deaths.values()):
            waiting.put((None, 0.0, 0))

    def _hear(self, kind, value):
        if kind == LOADED:
            self._loaded.put(value)
        elif kind == BORN:
            self._deaths[value] = queue.Queue()
            self._born.put(value)
        elif kind == DEAD:
            self._deaths[value[0]].put(tuple(value[1:]))


class Plain:
    """In the place of a server where processes cannot be forked: a fresh Python for each child, bounded, not closed."""

    alive = True

    def __init__(self, room, setup):
        self.room, self._setup = room, setup | {"control": None, "layers": [], "cpu": None}

    def ready(self):
        """Always; no layer is in force."""
        return dict.fromkeys(LAYERS, "here is no fork server, and submissions are only bounded in time")

    def trace(self, layers):
        """Nothing is handed down."""

    def fork(self, cpu=None):
        """A `Child` in a Python of its own."""
        process = _started(self.room, self._setup, subprocess.DEVNULL, [], pipes=subprocess.PIPE)
        channel = Channel(os.dup(process.stdout.fileno()), os.dup(process.stdin.fileno()), REPLY_BYTES)
        process.stdin.close(), process.stdout.close()
        return Child(channel, lambda: _end(process), lambda: (process.wait(), 0.0, 0))

    def close(self):
        """Delete the room."""
        building.clear(self.room)


def _end(process):
    """Kill a process with what it started, where that can be said."""
    if sys.platform == "win32":
        process.kill()
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _started(room, setup, complaints, files, pipes=subprocess.DEVNULL):
    """`start.py` of the room, in a Python that sees nothing of this one's environment."""
    command = [sys.executable, "-I", "-B", str(room / "start.py"), pack(setup).hex()]
    more = {} if sys.platform == "win32" else {"pass_fds": files, "start_new_session": True}
    return subprocess.Popen(
        command, env=_environment(room), cwd=room, stdin=pipes, stdout=pipes, stderr=complaints, **more
    )


def _environment(room):
    """Everything that is to be known inside."""
    scratch = str(Path(room) / "scratch")
    said = {"HOME": scratch, "TMPDIR": scratch, "SEQKIT_HOME": scratch, "MPLCONFIGDIR": scratch, "MPLBACKEND": "Agg"}
    said |= {"LANG": "C.UTF-8", "JAX_PLATFORMS": "cpu", "KERAS_BACKEND": "jax", "TF_CPP_MIN_LOG_LEVEL": "3"}
    said |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "XLA_FLAGS": os.environ.get("XLA_FLAGS", "")}
    said |= {"JAX_COMPILATION_CACHE_DIR": str(Path(room) / "cache"), "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1"}
    said |= {"JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "1e9", "KERAS_HOME": scratch}
    said |= {"JAX_PERSISTENT_CACHE_ENABLE_XLA_CACHES": "none", "JAX_TRACEBACK_IN_LOCATIONS_LIMIT": "0"}
    return said | {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
