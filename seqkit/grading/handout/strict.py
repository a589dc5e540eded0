"""A JSON file read strictly: each thing wrong in it is an AssignmentError that says where, and what to try."""

import difflib
import json
import math
from pathlib import Path

from seqkit.errors import AssignmentError


def read(path):
    """The JSON object in the file `path`, as a `Fields`.

    Raises:
        AssignmentError: there is no such file, or it holds no JSON object.
    """
    path = Path(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
        data = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except OSError as error:
        raise AssignmentError(
            f"{path} cannot be opened: {error.strerror}. Give the folder that `seqkit assign` made."
        ) from error
    except json.JSONDecodeError as error:
        raise AssignmentError(
            f"{path}, line {error.lineno}, column {error.colno}: {error.msg}. It is to be JSON; mend it there, or make "
            "the assignment again."
        ) from error
    except (ValueError, RecursionError) as error:
        raise AssignmentError(
            f"{path} cannot be read as JSON: {error}. Mend it, or make the assignment again."
        ) from error
    return Fields(data, str(path), "")


def _once(pairs):
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for i, (key, _) in enumerate(pairs) if key in dict(pairs[:i]))
        raise ValueError(f"the key {twice!r} stands twice")
    return found


def _no_number(text):
    raise ValueError(f"{text} is no number here")


class Fields:
    """A JSON object, taken apart key by key.

    Args:
        data: what was read.
        file: its path.
        place: the keys that lead there: `items[2]`; "" at the top.
    """

    def __init__(self, data, file, place):
        self.file, self.place = file, place
        if not isinstance(data, dict):
            raise self.wrong("", f"is {_kind(data)}; it is to be an object in {{ }}")
        self.data = data

    def wrong(self, key, said):
        """An AssignmentError about what stands under `key`."""
        place = ".".join(filter(None, [self.place, key]))
        said += "" if said.endswith(("?", ".")) else "."
        return AssignmentError(f"{self.file}{', ' if place else ' '}{place}{' ' if place else ''}{said}")

    def only(self, *known):
        """Refuses every key but the `known` ones."""
        for key in self.data.keys() - set(known):
            near = difflib.get_close_matches(key, known, 1)
            meant = f"Did you mean {near[0]!r}?" if near else f"It takes {', '.join(known)}."
            raise self.wrong("", f"has a key {key!r}, which is not known. {meant}")

    def get(self, key, kinds, asked, default=None):
        """What stands under `key`, which is to be of these classes; `asked` names them. A default of None: it must stand there."""
        if key not in self.data and default is not None:
            return default
        if key not in self.data:
            raise self.wrong(key, f"is missing; it is to be {asked}")
        value = self.data[key]
        if not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool):
            raise self.wrong(key, f"is {_kind(value)}; it is to be {asked}")
        return value

    def text(self, key, default=None):
        """A text."""
        return self.get(key, str, "a text", default)

    def number(self, key, default=None):
        """A finite number, as a float."""
        value = float(self.get(key, int | float, "a number", default))
        if not math.isfinite(value):
            raise self.wrong(key, f"is {value}; it is to be a finite number")
        return value

    def flag(self, key, default=None):
        """true or false."""
        return self.get(key, bool, "true or false", default)

    def texts(self, key, default=None):
        """A list of texts, as a tuple."""
        found = self.get(key, list | tuple, "a list of texts", default)
        for i, each in enumerate(found):
            if not isinstance(each, str):
                raise self.wrong(f"{key}[{i}]", f"is {_kind(each)}; it is to be a text")
        return tuple(found)

    def objects(self, key):
        """A list of objects, each as a `Fields`."""
        found = self.get(key, list, "a list of objects")
        place = ".".join(filter(None, [self.place, key]))
        return [Fields(each, self.file, f"{place}[{i}]") for i, each in enumerate(found)]


def _kind(value):
    said = {dict: "an object", list: "a list", type(None): "null", bool: str(value).lower()}
    return said.get(type(value)) or repr(value)[:60]
