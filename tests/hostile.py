"""Submissions that cheat, break out, break down or look for what is not theirs: cells to run in the sandbox, and what may come of it.

A cell keeps in `got` what it was given and should not have been. Each is followed by an honest answer,
    which still has to earn.
Nothing here would do harm where there is no sandbox: signals are 0, limits and owners are those that are there already.
"""

import textwrap
from dataclasses import dataclass

HONEST = """
def forward(layers, x):
    for layer in layers:
        x = layer(x)
    return x
"""
WRONG = "def forward(layers, x): return x"
TRY = '''
got = globals().get("got", [])

def attempt(what, f, *args, **kwargs):
    """Keeps what was not refused."""
    try:
        f(*args, **kwargs)
    except BaseException as error:
        print(f"{what}: {type(error).__name__} {error}"[:60])
    else:
        got.append(what)
'''
CALLS = """
import ctypes, errno, platform
libc = ctypes.CDLL(None, use_errno=True)
column = ["x86_64", "aarch64"].index(platform.machine())

def refused(number, *args):
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *(ctypes.c_long(arg) for arg in args))
    return result == -1 and ctypes.get_errno() in (errno.EPERM, errno.EACCES, errno.ENOSYS)

def system_call(what, numbers, *args):
    if numbers[column] is not None and not refused(numbers[column], *args):
        got.append(what)
"""
REPLY = """
import os, stat, sys

def find_reply():
    for fd in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode) or stat.S_ISFIFO(os.fstat(fd).st_mode): reply = fd
        except OSError: pass
    return reply

reply = find_reply()
"""


RUN_CODE = """
import mmap
page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
page.write(CODE)
ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
"""


@dataclass(frozen=True)
class Hostile:
    """A submission that is no honest one.

    Attributes:
        name: what it does.
        cells: its code cells.
        earns: "full" if the honest part has to earn, "less" if it may not, "nothing".
        status: those that it may end with.
        tried: words that the teacher has to be told.
    """

    name: str
    cells: tuple
    earns: str = "full"
    status: tuple = ("ok",)
    tried: tuple = ()


def _code(*parts):
    return "\n".join(textwrap.dedent(part).strip("\n") for part in parts)


def tries(name, *code, **more):
    """Something that is to be refused, and an honest answer behind it."""
    return Hostile(name, (_code(TRY, *code), HONEST), **more)


def answers(name, *code, earns="less", **more):
    """A wrong answer that wants to be taken for a right one."""
    return Hostile(name, (_code(TRY, *code),), earns, **more)


def harms(name, *code, earns="full", status=("died",), after=HONEST, **more):
    """What ends the process, and an honest answer behind it."""
    return Hostile(name, (_code(TRY, *code), after), earns, status, **more)


READS = tries(
    "reads what is not its own",
    """
    import ctypes, mmap, os, pathlib, shutil

    def mapped(path):
        with open(path, "rb") as file: mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def by_another_name(path):
        os.symlink(path, "way"); open("way", "rb").read()

    def reopened(path):
        fd = os.open(path, os.O_PATH); open(f"/proc/self/fd/{fd}", "rb").read()

    def from_folder(path):
        fd = os.open(os.path.dirname(path), os.O_PATH); os.open(os.path.basename(path), os.O_RDONLY, dir_fd=fd)

    def by_libc(path):
        libc = ctypes.CDLL(None); libc.fopen.restype = ctypes.c_void_p
        assert libc.fopen(path.encode(), b"r")

    def by_handle(path):
        libc, handle, mount = ctypes.CDLL(None), (ctypes.c_uint32 * 40)(128), ctypes.c_int()
        assert libc.name_to_handle_at(-100, path.encode(), handle, ctypes.byref(mount), 0) == 0

    for path in FORBIDDEN:
        for way in (os.listdir, lambda path: open(path, "rb").read(1), mapped, by_another_name, reopened,
            from_folder, by_libc,
                    by_handle, os.scandir, lambda path: os.link(path, "mine"), lambda path: shutil.copy(path, "mine"),
                    lambda path: os.open(path, os.O_DIRECTORY), lambda path: os.open(path, os.O_RDONLY | os.O_NONBLOCK)):
            attempt(f"{getattr(way, '__name__', way)} {path}", way, path)
            shutil.rmtree("way", ignore_errors=True)
            for left in ("way", "mine"):
                if os.path.lexists(left): os.unlink(left)
    """,
    tried=("to read",),
)
WRITES = tries(
    "writes where it may not",
    """
    import os, shutil, sys

    for path in TARGETS:
        beside = os.path.join(os.path.dirname(path), "new")
        for what, f in {
            "write": lambda: open(path, "w"), "append": lambda: open(path, "a"), "change": lambda: open(path, "r+"),
            "create": lambda: open(beside, "x"), "truncate": lambda: os.truncate(path, 0), "unlink": lambda: os.unlink(path),
            "rename": lambda: os.rename(path, beside), "replace": lambda: os.replace("own", path),
            "link": lambda: os.link(path, "own2"),
            "link there": lambda: os.link("own", beside), "symlink": lambda: os.symlink(path, beside),
            "mkdir": lambda: os.mkdir(beside),
            "mkfifo": lambda: os.mkfifo(beside), "mknod": lambda: os.mknod(beside),
            "device": lambda: os.mknod("own3", 0o20666, 259),
            "chmod": lambda: os.chmod(path, 0o600), "chown": lambda: os.chown(path, os.getuid(), os.getgid()),
            "utime": lambda: os.utime(path), "setxattr": lambda: os.setxattr(path, "user.a", b"b"),
            "rmtree": lambda: shutil.rmtree(path),
            "rmdir": lambda: os.rmdir(os.path.dirname(path)), "tmpfile": lambda: os.open(os.path.dirname(path),
            os.O_TMPFILE | os.O_RDWR),
            "lchown": lambda: os.lchown(path, os.getuid(), os.getgid()), "chmod 2": lambda: os.chmod(os.open(path,
            os.O_PATH), 0o600),
        }.items():
            attempt(f"{what} {path}", f)
    """,
    tried=("to write", "to delete a file", "to rename a file", "to change who may read", "to change whose a file is"),
)
SOCKETS = tries(
    "talks to others",
    REPLY,
    """
    import os, socket, urllib.request

    for family in ("AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK", "AF_PACKET", "AF_VSOCK", "AF_ALG", "AF_BLUETOOTH",
        "AF_CAN", "AF_TIPC"):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
            attempt(f"{family} {kind}", socket.socket, getattr(socket, family, 40), kind)
    attempt("a pair", socket.socketpair)
    attempt("a name", socket.getaddrinfo, "example.com", 80)
    attempt("localhost", socket.create_connection, ("127.0.0.1", 22), 0.2)
    attempt("a page", urllib.request.urlopen, "http://example.com", timeout=0.2)
    attempt("from the reply", lambda: socket.socket(fileno=os.dup(reply)).sendmsg([b"x"], [(socket.SOL_SOCKET,
        socket.SCM_RIGHTS, b"0000")]))
    attempt("what comes with it", lambda: socket.socket(fileno=os.dup(reply)).recvmsg(1, 100, socket.MSG_DONTWAIT))
    attempt("somewhere else", lambda: socket.socket(fileno=os.dup(reply)).connect("/tmp/x"))
    attempt("a larger buffer", lambda: socket.socket(fileno=os.dup(reply)).setsockopt(socket.SOL_SOCKET, 32, 1 << 28))
    """,
    tried=("to open a socket",),
)
PROCESSES = tries(
    "starts processes",
    CALLS,
    """
    import multiprocessing, os, pty, subprocess, sys

    attempt("fork", lambda: os.fork() or os._exit(0))
    attempt("forkpty", lambda: os.forkpty()[0] or os._exit(0))
    attempt("spawn", os.posix_spawn, sys.executable, [sys.executable, "-c", ""], {})
    attempt("run", subprocess.run, [sys.executable, "-c", ""])
    attempt("a shell", lambda: os.system("true") == 0 or 1 / 0)
    attempt("popen", lambda: os.popen("echo x").read()[0])
    attempt("exec", os.execv, "/bin/true", ["true"])
    attempt("a pool", lambda: multiprocessing.get_context("fork").Process(target=int).start())
    attempt("a terminal", lambda: pty.openpty())
    attempt("memory as a file", lambda: os.memfd_create("x"))
    system_call("vfork", (58, None))
    system_call("clone", (56, 220), 17, 0, 0, 0, 0)
    system_call("clone in a namespace", (56, 220), 0x10000000 | 17, 0, 0, 0, 0)
    system_call("clone3", (435, 435), 0, 0)
    system_call("execveat", (322, 281), -1, 0, 0, 0, 0)
    """,
    tried=("to start a process", "to run a shell"),
)
SIGNALS = tries(
    "reaches for other processes",
    CALLS,
    REPLY,
    """
    import fcntl, os, signal

    pipe = os.pipe()
    for pid in (SERVER, GRADER, 1):
        attempt(f"kill {pid}", os.kill, pid, 0)
        attempt(f"a pidfd {pid}", os.pidfd_open, pid)
        attempt(f"owner {pid}", fcntl.fcntl, pipe[0], fcntl.F_SETOWN, pid)
        attempt(f"owner of a group {pid}", fcntl.fcntl, pipe[0], 15, bytes(8))
        attempt(f"by ioctl {pid}", fcntl.ioctl, reply, 0x8901, pid.to_bytes(4, "little"))
        attempt(f"nice {pid}", os.setpriority, os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, pid))
        attempt(f"processors {pid}", os.sched_setaffinity, pid, os.sched_getaffinity(pid))
        system_call(f"tgkill {pid}", (234, 131), pid, pid, 0)
        system_call(f"tkill {pid}", (200, 130), pid, 0)
        system_call(f"queue {pid}", (129, 138), pid, 0, 0)
        system_call(f"trace {pid}", (101, 117), 0x4206, pid, 0, 0)
        system_call(f"read {pid}", (310, 270), pid, 0, 0, 0, 0, 0)
        system_call(f"write {pid}", (311, 271), pid, 0, 0, 0, 0, 0)
        system_call(f"compare {pid}", (312, 272), pid, os.getpid(), 0, 0, 0)
        system_call(f"pages {pid}", (279, 239), pid, 0, 0, 0, 0, 0)
        system_call(f"limits {pid}", (302, 261), pid, 7, id(got), 0)
    attempt("a group", os.killpg, os.getpgrp(), 0)
    attempt("everybody", os.kill, -1, 0)
    attempt("which signal", fcntl.fcntl, pipe[0], 10, signal.SIGURG)
    attempt("all processors", os.sched_setaffinity, 0, os.sched_getaffinity(0))
    attempt("real time", os.sched_setscheduler, 0, os.SCHED_BATCH, os.sched_param(0))
    system_call("traced", (101, 117), 0)
    system_call("to live on", (157, 167), 1, 0, 0, 0, 0)
    system_call("to be looked into", (157, 167), 4, 1, 0, 0, 0)
    """,
    tried=("to end a process",),
)
RIGHTS = tries(
    "wants more rights",
    CALLS,
    """
    import os, resource

    for name in [name for name in dir(resource) if name.startswith("RLIMIT_")]:
        which = getattr(resource, name)
        soft, hard = resource.getrlimit(which)
        attempt(name, resource.setrlimit, which, (soft, hard))
    for what, f in {
        "setuid": lambda: os.setuid(os.getuid()), "setgid": lambda: os.setgid(os.getgid()),
        "groups": lambda: os.setgroups([]),
        "setsid": os.setsid, "chroot": lambda: os.chroot("."), "group": lambda: os.setpgid(0, 0),
        "hostname": lambda: __import__("socket").sethostname("x"),
        "clock": lambda: __import__("time").clock_settime(0, __import__("time").time()),
    }.items():
        attempt(what, f)
    for flag in (0x10000000, 0x20000, 0x40000000, 0x20000000, 0x8000000, 0x4000000, 0x2000000):
        system_call(f"unshare {flag:x}", (272, 97), flag)
    for what, numbers in {
        "mount": (165, 40), "umount": (166, 39), "pivot_root": (155, 41), "setns": (308, 268), "open_tree": (428,
        428), "fsopen": (430, 430),
        "move_mount": (429, 429), "keyctl": (250, 219), "add_key": (248, 217), "bpf": (321, 280), "perf": (298, 241),
        "io_uring": (425, 425),
        "userfaultfd": (323, 282), "fanotify": (300, 262), "inotify": (294, 26), "shmget": (29, 194), "semget": (64,
        190), "msgget": (68, 186),
        "semctl": (66, 191), "msgctl": (71, 187), "shmctl": (31, 195), "mq_open": (240, 180), "mq_unlink": (241,
        181), "personality": (135, 92),
        "module": (313, 273), "kexec": (246, 104), "acct": (163, 89), "quota": (179, 60), "swapon": (167, 224),
        "syslog": (103, 116),
        "adjtimex": (159, 171), "capset": (126, 91), "iopl": (172, None), "ldt": (154, None), "vhangup": (153, 58),
        "memfd_secret": (447, 447),
        "file attributes": (469, 469), "sync": (162, 81), "ioprio": (251, 30),
    }.items():
        system_call(what, numbers, -1, -1, -1, -1, -1, -1)
    for what, request in {"freeze": 0xC0045877, "shut down": 0x8004587D, "flags": 0x40086602, "type": 0x5412,
        "clone": 0x40049409}.items():
        system_call(f"ioctl {what}", (16, 29), -1, request, 0)
    status = (ctypes.c_uint32 * 6)(*[1] * 6)
    libc.capget((ctypes.c_uint32 * 2)(0x20080522, 0), status)
    got += [f"capabilities {list(status)}"] if any(status) else []
    """,
)
SHARED = tries(
    "shares memory with others",
    """
    import os
    from multiprocessing import shared_memory

    attempt("shared memory", shared_memory.SharedMemory, "seqkit", True, 10)
    attempt("a file in it", open, "/dev/shm/x", "w")
    attempt("a list of it", os.listdir, "/dev/shm")
    """,
)
ENVIRONMENT = tries(
    "reads the environment",
    """
    import ctypes, os, sys

    known = {"HOME", "TMPDIR", "SEQKIT_HOME", "KERAS_HOME", "MPLCONFIGDIR", "MPLBACKEND", "LANG", "JAX_PLATFORMS",
        "KERAS_BACKEND", "XLA_FLAGS"}
    got += [name for name in os.environ if name not in known and not name.startswith(("JAX_", "TF_", "TPU_",
        "OPENBLAS_", "OMP_", "LC_"))]
    libc = ctypes.CDLL(None); libc.getenv.restype = ctypes.c_char_p
    got += [name for name in ("PATH", "USER", CANARY_NAME) if libc.getenv(name.encode())]

    got += [path for path in sys.path if path and REPOSITORY in path and "/site-packages" not in path and ".venv" not in path]
    got += [arg for arg in (*sys.argv, *sys.orig_argv) if REPOSITORY in arg and ".venv" not in arg]
    """,
)
IMPORTS = tries(
    "imports what judges",
    """
    import importlib, importlib.metadata, importlib.util, pkgutil, sys

    for name in ("judge", "check", "views", "views.feedback", "snippet", "lesson", "alignment", "grading.sandbox",
        "grading.grade", "grading.scoring",
                 "grading.stripping", "grading.book", "grading.book.gradebook", "grading.handout.secret",
                     "exercises.mlp", "__main__", "commands"):
        attempt(name, importlib.import_module, f"seqkit.{name}")
    import seqkit
    got += [path for path in seqkit.__path__ if ROOM not in path]
    page = importlib.import_module("seqkit.exercises.forward").page
    got += [part for part in (page.reference, *page.mistakes, *page.hints, page.statement,
        *(probe.why for probe in page.probes)) if part]
    got += [probe.name for probe in page.probes if probe.oracle]
    attempt("the distribution", lambda: importlib.metadata.files("seqkit")[0].read_text())
    """,
)
LEAVES_BEHIND = tries(
    "leaves something behind",
    """
    import atexit, builtins, os, sys, tempfile, threading, time

    open("left", "w").write("x")
    with tempfile.NamedTemporaryFile("w", delete=False) as file: file.write("x")
    builtins.left_behind = sys.left_behind = True
    os.environ["LEFT_BEHIND"] = "1"
    atexit.register(lambda: open("left", "a"))
    threading.Thread(target=time.sleep, args=(60,)).start()
    threading.Thread(target=lambda: time.sleep(60), daemon=True).start()
    import seqkit.plain, seqkit.grading.room.server as server
    server.live = seqkit.plain.left_behind = None
    """,
)
FINDS_NOTHING_LEFT = tries(
    "looks for what others left",
    """
    import builtins, os, sys, tempfile
    import seqkit.plain, seqkit.grading.room.server as server

    got += [f"{folder}/{name}" for folder in (".", tempfile.gettempdir(),
        os.path.expanduser("~")) for name in os.listdir(folder)]
    got += [thing.__name__ for thing in (builtins, sys, seqkit.plain) if hasattr(thing, "left_behind")]
    got += [name for name in os.environ if "LEFT" in name] + ([] if callable(server.live) else ["the server"])
    """,
)
SCRATCH = tries(
    "fills the scratch folder",
    """
    import os

    def one_large():
        with open("large", "wb") as file: file.write(bytes(64 << 20))

    def many():
        for i in range(40):
            with open(f"part{i}", "wb") as file: file.write(bytes(1 << 20))

    def names():
        for i in range(5000): open(f"name{i}", "w").close()

    def holes():
        os.truncate("large", 1 << 40)

    for f in (one_large, many, names, holes): attempt(f.__name__, f)
    for name in os.listdir("."): os.unlink(name)
    open("again", "w").write("x")
    os.mkdir("folder"), os.rename("again", "folder/again")
    """,
)
FILES = tries(
    "opens files without end",
    """
    import os

    opened = []
    def files():
        while True: opened.append(os.open("/dev/null", os.O_RDONLY))

    attempt("files", files)
    got += ["files"] if len(opened) > 300 else []
    for file in opened: os.close(file)
    """,
)
MEMORY = tries(
    "takes all memory",
    """
    import mmap
    import numpy as np

    def lists():
        held = []
        while True: held.append(bytearray(64 << 20))

    def arrays():
        held = []
        while True: held.append(np.empty(8 << 20))

    def shared():
        held = []
        while True: held.append(mmap.mmap(-1, 256 << 20))

    for f in (lists, arrays, shared): attempt(f.__name__, f)
    """,
)
THREADS = harms(
    "starts threads without end",
    """
    import threading, time

    threading.stack_size(32768)
    while True:
        try: threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        except RuntimeError: pass
    """,
    status=("died", "timeout"),
)
OUTPUT = tries(
    "prints without end",
    """
    import os, sys

    for i in range(300): print("x" * 10_000)
    sys.__stdout__.write("y" * 100_000); sys.stderr.write("z")
    for fd in (0, 1, 2): os.write(fd, b"w" * 100_000)
    class Loud:
        def __repr__(self): return "v" * 10**7
    print(Loud())
    """,
)

LOOPS = (
    Hostile("loops in a cell", ("while True: pass", HONEST), "full", ("timeout",)),
    Hostile("sleeps in a cell", ("import time; time.sleep(100)", HONEST), "full", ("timeout",)),
    Hostile(
        "loops and catches everything",
        (
            """
import time
while True:
    try:
        while True: time.sleep(0.01)
    except BaseException: pass
""",
            HONEST,
        ),
        "full",
        ("timeout",),
    ),
    Hostile(
        "switches the alarm off",
        ("import signal, time\nsignal.setitimer(signal.ITIMER_REAL, 0)\ntime.sleep(100)", HONEST),
        "full",
        ("timeout",),
    ),
    Hostile(
        "blocks in C",
        ("import ctypes\nctypes.PyDLL(None).sleep(100)", HONEST),
        "full",
        ("timeout",),
    ),
    Hostile(
        "waits for the end of a thread",
        ("import _thread\nlock = _thread.allocate_lock()\nlock.acquire(); lock.acquire()", HONEST),
        "full",
        ("timeout",),
    ),
    Hostile(
        "loops in a regular expression", ("import re\nre.match('(a*)*$', 'a' * 60 + 'b')", HONEST), "full", ("timeout",)
    ),
    Hostile(
        "loops in an answer",
        ("import time\ndef forward(layers, x):\n    while layers: time.sleep(0.01)\n    return x",),
        "less",
        ("ok", "timeout"),
    ),
    Hostile(
        "catches everything in an answer",
        (
            "import time\n"
            "def forward(layers, x):\n"
            "    while True:\n"
            "        try:\n"
            "            while True: time.sleep(0.01)\n"
            "        except BaseException: pass",
        ),
        "nothing",
        ("timeout",),
    ),
)

ENDS = (
    harms("exits", "import os; os._exit(0)"),
    harms("is ended by a signal", "import signal; signal.raise_signal(9)"),
    harms("aborts", "import os; os.abort()"),
    harms("reads at address 0", "import ctypes; ctypes.string_at(0)"),
    harms(
        "overflows the stack",
        "import sys; sys.setrecursionlimit(10**9)\ndef f(): return [*map(lambda i: f(), [1])]\nf()",
        status=("died", "ok"),
    ),
    harms("exits when it is deleted", "import os\nclass Bomb:\n    def __del__(self): os._exit(3)\nBomb()"),
    harms(
        "exits in a thread",
        "import os, threading, time\n"
        "threading.Thread(target=lambda: (time.sleep(0.05), os._exit(1))).start()\n"
        "time.sleep(5)",
    ),
    harms("takes a system call of 32 bits", CALLS, "CODE = b'\\xb8\\x14\\0\\0\\0\\xcd\\x80\\xc3'", RUN_CODE),
    harms("takes a system call of the second table", CALLS, "CODE = b'\\xb8\\x27\\0\\0\\x40\\x0f\\x05\\xc3'", RUN_CODE),
    harms("closes every file", "import os; os.closerange(0, 300)"),
    harms("puts another file over the reply", REPLY, "os.dup2(os.open('/dev/null', os.O_RDWR), reply)"),
    harms("shuts the reply down", REPLY, "import socket; socket.socket(fileno=reply).shutdown(2)"),
    harms("never comes to the end", "import seqkit.grading.room.child as child\nchild.END = None"),
    Hostile("exits in an answer", (HONEST.replace("return x", "import os; os._exit(0)"),), "nothing", ("died",)),
    Hostile(
        "ends in its third cell",
        ("import os", HONEST, "os._exit(5)", "raise ValueError('after it')"),
        "full",
        ("died",),
    ),
)

FORGED = (
    harms("sends garbage", REPLY, "os.write(reply, bytes(range(256)) * 20)", status=("bad reply", "reply too large")),
    harms(
        "promises 4 GB",
        REPLY,
        "os.write(reply, b'C' + b'\\xff' * 4 + b'x' * 100)\nos._exit(0)",
        status=("reply too large",),
    ),
    harms(
        "sends lists in lists",
        REPLY,
        "from seqkit.grading.wire import HEAD\nos.write(reply, HEAD.pack(b'C', 9000) + b'\\x91' * 9000)",
        status=("bad reply",),
    ),
    harms(
        "sends millions of lists",
        REPLY,
        "from seqkit.grading.wire import HEAD\n"
        "os.write(reply, HEAD.pack(b'C', 5 + 300_000) + b'\\xdd\\0\\4\\x93\\xe0')\n"
        "for i in range(30): os.write(reply, b'\\x90' * 10_000)",
        status=("bad reply",),
    ),
    harms(
        "sends a part of a frame",
        REPLY,
        "from seqkit.grading.wire import frame\nos.write(reply, frame(b'C', [1, '', '', [], False])[:-1])\nos._exit(0)",
        status=("bad reply", "died"),
    ),
    harms(
        "sends objects to be built",
        REPLY,
        "import pickle\n"
        "from seqkit.grading.wire import HEAD\n"
        "data = pickle.dumps(print)\n"
        "os.write(reply, HEAD.pack(b'S', len(data)) + data)",
        status=("bad reply",),
    ),
    harms(
        "says that it is ready again",
        REPLY,
        "from seqkit.grading.wire import frame\nos.write(reply, frame(b'R', []))",
        status=("bad reply",),
    ),
    harms(
        "says that another cell ran",
        REPLY,
        "from seqkit.grading.wire import frame\nos.write(reply, frame(b'C', [7, '', '', [], False]))",
        status=("bad reply",),
    ),
    harms(
        "complains without end",
        REPLY,
        "from seqkit.grading.wire import frame\nwhile True: os.write(reply, frame(b'T', 'to do nothing'))",
        status=("bad reply", "reply too large", "timeout"),
    ),
    harms(
        "complains now and then",
        REPLY,
        "import signal, time\n"
        "from seqkit.grading.wire import frame\n"
        "signal.setitimer(signal.ITIMER_REAL, 0)\n"
        "for i in range(19):\n"
        "    time.sleep(1)\n"
        "    os.write(reply, frame(b'T', f'to drag on {i}'))",
        status=("timeout",),
    ),
    answers(
        "says that it failed",
        REPLY,
        WRONG,
        "from seqkit.grading.wire import frame\nos.write(reply, frame(b'X', 'seqkit is at fault'))",
        status=("died",),
        earns="nothing",
    ),
    answers(
        "says at once that this is the end",
        REPLY,
        HONEST,
        "from seqkit.grading.wire import frame\nos.write(reply, frame(b'E', None))",
        earns="nothing",
    ),
    answers(
        "says what it printed, at length",
        REPLY,
        HONEST,
        "from seqkit.grading.wire import frame\n"
        "os.write(reply, frame(b'C', [1, 'E' * 10**6, 'p' * 10**6, ['m' * 10**5] * 50, False]) + frame(b'C', None))\n"
        "time = __import__('time'); time.sleep(100)",
        status=("timeout", "bad reply"),
        earns="nothing",
    ),
    answers(
        "makes observations of its own",
        REPLY,
        WRONG,
        """
    import time
    from seqkit.grading.wire import frame
    from seqkit.observe import Observations, Seen
    forged = Observations("forward", "a function", True, True, tuple((Seen(0.7071),) for _ in range(5)))
    out = frame(b"C", [1, "", "", [], False]) + frame(b"C", None)
    out += frame(b"S", ["forward", "public", forged]) + frame(b"V", ["got", []])
    out += frame(b"S", ["forward", "secret", forged]) + frame(b"E", None)
    os.write(reply, out)
    time.sleep(100)
    """,
        earns="nothing",
    ),
    answers(
        "makes observations of too many cases",
        REPLY,
        WRONG,
        """
    from seqkit.grading.wire import frame
    from seqkit.observe import Observations, Seen
    forged = Observations("forward", "a function", True, True, tuple((Seen(0.7071),) * 9 for _ in range(5)))
    os.write(reply, frame(b"C", [1, "", "", [], False]) + frame(b"C", None) + frame(b"S", ["forward", "public", forged]))
    """,
        status=("bad reply",),
        earns="nothing",
    ),
    answers(
        "makes observations of another exercise",
        REPLY,
        WRONG,
        """
    from seqkit.grading.wire import frame
    from seqkit.observe import Observations, Seen
    forged = Observations("mlp", "a function", True, True, ())
    os.write(reply, frame(b"C", [1, "", "", [], False]) + frame(b"C", None) + frame(b"S", ["mlp", "public", forged]))
    """,
        status=("bad reply",),
        earns="nothing",
    ),
    Hostile(
        "answers with too much",
        (
            "import numpy as np\n"
            "HUGE = np.ones(3_900_000)\n"
            "def forward(layers, x): return [HUGE, HUGE[:1]] if len(layers) > 2 else x",
        ),
        "nothing",
        ("reply too large",),
    ),
    Hostile(
        "answers with very many numbers",
        ("def forward(layers, x): return [1.5] * 30_000",),
        "nothing",
        ("ok", "bad reply"),
    ),
)

PATCHES = {
    "builtins": """
        import builtins
        for name in ("isinstance", "issubclass", "len", "all", "any", "zip", "type", "callable", "sorted", "vars"):
            setattr(builtins, name, lambda *args, **kwargs: True)
        """,
    "comparing": """
        import numpy as np, seqkit.compare, seqkit.observe, math
        yes = lambda *args, **kwargs: True
        np.allclose = np.array_equal = np.isclose = np.all = math.isclose = yes
        seqkit.compare.same = seqkit.observe.same = seqkit.compare.first_difference = lambda *args, **kwargs: None
        """,
    "the draw": """
        import sys, seqkit.exercise, seqkit.draws, numpy as np
        for page in [module.page for name, module in sys.modules.items() if name.startswith("seqkit.exercises.")]:
            page.probes.clear()
        seqkit.exercise.Probe.cases = lambda *args: []
        """,
    "observing": """
        import sys
        from seqkit.observe import Observations, Seen
        fake = lambda *args, **kwargs: Observations("forward", "a function", True, True,
            tuple((Seen(True),) for _ in range(5)))
        for module in list(sys.modules.values()):
            for name in ("observe", "observe_cases", "observe_probe"):
                if getattr(module, "__name__", "").startswith("seqkit") and hasattr(module, name): setattr(module,
                    name, fake)
        """,
    "copying": """
        import sys
        class Equal(float):
            __eq__ = __ge__ = __le__ = lambda self, other: True
            __hash__ = float.__hash__
        for module in list(sys.modules.values()):
            if getattr(module, "__name__", "").startswith("seqkit") and hasattr(module,
                "plain"): module.plain = lambda value: Equal(1)
        """,
    "modules": """
        import sys
        for name in [name for name in sys.modules if name.split(".")[0] in ("seqkit", "msgpack", "json", "pickle", "numpy")]:
            sys.modules[name] = None
        """,
}
CHEATS = (
    *(
        answers(
            f"puts something else in the place of {name}", WRONG, code, status=("ok", "died", "bad reply", "timeout")
        )
        for name, code in PATCHES.items()
    ),
    answers(
        "answers with what equals everything",
        """
    import numpy as np
    class Any(float):
        __eq__ = __ne__ = __lt__ = __le__ = lambda self, other: True
        __hash__, __sub__, __abs__ = float.__hash__, lambda self, other: 0.0, lambda self: 0.0
    class Array(np.ndarray):
        __eq__ = lambda self, other: np.ones(self.shape, bool)
        __array_ufunc__ = __array_function__ = lambda self, *args, **kwargs: True
    def forward(layers, x): return np.zeros((2, 3), np.float32).view(Array) if hasattr(x, "shape") else Any(0.7071)
    """,
        earns="nothing",
    ),
    answers(
        "looks for the answer in the frames above",
        """
    import sys
    def forward(layers, x):
        frame = sys._getframe(1)
        while frame:
            for found in (*frame.f_globals.values(), *frame.f_locals.values()):
                if callable(found) and getattr(found, "__name__", "") == "forward" and found is not forward:
                    got.append(found.__name__); return found(layers, x)
            for name in ("reference", "wanted", "expected", "mistakes"):
                if frame.f_locals.get(name): got.append(name)
            frame = frame.f_back
        return None
    """,
        earns="nothing",
    ),
    answers(
        "raises what looks like an observation",
        "from seqkit.plain import Raised, Run\n"
        "def forward(layers, x): return Run(Raised('ValueError', 'x'), [('Dense', x)])",
        earns="nothing",
    ),
    answers(
        "is no function", "class forward:\n    def __new__(cls, *args): return True", earns="nothing", status=("ok",)
    ),
    answers(
        "goes on in a thread after its call",
        "import threading\n" + WRONG,
        "def late():\n    global forward\n    forward = None\nthreading.Timer(0.01, late).start()",
    ),
)

QUIET = (
    READS,
    WRITES,
    SOCKETS,
    PROCESSES,
    SIGNALS,
    RIGHTS,
    SHARED,
    ENVIRONMENT,
    IMPORTS,
    LEAVES_BEHIND,
    FINDS_NOTHING_LEFT,
    SCRATCH,
    FILES,
    MEMORY,
    OUTPUT,
)
LOUD = (THREADS, *LOOPS, *ENDS, *FORGED, *CHEATS)
