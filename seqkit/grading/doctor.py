"""What is installed and what this machine can do: a list of findings, each with what to do about it."""

import contextlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

GIB = 1 << 30
FREE_BYTES = GIB
"""So much has to be free on a disk."""
EXTRAS = "", "torch", "dask", "postgres"
"""Whose requirements are looked at: those of seqkit itself, and of what only some of it needs."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
MEMORY_BOUNDS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
"""Where a container says how much memory it has."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        mark: ✓ it is there; ✗ it is missing and needed; · it is missing, and only what is named goes without it.
        what: its name.
        figure: a version, a size, or what it is.
        todo: what to do, or "".
    """

    mark: str
    what: str
    figure: str
    todo: str = ""


def look(results=None):
    """A `Finding` for each thing that seqkit stands on.

    Args:
        results: a gradebook that is to open: a folder, a file or a URL; None: none is looked at.
    """
    made = [*_installed(), *_sandbox(), _browser()]
    made += [_disk("disk here", Path.cwd()), _disk("disk for temporary files", Path(tempfile.gettempdir()))]
    made += [_cores(), _memory()]
    return made + ([_gradebook(results)] if results else [])


def _installed():
    try:
        return [*_python(), *_packages()]
    except metadata.PackageNotFoundError:
        return [Finding("✗", "seqkit", "runs from a folder, is not installed", "pip install -e . in that folder")]


def _python():
    found, wanted = platform.python_version(), metadata.metadata("seqkit")["Requires-Python"]
    fits = _fits(wanted, found)
    todo = "" if fits else f"seqkit takes Python {wanted}; install one and make the environment anew"
    yield Finding("✓" if fits else "✗", "Python", f"{found} on {platform.system()} {platform.machine()}", todo)
    yield Finding("✓", "seqkit", metadata.version("seqkit"))


def _packages():
    """What seqkit says it needs, and what is there."""
    return [_package(*each) for each in _requirements() if each[2] in EXTRAS]


def _requirements():
    """(name, versions, extra) of each requirement in the metadata of the installed seqkit."""
    for line in metadata.requires("seqkit"):
        needs, _, marker = line.partition(";")
        name, wanted = re.fullmatch(r"([\w.-]+)(?:\[.*\])?\s*(.*)", needs.strip()).groups()
        extra = re.search(r"extra\s*==\s*['\"](\w+)['\"]", marker)
        yield name, wanted.strip(" ()"), extra[1] if extra else ""


def _package(name, wanted, extra):
    try:
        found = metadata.version(name)
    except metadata.PackageNotFoundError:
        todo = (
            f"pip install 'seqkit[{extra}]', if you want it" if extra else f"pip install '{name}{wanted}', or make lab"
        )
        return Finding("·" if extra else "✗", name, "not installed", todo)
    if _fits(wanted, found):
        return Finding("✓", name, found)
    return Finding("·" if extra else "✗", name, found, f"seqkit takes {wanted}: pip install '{name}{wanted}'")


def _fits(wanted, found):
    """Whether a version is one of those that are taken; True where nothing is there to compare them with."""
    try:
        from packaging.specifiers import SpecifierSet
    except ImportError:
        return True
    return SpecifierSet(wanted).contains(found, prereleases=True)


def _sandbox():
    """The walls that grading has on this machine; learning needs none of them."""
    from seqkit.grading.room import layers

    for name, why_not in layers.available().items():
        mark = "✓" if not why_not else "✗" if name in layers.NEEDED else "·"
        yield Finding(mark, f"sandbox: {name}", "missing" if why_not else "in force when grading", why_not)


def _browser():
    """Chromium, which the tests of the pictures run in."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        return Finding(
            "·", "Chromium", "not found", "only the browser tests of seqkit need it; install your system's chromium"
        )
    return Finding("✓", "Chromium", _version_of(path))


def _version_of(path):
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10).stdout
    except (OSError, subprocess.SubprocessError):
        return "there, and does not say its version"
    found = re.search(r"\d+(\.\d+)+", said)
    return found[0] if found else "there, and does not say its version"


def _disk(what, folder):
    free = shutil.disk_usage(folder).free
    todo = "" if free >= FREE_BYTES else f"make room, or set TMPDIR; grading a class wants {FREE_BYTES / GIB:.0f} GiB"
    return Finding("✗" if todo else "✓", what, f"{free / GIB:.1f} GiB free", todo)


def _cores():
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Finding("✓", "cores", f"{usable}", "" if usable > 1 else "one submission at a time will be graded")


def _memory():
    found = _memory_bytes()
    if found is None:
        return Finding("·", "memory", "not known here")
    todo = "" if found >= 2 * GIB else "each submission may take 1.5 GiB: grade with --workers 1"
    return Finding("✓" if not todo else "·", "memory", f"{found / GIB:.1f} GiB", todo)


def _memory_bytes():
    """The memory of this machine, or what the container allows of it; None where nothing says."""
    bounds = [Path(path).read_text().strip() for path in MEMORY_BOUNDS if os.access(path, os.R_OK)]
    told = [int(bound) for bound in bounds if bound.isdigit()]
    if sys.platform == "win32":
        return min(told, default=None)
    with contextlib.suppress(ValueError, OSError):
        told.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return min(told, default=None)


def _gradebook(where):
    """Whether a gradebook opens, is whole, and what is in it."""
    from seqkit.errors import SeqkitError
    from seqkit.grading.book.gradebook import Gradebook

    try:
        with Gradebook(where, create=False) as book:
            health = book.verify()
    except SeqkitError as error:
        return Finding("✗", "gradebook", "does not open", str(error))
    todo = "" if health.ok else "put a copy aside, and go on with a backup or in a new folder"
    return Finding("✓" if health.ok else "✗", "gradebook", str(health), todo)
