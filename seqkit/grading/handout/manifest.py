"""manifest.json: an assignment as readable text, and back, each part of it checked."""

import dataclasses
import json
import re
from datetime import datetime, time
from pathlib import Path

from seqkit.errors import AssignmentError
from seqkit.exercise import index, nearest
from seqkit.grading.handout import roster, secret, strict, variants
from seqkit.grading.handout.items import CELLS_LIMIT_S, TIME_LIMIT_S, Assignment, Item

FILE = "manifest.json"
FORM = 1
"""Of the manifest; a newer one is refused."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")


def load(folder):
    """The `Assignment` in `folder`, with its secret.

    Raises:
        AssignmentError: a file is missing, damaged, or not of this assignment; the sentence says where.
    """
    assignment, drawn = read(folder)
    found = dataclasses.replace(assignment, secret=secret.read(folder))
    if drawn != found.fingerprint():
        raise AssignmentError(
            f"{Path(folder) / secret.FILE} is of another assignment: its draw has the fingerprint {found.fingerprint()}, "
            f"and {FILE} names {drawn}. Put back the secret that was made with it."
        )
    open_ = (f"{Path(folder) / secret.FILE} can be read by others: chmod 600.",) if secret.is_open(folder) else ()
    other = [
        f"The page of {name} is another than when {found.name} was made: students have its earlier text."
        for name in found.changed()
    ]
    return dataclasses.replace(found, notes=(*found.notes, *open_, *other))


def read(folder):
    """(`Assignment` without its secret, the fingerprint of its draw) of the manifest in `folder`."""
    fields = strict.read(Path(folder) / FILE)
    return parsed(fields), fields.text("draw")


def parsed(fields):
    """The `Assignment` that these `strict.Fields` describe.

    Raises:
        AssignmentError: something in it cannot be; the sentence says where.
    """
    form = fields.number("manifest")
    if form != FORM:
        raise fields.wrong("manifest", f"is {form:g}; this seqkit reads {FORM}. Use the seqkit that wrote it")
    fields.only("manifest", "name", "due", "cells_limit_s", "draw", "items", "personal", "roster")
    due, notes = _due(fields)
    return Assignment(
        name=_name(fields),
        items=_items(fields),
        due=due,
        personal=fields.flag("personal", False),
        cells_limit_s=_above_zero(fields, "cells_limit_s", CELLS_LIMIT_S),
        roster=roster.read(fields.texts("roster", ())),
        notes=notes,
    )


def text(assignment):
    """The manifest of an assignment, as JSON."""
    shown = {
        "manifest": FORM,
        "name": assignment.name,
        "due": assignment.due and assignment.due.isoformat(),
        "cells_limit_s": assignment.cells_limit_s,
        "draw": assignment.fingerprint(),
        "items": [_shown(item) for item in assignment.items],
        "personal": assignment.personal,
    }
    roster = {"roster": list(assignment.roster)} if assignment.personal else {}
    return json.dumps(shown | roster, indent=2, ensure_ascii=False) + "\n"


def _shown(item):
    shown = dataclasses.asdict(item)
    named = {"question" if shown.pop("personal") else "exercise": shown.pop("exercise")}
    return named | shown


def _moment(said):
    """(datetime with time zone, notes) of a due date, a text of ISO 8601.

    A day alone ends with that day. What has no time zone is local time, and that is said.

    Raises:
        ValueError: it is no date.
    """
    found = datetime.fromisoformat(said)
    if len(said.strip()) <= len("2025-11-30"):
        found = datetime.combine(found, time(23, 59))
    if found.tzinfo is not None:
        return found, ()
    found = found.astimezone()
    return found, (
        f"The due date {said} has no time zone; it was taken as local time: {found.isoformat(' ', 'minutes')}.",
    )


def _name(fields):
    name = fields.text("name")
    if not NAME.fullmatch(name):
        raise fields.wrong("name", f"is {name!r}; it is to be of letters, digits, `-`, `_` and `.`")
    return name


def _due(fields):
    if fields.data.get("due") is None:
        return None, ()
    said = fields.text("due")
    try:
        return _moment(said)
    except ValueError as error:
        raise fields.wrong("due", f"is {said!r}; it is to be a date such as 2025-11-30T18:00+01:00, or null") from error


def _items(fields):
    found = [_item(each) for each in fields.objects("items")]
    names = [item.exercise for item in found]
    twice = next((name for i, name in enumerate(names) if name in names[:i]), None)
    if twice:
        raise fields.wrong("items", f"names {twice!r} twice; each exercise is to stand there once")
    if not found:
        raise fields.wrong("items", "is empty; an assignment asks at least one exercise")
    return tuple(found)


def _item(fields):
    fields.only("exercise", "question", "points", "weight", "time_limit_s", "version")
    personal = "question" in fields.data
    what, names = ("question", list(variants.KINDS)) if personal else ("exercise", list(index()))
    name = fields.text(what)
    if name not in names:
        raise fields.wrong(what, f"is {name!r}, and there is no such {what}. {nearest(name, names)}")
    return Item(
        exercise=name,
        points=_points(fields),
        weight=_above_zero(fields, "weight", 1.0),
        time_limit_s=_above_zero(fields, "time_limit_s", TIME_LIMIT_S),
        personal=personal,
        version=fields.text("version", ""),
    )


def _points(fields):
    points = fields.number("points")
    if points < 0 or points != round(points, 2):
        raise fields.wrong("points", f"is {points:g}; points are 0 or more, with two decimals at most")
    return points


def _above_zero(fields, key, default):
    found = fields.number(key, default)
    if found <= 0:
        raise fields.wrong(key, f"is {found:g}; it is to be more than 0")
    return found
