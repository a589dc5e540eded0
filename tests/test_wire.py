"""What crosses the wall of the sandbox: plain data comes back as it was, anything else is refused, and cheaply."""

import math
import struct
import sys
import tracemalloc

import ml_dtypes
import msgpack
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from seqkit.grading import heads, wire
from seqkit.grading.wire import WireError, frame, pack, unpack
from seqkit.observe import Observations, Seen
from seqkit.plain import MAX_ITEMS, MAX_TEXT, Huge, Raised, Run, Thing, plain

FEW = settings(max_examples=60, deadline=None, derandomize=True, database=None)
SMALL = [np.dtype(getattr(ml_dtypes, name)) for name in ("bfloat16", "float8_e4m3fn", "float8_e5m2", "float8_e8m0fnu")]
WORST_BYTES = 4 << 20
"""What reading a few bytes may take of memory."""


def is_alike(one, other):
    """Equal to the bit and to the type, with no use of `==` on what may be an array or NaN."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())
    if isinstance(one, float):
        return struct.pack("d", one) == struct.pack("d", other) or (math.isnan(one) and math.isnan(other))
    if isinstance(one, complex):
        return is_alike([one.real, one.imag], [other.real, other.imag])
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(is_alike, one, other))
    if isinstance(one, dict):
        return is_alike(list(one.keys()), list(other.keys())) and is_alike(list(one.values()), list(other.values()))
    return is_alike(list(vars(one).values()), list(vars(other).values())) if type(one) in wire.RECORDS else one == other


texts = st.text(st.characters(codec=None, categories=("L", "N", "S", "Z", "C")), max_size=8)
some_texts = st.lists(texts, max_size=3).map(tuple)
huge = st.integers(-(10**299), 10**299) | st.sampled_from([2**63, 2**64, -(2**63) - 1])
numbers = st.integers(-9, 9) | huge | st.floats() | st.complex_numbers() | st.booleans() | st.none()
kinds = arrays.array_dtypes(
    arrays.boolean_dtypes()
    | arrays.integer_dtypes(endianness="?")
    | arrays.floating_dtypes(endianness="?")
    | arrays.complex_number_dtypes()
    | arrays.unicode_string_dtypes(max_len=3)
    | arrays.byte_string_dtypes(max_len=3),
    max_size=1,
    allow_subarrays=False,
).map(lambda dtype: dtype[0])
any_array = arrays.arrays(kinds, arrays.array_shapes(min_dims=0, min_side=0, max_side=3))
small_array = st.builds(
    lambda dtype, data: np.frombuffer(data, dtype),
    st.sampled_from(SMALL),
    st.binary(max_size=4).map(lambda data: data + data),
)
leaves = (
    numbers | texts | any_array | small_array | texts.map(Thing) | texts.map(Huge)
    | st.builds(Raised, texts, texts, some_texts, st.none() | texts)
)  # fmt: skip
keys = texts | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.booleans() | st.none()


def around(inner):
    """What may stand around plain data."""
    layers = st.lists(st.tuples(texts, inner), max_size=2)
    return (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(keys, inner, max_size=3)
        | st.builds(Run, inner, layers | layers.map(tuple))
    )


values = st.recursive(leaves, around, max_leaves=6)
seen = st.builds(Seen, values, st.integers(0, 9), texts, some_texts)
observations = st.builds(
    Observations, texts, texts, st.booleans(), st.booleans(), st.lists(st.lists(seen, max_size=2).map(tuple)).map(tuple)
)


@FEW
@given(values | observations)
def test_plain_data_comes_back_as_it_was(value):
    assert is_alike(unpack(pack(value)), value)


@FEW
@given(values)
def test_what_plain_makes_of_a_value_comes_back_as_it_was(value):
    assert is_alike(unpack(pack(plain(value))), plain(value))


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3).T,
        np.arange(10)[::3],
        np.array(7, ">i2"),
        np.zeros((0, 10**9)),
        np.array(["\ud800", ""]),
        np.array([1 + 2j], np.complex64),
        np.zeros(3, np.longdouble),
        np.zeros((1,) * 32, bool),
        *(np.ones(3, dtype) for dtype in SMALL),
    ],
    ids=lambda array: f"{array.dtype}{array.shape}"[:40],
)
def test_an_array_comes_back_as_it_was_and_can_be_written(array):
    found = unpack(pack(array))
    assert is_alike(found, array) and found.flags.writeable and found.flags.owndata


SUBCLASSES = [
    type("Int", (int,), {})(3),
    type("Text", (str,), {})("a"),
    type("List", (list,), {})(),
    type("Dict", (dict,), {})(),
    type("Tuple", (tuple,), {})(),
    type("Array", (np.ndarray,), {})(3),
    type("Raised", (Raised,), {})("E", "m"),
]


@pytest.mark.parametrize(
    "thing", [object(), len, {1, 2}, frozenset(), np.float32(1), np.array([object()]), *SUBCLASSES], ids=type
)
def test_what_is_no_plain_data_is_not_packed_or_is_not_read(thing):
    with pytest.raises((TypeError, WireError)):
        unpack(pack(thing))


VALID = [
    pack(each)
    for each in (
        [1, "cell", [], True],
        {"a": (1, 2.5, None), 3: [b"", 1j, 10**40]},
        Observations(
            "forward",
            "a function",
            True,
            True,
            ((Seen(np.arange(6.0).reshape(2, 3), 3, "UserWarning: x", ("x",)), Seen(Raised("E", "m", ("E",), "x = 1"))),
             (Seen(Run(np.ones(2, SMALL[0]), [("Dense", np.zeros((2, 2), ">f4")), ("relu", Thing("x"))])),)),
        ),
        [np.array(["é", "bc"]), np.array([b"x"]), np.array(True), Huge("int")],
    )
]  # fmt: skip


def read(data):
    """What is read of bytes, which may only be plain data or a `WireError`; what is read can be used."""
    try:
        value = unpack(data)
    except WireError:
        return None
    repr(value), pack(value)
    return value


@pytest.mark.parametrize("data", VALID)
def test_a_part_of_a_frame_is_refused(data):
    for end in range(len(data)):
        with pytest.raises(WireError):
            unpack(data[:end])
    with pytest.raises(WireError):
        unpack(data + b"\0")


@pytest.mark.parametrize("data", VALID)
def test_a_flipped_bit_gives_plain_data_or_is_refused(data):
    for i in range(len(data)):
        for bit in range(8):
            read(data[:i] + bytes([data[i] ^ 1 << bit]) + data[i + 1 :])


@FEW
@given(st.binary(max_size=60))
def test_any_bytes_give_plain_data_or_are_refused(data):
    for code in ("", *range(1, 12)):
        read(data if code == "" else msgpack.packb(msgpack.ExtType(code, data)))


def extension(code, value):
    return msgpack.packb(msgpack.ExtType(code, pack(value)))


def array(*parts):
    return extension(wire.ARRAY, list(parts))


def nested(levels, inside=b"\xc0"):
    """Extension in extension, each around lists that promise 20,000 parts and hold one."""
    for _ in range(levels):
        inside = msgpack.packb(msgpack.ExtType(wire.TUPLE, b"\xdd\x00\x00\x4e\x20" * 100 + inside))
    return inside


def many(leaf, number=13):
    """A list of lists of leaves, 20,000 in each."""
    inner = b"\xdc\x4e\x20" + leaf * MAX_ITEMS
    return bytes([0xDC, 0, number]) + inner * number


def raw(kind, *fields):
    return extension(wire.FIRST_RECORD + wire.RECORDS.index(kind), list(fields))


ONE_HASH = {i * (2**61 - 1): None for i in range(2000)}
LYING = {
    "a list of 4 billion": b"\xdd\xff\xff\xff\xff",
    "a dict of 4 billion": b"\xdf\xff\xff\xff\xff",
    "4 GB of text": b"\xdb\xff\xff\xff\xff",
    "4 GB of bytes": b"\xc6\xff\xff\xff\xff",
    "4 GB of an extension": b"\xc9\xff\xff\xff\xff\x01",
    "an extension that ends inside": b"\xd5\x01\x93\x01\x01\x01",
    "an extension with more in it": b"\xd5\x01\x90\x90",
    "a head that is never used": b"\xc1",
    "lists in lists": b"\x91" * 3000 + b"\xc0",
    "lists that promise, in lists": nested(38),
    "dicts in dicts": b"\x81\xa0" * 500 + b"\xc0",
    "a million million numbers": array("<f8", [10**12], b""),
    "a shape of many sides": array("<f8", [1] * 33, b"\0" * 8),
    "a shape that overflows": array("<f8", [2**62, 2**62, 0], b""),
    "a shape of huge numbers": array("<f8", [10**300, 0], b""),
    "a shape below 0": array("<f8", [-1], b""),
    "a shape of truths": array("<f8", [True], b"\0" * 8),
    "a shape that is a text": array("<f8", "", b"\0" * 8),
    "objects": array("|O", [1], b"\0" * 8),
    "objects of 8 bytes": array("|O8", [1], b"\0" * 8),
    "raw memory": array("|V8", [1], b"\0" * 8),
    "a record of fields": array("i4,O", [1], b"\0" * 12),
    "times": array("<M8[s]", [1], b"\0" * 8),
    "a dtype of no size": array("<U0", [5], b""),
    "a dtype of 3 bytes": array("<f3", [1], b"\0" * 3),
    "a dtype that is a name in a module": array("float8___class__", [1], b"\0"),
    "a dtype that is a list": array([["a", "O"]], [1], b"\0" * 8),
    "letters that are none": array("<U1", [1], b"\xff" * 4),
    "truths that are neither": array("|b1", [1], b"\7"),
    "an array of two parts": array("<f8", [0]),
    "a number in other letters": msgpack.packb(msgpack.ExtType(wire.INTEGER, "٣".encode())),
    "a number in words": msgpack.packb(msgpack.ExtType(wire.INTEGER, b"1_0")),
    "a number of 400 digits": msgpack.packb(msgpack.ExtType(wire.INTEGER, b"9" * 400)),
    "a complex number of texts": extension(wire.COMPLEX, ["1", "2"]),
    "a complex number of lists": extension(wire.COMPLEX, [[], []]),
    "an extension without a code": extension(99, []),
    "a time stamp": msgpack.packb(msgpack.Timestamp(1, 1)),
    "a tuple of no list": extension(wire.TUPLE, {}),
    "a key that is a list": b"\x81\x90\xc0",
    "a key that is a tuple": b"\x81" + pack((1,)) + b"\xc0",
    "a key that is a record": b"\x81" + pack(Thing("x")) + b"\xc0",
    "keys of one hash": pack(ONE_HASH),
    "a text in half a letter": b"\xa1\xff",
    "an error of a number": raw(Raised, 1, "", (), None),
    "an error of lists": raw(Raised, "E", "m", ["E"], None),
    "an error of an error": raw(Raised, "E", "m", (Raised("E", "m"),), None),
    "an error with a field more": raw(Raised, "E", "m", (), None, 1),
    "a thing without a name": raw(Thing),
    "a thing with a very long name": raw(Thing, "x" * (MAX_TEXT + 1)),
    "a run of no layers": raw(Run, 1, 2),
    "a run of single layers": raw(Run, 1, (("Dense",),)),
    "a run of layers without names": raw(Run, 1, ((1, 2),)),
    "a case with a text for a number": raw(Seen, 1, "3", "", ()),
    "observations of lists": raw(Observations, "e", "k", True, True, [[]]),
    "observations of numbers": raw(Observations, "e", "k", True, True, ((1,),)),
    "observations that are nearly callable": raw(Observations, "e", "k", 1, True, ()),
}


@pytest.mark.parametrize("data", LYING.values(), ids=LYING)
def test_what_lies_is_refused_and_costs_next_to_nothing(data):
    read(b"\xc0"), read(array("bfloat16", [0], b""))
    tracemalloc.start()
    try:
        with pytest.raises(WireError):
            unpack(data)
        assert tracemalloc.get_traced_memory()[1] < WORST_BYTES
    finally:
        tracemalloc.stop()


def test_the_largest_list_that_plain_lets_out_is_read():
    assert len(unpack(pack(plain(list(range(10**5)))))) == MAX_ITEMS - 1


def test_as_many_parts_as_are_allowed_are_read_and_no_more():
    rows = [[None] * 999] * (heads.MAX_PARTS // 1000)
    assert len(unpack(pack(rows[1:]))) == len(rows) - 1
    with pytest.raises(WireError, match="too many parts"):
        unpack(pack(rows))


@pytest.mark.parametrize("leaf", [b"\x90", b"\x80", b"\xd4\x01\x90"], ids=["lists", "dicts", "tuples"])
def test_bytes_that_hold_nothing_but_containers_are_refused(leaf):
    with pytest.raises(WireError, match="too many parts"):
        unpack(many(leaf))


def test_the_deepest_value_that_plain_lets_out_is_read():
    value = ()
    for _ in range(100):
        value = (value,)
    assert unpack(pack([[("x", Observations("e", "k", True, True, ((Seen(plain(value)),),)))]]))


@FEW
@given(values)
def test_the_heads_are_walked_as_msgpack_reads_them(value):
    data = pack(value)
    assert heads.walk(data, wire.OPAQUE) >= 1
    assert heads.walk(msgpack.packb([1, {"a": [2.0, b"x"]}]), set()) == 7


def test_a_frame_is_a_letter_a_length_and_so_many_bytes():
    made = frame(b"C", [1])
    kind, size = wire.HEAD.unpack(made[: wire.HEAD.size])
    assert (kind, size, unpack(made[wire.HEAD.size :])) == (b"C", len(made) - wire.HEAD.size, [1])


def test_reading_bytes_imports_nothing_they_name():
    before = set(sys.modules)
    for name in ("antigravity", "this", "float8_antigravity", "ml_dtypes.this"):
        read(array(name, [0], b"")), read(raw(Thing, name)), read(pack({"__class__": name}))
    assert not {"antigravity", "this"} & (set(sys.modules) - before)
