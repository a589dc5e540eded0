"""Landlock: which files a process may open, and no network, for itself and for good. Linux 5.13 and later, without root."""

import ctypes
import os

from seqkit.grading.room.kernel import PR_SET_NO_NEW_PRIVS, prctl, syscall

CREATE, ADD, RESTRICT = 444, 445, 446
READ, LIST = (1 << 2) | (1 << 3), 1 << 3
"""Reading files and listing folders; listing alone."""
EVERYTHING = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
"""What can be refused of files, since which version."""
OF_ONE_FILE = (1 << 0) | (1 << 1) | (1 << 2) | (1 << 14) | (1 << 15)
SCRATCH = READ | (1 << 1) | (1 << 4) | (1 << 5) | (1 << 7) | (1 << 8) | (1 << 13) | (1 << 14)
"""In the scratch folder: read, write, remove, make folders and files, move them from one to another, truncate."""
DEVICE = (1 << 1) | (1 << 2)
TCP, SCOPES = 0b11, 0b11
"""Binding and connecting; abstract sockets and signals to outside."""


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def version():
    """Of Landlock in this kernel; raises OSError where there is none."""
    return syscall(CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(1))


def restrict(readable, listed=(), writable=(), devices=()):
    """From here on this thread, and what it starts, opens nothing else.

    Args:
        readable: files and folders to read.
        listed: folders whose names may be seen, all the way down.
        writable: folders to read and write.
        devices: files to read and write.
    """
    abi = version()
    handled = EVERYTHING[max(known for known in EVERYTHING if known <= abi)]
    rules = _Ruleset(handled, TCP if abi >= 4 else 0, SCOPES if abi >= 6 else 0)
    size = 8 if abi < 4 else 16 if abi < 6 else 24
    ruleset = syscall(CREATE, ctypes.byref(rules), ctypes.c_size_t(size), ctypes.c_uint32(0))
    for paths, rights in ((readable, READ), (listed, LIST), (writable, SCRATCH), (devices, DEVICE)):
        for path in paths:
            _allow(ruleset, path, rights & handled)
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    syscall(RESTRICT, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    os.close(ruleset)


def _allow(ruleset, path, rights):
    """What is not there needs no rule."""
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rule = _Beneath(rights if os.path.isdir(path) else rights & OF_ONE_FILE, opened)
        syscall(ADD, ctypes.c_int(ruleset), ctypes.c_int(1), ctypes.byref(rule), ctypes.c_uint32(0))
    finally:
        os.close(opened)
