"""The lessons as a course: their cells in order, the terms that they teach, what the glossary says of them."""

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
LESSONS = {path.stem: nbformat.read(path, as_version=4) for path in sorted(NOTEBOOKS.glob("*.ipynb"))}
CLAIM = "claim:"
NAMES = {"BatchNorm"}  # terms that keep their capital
BOLD = re.compile(r"\*\*(.+?)\*\*")
CODE = re.compile(r"`[^`]+`")


@dataclass(frozen=True)
class Prose:
    """The text of one markdown cell, and the heading under which it stands, without its backquotes, as in a link."""

    lesson: str
    cell: str
    heading: str
    text: str


@dataclass(frozen=True)
class Entry:
    """A term of the glossary, and where it says that the term is taught."""

    term: str
    words: str
    lesson: str
    heading: str


def prose():
    """Every text of the course, in the order in which a learner meets them."""
    for lesson, notebook in LESSONS.items():
        heading = ""
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                headings = re.findall(r"(?m)^#+ (.+)$", cell.source)
                heading = headings[-1].replace("`", "") if headings else heading
                yield Prose(lesson, cell.id, heading, cell.source)


def terms(text):
    """The terms in bold in `text`, a capital at the start of a sentence made small; a sentence in bold is none."""
    return [_in_the_middle(found) for found in BOLD.findall(text) if not found.endswith(".")]


def _in_the_middle(term):
    return term if term[1:2].isupper() or term in NAMES else term[0].lower() + term[1:]


def glossary():
    """The entries of the glossary, in its order."""
    for entry in (NOTEBOOKS / "glossary.md").read_text().split("\n## ")[1:]:
        term, _, rest = entry.partition("\n")
        [(lesson, heading)] = re.findall(r"\]\((\w+)\.ipynb#(.+)\)", rest)
        yield Entry(term, rest.partition("[Lesson")[0].strip(), lesson, heading.replace("-", " "))


def says(text, term):
    """Whether `text` uses `term`, in the singular or the plural; of code only code is the same word."""
    if term.startswith("`"):
        return term in text
    word = "[ -]".join(map(re.escape, re.split("[ -]", term.removesuffix("s"))))
    return bool(re.search(rf"(?i)(?<![\w-]){word}s?(?![\w-])", CODE.sub("", text)))


def shown(cell):
    """What a saved cell shows, as text."""
    outputs = cell.get("outputs", [])
    return "\n".join("".join(each.get("text", "")) or each.get("data", {}).get("text/plain", "") for each in outputs)
