"""The pages of a report: one of the class, one for each student to be handed back, one of each for the teacher alone.

Every page is one file that needs no other, and no network: its style, which a Content-Security-Policy names by its hash, and
its pictures are in it, and no script. Whatever a student wrote is shown as text.
"""

import base64
import functools
import hashlib
import importlib.resources
import re
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from seqkit.grading.report import pictures, similarity, slugs, statistics, words
from seqkit.grading.report.publishing import publish
from seqkit.grading.report.visible import one_line, visible
from seqkit.steps import count

_TICKED = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Card:
    """One exercise of one student, as it stands on a page.

    Attributes:
        number: its place in the assignment, from 1.
        item: of the assignment.
        score: of the submission; None if it was not judged.
        state, mark: how it went, in words and as a sign.
        earned: after adjustment, before its weight.
        adjustment: by a teacher, or None.
        picture: of the student's own chain, or None.
    """

    number: int
    item: object
    score: object
    state: str
    mark: str
    earned: float
    adjustment: object
    picture: pictures.Picture | None


@dataclass(frozen=True)
class Alike:
    """Two students whose code is alike; `pair` says how much."""

    one: str
    other: str
    pair: similarity.Pair


def write(entries, assignment, out, tell=None, given=()):
    """Write the pages of a class into the folder `out`: `index.html`, `students/`, `teacher/`.

    Args:
        entries: one for each student, as `Gradebook.current` gives them.
        assignment: what was asked.
        out: a folder; pages that an earlier report wrote there are replaced, or removed with their student.
        tell: called with (pages written, pages in all) after each.
        given: sources of the cells that were handed out, which make nobody alike.

    Returns:
        The paths of the pages, the one of the class first.

    Raises:
        GradebookError: a page cannot be written, or would replace a file that is not ours.
    """
    pages = Pages(entries, assignment, given)
    written = []
    for path in publish(pages.all(), pages.names(), out):
        written.append(path)
        if tell:
            tell(len(written), len(pages.names()))
    return written


class Pages:
    """The pages of one report, made when they are asked for."""

    def __init__(self, entries, assignment, given=()):
        self.entries, self.assignment = sorted(entries, key=_by_name), assignment
        self.slugs = slugs.slugs(entry.student for entry in self.entries)
        self.alike = _alike(self.entries, given)
        self.picture = functools.lru_cache(256)(pictures.picture)  # a right answer's run is that of all others

    def names(self):
        """The names of all pages, in the order of `all`."""
        return ["index.html"] + [
            f"{room}/{slug}.html" for slug in self.slugs.values() for room in ("students", "teacher")
        ]

    def all(self):
        """(name, text) of each page."""
        yield "index.html", self.of_class()
        for entry in self.entries:
            slug = self.slugs[entry.student]
            yield f"students/{slug}.html", self.of_student(entry)
            yield f"teacher/{slug}.html", self.for_teacher(entry)

    def of_class(self):
        """The page of the class, for the teacher."""
        tables = "overview", "distribution", "difficulty", "stuck", "late"
        rows = "known_mistakes", "unknown_mistakes", "tomorrow", "misplaced", "unread", "faults", "cost"
        found = {name: getattr(statistics, name)(self.entries, self.assignment) for name in tables}
        found |= {name: getattr(statistics, name)(self.entries) for name in rows}
        students = [(entry, self._total(entry), self.cards(entry, drawn=False)) for entry in self.entries]
        return self._page("class.html", students=students, alike=self.alike, **found)

    def of_student(self, entry):
        """The page that is handed back: nothing in it of another student, of the reference, of the secret draw."""
        told = words.advice(entry.graded, self.assignment)
        return self._page("student.html", entry=entry, cards=self.cards(entry), total=self._total(entry), told=told)

    def for_teacher(self, entry):
        """What the teacher alone may see of one student."""
        alike = [each for each in self.alike if entry.student in (each.one, each.other)]
        cards = self.cards(entry, drawn=False)
        return self._page("teacher.html", entry=entry, cards=cards, total=self._total(entry), alike=alike)

    def cards(self, entry, drawn=True):
        """A `Card` for each exercise of the assignment."""
        return [self._card(entry, i, item, drawn) for i, item in enumerate(self.assignment.items, 1)]

    def _card(self, entry, i, item, drawn):
        score = statistics.score_of(entry, item.exercise)
        state = words.state(score, entry.graded.status)
        adjustment = entry.adjustments.get(item.exercise)
        picture = self.picture(score.run) if drawn and score and score.run else None
        return Card(i, item, score, state, words.MARKS[state], entry.earned(item.exercise), adjustment, picture)

    def _total(self, entry):
        return statistics.total(entry, self.assignment)

    def _page(self, template, **values):
        shared = {"assignment": self.assignment, "slugs": self.slugs, "css": _css(), "policy": _policy()}
        return _environment().get_template(template).render(**shared, **values)


def _by_name(entry):
    return entry.student.casefold(), entry.student


def _alike(entries, given):
    pairs = similarity.pairs([entry.graded.code for entry in entries], given)
    return [Alike(entries[pair.one].student, entries[pair.other].student, pair) for pair in pairs]


@functools.cache
def _css():
    return Markup(importlib.resources.files("seqkit.grading.report").joinpath("pages/report.css").read_text("utf-8"))


@functools.cache
def _policy():
    """Nothing is loaded, run or sent; the one style is known by its hash."""
    digest = base64.b64encode(hashlib.sha256(_css().encode()).digest()).decode()
    return f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@functools.cache
def _environment():
    loader = PackageLoader("seqkit.grading.report", "pages")
    made = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, finalize=_shown, trim_blocks=True, lstrip_blocks=True
    )
    made.filters |= {"line": one_line, "ticked": ticked, "visible": visible}
    made.filters |= {f.__name__: f for f in (words.percent, words.number, words.duration, words.memory)}
    made.filters |= {"moment": words.moment, "many": count}
    return made


def _shown(value):
    """Every text that a template puts out comes through here, and is escaped behind it."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else visible(value)


def ticked(text, most=1000):
    """`text` with what stands between backticks as code; all of it escaped."""
    parts = _TICKED.split(visible(text, most))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if i % 2 else escape(part) for i, part in enumerate(parts)
    )
