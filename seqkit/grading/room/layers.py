"""The walls of the room, layer by layer: what this machine has of them, and closing them around a process."""

import os
import sys
import sysconfig
from pathlib import Path

from seqkit.grading.room import landlock, namespaces, seccomp
from seqkit.grading.room.kernel import PR_SET_DUMPABLE, PR_SET_PDEATHSIG, give_up_rights, prctl

LAYERS = ("limits", "namespaces", "landlock", "seccomp")
NEEDED = ("limits", "landlock", "seccomp")
"""Without these `--require-sandbox` refuses; namespaces are a bonus that many containers do not grant."""
DATA_BYTES, ADDRESS_BYTES, FILE_BYTES, SCRATCH_BYTES = 1536 << 20, 3584 << 20, 8 << 20, 16 << 20
OPEN_FILES, STACK_BYTES = 256, 8 << 20
SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/zoneinfo", "/etc/ld.so.cache")
SMALL = ("/etc/localtime", "/dev/urandom", "/dev/zero", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu")


def available():
    """{layer: "" if this machine has it, else why not}."""
    return {name: _why_not(name) for name in LAYERS}


def _why_not(name):
    if not sys.platform.startswith("linux"):
        return f"{sys.platform} has none of it; grade on Linux, or in a Linux container"
    try:
        if name == "landlock":
            landlock.version()
        if name == "namespaces" and not namespaces.is_granted():
            return "refused here, as in many containers; no harm: the other layers do the same work"
    except OSError as error:
        return f"this kernel has none ({error.strerror}); Linux 5.13 and later do, if it is switched on"
    known = name != "seccomp" or seccomp.is_known()
    return "" if known else "seqkit knows the system calls of x86-64 and aarch64 alone"


def close(room, scratch, cpu_s, libraries, wanted=LAYERS):
    """Close the room around this process, which has one thread, and go to its scratch folder.

    Args:
        room: the folder that it was started from.
        scratch: an empty folder in it.
        cpu_s: processor time that it may take.
        libraries: what `readable` gives.
        wanted: of `LAYERS`, those that are to be had.

    Returns:
        The names of the layers that are in force. Without namespaces there is no place to write on.
    """
    own_disk = "namespaces" in wanted and _enter(scratch)
    _limit(cpu_s)
    os.chdir(scratch)
    if "landlock" in wanted:
        landlock.restrict([room, *libraries], packages(), [scratch] if own_disk else [], ["/dev/null"])
    if "seccomp" in wanted:
        seccomp.restrict()
    return tuple(name for name in wanted if name != "namespaces" or own_disk)


def _enter(scratch):
    try:
        namespaces.enter()
        namespaces.scratch(scratch, SCRATCH_BYTES)
    except OSError:
        return False
    return True


def _limit(cpu_s):
    """Bounds that every Unix has; on Linux it also ends with whoever started it, and nobody looks into its memory."""
    if sys.platform == "win32":
        return
    import resource

    bounds = {"CPU": cpu_s, "FSIZE": FILE_BYTES, "NOFILE": OPEN_FILES, "CORE": 0, "STACK": STACK_BYTES}
    if sys.platform.startswith("linux"):
        bounds |= {"DATA": DATA_BYTES, "AS": ADDRESS_BYTES}
        prctl(PR_SET_PDEATHSIG, 9)
        prctl(PR_SET_DUMPABLE, 0)
        give_up_rights()
    for name, most in bounds.items():
        which = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(which)[1]
        most = int(most) if hard == resource.RLIM_INFINITY else min(int(most), hard)
        resource.setrlimit(which, (most, most))


def readable():
    """What Python and its libraries are made of; of installed packages all but seqkit, which stands in the room, stripped."""
    folders = {os.path.realpath(path) for path in (*_standard(), *SYSTEM, *packages())}
    shelves = packages().union(*map(_shelves, folders))
    shelves = {shelf for shelf in shelves if os.path.isdir(shelf) and any(map(_is_ours, os.listdir(shelf)))}
    inside = [f"{shelf}/{name}" for shelf in shelves for name in os.listdir(shelf) if not _is_ours(name)]
    whole = {folder for folder in folders if not any(_holds(folder, shelf) for shelf in shelves)}
    apart = [str(each) for folder in folders - whole - shelves for each in _beside(folder, shelves)]
    return [*SMALL, *sorted(whole), *inside, *apart]


def packages():
    """The folders of installed packages."""
    return {os.path.realpath(sysconfig.get_path(name)) for name in ("purelib", "platlib")}


def _standard():
    """Where the standard library and the interpreter's own files are."""
    paths = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), os.path.realpath(sys.executable)]
    return [*paths, sysconfig.get_config_var("LIBDIR") or paths[0], f"{sys.prefix}/pyvenv.cfg"]


def _shelves(folder):
    """Where a Python in this folder keeps its packages: of another one, seqkit may be among them too."""
    kinds = ("site-packages", "dist-packages", "python*/site-packages", "python*/dist-packages")
    return {os.path.realpath(each) for kind in kinds for each in Path(folder).glob(kind)}


def _is_ours(name):
    """Whether this is seqkit, or what pip left of it when it was interrupted."""
    return name.startswith("~") or "seqkit" in name.lower()


def _holds(folder, other):
    return Path(other).is_relative_to(folder)


def _beside(folder, inner):
    """What stands in a folder that holds the packages, but not on the way to them."""
    for each in Path(folder).iterdir():
        if not any(_holds(each, package) for package in inner):
            yield each
        elif str(each) not in inner and each.is_dir():
            yield from _beside(each, inner)
