"""The secret of an assignment: 32 random bytes in `secret.json`, written once, for the teacher's eyes. Draws come from it."""

import contextlib
import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path

from seqkit.errors import AssignmentError
from seqkit.grading.handout import atomic, strict

FILE = "secret.json"
BYTES = 32
DRAWS = range(2, 2**31)
"""Every seed that a secret draw may have: not 0, nor that of a check in a notebook."""


def read(folder):
    """The secret in `folder`, as bytes.

    Raises:
        AssignmentError: it is not there, or is damaged.
    """
    fields = strict.read(Path(folder) / FILE)
    fields.only("secret", "about")
    with contextlib.suppress(ValueError):
        found = bytes.fromhex(fields.text("secret"))
        if len(found) == BYTES:
            return found
    raise fields.wrong(
        "secret", f"is to be {2 * BYTES} hexadecimal digits. Without it nothing can be graded alike: restore the file"
    )


def keep(folder):
    """The secret in `folder`; made there first if there is none. One that is there is never changed."""
    made = {
        "about": "The draw of every grading comes from this. Keep it, and hand it to nobody.",
        "secret": secrets.token_hex(BYTES),
    }
    with contextlib.suppress(FileExistsError):
        atomic.write_once(Path(folder) / FILE, json.dumps(made, indent=2) + "\n", mode=0o600)
    return read(folder)


def set_aside(folder):
    """Gives an old secret another name, so that `keep` makes a new one."""
    names = (Path(folder) / f"secret-{i}.json" for i in range(1, 10_000))
    (Path(folder) / FILE).rename(next(name for name in names if not name.exists()))


def is_open(folder):
    """Whether others on this machine may read the secret."""
    return os.name == "posix" and bool((Path(folder) / FILE).stat().st_mode & 0o077)


def keyed(secret, *words):
    """A hash of `words` that only who knows the secret can make: 32 bytes."""
    if not secret:
        raise AssignmentError(
            "an assignment without its secret has no draw. Read it with assignment.load(folder), where secret.json stands."
        )
    message = words[0].encode() if len(words) == 1 else json.dumps(words).encode()
    return hmac.new(secret, message, hashlib.sha256).digest()


def draw(secret):
    """The seed of every draw in this assignment's grading, one of `DRAWS`."""
    return DRAWS[int.from_bytes(keyed(secret, "draw")) % len(DRAWS)]


def fingerprint(secret):
    """12 hexadecimal digits that tell two secrets apart and tell nothing of them."""
    return keyed(secret, "fingerprint").hex()[:12]
