"""Plain data: what may leave the room in which an answer runs. `plain(value)` copies a value into it, bounded.

Plain are None, bool, int, float, complex, str, list, tuple, dict, numpy arrays, and the records of this file. No code of a
learner is in it: not a method, not a subclass of ndarray. Whatever is none of these becomes a `Thing`, its name.
"""

import functools
import sys
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

MAX_VALUES = 4_000_000
"""Numbers kept of one value, all its arrays together."""
MAX_ITEMS = 20_000
"""Items kept of one value: of its lists, tuples and dicts, all together."""
MAX_DEPTH = 24
MAX_TEXT = 10_000
"""Letters kept of one text."""


@dataclass(frozen=True)
class Raised:
    """An error. `kinds` are the names of its class and of those above it; `line` is the learner's line, if it is known."""

    kind: str
    message: str
    kinds: tuple[str, ...] = ()
    line: str | None = None


@dataclass(frozen=True)
class Thing:
    """Something that is no data: a function, a module, a class. `kind` says what."""

    kind: str


@dataclass(frozen=True)
class Huge:
    """Something too large, or too deep, to be copied."""

    kind: str


@dataclass(frozen=True, eq=False)
class Run:
    """The output of a chain, and (layer, output) of each layer that was seen running, to say where values part."""

    output: object
    layers: tuple = ()


def plain(value):
    """`value` as plain data. What is in it is never asked to compare, print or convert itself."""
    return _Copier().copy(value, 0)


def outcome(f, *args, **kwargs):
    """What `f` returns, or the exception that it raises: for probes that ask for an error. One returned is not one raised."""
    try:
        value = f(*args, **kwargs)
    except Exception as error:
        return error
    is_error = issubclass(type(value), BaseException | Raised)
    return Thing(f"{kind_of(value)}, returned and not raised") if is_error else value


def raised(error, line=None):
    """An exception as plain data."""
    kinds = tuple(_name(cls) for cls in type.mro(type(error)) if cls not in (object, BaseException))
    said = next((_text(arg) for arg in BaseException.args.__get__(error) if issubclass(type(arg), str)), "")
    return Raised(_name(type(error)), said.strip(), kinds, line)


def kind_of(value):
    """What a value is, in a word or two: `a function`, `the class Dense`, `Linear`."""
    if issubclass(type(value), type):
        return f"the class {_name(value)}"
    name = _name(type(value))
    return {"function": "a function", "ellipsis": "`...`", "NoneType": "None"}.get(name, name)


def _name(cls):
    return type.__dict__["__name__"].__get__(cls)[:100]


def _text(text):
    return str.__getitem__(text, slice(0, MAX_TEXT))


class _Copier:
    def __init__(self):
        self.values, self.items = MAX_VALUES, MAX_ITEMS

    def copy(self, value, depth):
        cls = type(value)
        self.items -= 1
        if value is None or cls in (bool, float, complex):
            return value
        if depth > MAX_DEPTH or self.items < 0:
            return Huge(kind_of(value))
        if cls in _RECORDS:  # of these very classes: a subclass may compare as it likes
            return self._record(cls, [self.copy(getattr(value, name), depth + 1) for name in cls.__match_args__])
        for kind, make in _COPIES:
            if issubclass(cls, kind):
                return make(self, value, depth + 1)
        return self._jax(value) if _is_jax(cls) else self._foreign(value, depth)

    def _array(self, value):
        """A numpy array of its own, of an array of numpy or JAX."""
        if value.size > self.values:
            return Huge(f"an array of shape {tuple(value.shape)}")
        self.values -= value.size
        copied = np.array(value)
        is_numbers = copied.dtype.kind not in "OVMm" or _is_small_float(copied.dtype)
        return copied if is_numbers else Thing(f"an array of {copied.dtype}")

    def _jax(self, value):
        """Likewise of JAX; one that a jitted function was given for good has no values any more."""
        return Thing("an array that was donated") if value.is_deleted() else self._array(value)

    def _numpy(self, value, depth):
        return self._array(np.ndarray.view(value, np.ndarray))

    def _record(self, cls, fields):
        """A record anew, if each field is what it says; an answer can make records too."""
        kind, *rest = fields
        if cls is Run:
            layers = rest[0] if type(rest[0]) in (list, tuple) else [None]
            named = [type(pair) is tuple and len(pair) == 2 and type(pair[0]) is str for pair in layers]
            return Run(kind, layers if all(named) else ())
        texts = type(kind) is str and all(type(field) in (str, tuple, type(None)) for field in rest)
        return cls(*fields) if texts else Thing(cls.__name__)

    def _list(self, value, depth):
        return [self.copy(part, depth) for part in list.__iter__(value) if self.items > 0]

    def _tuple(self, value, depth):
        return tuple(self.copy(part, depth) for part in tuple.__iter__(value) if self.items > 0)

    def _dict(self, value, depth):
        return {self._key(key): self.copy(part, depth) for key, part in dict.items(value) if self.items > 0}

    def _key(self, key):
        return self.copy(key, MAX_DEPTH) if type(key) in (int, bool, float, str, type(None)) else kind_of(key)

    def _foreign(self, value, depth):
        """Flax's FrozenDict is a dict, a typed key its numbers; anything else is only named."""
        jax, frozen = sys.modules.get("jax"), sys.modules.get("flax.core.frozen_dict")
        if frozen and type(value) is frozen.FrozenDict:
            return self._dict(frozen.unfreeze(value), depth)
        with suppress(Exception):  # an answer may call a class of its own so
            if _name(type(value)) == "PRNGKeyArray" and jax:
                return self._array(jax.random.key_data(value))
        return Thing(kind_of(value))


_COPIES = (
    (int, lambda copier, value, depth: int.__add__(value, 0) if abs(int.__add__(value, 0)) < 10**300 else Huge("int")),
    (float, lambda copier, value, depth: float.__add__(value, 0.0)),
    (str, lambda copier, value, depth: _text(value)),
    (np.generic, lambda copier, value, depth: copier._array(np.asarray(value))),
    (np.ndarray, _Copier._numpy),
    (list, _Copier._list),
    (tuple, _Copier._tuple),
    (dict, _Copier._dict),
    (BaseException, lambda copier, value, depth: raised(value)),
)
_RECORDS = (Raised, Thing, Huge, Run)


def _is_jax(cls):
    """Whether this is the class of JAX's arrays: of the real ones, which cannot be subclassed by name."""
    jax = sys.modules.get("jax")
    return jax is not None and cls is _jax_array(jax)


@functools.cache
def _jax_array(jax):
    """Kept: making an array to ask for its class takes 50 µs."""
    return type(jax.numpy.zeros(()))


def _is_small_float(dtype):
    return dtype.name.startswith(("bfloat16", "float8"))
