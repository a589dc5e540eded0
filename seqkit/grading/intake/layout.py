"""What a folder or a zip of submissions looks like inside: where they begin, and which of its files are whose."""

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime

from seqkit.grading.intake import gradescope, naming
from seqkit.grading.intake.listing import Found
from seqkit.grading.intake.naming import Owner
from seqkit.grading.intake.times import TIMESTAMP

NOTEBOOK = re.compile(r"(.*)\.ipynb(?:\.txt|\.json|[ _]?\(\d+\))?", re.IGNORECASE | re.DOTALL)
"""A notebook's name. Browsers add the rest."""
KNOWN = (gradescope.FILE, TIMESTAMP)
"""Files of a platform's own."""
SUBMITTED = ("submitted", "submissions")


@dataclass
class Group:
    """What one student handed in.

    Attributes:
        owner: who.
        top: the folder that it is in, or "" if its files lie loose.
        files: as they were found.
        received: when it came in, if the layout says so.
    """

    owner: Owner
    top: str = ""
    files: list[Found] = field(default_factory=list)
    received: datetime | None = None


def stem(name):
    """A file's name without its ending."""
    found = NOTEBOOK.fullmatch(name)
    return found[1] if found else re.sub(r"(?<=.)\.\w{1,5}$", "", name)


def is_notebook(found):
    """Whether a file is a notebook by its name."""
    return not found.is_folder and NOTEBOOK.fullmatch(found.name) is not None


def is_zip(name):
    """Whether a name is a zip's."""
    return name.lower().endswith(".zip")


def rooted(found, assignment, given):
    """What is inside the folders that stand around all submissions, and the names of those folders, outermost first.

    Args:
        found: [Found].
        assignment: the name of the assignment.
        given: name of the folder or zip, which a zip often repeats inside.
    """
    around = []
    while (top := _around(found, assignment, given)) is not None:
        around.append(top)
        inner = [one for one in found if one.parts[0] == top and len(one.parts) > 1]
        found = [replace(one, parts=one.parts[1:]) for one in inner]
    return found, around


def _around(found, assignment, given):
    """The one folder at the top that holds all submissions; None if they begin here."""
    tops = {one.parts[0] for one in found if len(one.parts) > 1 or one.is_folder}
    loose = [one for one in found if len(one.parts) == 1 and is_notebook(one)]
    if loose:
        return None
    if len(tops) == 1:
        (top,) = tops
        return top if _holds_all(top, found, assignment, given) else None
    named = [top for name in SUBMITTED for top in tops if top.lower() == name]
    named += [top for top in sorted(tops) if naming.is_exactly(top, assignment) and _is_class(top, found, assignment)]
    return named[0] if named else None


def _holds_all(top, found, assignment, given):
    """Whether the only folder stands around several students, and is not itself the folder of one."""
    if naming.is_around(stem(top), assignment) or stem(top) == given:
        return True
    if naming.owner(stem(top), assignment).by == "platform":
        return False
    names = {stem(one.parts[1]) for one in found if len(one.parts) > 1}
    if any(naming.owner(name, assignment).by == "platform" for name in names):
        return True
    folders = {one.parts[1] for one in found if len(one.parts) > 2}
    loose = any(len(one.parts) == 2 and is_notebook(one) for one in found)
    is_nested = len(folders) > 1 and not loose and not any(naming.is_exactly(name, assignment) for name in names)
    return is_nested or _is_class(top, found, assignment)


def _is_class(top, found, assignment):
    """Whether several notebooks lie loose in a folder, none of them named like the assignment: each is a student's."""
    names = [stem(one.name) for one in found if one.parts[0] == top and len(one.parts) == 2 and is_notebook(one)]
    return len(names) > 1 and not any(naming.is_exactly(name, assignment) for name in names)


def groups(found, assignment, entries, fallback):
    """[Group] of each student, and [note] on what is nobody's.

    Args:
        found: [Found], inside the folders around them.
        assignment: the name of the assignment.
        entries: {folder: gradescope.Entry}.
        fallback: whose a notebook is if no name says it.
    """
    made, notes = {}, []
    flat = any(len(one.parts) == 1 and is_notebook(one) for one in found)
    for top, files in _by_top(found).items():
        owners = _owners(top, assignment, entries)
        if _is_nobodys(top, files, flat, owners[0]):
            notes += _left_out(top, files, owners[0])
            continue
        if not owners[0].student and not fallback:
            notes.append(f"{naming.printable(top)} names no student: it is kept under its own name.")
        for owner in owners:
            _add(made, owner if owner.student else replace(owner, student=fallback), top, files)
    return _told_apart(list(made.values())), notes


def _add(made, owner, top, files):
    is_loose = len(files[0].parts) == 1 and not files[0].is_folder
    owner = owner if owner.student else replace(owner, student=naming.student(stem(top)) or "unnamed")
    group = made.setdefault((owner.student, owner.number, owner.received), Group(owner, "" if is_loose else top))
    group.files += [one for one in files if not one.is_folder]


def _by_top(found):
    tops = defaultdict(list)
    for one in found:
        tops[one.parts[0]].append(one)
    return tops


def _owners(top, assignment, entries):
    entry = entries.get(top)
    if not entry or not entry.people:
        return [naming.owner(stem(top), assignment)]
    names = [
        (one.get("name") or one.get("email") or "", one.get("sid") or one.get("email") or "") for one in entry.people
    ]
    return [Owner(naming.student(name), number, entry.received, "platform") for name, number in names]


def _is_nobodys(top, files, flat, owner):
    """Whether what lies here is no submission: a list of names, a folder of data beside loose notebooks."""
    if owner.by == "another assignment" or top in KNOWN:
        return True
    if any(map(is_notebook, files)) or is_zip(top):
        return False
    is_loose = len(files[0].parts) == 1 and not files[0].is_folder
    return (is_loose or flat) and (owner.by == "name" or not owner.student)


def _left_out(top, files, owner):
    shown = naming.printable(top)
    if top in KNOWN:
        return []
    if owner.by == "another assignment":
        return [f"{shown} is left out: it belongs to another assignment."]
    if files[0].obstacle:
        return [f"{shown} {files[0].obstacle}"]
    is_folder = files[0].is_folder or len(files[0].parts) > 1
    return [
        f"{shown} {'is a folder without a notebook' if is_folder else 'is no notebook'}, and names no student. It is left out."
    ]


def _told_apart(made):
    """The groups; where two students have one name, their numbers follow it."""
    numbers = defaultdict(set)
    for group in made:
        numbers[group.owner.student].add(group.owner.number)
    for group in made:
        if len(numbers[group.owner.student]) > 1 and group.owner.number:
            group.owner = replace(group.owner, student=f"{group.owner.student} ({group.owner.number})")
    return made
