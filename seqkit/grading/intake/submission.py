"""A notebook that was handed in, read as data: never opened by Jupyter, never run. `read` takes whatever bytes come.

A file is refused as a whole only if its code may not be what was written: damaged JSON, a wrong structure. What is odd
and does no harm becomes a note. Nothing in it counts but the source of its code cells: not points, not tags, not outputs.
"""

import hashlib
import math
import re
from dataclasses import dataclass
from itertools import chain

from seqkit.errors import IntakeError
from seqkit.grading.intake.decoding import AGAIN, CLEAR, parsed, text_of
from seqkit.grading.intake.naming import printable

MAX_BYTES = 20_000_000
"""Size of a file that is read."""
MAX_LETTERS = 1_000_000
"""Letters of code in one notebook, all cells together."""
MAX_CELLS = 2_000
KINDS_OF_CELL = ("code", "markdown", "raw", "heading", "html")
OF_NOTHING = hashlib.sha256().hexdigest()
NO_TEXT = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True)
class Submission:
    """What was handed in, as far as it counts.

    Attributes:
        code: the source of each code cell, in order, with "\\n" line ends; () if it could not be read.
        sha256: of the bytes.
        problem: one sentence that names the file and says why it could not be read; "" if it could.
        notes: what was odd in the file and did no harm.
    """

    code: tuple[str, ...]
    sha256: str
    problem: str = ""
    notes: tuple[str, ...] = ()


def read(data, file, size_bytes=None):
    """The `Submission` in the bytes of a file. It never raises: what cannot be read has a `problem`.

    Args:
        data: the bytes; of a larger file the first `MAX_BYTES` + 1 are enough.
        file: its name, for the sentences; one that ends in `.py` is read as one code cell.
        size_bytes: how large the file is, if `data` is only its beginning.
    """
    sha256, notes = hashlib.sha256(data).hexdigest(), []
    try:
        _refuse_large(max(len(data), size_bytes or 0))
        is_script = str(file).lower().endswith(".py")
        text = text_of(data, notes)
        if is_script:
            notes.append("It is a Python file, read as one code cell.")
        found = [text] if is_script else _sources(parsed(text, notes), notes)
        return Submission(_code(found, notes), sha256, notes=tuple(notes))
    except IntakeError as error:
        return refused(file, error, sha256)


def refused(file, why, sha256=OF_NOTHING):
    """The `Submission` of a file that cannot be read; `why` goes on after its name."""
    return Submission((), sha256, f"{printable(file)} {why}")


def _refuse_large(size_bytes):
    if size_bytes > MAX_BYTES:
        raise IntakeError(
            f"is {math.ceil(size_bytes / 1e5) / 10:.1f} MB; files of up to {MAX_BYTES // 10**6} MB are read. {CLEAR}"
        )


def _sources(notebook, notes):
    """The source of each code cell of a parsed notebook."""
    if not isinstance(notebook, dict):
        raise IntakeError(f"is JSON and no notebook: it is not an object with cells. {AGAIN}")
    version = _version(notebook, notes)
    cells = _cells(notebook)
    _note_oddities(notebook, cells, version, notes)
    sources = [_source(cell, number) for number, cell in enumerate(cells, 1) if cell["cell_type"] == "code"]
    if not sources:
        raise IntakeError("has no code cell: there is nothing to grade. Hand in the notebook with the answers.")
    return sources


def _version(notebook, notes):
    """The version of the notebook format, 2 or more."""
    version = notebook.get("nbformat", 4.0)
    if not isinstance(version, float) or not 2 <= version < 1000 or version % 1:
        raise IntakeError(f"is no notebook that can be read: `nbformat` is not 2, 3 or 4. {AGAIN}")
    if "nbformat" not in notebook:
        notes.append("The file names no notebook format; it is read as format 4.")
    elif version != 4:
        notes.append(f"The file is in notebook format {version:.0f}; today's is 4.")
    return version


def _cells(notebook):
    """The cells, in order; formats 2 and 3 keep them in worksheets."""
    cells = notebook.get("cells")
    if cells is None and isinstance(notebook.get("worksheets"), list):
        sheets = [sheet.get("cells") if isinstance(sheet, dict) else None for sheet in notebook["worksheets"]]
        is_whole = len(sheets) <= MAX_CELLS and all(isinstance(sheet, list) for sheet in sheets)
        cells = list(chain.from_iterable(sheets)) if is_whole else None
    if not isinstance(cells, list):
        raise IntakeError(f"is no notebook that can be read: it has no list of cells. {AGAIN}")
    if len(cells) > MAX_CELLS:
        raise IntakeError(
            f"has {len(cells):,} cells; up to {MAX_CELLS:,} are read. Hand in the notebook as it was given out."
        )
    if not cells:
        raise IntakeError("has no cells: there is nothing to grade. Hand in the notebook with the answers.")
    for number, cell in enumerate(cells, 1):
        if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
            raise IntakeError(f"is no notebook that can be read: cell {number} is no cell. {AGAIN}")
    return cells


def _source(cell, number):
    """The source of a code cell: `source`, or `input` before format 4; a text, or a list of texts to be joined."""
    source = cell.get("source", cell.get("input"))
    if isinstance(source, str):
        return source
    if not isinstance(source, list) or not all(isinstance(line, str) for line in source):
        raise IntakeError(f"is no notebook that can be read: the source of cell {number} is no text. {AGAIN}")
    return "".join(source)


def _note_oddities(notebook, cells, version, notes):
    if any(cell["cell_type"] not in KINDS_OF_CELL for cell in cells):
        notes.append("Some cells are of a type that notebooks do not have. They are left out.")
    ids = [cell.get("id") for cell in cells if isinstance(cell.get("id"), str)]
    if len(set(ids)) < len(ids):
        notes.append("Some cells have the same id.")
    minor = notebook.get("nbformat_minor")
    if version == 4 and isinstance(minor, float) and minor >= 5 and len(ids) < len(cells):
        notes.append("Some cells have no id.")
    if not isinstance(notebook.get("metadata"), dict):
        notes.append("The file has no metadata.")
    elif not _is_python(notebook["metadata"]):
        notes.append("The file says that its language is not Python.")


def _is_python(metadata):
    told = [(metadata.get("kernelspec"), "language"), (metadata.get("language_info"), "name")]
    languages = [part[key] for part, key in told if isinstance(part, dict) and isinstance(part.get(key), str)]
    return all(language.lower().startswith(("python", "ipython")) for language in languages)


def _code(sources, notes):
    """The sources as they are graded: one sort of line end, and no letter that a program or a database refuses."""
    if sum(map(len, sources)) > MAX_LETTERS:
        raise IntakeError(
            f"holds {sum(map(len, sources)):,} letters of code; up to {MAX_LETTERS:,} are read. Hand in the code without data in it."
        )
    if any("\r" in source for source in sources):
        notes.append("Its lines end as on Windows, or on an old Mac.")
        sources = [source.replace("\r\n", "\n").replace("\r", "\n") for source in sources]
    clean = tuple(NO_TEXT.sub("\ufffd", source) for source in sources)
    if clean != tuple(sources):
        notes.append("Its code holds characters that are no text; each is read as �.")
    return clean
