"""Plain data as bytes and back: the only thing that crosses the wall of the sandbox. MessagePack, parsed strictly.

A tuple, an array or a record of seqkit is an extension with a code of its own; whatever is not on the list below is
refused, by type, by size, by number or by depth. Nothing is ever imported, called or built because bytes ask for it.
"""

import math
import re
import struct

import msgpack
import numpy as np

from seqkit.grading.heads import walk
from seqkit.observe import Observations, Seen
from seqkit.plain import MAX_ITEMS, MAX_TEXT, Huge, Raised, Run, Thing

MAX_FRAME_BYTES = 32 << 20
"""Of one frame; a longer one is not read."""
HEAD = struct.Struct(">cI")
"""A frame is a letter, a length and so many bytes."""
TUPLE, COMPLEX, ARRAY, INTEGER, FIRST_RECORD = range(1, 6)
RECORDS = (Raised, Thing, Huge, Run, Seen, Observations)
OPAQUE = {bytes([INTEGER])}
KEYS = {str, int, float, bool, type(None), Huge}
MAX_KEY = 2**60
"""Larger numbers can all have one hash, and a dict of such keys takes minutes; a few do no harm."""
NUMBERS = re.compile(r"[<>|=][biufcSU]\d{1,5}")
OF_ANOTHER_LIBRARY = 2
"""What `isbuiltin` says of ml_dtypes' small floats, whose own letters numpy does not read."""
SMALL_FLOATS = re.compile(r"(b?float\d{1,2}|float8_\w{1,16})")
FIELDS = {
    Raised: (str, str, "texts", str | None),
    Thing: (str,),
    Huge: (str,),
    Run: (object, "layers"),
    Seen: (object, int, str, "texts"),
    Observations: (str, str, bool, bool, "cases"),
}
"""What the fields of each record have to be."""


class WireError(ValueError):
    """Bytes that are no plain data, or plain data that is too much."""


def pack(value):
    """Plain data → bytes."""
    return msgpack.packb(value, default=_extended, strict_types=True, unicode_errors="surrogatepass")


def unpack(data):
    """Bytes → plain data.

    Raises:
        WireError: they are anything else.
    """
    try:
        walk(data, OPAQUE)
        return _unpacked(data)
    except WireError:
        raise
    except (
        ValueError,
        TypeError,
        RecursionError,
        MemoryError,
        OverflowError,
        msgpack.exceptions.UnpackException,
    ) as error:
        raise WireError(f"{type(error).__name__}: {error}"[:200]) from error


def frame(kind, value):
    """One frame: its letter, a length, the value."""
    body = pack(value)
    return HEAD.pack(kind, len(body)) + body


def _extended(value):
    cls = type(value)
    if cls is tuple:
        return _extension(TUPLE, list(value))
    if cls is complex:
        return _extension(COMPLEX, [value.real, value.imag])
    if cls is int:
        return msgpack.ExtType(INTEGER, str(value).encode())
    if cls is np.ndarray:
        return _extension(ARRAY, [_dtype_name(value.dtype), list(value.shape), value.tobytes()])
    if cls in RECORDS:
        fields = [getattr(value, name) for name in cls.__match_args__]
        return _extension(FIRST_RECORD + RECORDS.index(cls), fields)
    raise TypeError(f"a {cls.__name__} is no plain data")


def _extension(code, value):
    return msgpack.ExtType(code, pack(value))


def _dtype_name(dtype):
    return dtype.name if dtype.isbuiltin == OF_ANOTHER_LIBRARY else dtype.str


def _unpacked(data):
    return msgpack.unpackb(
        data,
        ext_hook=_made,
        object_pairs_hook=_dict,
        max_array_len=MAX_ITEMS,
        max_map_len=MAX_ITEMS,
        unicode_errors="surrogatepass",
        strict_map_key=False,
    )


def _dict(pairs):
    keys = [key for key, _ in pairs]
    _want(all(type(key) in KEYS for key in keys), "a dict whose keys are none")
    _want(sum(type(key) is int and abs(key) > MAX_KEY for key in keys) < 100, "a dict of too large keys")
    return dict(pairs)


def _made(code, inside):
    if code == INTEGER:
        return _integer(inside)
    fields = _unpacked(inside)
    _want(type(fields) is list, "a record that is no list of fields")
    if FIRST_RECORD <= code < FIRST_RECORD + len(RECORDS):
        return _record(RECORDS[code - FIRST_RECORD], fields)
    makes = {TUPLE: tuple, COMPLEX: lambda parts: complex(*parts), ARRAY: lambda parts: _array(*parts)}
    _want(code in makes, f"extension {code}, which there is none of")
    return makes[code](fields)


def _integer(text):
    _want(re.fullmatch(rb"-?\d{1,310}", text), "an integer that is none")
    return int(text)


def _array(name, shape, data):
    _want(type(name) is str and type(shape) is list and type(data) is bytes, "an array of other parts")
    _want(all(type(size) is int and size >= 0 for size in shape) and len(shape) <= 32, "an array of no shape")
    dtype = _dtype(name)
    _want(math.prod(shape) * dtype.itemsize == len(data), "an array whose shape is not that of its bytes")
    _want(dtype.kind != "b" or not data.strip(b"\0\1"), "an array of truths that are neither")
    if dtype.kind == "U":  # numpy takes any number for a letter, and Python fails when it is shown
        data.decode("utf-32-be" if name[0] == ">" else "utf-32-le", "surrogatepass")
    return np.frombuffer(data, dtype).reshape(shape).copy()


def _dtype(name):
    if NUMBERS.fullmatch(name):
        return np.dtype(name)
    _want(SMALL_FLOATS.fullmatch(name), "an array of another dtype")
    import ml_dtypes

    return np.dtype(getattr(ml_dtypes, name, None) or _want(False, "an array of another dtype"))


def _record(cls, fields):
    kinds = FIELDS[cls]
    _want(len(fields) == len(kinds), f"a {cls.__name__} of {len(fields)} fields")
    _want(all(_is(kind, field) for kind, field in zip(kinds, fields, strict=True)), f"a {cls.__name__} of other fields")
    return cls(*fields)


def _is(kind, field):
    if kind == "texts":
        return type(field) is tuple and all(_is(str, one) for one in field)
    if kind == "layers":
        pairs = type(field) in (list, tuple) and all(type(pair) is tuple and len(pair) == 2 for pair in field)
        return pairs and all(_is(str, name) for name, _ in field)
    if kind == "cases":
        return type(field) is tuple and all(
            type(cases) is tuple and all(type(one) is Seen for one in cases) for cases in field
        )
    return kind is object or (isinstance(field, kind) and (type(field) is not str or len(field) <= MAX_TEXT))


def _want(true, what):
    if not true:
        raise WireError(what)
