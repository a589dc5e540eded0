"""seccomp: which system calls a process may make, for itself and for good. Threads are made; processes and sockets are not."""

import ctypes
import os
import struct

from seqkit.grading.room.kernel import (
    MACHINE,
    PR_SET_DUMPABLE,
    PR_SET_NO_NEW_PRIVS,
    PR_SET_PDEATHSIG,
    PR_SET_SECCOMP,
    prctl,
)

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
X32 = 0x40000000
"""On x86-64 numbers from here on are those of a second table."""
# (x86-64, aarch64), None where there is none.
REFUSED = {
    "fork": (57, None), "vfork": (58, None), "execve": (59, 221), "execveat": (322, 281),
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201),
    "accept": (43, 202), "accept4": (288, 242), "sendmsg": (46, 211), "sendmmsg": (307, 269), "recvmsg": (47, 212),
    "kill": (62, 129), "tkill": (200, 130), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424), "pidfd_getfd": (438, 438), "kcmp": (312, 272),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "process_madvise": (440, 440),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "unshare": (272, 97),
    "setns": (308, 268), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430), "fsconfig": (431, 431),
    "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442), "statmount": (457, 457),
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452), "chown": (92, None),
    "lchown": (94, None), "fchown": (93, 55), "fchownat": (260, 54), "utime": (132, None), "utimes": (235, None),
    "utimensat": (280, 88), "futimesat": (261, None), "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7),
    "setxattrat": (463, 463), "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
    "shmget": (29, 194), "shmat": (30, 196), "shmctl": (31, 195), "msgget": (68, 186), "semget": (64, 190),
    "mq_open": (240, 180), "memfd_create": (319, 279), "memfd_secret": (447, 447), "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "bpf": (321, 280),
    "perf_event_open": (298, 241), "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "fanotify_init": (300, 262),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106), "kexec_load": (246, 104),
    "kexec_file_load": (320, 294), "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225), "syslog": (103, 116),
    "quotactl": (179, 60), "acct": (163, 89), "settimeofday": (164, 170), "clock_settime": (227, 112),
    "clock_adjtime": (305, 266), "adjtimex": (159, 171), "sethostname": (170, 161), "setdomainname": (171, 162),
    "setrlimit": (160, 164), "setpgid": (109, 154), "setsid": (112, 157), "personality": (135, 92), "ioperm": (173, None),
    "iopl": (172, None), "modify_ldt": (154, None), "setuid": (105, 146), "setgid": (106, 144), "setreuid": (113, 145),
    "setregid": (114, 143), "setresuid": (117, 147), "setresgid": (119, 149), "setgroups": (116, 159),
    "setfsuid": (122, 151), "setfsgid": (123, 152), "capset": (126, 91),
    "setpriority": (141, 140), "ioprio_set": (251, 30), "sched_setaffinity": (203, 122), "sched_setattr": (314, 274),
    "sched_setscheduler": (144, 119), "sched_setparam": (142, 118), "migrate_pages": (256, 238), "move_pages": (279, 239),
    "inotify_init": (253, None), "inotify_init1": (294, 26), "inotify_add_watch": (254, 27), "sync": (162, 81),
    "syncfs": (306, 267), "semop": (65, 193), "semctl": (66, 191), "semtimedop": (220, 192), "msgsnd": (69, 189),
    "msgrcv": (70, 188), "msgctl": (71, 187), "mq_unlink": (241, 181), "quotactl_fd": (443, 443), "vhangup": (153, 58),
    "removexattrat": (466, 466), "file_setattr": (469, 469), "open_tree_attr": (467, 467), "listmount": (458, 458),
    "process_mrelease": (448, 448), "mknod": (133, None), "mknodat": (259, 33),
}  # fmt: skip
CLONE, CLONE3, PRCTL, PRLIMIT, TGKILL = (56, 220), (435, 435), (157, 167), (302, 261), (234, 131)
FCNTL, IOCTL = (72, 25), (16, 29)
CLONE_THREAD = 0x10000
SIGNALS_BY_FILE = 8, 10, 15
"""Of `fcntl`: whom to signal when a file is ready, and by what: any signal, to any process of this user."""
QUESTIONS = 0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451
"""Of `ioctl`: is it a terminal, how wide, how much is there, do not wait, whether to close. Others freeze disks."""
ALLOW, REFUSE, ABSENT, END = 0x7FFF0000, 0x50000 | 1, 0x50000 | 38, 0x80000000
"""What becomes of a call: EPERM, ENOSYS (so that libc falls back on `clone`), or the end of the process."""
LOAD, EQUAL, AT_LEAST, ANY_OF, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def is_known():
    """Whether the numbers of this machine's system calls are in the table."""
    return MACHINE in ARCHITECTURES


def restrict():
    """From here on this process, all its threads, makes none of those calls."""
    code = b"".join(_program(ARCHITECTURES[MACHINE], list(ARCHITECTURES).index(MACHINE), os.getpid()))
    held = ctypes.create_string_buffer(code, len(code))
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    program = _Program(len(code) // 8, ctypes.addressof(held))
    prctl(PR_SET_SECCOMP, 2, ctypes.addressof(program))


def _program(architecture, column, pid):
    """The filter, instruction by instruction: each test either returns or falls through to the next."""
    yield from (_load(ARCHITECTURE), _jump(EQUAL, architecture, 1, 0), _return(END), _load(NUMBER))
    if column == 0:
        yield from (_jump(AT_LEAST, X32, 0, 1), _return(END))
    for numbers in REFUSED.values():
        if numbers[column] is not None:
            yield from (_jump(EQUAL, numbers[column], 0, 1), _return(REFUSE))
    yield from (_jump(EQUAL, CLONE3[column], 0, 1), _return(ABSENT))
    yield from _only(CLONE[column], 0, ANY_OF, [CLONE_THREAD])
    yield from _only(TGKILL[column], 0, EQUAL, [pid])
    yield from _only(IOCTL[column], 1, EQUAL, QUESTIONS)
    yield from _never(FCNTL[column], 1, EQUAL, SIGNALS_BY_FILE)
    yield from _never(PRCTL[column], 0, EQUAL, [PR_SET_PDEATHSIG, PR_SET_DUMPABLE])
    yield from _never(PRLIMIT[column], 2, AT_LEAST, [1])  # asking is allowed: no new bounds are given
    yield _return(ALLOW)


def _only(number, argument, test, values):
    """Refuse this call unless an argument passes the test with one of the values."""
    return _rule(number, argument, [(test, value) for value in values], ALLOW, REFUSE)


def _never(number, argument, test, values):
    """Refuse this call when an argument passes the test with one of the values."""
    return _rule(number, argument, [(test, value) for value in values], REFUSE, ALLOW)


def _rule(number, argument, tests, if_one, if_none):
    """Both halves of the argument are asked where any of it counts (`AT_LEAST`), else the low one, which holds flags and numbers."""
    code = []
    for test, value in tests:
        for half in (0, 4) if test == AT_LEAST else (0,):
            code += [_load(ARGUMENTS + 8 * argument + half), _jump(test, value, 0, 1), _return(if_one)]
    code += [_return(if_none)]
    yield from (_jump(EQUAL, number, 0, len(code)), *code)


def _load(offset):
    return struct.pack("HBBI", LOAD, 0, 0, offset)


def _jump(test, value, if_true, if_false):
    return struct.pack("HBBI", test, if_true, if_false, value)


def _return(value):
    return struct.pack("HBBI", RETURN, 0, 0, value)
