"""File names for students: whatever they are called, on any file system, and no two alike."""

import hashlib
import re
import unicodedata

LONGEST = 48
_PLAIN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MARKED = re.compile(r"(?:.*-)?[0-9a-f]{8,64}")
_RESERVED = {"con", "prn", "aux", "nul", "index", *(f"{port}{i}" for port in ("com", "lpt") for i in range(10))}


def slugs(names):
    """{name: a file name without its ending}: small ASCII letters, digits and hyphens; the same name gets the same one.

    A name that is no such file name by itself is followed by 8 hex digits of its hash, or more where two would collide.
    """
    found, taken = {}, set()
    for name in names:
        if name not in found:
            found[name] = next(one for one in _tries(name) if one not in taken)
            taken.add(found[name])
    return found


def _tries(name):
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    if _is_plain(name):
        yield name
    letters = unicodedata.normalize("NFKD", name[: 4 * LONGEST]).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", letters)[:LONGEST].strip("-") or "student"
    yield from (f"{stem}-{digest[:digits]}" for digits in range(8, 65, 8))


def _is_plain(name):
    """Whether it can be a file's name everywhere, and cannot be taken for one with a hash behind it."""
    fits = len(name) <= LONGEST and _PLAIN.fullmatch(name) and not _MARKED.fullmatch(name)
    return bool(fits) and name not in _RESERVED
