"""Personal questions: other numbers for each student, known mistakes by their values, and a copied number found."""

import dataclasses
import math

import jax
import nbformat
import numpy as np
import pytest
from flax import linen

from seqkit.errors import AssignmentError
from seqkit.grading.handout import assignment as assignments
from seqkit.grading.handout import personal, roster, variants
from seqkit.grading.handout.items import Assignment, Item
from seqkit.plain import Raised, Thing, plain

STUDENTS = tuple(f"student{i}" for i in range(60))
ITEMS = tuple(Item(name, 5.0, personal=True, version=variants.VERSION) for name in variants.KINDS)
CLASS = Assignment("week-1", ITEMS, personal=True, secret=b"s" * 32, roster=STUDENTS)
AS_HANDED_OUT = [83040, [(27, 38), (27, 38), (27, 56), (27, 56), (27, 321)], [-23, -14, 6]]
every_kind = pytest.mark.parametrize("variable", variants.KINDS)


def question(variable, student="student0", assignment=CLASS):
    return next(each for each in personal.questions(assignment, student) if each.variable == variable)


def numbers_of(value):
    return personal.numbers(value).tolist()


# ---- the questions ----


def test_a_question_is_the_same_each_time_and_other_for_each_student_assignment_and_secret():
    again = [dataclasses.replace(CLASS, roster=()), dataclasses.replace(CLASS, due=None)]
    others = [dataclasses.replace(CLASS, name="week-2"), dataclasses.replace(CLASS, secret=b"t" * 32)]
    for variable in variants.KINDS:
        mine = question(variable)
        assert all(question(variable, assignment=each).starter == mine.starter for each in again)
        assert all(question(variable, assignment=each).text == mine.text for each in again)
        for other in [question(variable, assignment=each) for each in others] + [question(variable, "student1")]:
            assert (other.text, other.starter) != (mine.text, mine.starter)


def test_a_question_stays_what_it_was_handed_out_as():
    """Whatever version of Python or numpy: a class has these very numbers in its notebooks."""
    assert [question(variable).expected for variable in variants.KINDS] == AS_HANDED_OUT


@every_kind
def test_hardly_two_students_share_a_right_answer(variable):
    found = {str(question(variable, student).expected) for student in STUDENTS}
    assert len(found) > 0.9 * len(STUDENTS)


@every_kind
def test_no_known_mistake_gives_the_right_answer_or_that_of_another_mistake(variable):
    for student in STUDENTS:
        asked = question(variable, student)
        values = [asked.expected, *(value for value, _ in asked.mistakes.values())]
        assert len({(np.shape(value), str(numbers_of(value))) for value in values}) == len(values)


def test_the_right_answers_are_those_of_flax():
    """The oracle: the same chains in Flax Linen."""
    for student in STUDENTS[:3]:
        drawn = personal.drawn(CLASS, student, "my_shapes")
        layers = [part for width in drawn["widths"] for part in (linen.Dense(width), linen.relu)][:-1]
        chain, x = linen.Sequential(layers), np.ones((drawn["batch"], drawn["features"]), np.float32)
        made = jax.eval_shape(chain.init, jax.random.PRNGKey(0), x)
        count = sum(math.prod(leaf.shape) for leaf in jax.tree.leaves(made))
        assert variants.Parameters.expected(drawn["features"], drawn["widths"]) == count
        shapes = []
        for layer in layers:
            init = layer.init_with_output if isinstance(layer, linen.Module) else None
            x = jax.eval_shape(init, jax.random.PRNGKey(0), x)[0] if init else jax.eval_shape(layer, x)
            shapes.append(x.shape)
        assert variants.Shapes.expected(**drawn) == shapes


def test_the_output_is_that_of_flax_with_the_weights_of_the_starter():
    for student in STUDENTS[:3]:
        names, asked = {}, question("my_output", student)
        exec(asked.starter, names)
        layers = {
            f"layers_{i}": {"kernel": np.array(names[f"W{n}"], float), "bias": np.array(names[f"b{n}"], float)}
            for n, i in ((1, 0), (2, 2))
        }
        chain = linen.Sequential([linen.Dense(len(names["b1"])), linen.relu, linen.Dense(len(names["b2"]))])
        out = chain.apply({"params": layers}, np.array(names["x"], np.float32))
        np.testing.assert_allclose(out, asked.expected)


# ---- judged ----


@every_kind
def test_the_right_answer_earns_every_point_in_whatever_form(variable):
    asked = question(variable)
    right = asked.expected
    forms = [right, np.array(right), np.array(right, np.float32), jax.numpy.array(right)]
    if isinstance(right, list):
        forms += [tuple(right), [list(part) if isinstance(part, tuple) else float(part) for part in right]]
    for form in forms:
        score = personal.judge(asked, plain(form), personal.owners(CLASS))
        assert score.ok and score.started and (score.earned, score.points) == (5, 5) and score.hint == ""


@every_kind
def test_each_known_mistake_is_known_by_its_value(variable):
    for student in STUDENTS[:5]:
        asked = question(variable, student)
        for name, (value, sentence) in asked.mistakes.items():
            score = personal.judge(asked, plain(value))
            assert (score.ok, score.earned, score.mistake, score.sentence) == (False, 0, name, sentence)


@every_kind
def test_the_answer_of_another_student_is_told_to_the_teacher_alone(variable):
    asked, other = question(variable), question(variable, "student7")
    score = personal.judge(asked, plain(other.expected), personal.owners(CLASS))
    assert not score.ok and "the question of another student: student7." in score.found
    assert "numbers of your own question" in score.sentence and "student" not in score.sentence
    assert "student" not in personal.judge(asked, plain(other.expected)).found


def test_a_number_that_is_nearly_that_of_another_student_is_not_called_a_copy():
    asked, other = question("my_parameters"), question("my_parameters", "student7")
    for seen in (other.expected + 0.3, other.expected + 1e-5):
        assert "student" not in personal.judge(asked, seen, personal.owners(CLASS)).found


def test_many_owners_of_one_answer_are_counted():
    asked = question("my_parameters")
    owners = {("my_parameters", (), (7.0,)): ["student0", *STUDENTS[1:6]]}
    assert personal.judge(asked, 7, owners).found.count("student1, student2, student3 and 2 more.")


@every_kind
@pytest.mark.parametrize("seen", [personal.MISSING, plain(...)], ids=["not defined", "as handed out"])
def test_what_was_not_begun_is_not_started(variable, seen):
    score = personal.judge(question(variable), seen)
    assert not score.started and score.earned == 0 and score.sentence == score.hint and score.behaviour == ""


ODD = [None, True, "3178", "", {}, [], [[1], [1, 2]], [1, "x"], float("nan"), float("inf"), 10**250, -1, 1e308, 1j]
ODD += [np.zeros((3, 4)), np.array(["a"]), np.zeros(0), Thing("a function"), Raised("ValueError", "no"), [None] * 3]


@every_kind
@pytest.mark.parametrize("seen", ODD, ids=repr)
def test_anything_at_all_is_judged_and_no_right_number_is_told(variable, seen):
    asked = question(variable)
    score = personal.judge(asked, seen, personal.owners(CLASS))
    assert not score.ok and score.earned == 0 and score.started and score.sentence
    assert str(asked.expected) not in score.sentence and str(asked.expected)[:20] in score.found.replace("(…", "(")


def test_a_sentence_says_which_form_is_asked():
    assert "asked is a whole number" in personal.judge(question("my_parameters"), [3, 4]).sentence
    assert (
        "of shape (3, 4); asked is a list of shapes" in personal.judge(question("my_shapes"), np.zeros((3, 4))).sentence
    )
    assert personal.judge(question("my_parameters"), 17).sentence.startswith("17 is not what this chain gives.")


def test_equal_answers_share_a_behaviour():
    asked, other = question("my_parameters"), question("my_parameters", "student1")
    name = "no biases"
    wrong = [personal.judge(each, each.mistakes[name][0]).behaviour for each in (asked, other)]
    assert wrong[0] == wrong[1] != personal.judge(asked, 17).behaviour == personal.judge(other, 17).behaviour


def test_questions_of_another_version_are_refused():
    old = dataclasses.replace(CLASS, items=(dataclasses.replace(ITEMS[0], version="0"),))
    with pytest.raises(AssignmentError, match="handed out in version '0'"):
        personal.questions(old, "student0")


# ---- handed out ----


def test_each_student_gets_a_notebook_of_their_own(tmp_path):
    (tmp_path / "roster.csv").write_text("Student ID;name\nana@x.org;Ana\ncléo;Cléo\n", encoding="utf-8-sig")
    made = assignments.make("week-1", ["forward"], tmp_path, personal=tmp_path / "roster.csv", points={"my_output": 8})
    assert made.personal and made.roster == ("ana@x.org", "cléo") and made.points == 5 + 5 + 5 + 8
    assert assignments.load(tmp_path) == made
    for student in made.roster:
        notebook = nbformat.read(tmp_path / "release" / "week-1" / student / "week-1.ipynb", as_version=4)
        nbformat.validate(notebook)
        assert notebook.metadata.seqkit == {"assignment": "week-1", "student": student}
        source = "\n".join(cell.source for cell in notebook.cells)
        assert f"`{student}`" in source and made.secret.hex() not in source
        asked = personal.questions(made, student)
        assert all(each.text in source and each.starter in source for each in asked)
        tagged = [
            tag for cell in notebook.cells for tag in cell.metadata.get("tags", []) if tag.startswith("personal:")
        ]
        assert tagged == [f"personal:{each.variable}" for each in asked]
        assert not [cell for cell in notebook.cells if "nbgrader" in cell.metadata and cell.id.startswith("my_")]
    assert "my_" not in next((tmp_path / "source").rglob("*.ipynb")).read_text()


@pytest.mark.parametrize(
    "data",
    [
        b"ana\nbob\n",
        b"\r\nana\r\n\r\nbob",
        b"\xef\xbb\xbfid,name\nana,A\nbob,B\n",
        b'"username"\t"x"\n"ana"\t1\n"bob"\t2\n',
        "student_id;n\nana;é\nbob;b\n".encode("utf-16"),
        b"E-Mail\nana\nbob\n",
    ],
)
def test_a_roster_is_read_in_the_forms_that_teachers_have(tmp_path, data):
    (tmp_path / "roster").write_bytes(data)
    assert roster.read(tmp_path / "roster") == ("ana", "bob") == roster.read(["ana", " bob "])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"ana\nbob\nAna\n", "names 'Ana' twice, as student 1 and 3"),
        (b"ana\n../bob\n", "student 2: '../bob' cannot be the name of a folder"),
        (b"a\\b\n", "cannot be the name"),
        (b".hidden\n", "cannot be the name"),
        (b"a\x00b\n", "cannot be the name"),
        (b"", "names no student"),
        (b"id\n", "names no student"),
        (b"\xff\xff\xff", "no text in UTF-8"),
    ],
)
def test_a_roster_that_cannot_serve_is_refused(tmp_path, data, said):
    (tmp_path / "roster").write_bytes(data)
    with pytest.raises(AssignmentError, match=said):
        roster.read(tmp_path / "roster")
