"""The system calls that Python has no names for, by ctypes."""

import ctypes
import os
import platform
import sys

LIBC = None if sys.platform == "win32" else ctypes.CDLL(None, use_errno=True)
MACHINE = platform.machine()
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38


def call(function, *args):
    """What a function of libc returns.

    Raises:
        OSError: it returned -1.
    """
    result = getattr(LIBC, function)(*args)
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{function}: {os.strerror(number)}")
    return result


def syscall(number, *args):
    """What a system call returns; raises OSError."""
    return call("syscall", ctypes.c_long(number), *args)


def give_up_rights():
    """From here on this process, if it is root's, has no right that another user has not."""
    call("capset", (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)())


def prctl(option, *args):
    """`prctl`; raises OSError."""
    return call("prctl", option, *(ctypes.c_ulong(arg) for arg in (*args, 0, 0, 0, 0)[:4]))
