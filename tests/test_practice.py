"""What a learner calls and reads: check, hint, reference, exercise, progress; as text and as HTML."""

import html.parser
import importlib
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from html import unescape

import pytest

import seqkit as sk
from seqkit.completion import matching
from seqkit.errors import ExerciseError
from seqkit.exercise import load, names
from seqkit.judge import Line
from seqkit.progress import FILE, note, record, records


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SEQKIT_HOME", str(tmp_path))


def wrong(layers, x):
    return 0.5


def right(layers, x):
    return load("forward").reference(layers, x)


# ---- check ----


def test_a_check_is_a_verdict_in_one_line_and_is_kept():
    verdict = sk.check("forward", wrong)
    assert str(verdict) == repr(verdict) and "\n" not in str(verdict)
    assert not verdict.ok and verdict.failure.call.startswith("forward([double]")
    assert sk.check("forward", right).ok
    assert (record("forward").tries, record("forward").solved) == (2, [date.today()])


def test_an_answer_that_was_not_started_is_no_try():
    sk.check("forward", lambda layers, x: None)
    assert record("forward").tries == 0


def test_an_example_is_no_try():
    assert sk.check("forward", right, keep=False).ok
    assert record("forward").tries == 0


def test_a_verdict_comes_even_where_nothing_can_be_kept(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SEQKIT_HOME", str(tmp_path / "file"))
    verdict = sk.check("forward", right)
    assert verdict.ok and "This was not saved: the progress in " in str(verdict)
    hint = sk.hint("forward").words
    assert hint.startswith("forward, hint 1 of 3") and "This was not saved: the progress in " in hint


def test_a_reference_comes_even_where_nothing_more_can_be_kept(tmp_path):
    sk.check("forward", right)
    with closing(sqlite3.connect(tmp_path / FILE)) as file:
        file.execute("CREATE TRIGGER full BEFORE INSERT ON done BEGIN SELECT RAISE(FAIL, 'disk is full'); END")
    shown = sk.reference("forward")
    assert "x = layer(x)" in shown.code and "This was not saved: the progress in " in shown.words


@pytest.mark.parametrize("call", [sk.check, sk.hint, sk.reference, sk.exercise])
def test_a_misspelt_name_is_answered_with_the_nearest(call):
    with pytest.raises(ExerciseError, match=r"there is no exercise 'foward'\. Did you mean 'forward'\?"):
        call("foward", *([wrong] if call is sk.check else []))


def test_a_name_that_is_no_text_is_answered_with_the_call_to_write():
    with pytest.raises(ExerciseError, match="named by a text, and got a function"):
        sk.check(wrong, "forward")


def test_what_could_not_be_judged_is_no_try(monkeypatch):
    monkeypatch.setattr("seqkit.views.practice.judged", lambda *args: 1 / 0)
    assert not sk.check("forward", right).judged
    assert record("forward").tries == 0


# ---- the card ----


class Tags(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.depth = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        self.depth.append(tag)

    def handle_endtag(self, tag):
        assert self.depth.pop() == tag


EVIL = "</code></pre></div><script>alert(1)</script><img src=x onerror=alert(1)>`\"'"


def returns_evil(layers, x):
    return EVIL


def raises_evil(layers, x):
    raise ValueError(EVIL)


def raises_evil_kind(layers, x):
    raise type("<script>alert(1)</script>", (ValueError,), {})(EVIL)


def keys_of_evil(layers, x):
    return {EVIL: EVIL}


def warns_evil(layers, x):
    import warnings

    warnings.warn(EVIL, stacklevel=1)
    return right(layers, x)


@pytest.mark.parametrize("answer", [returns_evil, raises_evil, raises_evil_kind, keys_of_evil, warns_evil])
def test_nothing_that_an_answer_makes_becomes_markup(answer):
    page = Tags(sk.check("forward", answer)._repr_html_())
    assert set(page.tags) <= set("style div p strong code details summary button pre table tr th td".split())
    assert {name for name, _ in page.attributes} <= {"class", "style", "type", "onclick"}
    assert all("alert" not in value for _, value in page.attributes)


def test_the_card_holds_the_call_both_values_and_the_next_hint():
    card = sk.check("forward", wrong)._repr_html_()
    for part in [
        "✗ forward",
        "forward([double], ",
        ">copy<",
        "yours",
        "reference",
        "next hint",
        load("forward").hints[0],
    ]:
        assert part in card
    sk.hint("forward")
    assert load("forward").hints[1] in sk.check("forward", wrong)._repr_html_()
    assert "next hint" not in sk.check("forward", right)._repr_html_()


def test_values_that_differ_are_marked_without_colour():
    def shifted(layers, x):
        y = right(layers, x)
        return y.at[0, 1].add(1.0) if hasattr(y, "at") else y

    card = sk.check("forward", shifted)._repr_html_()
    assert card.count("≠ ") == 1 and card.count("<td") == 12


def test_the_same_verdict_is_the_same_card():
    assert sk.check("forward", wrong)._repr_html_() == sk.check("forward", wrong)._repr_html_()


def without_a_relu(seed, x, hidden, out):
    import jax
    from flax import linen as nn

    class MLP(nn.Module):
        @nn.compact
        def __call__(self, x):
            layers = [nn.Dense(int(hidden)), nn.Dense(int(hidden)), nn.relu, nn.Dense(int(out))]
            return nn.Sequential(layers)(x)

    return MLP().init_with_output(jax.random.PRNGKey(int(seed)), x)[0]


def layers_of(verdict):
    """The rows of the table "layer by layer" of a card, each as a list of texts, without the heads."""
    table = verdict._repr_html_().partition("<caption>")[2].partition("</table>")[0]
    rows = [re.findall("<t[hd][^>]*>(.*?)</t[hd]>", row) for row in table.split("<tr>")[2:]]
    return [list(map(unescape, row)) for row in rows]


def with_lines(lines):
    """A verdict on a wrong answer whose layers are these."""
    verdict = sk.check("forward", wrong)
    return replace(verdict, failure=replace(verdict.failure, layers=tuple(lines)))


def test_the_card_of_a_wrong_chain_shows_its_layers_beside_the_shapes_of_the_reference():
    verdict = sk.check("three_layer_mlp", without_a_relu)
    assert layers_of(verdict) == [
        ["layer[0] Dense(4)", "(4,)", "=", "(4,)", ""],
        ["no layer", "–", "≠", "(4,)", "← the first difference"],
        ["layer[1] Dense(4)", "(4,)", "≠", "(4,)", "values"],
        ["layer[2] relu", "(4,)", "≠", "(4,)", "values"],
        ["layer[3] Dense(8)", "(8,)", "≠", "(8,)", "values"],
    ]
    assert "layer by layer" not in str(verdict) and "\n" not in str(verdict)


def test_a_right_chain_and_one_that_raises_show_no_layers():
    reference = load("three_layer_mlp").reference
    for answer in [reference, lambda seed, x, hidden, out: reference(seed, x, hidden, "four")]:
        assert "layer by layer" not in sk.check("three_layer_mlp", answer)._repr_html_()


def test_the_layers_are_a_table_that_can_be_heard():
    page = Tags(with_lines([Line("layer[0] relu", "(4,)", "shape", "(5,)")])._repr_html_())
    assert page.tags.count("caption") == page.tags.count("thead") == 1
    assert page.attributes.count(("scope", "col")) == 3 and page.attributes.count(("scope", "row")) == 1
    assert page.attributes.count(("class", "off")) == 3


@pytest.mark.parametrize(
    ("number", "first", "shown"), [(20, 0, range(12)), (20, 9, range(6, 18)), (20, 19, range(8, 20))]
)
def test_of_many_layers_twelve_are_shown_around_the_first_that_differs(number, first, shown):
    lines = [Line(f"layer[{i}] relu", "(4,)", "values" * (i >= first), "(4,)") for i in range(number)]
    said = [row[0] for row in layers_of(with_lines(lines))]
    before, after = shown.start, number - shown.stop
    wanted = [f"… {before} more"] * (before > 0) + [lines[i].layer for i in shown] + [f"… {after} more"] * (after > 0)
    assert said == wanted


def test_no_name_of_a_layer_becomes_markup():
    page = Tags(with_lines([Line(EVIL, EVIL, "values", EVIL)])._repr_html_())
    assert not {"script", "img"} & set(page.tags)
    assert all("alert" not in value for _, value in page.attributes)


# ---- hints and the reference ----


def test_hints_come_one_by_one_and_say_how_many_remain():
    said = [sk.hint("forward").words for _ in range(4)]
    assert [words.partition(":")[0] for words in said[:3]] == [f"forward, hint {i} of 3" for i in (1, 2, 3)]
    assert [words.rpartition(". ")[2] if "?" not in words else words.rpartition("? ")[2] for words in said[:3]] == [
        "2 remain.",
        "1 remains.",
        "None remains.",
    ]
    assert said[3].startswith("forward: all 3 hints are given.")


def test_the_reference_is_closed_until_it_is_solved_or_every_hint_is_given():
    assert repr(sk.reference("forward")) == "forward is not solved yet, and 3 hints of it are left: sk.hint('forward')."
    for _ in range(2):
        sk.hint("forward")
    assert "and 1 hint of it is left" in repr(sk.reference("forward")) and not record("forward").looked
    sk.hint("forward")
    shown = sk.reference("forward")
    assert (
        record("forward").looked
        and "is not solved yet" in shown.words
        and "x = layer(x)" in shown.code
        and "@page" not in shown.code
    )


def test_the_reference_is_open_once_it_is_solved():
    sk.check("forward", right)
    assert not record("forward").looked
    assert sk.reference("forward").words == "`forward`: you solved it. This is how the reference does it."
    assert record("forward").looked


def test_an_exercise_shows_its_statement_and_a_starter_that_runs():
    shown = sk.exercise("forward")
    assert "call the layers in order" in repr(shown) and ">>> forward(" in shown._repr_markdown_()
    room = {}
    exec(shown.code, room)
    assert sk.check("forward", room["forward"]).mark == "·"


# ---- progress ----


def test_progress_tells_what_is_solved_and_what_to_look_back_at():
    note("forward", "check", ok=True, earned=5, at=datetime.now() - timedelta(days=2))
    note("three_layer_mlp", "check", earned=2.5)
    shown = sk.progress()
    assert shown.solved == ["forward"] == shown.due
    assert "look back today at forward" in repr(shown) and "✗ three_layer_mlp" in repr(shown)
    page = Tags(shown._repr_html_())
    assert page.tags.count("tr") == len(shown.lessons()) and "progress" in page.tags
    assert "✓ forward ↻" in shown._repr_html_()


def test_solved_today_is_not_due_today():
    sk.check("forward", right)
    assert sk.progress().due == []


def test_forgetting_begins_anew():
    sk.check("forward", right)
    assert repr(sk.forget()) == "progress.sqlite is deleted: progress begins anew."
    assert sk.progress().solved == []


# ---- names ----


@pytest.mark.parametrize(("line", "found"), [('sk.check("three_l', ["three_layer_mlp"]), ("hint('forw", ["forward"])])
def test_names_are_completed_where_one_belongs(line, found):
    assert matching(line) == found


@pytest.mark.parametrize("line", ["sk.show(three", 'print("for', "sk.check(for", ""])
def test_names_are_not_completed_elsewhere(line):
    assert matching(line) == []


def test_ipython_offers_the_names():
    from IPython.core.completer import provisionalcompleter
    from IPython.core.interactiveshell import InteractiveShell

    from seqkit import completion

    shell = InteractiveShell.instance()
    try:
        completion.offer()
        completion.offer()
        with provisionalcompleter():
            offered = [each.text for each in shell.Completer.completions('sk.check("thr', 13)]
        assert offered.count("three_layer_mlp") == 1
    finally:
        InteractiveShell.clear_instance()


def test_the_functions_of_the_face_stay_functions_when_their_rooms_are_imported():
    for name in ("check", "progress", "exercise", "trace"):
        importlib.import_module(f"seqkit.{name}")
        assert callable(getattr(sk, name)), name
    assert "forward" in names()


def test_what_nbgrader_runs_is_nobodys_progress(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    sk.check("forward", lambda layers, x: x)
    assert not records()
