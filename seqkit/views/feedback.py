"""What a learner reads: a verdict, a hint, an exercise, progress; each as text and as HTML.

The text is the whole message and the HTML the same for the eye: it holds marks and words, so it reads without colour, and
where styles are stripped. Everything in it that an answer may have made is escaped.
"""

from dataclasses import dataclass
from datetime import date
from html import escape

import numpy as np

from seqkit.check import Verdict
from seqkit.compare import text
from seqkit.plain import Run
from seqkit.steps import count

WORDS = {"✓": "right", "✗": "not yet", "·": "not started", "?": "not judged"}
CELLS = 10
"""So many numbers of an array are shown, around the first that differs."""
LINES, BEFORE = 12, 3
"""So many layers are shown, and of those so many before the first that differs."""
COPY = "navigator.clipboard.writeText(this.parentNode.querySelector('code').textContent);this.textContent='copied'"
STYLE = """<style>
.seqkit { max-width: 46rem; padding: .5rem .8rem; border: 1px solid var(--jp-border-color1, #8888);
  border-left-width: .4rem; border-radius: 4px; line-height: 1.45; overflow-wrap: anywhere;
  color: var(--jp-content-font-color1, inherit); font-family: var(--jp-content-font-family, inherit); }
.seqkit-right { border-left-color: #1a7f5a; } .seqkit-wrong { border-left-color: #c2540a; }
.seqkit p { margin: .2rem 0; } .seqkit pre { margin: .3rem 0; padding: .4rem; white-space: pre-wrap;
  background: var(--jp-layout-color2, #8881); color: inherit; border-radius: 3px; }
.seqkit summary { cursor: pointer; } .seqkit button { font: inherit; font-size: .85em; cursor: pointer; color: inherit;
  background: var(--jp-layout-color2, #8882); border: 1px solid var(--jp-border-color1, #8888); border-radius: 3px; }
.seqkit table { border-collapse: collapse; margin: .3rem 0; } .seqkit th { font-weight: 600; text-align: left; padding-right: .6rem; }
.seqkit td { padding: .1rem .4rem; text-align: right; font-family: var(--jp-code-font-family, monospace); font-size: .85em; }
.seqkit .off { outline: 2px solid currentColor; outline-offset: -2px; font-weight: 700; }
</style>"""
LAYERS_STYLE = """<style>
.seqkit .layers { overflow-wrap: normal; } .seqkit .layers caption { text-align: left; }
.seqkit .layers :is(td, thead th) { text-align: left; padding: .1rem .5rem; } .seqkit .layers th { padding-left: 0; }
.seqkit .layers thead th { padding-left: .5rem; } .seqkit .layers thead th:first-child { padding-left: 0; }
.seqkit .layers tbody th { font-weight: 400; overflow-wrap: anywhere; }
</style>"""


@dataclass(frozen=True)
class Feedback(Verdict):
    """A `Verdict` that shows itself in a notebook, with the next hint folded under it."""

    hint: str = ""

    __repr__ = Verdict.__str__

    def _repr_html_(self):
        side = {"✓": "right", "✗": "wrong"}.get(self.mark, "note")
        head = f"<p><strong>{self.mark} {escape(self.exercise)}</strong>: {_counted(self)}</p>"
        parts = [head, _paragraph(self.sentence), *map(_paragraph, self.remarks)]
        parts += [_layers(self.failure.layers) + _failure(self.failure)] if self.failure else []
        parts += [_folded("next hint", _paragraph(self.hint))] if self.hint and not self.ok else []
        return _card("".join(parts), side)


@dataclass(frozen=True)
class Note:
    """A few words to be read: a hint, or why a reference stays closed."""

    words: str

    def __repr__(self):
        return self.words

    def _repr_html_(self):
        return _card(_paragraph(self.words), "note")


@dataclass(frozen=True)
class Code:
    """A piece of code with words before it."""

    words: str
    code: str

    def __repr__(self):
        return f"{self.words}\n\n{self.code}"

    def _repr_markdown_(self):
        return f"{self.words}\n\n```python\n{self.code}\n```"


@dataclass(frozen=True)
class Progress:
    """What a learner has done, for all exercises in the order of the course.

    Attributes:
        rows: (exercise, lesson, points, `Record`) of each.
        today: the day it is shown.
    """

    rows: tuple
    today: date

    @property
    def due(self):
        """The exercises to look back at today."""
        return [name for name, _, _, record in self.rows if record.due and record.due <= self.today]

    @property
    def solved(self):
        """The exercises that were solved."""
        return [name for name, _, _, record in self.rows if record.solved]

    @property
    def summary(self):
        """All of it in one line."""
        earned, points = sum(row[3].earned for row in self.rows), sum(row[2] for row in self.rows)
        back = f"look back today at {', '.join(self.due)}" if self.due else "nothing to look back at today"
        return f"{len(self.solved)} of {len(self.rows)} exercises solved, {earned:g} of {points} points; {back}"

    def lessons(self):
        """{lesson: its rows}."""
        found = {}
        for row in self.rows:
            found.setdefault(row[1], []).append(row)
        return found

    def __repr__(self):
        lines = [self.summary]
        for lesson, rows in self.lessons().items():
            lines.append(f"{lesson}: " + "  ".join(f"{_mark(row[3])} {row[0]}" for row in rows))
        return "\n".join(lines)

    def _repr_html_(self):
        rows = "".join(_lesson(lesson, rows, self.due) for lesson, rows in self.lessons().items())
        legend = "✓ solved, ✗ tried, · not started, ↻ worth a look back today"
        return _card(f"{_paragraph(self.summary)}<table>{rows}</table>{_paragraph(legend)}", "note")


def _mark(record):
    return "✓" if record.solved else "✗" if record.tries else "·"


def _lesson(lesson, rows, due):
    names = ", ".join(f"{_mark(row[3])} {escape(row[0])}{' ↻' * (row[0] in due)}" for row in rows)
    earned, points = sum(row[3].earned for row in rows), sum(row[2] for row in rows)
    bar = f'<progress value="{earned:g}" max="{points}">{earned:g} of {points}</progress>'
    cells = [f'<td style="text-align:left">{names}</td>', f"<td>{bar}</td>", f"<td>{earned:g} of {points}</td>"]
    return f"<tr><th>{escape(lesson)}</th>{''.join(cells)}</tr>"


def _card(inside, side):
    return f'{STYLE}<div class="seqkit seqkit-{side}">{inside}</div>'


def _paragraph(words):
    """Words as HTML: escaped, and what stands between backticks as code."""
    pieces = escape(words).split("`")
    marked = [f"<code>{piece}</code>" if i % 2 else piece for i, piece in enumerate(pieces)]
    return f"<p>{''.join(marked)}</p>" if len(pieces) % 2 else f"<p>{escape(words)}</p>"


def _folded(title, inside):
    return f"<details><summary>{title}</summary>{inside}</details>"


def _counted(verdict):
    said = WORDS[verdict.mark]
    if not verdict.started or not verdict.judged:
        return said
    return f"{said}, {verdict.agreed} of {count(verdict.asked, 'probe')}, {verdict.earned:g} of {count(verdict.points, 'point')}"


def _layers(lines):
    """Layer by layer the shapes that left the answer's and the reference's, around the first that differs; "" of none."""
    if not lines:
        return ""
    first = next(i for i, line in enumerate(lines) if line.differs)
    start = max(0, min(first - BEFORE, len(lines) - LINES))
    shown = "".join(_line(line, start + i == first) for i, line in enumerate(lines[start : start + LINES]))
    rows = f"{_more(start)}{shown}{_more(len(lines) - start - LINES)}"
    heads = '<th scope="col">layer</th><th scope="col">yours</th><td></td><th scope="col">reference</th><td></td>'
    head = f"<caption>layer by layer: the shape that each puts out</caption><thead><tr>{heads}</tr></thead>"
    return f'{LAYERS_STYLE}<table class="layers">{head}<tbody>{rows}</tbody></table>'


def _line(line, is_first):
    """A row; the first that differs is framed, and says so."""
    marked = ' class="off"' if is_first else ""
    said = ": ".join(filter(None, ["← the first difference" * is_first, line.differs.replace("alone", "")]))
    sides = escape(line.got) or "–", "≠" if line.differs else "=", escape(line.want) or "–"
    cells = "".join(f"<td{marked}>{side}</td>" for side in sides)
    return f'<tr><th scope="row">{escape(line.layer) or "no layer"}</th>{cells}<td>{said}</td></tr>'


def _more(number):
    return f'<tr><td colspan="5">… {number:,} more</td></tr>' if number > 0 else ""


def _failure(failure):
    """The failing call with a button that copies it, and both values side by side."""
    code = (
        f'<div><button type="button" onclick="{COPY}">copy</button><pre><code>{escape(failure.code)}</code></pre></div>'
    )
    return _folded(f"the call that shows it: {escape(failure.probe)}", code) + _beside(failure)


def _beside(failure):
    """What came and what was wanted, where they differ: numbers as strips, all else as text."""
    seen, wanted = (_at(value, failure.difference.path) for value in (failure.seen, failure.wanted))
    place = f" ({escape(failure.difference.place)})" if failure.difference.path else ""
    if _is_strip(seen) and _is_strip(wanted) and np.shape(seen) == np.shape(wanted):
        return f"<table>{_strips(np.ravel(seen), np.ravel(wanted), place)}</table>"
    rows = [("yours", text(seen)), ("reference", text(wanted))]
    cells = (f'<tr><th>{who}{place}</th><td style="text-align:left">{escape(said)}</td></tr>' for who, said in rows)
    return f"<table>{''.join(cells)}</table>"


def _at(value, path):
    """The part of an observation that a path leads to; as far as it goes."""
    value = value.output if isinstance(value, Run) else value
    if not path:
        return value
    try:
        return _at(value[path[0]], path[1:])
    except (KeyError, IndexError, TypeError):
        return value


def _is_strip(value):
    return isinstance(value, np.ndarray) and value.size > 1 and value.dtype.kind in "fiu"


def _strips(seen, wanted, place):
    """Two rows of cells, orange above zero and blue below, the more so the larger; those that differ are framed."""
    off = ~np.isclose(seen.astype(float), wanted.astype(float), rtol=1e-4, atol=1e-6, equal_nan=True)
    first = int(np.argmax(off))
    start = max(0, min(first - 1, seen.size - CELLS))
    window = slice(start, start + CELLS)
    shown = np.concatenate([seen[window], wanted[window]]).astype(float)
    largest = np.abs(shown[np.isfinite(shown)]).max(initial=0) or 1.0
    rows = [("yours", seen[window], off[window]), ("reference", wanted[window], np.zeros(CELLS, bool))]
    more = f", from number {start}" if start else ""
    return "".join(
        f"<tr><th>{who}{place}{more}</th>{_cells(values, marks, largest)}</tr>" for who, values, marks in rows
    )


def _cells(values, marks, largest):
    return "".join(_cell(float(v), bool(off), largest) for v, off in zip(values, marks, strict=False))


def _cell(value, off, largest):
    share = min(abs(value) / largest, 1) if np.isfinite(value) else 0
    colour = "230, 126, 34" if value > 0 else "52, 120, 200"
    marked = ' class="off"' if off else ""
    return f'<td{marked} style="background: rgba({colour}, {0.55 * share:.2f})">{"≠ " * off}{value:.4g}</td>'
