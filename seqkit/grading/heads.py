"""The heads of packed data, walked before anything is built of it: a few bytes can ask for much, and can nest for ever."""

MAX_DEPTH = 80
"""Containers in one another, as they are packed: a tuple, an array or a record is two."""
MAX_PARTS = 250_000
"""Of one frame, containers and what is in them; each takes memory of its own."""
LEAVES = {0xC0: 0, 0xC2: 0, 0xC3: 0, 0xCA: 4, 0xCB: 8}
"""None, False, True and two floats: how many bytes stand behind the head."""
LEAVES |= {first + i: 2**i for first in (0xCC, 0xD0) for i in range(4)}
LEAVES |= dict.fromkeys((*range(0x80), *range(0xE0, 0x100)), 0) | {0xA0 + size: size for size in range(32)}
TEXTS = {first + i: 2**i for first in (0xC4, 0xD9) for i in range(3)}
"""Bytes and texts: how many bytes the length takes."""
EXTENSIONS = {0xC7 + i: 2**i for i in range(3)}
FIXED_EXTENSIONS = {0xD4 + i: 2**i for i in range(5)}
SEQUENCES = {0xDC: (2, 1), 0xDD: (4, 1), 0xDE: (2, 2), 0xDF: (4, 2)}
"""Lists and dicts: how many bytes the length takes, how many parts an item has."""


class HeadError(ValueError):
    """Heads that promise more than there is, or too much."""


def walk(data, opaque):
    """How many parts packed data has.

    Args:
        data: bytes, as MessagePack has them.
        opaque: codes of extensions that hold no packed data.

    Raises:
        HeadError: it has too many, is nested too deep, or its lengths are not those of what follows.
    """
    at, parts, under_way = 0, 0, [[1, len(data)]]  # of each container: the parts still to come, where it has to end
    while under_way:
        left, end = under_way[-1]
        if left == 0:
            _want(end is None or at == end, "its lengths are not those of what is in it")
            under_way.pop()
            continue
        _want(at < len(data), "it ends too early")
        under_way[-1][0] -= 1
        parts += 1
        at, inside, end = _head(data, at, opaque)
        if inside:
            under_way.append([inside, end])
            _want(len(under_way) <= MAX_DEPTH + 1, "it is nested too deep")
        _want(parts + inside <= MAX_PARTS, "it has too many parts")
    return parts


def _head(data, at, opaque):
    """(where the next head is, how many parts are inside, where they have to end or None) of the head at `at`."""
    kind = data[at]
    if kind in LEAVES:
        return at + 1 + LEAVES[kind], 0, None
    if kind in TEXTS:
        size = TEXTS[kind]
        return at + 1 + size + _number(data, at + 1, size), 0, None
    if 0x80 <= kind < 0xA0:
        return at + 1, (kind & 15) * (1 if kind >= 0x90 else 2), None
    if kind in SEQUENCES:
        size, each = SEQUENCES[kind]
        return at + 1 + size, _number(data, at + 1, size) * each, None
    size = EXTENSIONS.get(kind, 0)
    _want(size or kind in FIXED_EXTENSIONS, "it has a head that there is none of")
    first, length = at + 2 + size, _number(data, at + 1, size) if size else FIXED_EXTENSIONS[kind]
    return (first + length, 0, None) if data[first - 1 : first] in opaque else (first, 1, first + length)


def _number(data, at, size):
    return int.from_bytes(data[at : at + size], "big")


def _want(true, what):
    if not true:
        raise HeadError(what)
