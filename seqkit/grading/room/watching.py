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
WRITING = os.O_WRONLY | os.O_RDWR


def watch(tell, room, readable):
    """Call `tell(text)` once for each thing that is tried from here on. It cannot be switched off again."""
    known, allowed = set(), tuple(str(path) for path in (room, *readable))

    def hook(event, args):
        if event in TRIED:
            note(f"{TRIED[event]}{_subject(event, args)}")
        elif event == "open" and type(args[0]) is str and os.path.isabs(args[0]) and not args[0].startswith(allowed):
            note(f"to {'write' if type(args[2]) is int and args[2] & WRITING else 'read'} {args[0][:80]!r}")

    def note(text):
        if text not in known and len(known) < MOST:
            known.add(text)
            tell(text)

    sys.addaudithook(hook)


def _subject(event, args):
    """What it was tried on, where that is a text."""
    named = next((arg for arg in args if type(arg) in (str, bytes)), None)
    return f": {named[:80]!r}" if named and not event.startswith(("socket", "ctypes", "gc")) else ""
