"""The lessons as a course: every claim of the documents has its cell, no word is met before it is explained."""

import re
import subprocess
import sys
import tomllib

import pytest

from seqkit.exercise import index
from tests import course
from tests.course import CLAIM, LESSONS, NOTEBOOKS
from tests.run_notebooks import WIDGET_VIEW

ROOT = NOTEBOOKS.parent
CLAIMS = tomllib.loads((ROOT / "tests" / "claims.toml").read_text())
ENTRIES = list(course.glossary())
# Words that somebody who knows Python and a little NumPy has not met: a lesson that uses one has to teach it.
JARGON = """accuracy, backpropagation, batch norm, broadcasting, buffer, closure, cross-entropy, dead unit, dropout, epoch,
    embedding, eager, functional, gradient, held-out, hyperparameter, inference, jit, leaf, learning rate, logit, logits,
    loss, MLP, momentum, optimizer, overfitting, perceptron, pytree, regularisation, residual, running mean, skip connection,
    softmax, stateful, tensor, tracer, variable, vmap"""

# Terms that are words of every day too, which a lesson may have used in that sense.
EVERYDAY = {"key": "the arrow keys"}


def tagged(lesson, tag):
    return [cell for cell in LESSONS[lesson].cells if tag in cell.metadata.get("tags", [])]


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_claim_of_the_documents_has_a_cell_that_shows_whether_it_holds(claim):
    about = CLAIMS[claim]
    cells = tagged(about["lesson"], f"{CLAIM}{claim}")
    assert cells, f"no cell of {about['lesson']} is tagged {CLAIM}{claim}: {about['says']}"
    assert all(cell.cell_type == "code" for cell in cells)
    seen = "\n".join(map(course.shown, cells))
    assert about["shows"] and not [text for text in about["shows"] if text not in seen]


@pytest.mark.parametrize("lesson", LESSONS)
def test_no_tag_names_a_claim_that_nobody_made(lesson):
    tags = {tag for cell in LESSONS[lesson].cells for tag in cell.metadata.get("tags", []) if tag.startswith(CLAIM)}
    assert not [tag for tag in tags if CLAIMS.get(tag.removeprefix(CLAIM), {}).get("lesson") != lesson]


@pytest.mark.parametrize("claim", [name for name, about in CLAIMS.items() if not about["holds"]])
def test_the_document_of_a_false_claim_is_named_in_its_lesson(claim):
    texts = " ".join(cell.source for cell in LESSONS[CLAIMS[claim]["lesson"]].cells if cell.cell_type == "markdown")
    assert CLAIMS[claim]["document"].partition(" (")[0] in texts


def test_the_glossary_is_in_the_order_of_the_alphabet():
    names = [entry.term.strip("`@").lower() for entry in ENTRIES]
    assert names == sorted(set(names))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.term)
def test_a_term_is_taught_where_the_glossary_says(entry):
    here = [text for text in course.prose() if (text.lesson, text.heading) == (entry.lesson, entry.heading)]
    assert here, f"{entry.lesson} has no heading {entry.heading}"
    assert entry.term in [term for text in here for term in course.terms(text.text)]
    assert 3 <= len(entry.words.split()) <= 35 and entry.words.endswith(".")


def test_every_term_in_bold_is_taught_once_and_stands_in_the_glossary():
    bold = [term for text in course.prose() for term in course.terms(text.text)]
    known = [entry.term for entry in ENTRIES]
    alone, unused = sorted(set(bold) - set(known)), sorted(set(known) - set(bold))
    assert (alone, unused) == ([], []), f"bold without an entry in glossary.md: {alone}; an entry never bold: {unused}"
    assert not (twice := sorted({term for term in bold if bold.count(term) > 1})), f"bold more than once: {twice}"


@pytest.mark.parametrize("entry", [each for each in ENTRIES if each.term not in EVERYDAY], ids=lambda entry: entry.term)
def test_no_lesson_uses_a_term_before_it_is_taught(entry):
    for text in course.prose():
        if entry.term in course.terms(text.text):
            break
        ahead = text.cell in ("title", "recap")
        assert ahead or not course.says(text.text, entry.term), f"{text.lesson}, cell {text.cell}"


@pytest.mark.parametrize("word", re.split(r",\s+", JARGON))
def test_a_word_of_the_trade_is_taught_where_it_is_used(word):
    if any(course.says(text.text, word) for text in course.prose()):
        assert any(course.says(entry.term.replace("`", ""), word) for entry in ENTRIES)


@pytest.mark.parametrize("lesson", [lesson for lesson in LESSONS if not lesson.startswith("00")])
def test_a_learner_is_answered_at_least_every_six_cells(lesson):
    answers = [
        cell.cell_type == "code" and bool(re.search(r"sk\.check\(|==", cell.source)) for cell in LESSONS[lesson].cells
    ]
    silent = max(len(run) for run in "".join("✓·"[not answer] for answer in answers).split("✓"))
    assert silent <= 6


def test_the_lessons_are_spelt_right(tmp_path):
    for lesson, notebook in LESSONS.items():
        (tmp_path / f"{lesson}.md").write_text("\n".join(cell.source for cell in notebook.cells))
    found = subprocess.run([sys.executable, "-m", "codespell_lib", tmp_path], cwd=ROOT, capture_output=True, text=True)
    assert (found.returncode, found.stdout) == (0, "")


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_can_be_read_where_nothing_runs(lesson):
    """GitHub shows PNG and text; of a live view alone it shows nothing."""
    shown = [each.get("data", {}) for cell in LESSONS[lesson].cells for each in cell.get("outputs", [])]
    assert any("image/png" in each for each in shown)
    assert not [each for each in shown if set(each) & {WIDGET_VIEW, "application/javascript"}]


@pytest.mark.parametrize("lesson", sorted(LESSONS)[1:])
def test_the_first_cell_says_how_to_clear_the_answers_that_are_saved_below_the_questions(lesson):
    how = "*Edit → Clear Outputs of All Cells*"
    assert how in LESSONS[lesson].cells[0].source, f"the first cell of {lesson} does not say {how}: see another lesson"


def test_the_list_of_lessons_has_each_with_its_title():
    listed = (NOTEBOOKS / "index.md").read_text()
    for lesson, notebook in LESSONS.items():
        begins = re.match(r"# (.+)\n(?s:.*)About (\d+) minutes", notebook.cells[0].source)
        assert begins, f"the first cell of {lesson} has no title, or does not say: About 25 minutes"
        title, minutes = begins.groups()
        asked = sum(page.lesson == lesson for page in index().values()) or "–"
        row = (
            rf"\| {lesson[:2]} \| {re.escape(f'[{title}]({lesson}.ipynb)')} \| .+ \| {asked} \| {minutes}( to \d+)? \|"
        )
        assert re.search(row, listed), (
            f"index.md has no line: {lesson[:2]} | [{title}]({lesson}.ipynb) | … | {asked} | {minutes}"
        )


def test_the_number_of_lessons_is_what_the_list_and_the_readme_say():
    said = "nine ten eleven twelve thirteen fourteen fifteen sixteen".split()[len(LESSONS) - 9]
    assert f"{said.capitalize()} lessons" in (NOTEBOOKS / "index.md").read_text(), f"there are {said}"
    assert f"There are [{said}](notebooks/index.md)" in (ROOT / "README.md").read_text(), f"there are {said}"
