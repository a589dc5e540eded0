"""Frames over a pair of file descriptors, as `wire` makes them."""

import os
import threading
from contextlib import suppress

from seqkit.grading.wire import HEAD, MAX_FRAME_BYTES, WireError, frame, unpack

AT_ONCE = 1 << 16
"""Bytes asked for at once."""


class TooLargeError(WireError):
    """A frame, or all of them together, of more bytes than are read."""


class Channel:
    """One end of a conversation: `send(kind, value)`, `receive()`.

    Args:
        incoming, outgoing: file descriptors; the same if there is one for both.
        most_bytes: read in all; None for any number.
    """

    def __init__(self, incoming, outgoing=None, most_bytes=None):
        self.incoming, self.outgoing = incoming, incoming if outgoing is None else outgoing
        self.most_bytes, self.read_bytes = most_bytes, 0
        self._one_at_a_time = threading.RLock()

    def send(self, kind, value):
        """One frame, whole."""
        left = memoryview(frame(kind, value))
        with self._one_at_a_time:
            while left:
                left = left[os.write(self.outgoing, left) :]

    def receive(self):
        """(kind, value) of the next frame; None at the end.

        Raises:
            WireError: it is no frame, or a frame of no plain data, or larger than a frame may be.
        """
        head = self._read(HEAD.size)
        if not head:
            return None
        kind, size = HEAD.unpack(head)
        self.read_bytes += HEAD.size + size
        if size > MAX_FRAME_BYTES or (self.most_bytes and self.read_bytes > self.most_bytes):
            raise TooLargeError(f"a frame of {size:,} bytes, {self.read_bytes:,} in all")
        return kind, unpack(bytes(self._read(size)))

    def close(self):
        """Hang up."""
        for file in {self.incoming, self.outgoing}:
            with suppress(OSError):
                os.close(file)

    def _read(self, size):
        """So many bytes; none at the end."""
        read = bytearray()  # grows with what comes: neither a length that lies nor a drop at a time takes more
        while len(read) < size:
            part = os.read(self.incoming, min(size - len(read), AT_ONCE))
            if not part and not read:
                return b""
            if not part:
                raise WireError("it ended in the middle of a frame")
            read += part
        return read
