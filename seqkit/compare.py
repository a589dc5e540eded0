"""Two pieces of plain data: where they differ, what came and what was wanted, in words. Floats within their tolerance."""

import difflib
import re
from dataclasses import dataclass

import numpy as np

from seqkit.plain import Huge, Raised, Run, Thing

TOLERANCE = {2: 1e-2, 4: 2e-5, 8: 1e-9}
"""Of floats of so many bytes: the difference that is none, as a share of the largest value."""
FLOOR = 1e-6
"""A difference that is none whatever the size."""
ORDER = ("raised", "structure", "shape", "dtype", "values")
"""Which difference is told first."""
ALIKE = 0.85
"""Two messages of errors are of one kind when so large a share of their letters agrees."""
LONG = 90
ADDRESS = re.compile(r" \(https?://\S+\)")
"""The web page that a framework names behind its message: a verdict does without."""
FUNCTION = re.compile(r"[\w.<>]+\(\)")
"""A function, as Python names it in a message: `Lambda.__call__()`. That of a learner has another name than ours."""


@dataclass(frozen=True)
class Difference:
    """One place where an observation is not what was wanted.

    Attributes:
        kind: "raised", "structure", "shape", "dtype" or "values".
        path: the keys and numbers that lead there, from outside in.
        got: what came, in words.
        want: what was wanted, likewise.
        where: a sentence on the layer where values part, or "".
    """

    kind: str
    path: tuple
    got: str
    want: str
    where: str = ""

    @property
    def place(self):
        """The path as a reader sees it: `parameters['Dense_0']`."""
        first, *rest = self.path or ("",)
        head = first if isinstance(first, str) else f"[{first!r}]"
        return head + "".join(f"[{key!r}]" for key in rest)


def first_difference(seen, wanted, exact=False):
    """The `Difference` to be told of: of the first kind in `ORDER`, and of that the first on the way; or None."""
    found = list(differences(seen, wanted, exact))
    return min(found, key=lambda difference: ORDER.index(difference.kind)) if found else None


def same(seen, wanted, exact=False):
    """Whether two observations are one behaviour: equal, or two errors of one class that say the same."""
    return next(differences(seen, wanted, exact, alike=True), None) is None


def differences(seen, wanted, exact, path=(), alike=False):
    """Every `Difference` of two pieces of plain data, from the outside in."""
    if isinstance(seen, Run) or isinstance(wanted, Run):
        yield from _of_runs(seen, wanted, exact, path, alike)
    elif isinstance(seen, Raised) or isinstance(wanted, Raised):
        yield from _of_errors(seen, wanted, path, alike)
    elif _is_number(wanted) and _is_number(seen):
        yield from _of_numbers(seen, wanted, exact, path)
    elif isinstance(wanted, list | tuple) and isinstance(seen, list | tuple):
        yield from _of_lists(seen, wanted, exact, path, alike)
    elif isinstance(wanted, dict) and isinstance(seen, dict):
        yield from _of_dicts(seen, wanted, exact, path, alike)
    elif type(seen) is not type(wanted):
        yield Difference("structure", path, _kinded(seen), _kinded(wanted))
    elif seen != wanted:
        yield Difference("values" if isinstance(seen, str) else "structure", path, text(seen), text(wanted))


def list_for_tuple(seen, wanted):
    """Whether somewhere a list came where a tuple was wanted: no mistake, but worth a word."""
    if isinstance(wanted, dict) and isinstance(seen, dict):
        return any(list_for_tuple(seen[key], part) for key, part in wanted.items() if key in seen)
    if not (isinstance(seen, list | tuple) and isinstance(wanted, list | tuple)):
        return False
    return (isinstance(seen, list) and isinstance(wanted, tuple)) or any(map(list_for_tuple, seen, wanted))


def _of_runs(seen, wanted, exact, path, alike):
    outputs = [run.output if isinstance(run, Run) else run for run in (seen, wanted)]
    for difference in differences(*outputs, exact, path, alike):
        where = _parting(seen, wanted) if difference.kind in ("shape", "values") else ""
        yield Difference(difference.kind, difference.path, difference.got, difference.want, difference.where or where)


def _parting(seen, wanted):
    """A sentence on the first layer whose output differs; "" where the layers are not known."""
    if not (isinstance(seen, Run) and isinstance(wanted, Run) and seen.layers and wanted.layers):
        return ""
    if len(seen.layers) != len(wanted.layers):
        names, number = ", ".join(layer for layer, _ in seen.layers), len(seen.layers)
        return f"It ran {number} layer{'s' * (number != 1)}, {names}; the reference runs {len(wanted.layers)}."
    for i, ((layer, output), (_, other)) in enumerate(zip(seen.layers, wanted.layers, strict=True)):
        found = first_difference(output, other)
        if found:
            return f"The first layer whose output differs is layer[{i}] {layer}: {found.kind} {found.got}, not {found.want}."
    return ""


def _of_errors(seen, wanted, path, alike):
    if not isinstance(seen, Raised):
        yield Difference("raised", path, text(seen), f"raises {wanted.kind}")
    elif not isinstance(wanted, Raised):
        yield Difference("raised", path, _error_text(seen), text(wanted))
    elif alike:
        if seen.kind != wanted.kind or not _say_the_same(seen, wanted):
            yield Difference("raised", path, _error_text(seen), _error_text(wanted))
    elif wanted.kind not in (seen.kind, *seen.kinds):
        yield Difference("raised", path, _error_text(seen), f"raises {wanted.kind}")


def _say_the_same(*errors):
    """Whether two messages agree, the names of functions aside; where both answers raise by a line of their own, words are free."""
    if all((error.line or "").startswith("raise ") for error in errors):
        return True
    said = [FUNCTION.sub("f()", error.message[:200]) for error in errors]
    return difflib.SequenceMatcher(None, *said, autojunk=False).ratio() >= ALIKE


def _of_lists(seen, wanted, exact, path, alike):
    if _is_shape(seen) and _is_shape(wanted):
        if seen != wanted:
            kind = "values" if len(seen) == len(wanted) else "structure"
            yield Difference(kind, path, text(seen), text(wanted))
        return
    if len(seen) != len(wanted):
        yield Difference("structure", path, _counted(seen), _counted(wanted))
    for i, (one, other) in enumerate(zip(seen, wanted, strict=False)):
        yield from differences(one, other, exact, (*path, i), alike)


def _is_shape(value):
    """Whether it reads as a shape: a short tuple of whole numbers. Such a one is told whole."""
    return type(value) is tuple and len(value) <= 6 and all(type(item) is int for item in value)


def _of_dicts(seen, wanted, exact, path, alike):
    if seen.keys() != wanted.keys():
        yield Difference("structure", path, _keys(seen), _keys(wanted))
    for key in wanted:
        if key in seen:
            yield from differences(seen[key], wanted[key], exact, (*path, key), alike)


def _of_numbers(seen, wanted, exact, path):
    one, other = np.asarray(seen), np.asarray(wanted)
    if one.shape != other.shape:
        yield Difference("shape", path, _shape(one, other), str(other.shape) if other.ndim else "a single number")
    elif not _dtype_serves(seen, wanted):
        yield Difference("dtype", path, str(one.dtype), str(other.dtype))
    elif not np.all(_close(one, other, exact)):
        yield Difference("values", path, *_values(one, other, exact))


def _is_number(value):
    return isinstance(value, bool | int | float | complex | np.ndarray)


def _shape(seen, wanted):
    """A shape in words; says when it is the wanted one with an axis more, or turned round."""
    said = str(seen.shape) if seen.ndim else "a single number"
    if seen.shape == (1, *wanted.shape):
        return f"{said}, a leading axis more"
    turned = wanted.ndim == 2 and seen.shape == wanted.shape[::-1]
    return f"{said}, rows and columns exchanged" if turned else said


def _dtype_serves(seen, wanted):
    """Whether the dtype is right: of the same kind, and no coarser. Numbers of Python have no dtype to keep."""
    one, other = np.asarray(seen).dtype, np.asarray(wanted).dtype
    if (one.kind == "b") != (other.kind == "b") or (one.kind in "USO") != (other.kind in "USO"):
        return False
    if not (isinstance(seen, np.ndarray) and isinstance(wanted, np.ndarray)):
        return True
    if _is_whole(one) and _is_whole(other):
        return True
    return one.kind == other.kind and one.itemsize >= other.itemsize


def _is_whole(dtype):
    return dtype.kind in "iu"


def allowed(value):
    """The share of its largest value by which an array of floats may differ; 0 for anything else."""
    dtype = value.dtype if hasattr(value, "dtype") else np.asarray(value).dtype
    halves = 2 if "complex" in str(dtype) else 1
    exact = not ("float" in str(dtype) or halves == 2)
    return 0.0 if exact else TOLERANCE[max(2, min(dtype.itemsize // halves, 8))]


def near(one, other, share, *largest):
    """Elementwise: the same, both no number, or within `share` of the largest finite value in the arrays `largest`."""
    if share:  # small floats of two kinds do not compare
        one, other, *largest = (
            each.astype(complex if each.dtype.kind == "c" else float) for each in (one, other, *largest)
        )
    same = (one == other) | ((one != one) & (other != other))
    if not share:
        return same
    most = max(np.abs(array[np.isfinite(array)]).max(initial=0) for array in largest)
    with np.errstate(invalid="ignore", over="ignore"):
        return same | (np.abs(one - other) <= FLOOR + share * most)


def _close(seen, wanted, exact):
    """`near`, by the tolerance of the coarser dtype and by the largest value that is wanted."""
    return near(seen, wanted, 0 if exact else max(allowed(seen), allowed(wanted)), wanted)


def _values(seen, wanted, exact):
    """(what came, what was wanted): a few values whole, of many the first that differs and where."""
    if seen.size <= 6:
        return _told(seen, wanted)
    place = tuple(int(i) for i in np.argwhere(~_close(seen, wanted, exact))[0])
    got, want = _told(seen[place], wanted[place])
    return f"{got} at {list(place)}", want


def _told(seen, wanted):
    """Both in words; digit by digit where they would read alike."""
    got, want = text(seen), text(wanted)
    return (got, want) if got != want else (text(seen, True), text(wanted, True))


def text(value, exact=False):
    """Plain data in a few words: numbers rounded to 6 digits unless `exact`, large arrays by their shape."""
    return cut(_text(value, exact), LONG)


def cut(words, most):
    """Words, the end of them left out where they are more than `most` letters."""
    return words if len(words) <= most else words[: most - 1] + "…"


def _text(value, exact):
    if isinstance(value, Run):
        return _text(value.output, exact)
    if isinstance(value, np.ndarray | np.generic):
        if value.ndim == 0:
            return _text(value.item(), exact)
        return (
            str([_Bare(_text(part, exact)) for part in value])
            if value.size <= 8
            else f"an array of shape {value.shape}"
        )
    if isinstance(value, float):
        return repr(value) if exact else f"{value:.6g}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_text(part, exact)}" for key, part in value.items()) + "}"
    if isinstance(value, tuple):
        inner = ", ".join(_text(part, exact) for part in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, list):
        return "[" + ", ".join(_text(part, exact) for part in value) + "]"
    if isinstance(value, Raised):
        return _error_text(value)
    return value.kind if isinstance(value, Thing | Huge) else repr(value)


def _kinded(value):
    """Plain data in words that tell a list from an array."""
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape}"
    said = {list: "the list ", tuple: "the tuple ", str: "the text "}.get(type(value), "")
    return said + text(value)


class _Bare(str):
    """A text that prints without quotes inside a list."""

    __repr__ = str.__str__


def _error_text(error):
    said = _first_words([line.strip() for line in error.message.splitlines() if line.strip()])
    return f"{error.kind}: {said}" if said else error.kind


def _first_words(lines):
    """The first line of a message, and the next where it ends with a colon; code that would follow is left out."""
    first, *rest = lines or [""]
    if first.endswith(":") and rest and not rest[0].startswith("```"):
        first = f"{first} {rest[0]}"
    elif first.endswith(":") and ". " in first:
        first = first.rpartition(". ")[0]
    return ADDRESS.sub("", first).rstrip(".:")


def _counted(items):
    return f"{text(items)}, {len(items)} item{'s' * (len(items) != 1)}" if len(items) < 8 else f"{len(items)} items"


def _keys(found):
    return f"a dict with the keys {', '.join(map(repr, found))}" if found else "an empty dict"
