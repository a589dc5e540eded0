"""What a submission tries that the room refuses: told to the teacher. It guards nothing; the walls do."""

import os
import sys

MOST = 20
TRIED = {
    "os.fork": "to start a process",
    "os.forkpty": "to start a process",
    "os.posix_spawn": "to start a process",
    "os.exec": "to run another program",
    "os.system": "to run a shell",
    "subprocess.Popen": "to start a process",
    "pty.spawn": "to start a process",
    "socket.__new__": "to open a socket",
    "os.remove": "to delete a file",
    "os.rmdir": "to delete a folder",
    "shutil.rmtree": "to delete a folder",
    "os.rename": "to rename a file",
    "os.chmod": "to change who may read a file",
    "os.chown": "to change whose a file is",
    "os.kill": "to end a process",
    "sqlite3.connect": "to open a database",
    "gc.get_objects": "to look through the memory of the process",
    "gc.get_referrers": "to look through the memory of the process",
    "ctypes.string_at": "to read memory by its address",
}
OF_FILES = ("os.remove", "os.rmdir", "shutil.rmtree", "os.rename", "os.chmod", "os.chown")
WRITING = os.O_WRONLY | os.O_RDWR


def watch(tell, room, readable):
    """Call `tell(text)` once for each thing that is tried from here on. It cannot be switched off again."""
    known, allowed, own = (
        set(),
        tuple(str(path) for path in (room, *readable, os.devnull)),
        os.path.join(room, "scratch"),
    )

    def hook(event, args):
        if event in TRIED and _is_asked_by_a_cell() and not (event in OF_FILES and _is_inside(own, args[0])):
            note(f"{TRIED[event]}{_subject(event, args)}")
        elif event == "open" and _is_elsewhere(args[0], allowed) and _is_asked_by_a_cell():
            note(f"to {'write' if type(args[2]) is int and args[2] & WRITING else 'read'} {args[0][:80]!r}")

    def note(text):
        if text not in known and len(known) < MOST:
            known.add(text)
            tell(text)

    sys.addaudithook(hook)


def _is_asked_by_a_cell():
    """Whether a line of a cell asked for it; not a probe, nor a library at its import: matplotlib starts a process there."""
    frame = sys._getframe(2)
    while frame is not None and not frame.f_code.co_filename.startswith(("<cell", "<frozen importlib")):
        frame = frame.f_back
    return frame is not None and frame.f_code.co_filename.startswith("<cell")


def _is_elsewhere(path, allowed):
    return type(path) is str and os.path.isabs(path) and not path.startswith(allowed)


def _is_inside(folder, path):
    """Whether it is done to a file in this folder, where everything is allowed."""
    return type(path) is str and os.path.abspath(path).startswith(folder + os.sep)


def _subject(event, args):
    """What it was tried on, where that is a text."""
    named = next((arg for arg in args if type(arg) in (str, bytes)), None)
    return f": {named[:80]!r}" if named and not event.startswith(("socket", "ctypes", "gc")) else ""
