"""Damaged notebooks: bits flipped, parts cut out or doubled, random JSON in place of one part or of all."""

import json

CANARY = "canary"
"""In everything that a student wrote: no sentence may repeat it."""


def damaged(rng, number, starts):
    """The bytes of one: a sort of damage for each number in turn.

    Args:
        rng: a `random.Random`.
        number: any whole number.
        starts: notebooks, as bytes; those that are JSON in UTF-8 have parts replaced.
    """
    match number % 4:
        case 0:
            return changed(rng, rng.choice(starts))
        case 1:
            return replaced(rng, rng.choice([start for start in starts if start[:1] == b"{"]))
        case 2:
            data = rng.choice(starts)
            return data[: rng.randrange(len(data))]
    return json.dumps(value(rng)).encode()


def changed(rng, data):
    """Bytes with bits flipped, a part cut out, or a part doubled."""
    data = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        place, length = rng.randrange(len(data)), rng.randint(1, 40)
        match rng.randrange(4):
            case 0:
                data[place] ^= 1 << rng.randrange(8)
            case 1:
                data[place : place + length] = rng.randbytes(length)
            case 2:
                del data[place : place + length]
            case 3:
                data[place:place] = data[place : place + length]
        data = data or bytearray(b"x")
    return bytes(data)


def value(rng, depth=0):
    """Random JSON."""
    plain = [None, True, 0, -1, 4, 3, 1e308, "", CANARY, "code", "\ud800", "\0", [], {}]
    if depth > 3 or rng.random() < 0.6:
        return rng.choice(plain)
    if rng.random() < 0.5:
        return [value(rng, depth + 1) for _ in range(rng.randint(0, 4))]
    names = ["cells", "source", "cell_type", "nbformat", "worksheets", "metadata", "id", "input", CANARY]
    return {rng.choice(names): value(rng, depth + 1) for _ in range(rng.randint(0, 4))}


def replaced(rng, whole):
    """A notebook with random JSON in place of one part."""
    whole = json.loads(whole)
    part = whole
    while True:
        keys = list(part) if isinstance(part, dict) else range(len(part))
        key = rng.choice(keys)
        if not (isinstance(part[key], (dict, list)) and part[key]) or rng.random() < 0.4:
            part[key] = value(rng)
            return json.dumps(whole).encode()
        part = part[key]
