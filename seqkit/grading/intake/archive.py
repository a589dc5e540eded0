"""Zips, read in memory, member by member: nothing is ever unpacked, so no path can lead out of them."""

import io
import re
import stat
import struct
import weakref
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from seqkit.errors import IntakeError
from seqkit.grading.intake.listing import Found, OnDisk, is_junk
from seqkit.grading.intake.naming import normal, printable

MAX_MEMBERS = 50_000
MAX_HANDED_MEMBERS = 5_000
"""Files in a zip that one student handed in."""
MAX_LIST_BYTES = 16_000_000
"""Size of a zip's own list of its files."""
MAX_INNER_BYTES = 50_000_000
"""Size of a zip inside a zip."""
MAX_RATIO = 100
"""How much smaller a zip inside a zip may have become: real ones hardly shrink a second time."""
END = b"PK\x05\x06"
PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
UTC_TIME = 0x5455


@dataclass(frozen=True)
class Archive:
    """A zip, known by where its bytes are: a file on a disk, or a member of another zip."""

    source: object

    def stream(self):
        """Its bytes, to seek in."""
        if isinstance(self.source, OnDisk):
            return self.source.open()
        return io.BytesIO(self.source.read(MAX_INNER_BYTES + 1))


@dataclass(frozen=True)
class Member:
    """One file in a zip, known by its place in the zip's list."""

    archive: Archive
    place: int
    name: str
    packed_bytes: int

    def read(self, most_bytes):
        """Its first bytes, `most_bytes` at most.

        Raises:
            IntakeError: the zip has changed, or this part of it is damaged.
        """
        try:
            zipped = opened(self.archive)
            info = zipped.infolist()[self.place]
            if info.filename != self.name:
                raise IntakeError("has changed while it was read. Run the command again.")
            with zipped.open(info) as file:
                return file.read(most_bytes)
        except IntakeError:
            raise
        except Exception as error:  # zipfile raises a dozen kinds for damaged zips
            raise IntakeError("is damaged inside its zip. Ask for the file itself.") from error


@lru_cache(maxsize=4)  # a zip's list is read once, not once for each file in it
def opened(archive):
    """The zip of an `Archive`, open.

    Raises:
        IntakeError: it is damaged, or holds more than submissions ever do.
    """
    stream = archive.stream()
    try:
        _refuse_long_list(stream)
        zipped = zipfile.ZipFile(stream)
    except IntakeError:
        stream.close()
        raise
    except Exception as error:  # likewise
        stream.close()
        raise IntakeError("is a damaged zip. Download it again, or ask for the notebook itself.") from error
    weakref.finalize(zipped, stream.close)
    return zipped


def in_zip(found):
    """[Found], [note] of everything in a zip, in the order of its names; of its bytes only the list of its files is read.

    Raises:
        IntakeError: it is damaged, or holds more than submissions ever do.
    """
    _refuse_bomb(found)
    archive, members = Archive(found.source), {}
    listed = opened(archive).infolist()
    if len(listed) > (most := MAX_HANDED_MEMBERS if found.parts else MAX_MEMBERS):
        raise IntakeError(f"is a zip of more than {most:,} files. Ask for the notebook alone.")
    outside, twice = [], []
    for place, info in enumerate(listed):
        parts = _parts(info)
        if parts is None:
            outside.append(info.filename)
        elif parts and not any(map(is_junk, parts)):
            twice += [info.filename] if parts in members and not info.is_dir() else []
            members[parts] = _member(found, archive, place, info, parts)
    notes = _notes(found, outside, "Left out, for the path leads out of the zip")
    notes += _notes(found, twice, "More than once in a zip, and the last one is taken")
    return [members[parts] for parts in sorted(members)], notes


def _notes(found, names, why):
    """One note on all such members: a zip may have thousands."""
    if not names:
        return []
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return [f"{why}: {printable('/'.join((*found.parts, names[0])))}{more}."]


def _refuse_bomb(found):
    if not found.inside:
        return
    if found.size_bytes > MAX_INNER_BYTES:
        raise IntakeError(f"is a zip of more than {MAX_INNER_BYTES // 10**6} MB in a zip. Ask for the notebook alone.")
    if found.size_bytes > MAX_RATIO * max(found.source.packed_bytes, 1000):
        raise IntakeError("is a zip made to grow without end. It was not opened. Ask for the notebook alone.")


def _refuse_long_list(stream):
    """Refuse a zip whose list of files, which is read as a whole, is longer than any class needs."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - 65_600))
    tail = stream.read()
    stream.seek(0)
    end = tail[tail.rfind(END) :]
    if not end.startswith(END) or len(end) < 22:
        raise IntakeError("is no whole zip: its end is missing. Download it again, or ask for the notebook itself.")
    count, list_bytes = struct.unpack("<HI", end[10:16])
    if count > MAX_MEMBERS or list_bytes > MAX_LIST_BYTES:
        raise IntakeError(f"is a zip of more than {MAX_MEMBERS:,} files. Ask for the notebook alone.")


def _parts(info):
    """A member's path, name by name; None if it leads out of the zip."""
    name = _name(info)
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        return None
    parts = tuple(normal(part) or "_" for part in name.split("/") if part not in ("", "."))
    return None if ".." in parts else parts


def _name(info):
    """A member's path with `/`. Macs write UTF-8 without saying so, Windows may write `\\`."""
    name = info.filename
    if not info.flag_bits & 0x800:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _member(found, archive, place, info, parts):
    """`Found` of one member. In a zip that a student handed in, it was received when that zip was, whatever it says itself."""
    path, inside = (*found.parts, *parts), found.inside + 1
    if info.is_dir():
        return Found(path, inside=inside)
    modified = found.modified if found.parts else _modified(info)
    member = Member(archive, place, info.filename, info.compress_size)
    return Found(path, member, info.file_size, modified, _obstacle(info), inside)


def _obstacle(info):
    if info.flag_bits & 1:
        return "is locked with a password. Ask for it without one."
    if stat.S_ISLNK(info.external_attr >> 16):
        return "is a link, and links are not followed. Ask for the file itself."
    if info.compress_type not in PLAIN:
        return "is packed in a way that is not read. Ask for a plain zip, or for the notebook itself."
    return ""


def _modified(info):
    """When a member was changed last: its time in UTC if it has one, else its plain time, taken for UTC."""
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        if kind == UTC_TIME and size >= 5 and len(extra) >= 9 and extra[4] & 1:
            return datetime.fromtimestamp(struct.unpack("<I", extra[5:9])[0], UTC)
        extra = extra[4 + size :]
    try:
        return datetime(*info.date_time, tzinfo=UTC) if info.date_time > (1980, 1, 1, 0, 0, 0) else None
    except ValueError:
        return None
