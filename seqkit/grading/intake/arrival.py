"""What a teacher gave: a folder, a zip or a notebook, as a list of the files in it. Zips are looked into."""

import os
from dataclasses import replace

from seqkit.errors import IntakeError
from seqkit.grading.intake import archive, listing
from seqkit.grading.intake.layout import is_notebook, is_zip, stem
from seqkit.grading.intake.listing import Found
from seqkit.grading.intake.naming import owner

ZIPS = 2
"""How many zips are opened one inside the other."""
FORMS = "a folder for each student, notebooks with the student's name in theirs, nbgrader's `submitted`, or a platform's download"


def arrived(path):
    """[Found], [note] of everything at a path; what a zip holds stands in its place.

    Raises:
        IntakeError: nothing is there, it cannot be opened, or it is of another kind.
    """
    notes = []
    return _opened(_given(path), notes), notes


def _given(path):
    """[Found] in a folder, or the file; of a folder with one zip and nothing else, that zip."""
    try:
        if not path.is_dir():
            return _in_file(path)
        found = listing.in_folder(path)
    except OSError as error:
        raise IntakeError(
            f"{path} cannot be opened: {error.strerror}. Give the folder, zip or notebook handed in."
        ) from error
    return _in_file(path / os.path.basename(found[0].source.path)) if _is_one_download(found) else found


def _is_one_download(found):
    """Whether a zip is all there is in a folder, and none that a platform names as one student's."""
    alone = len(found) == 1 and found[0].source is not None and is_zip(found[0].name)
    return alone and owner(stem(found[0].name), "").by != "platform"


def _in_file(path):
    found = listing.on_disk(path)
    if is_zip(path.name):
        return [replace(found, parts=())]
    if is_notebook(found) or path.suffix == ".py":
        return [found]
    raise IntakeError(
        f"{path} is neither a folder, nor a zip, nor a notebook. It takes {FORMS}; or a zip of one of these."
    )


def _opened(found, notes):
    """[Found] with what is in each zip in its place; a zip that cannot be opened stays, and says why."""
    inner = []
    for one in found:
        if not one.source or (one.parts and not is_zip(one.name)):
            inner.append(one)
            continue
        try:
            inner += _members(one, notes)
        except IntakeError as error:
            if not one.parts:
                raise IntakeError(f"{one.source.path} {error}") from error
            inner.append(replace(one, obstacle=str(error)))
    return inner


def _members(found, notes):
    if found.obstacle:
        raise IntakeError(found.obstacle)
    if found.inside == ZIPS:
        raise IntakeError("is a zip in a zip in a zip. Ask for the notebook alone.")
    members, said = archive.in_zip(found)
    notes += said
    return _opened(members, notes) or [Found(found.parts)]
