"""What goes to other systems: each file against that system's own reader or its documented form."""

import base64
import csv
import html
import io
import json
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from seqkit.errors import AssignmentError
from seqkit.grading import exports
from seqkit.grading.exports import canvas, cells, github, gradescope, moodle, nbgrader, table
from seqkit.grading.exports.scores import possible, tidy, total, weighed
from seqkit.grading.exports.sheet import matched, parsed, read
from tests.grades import ASSIGNMENT, CLASS, FORMULAS, SECRET, entry

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,essay (11),hw1 (42),Current Score
,,,,,Manual Posting,,
    Points Possible,,,,,10,25,(read only)
"Öz, Ben",7,s-7,boz,A and B,3,,30
"Diaz, Ana",8,s-8,ana,A,4,1.5,40
"Roe, Dee",9,s-9,dee,B,5,9,50
"""
MOODLE = """\
Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,Last modified (grade),Feedback comments
Participant 71,Ben Öz,boz@x.org,Submitted for grading - Graded,,25.00,Yes,"Sunday, 30 November 2025, 6:00 PM","a, b"
Participant 72,Ana Diaz,ana@x.org,No submission,,25.00,Yes,-,
"""


def rows(text):
    return list(csv.reader(io.StringIO(text, newline="")))


def each_cell(text):
    return [cell for row in rows(text) for cell in row]


@pytest.mark.parametrize("to", exports.FORMATS)
def test_every_format_writes_text_for_a_class_and_for_nobody(to):
    room = exports.load(to)
    for entries in (CLASS, CLASS[:1], []):
        made = room.write(entries, ASSIGNMENT)
        assert all(isinstance(text, str) for text in (made.values() if isinstance(made, dict) else [made]))


@pytest.mark.parametrize("to", ["gradescope", "github"])
@pytest.mark.parametrize("scores", ["not judged", "none"])
def test_points_by_hand_are_told_where_nothing_could_be_judged(to, scores):
    one = entry("ana", adjustments=[("forward", 4.5)])
    odd = tuple(replace(score, asked=0, agreed=0) for score in one.graded.scores) if scores == "not judged" else ()
    made = exports.load(to).write([replace(one, graded=replace(one.graded, scores=odd))], ASSIGNMENT)
    told = html.unescape("".join(made.values()))
    assert told.count("Adjusted by hand: 4.5 of 5.") and "0 of 0 probes" not in told


@pytest.mark.parametrize("to", [to for to in exports.FORMATS if to != "csv"])
def test_what_only_the_teacher_may_see_goes_nowhere(to):
    made = str(exports.load(to).write(CLASS, ASSIGNMENT))
    assert SECRET not in made and CLASS[0].graded.draw not in made


@pytest.mark.parametrize(("number", "said"), [(2.25, "2.25"), (3.0, "3"), (1 / 3, "0.33"), (1e3, "1000")])
def test_a_number_has_two_decimals_at_most_and_none_where_it_is_whole(number, said):
    assert str(tidy(number)) == said


def test_the_total_is_the_sum_of_weight_times_points():
    assert possible(ASSIGNMENT) == ASSIGNMENT.points == 25
    assert [total(one, ASSIGNMENT) for one in CLASS] == [25, 4.5 + 2 * 2.5, 0]
    assert [one.full for one in weighed(CLASS[1], ASSIGNMENT)] == [False, False]


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize("to", ["csv", "nbgrader", "canvas", "moodle"])
def test_no_cell_that_a_student_named_is_run_by_a_spreadsheet(to, name):
    for cell in each_cell(exports.load(to).write([entry(name, adjustments=[("forward", 1)])], ASSIGNMENT)):
        bare = re.sub(r"^[\s\ufeff\u200b]+", "", cell)
        assert not bare.startswith(tuple("=+-@＝＋－＠")) and not cell.startswith(("\t", "\r")), cell


def test_numbers_stay_numbers_and_text_is_quoted():
    assert cells.write([[-1.5, 3, "-1.5", None, 'a"b,c\nd']]) == '-1.5,3,"\'-1.5","","a""b,c d"\r\n'


def test_excel_is_told_the_encoding_only_if_it_is_asked_for():
    assert table.write(CLASS, ASSIGNMENT, excel=True).encode().startswith(b"\xef\xbb\xbf")
    assert not table.write(CLASS, ASSIGNMENT).startswith("\ufeff")


def test_the_table_has_a_row_a_student_with_points_status_and_what_was_adjusted():
    head, *found = rows(table.write(CLASS, ASSIGNMENT))
    ben = dict(zip(head, found[1], strict=True))
    assert (ben["total"], ben["points"], ben["forward"], ben["three_layer_mlp"]) == ("9.5", "25", "4.5", "5")
    assert ben["adjusted"] == "forward: =1+1 a typo (J. Doe)" and found[2][head.index("status")] == "timeout"


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_the_columns_and_cells_for_nbgrader_are_those_that_nbgrader_writes(tmp_path):
    from nbgrader.api import Gradebook
    from nbgrader.plugins.export import CsvExportPlugin

    with closing(sqlite3.connect(tmp_path / "gradebook.db")) as made:  # in a new file nbgrader would run alembic first
        made.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as book:
        book.add_assignment("hw1", duedate="2025-11-30 18:00:00 UTC")
        book.add_notebook("hw1", "hw1")
        book.add_grade_cell("c", "hw1", "hw1", max_score=25, cell_type="code")
        book.add_student("ana", first_name="Ana", last_name="Diaz", email="ana@x.org")
        book.add_student("dee")
        book.add_submission("hw1", "ana", timestamp="2025-11-30 18:00:00 UTC")
        book.find_grade("c", "hw1", "hw1", "ana").auto_score = 25
        book.db.commit()
        CsvExportPlugin(to=str(tmp_path / "theirs.csv")).export(book)
    roster = parsed("id,first_name,last_name,email\nana,Ana,Diaz,ana@x.org\ndee,,,\n")
    ours = nbgrader.write(CLASS[:1], ASSIGNMENT, roster=roster)
    assert rows(ours) == rows((tmp_path / "theirs.csv").read_text())


GRADESCOPE = {
    "score",
    "execution_time",
    "output",
    "output_format",
    "test_output_format",
    "test_name_format",
    "visibility",
}
GRADESCOPE |= {"stdout_visibility", "extra_data", "tests", "leaderboard"}
GRADESCOPE_TEST = {"score", "max_score", "status", "name", "name_format", "number", "output", "output_format", "tags"}
GRADESCOPE_TEST |= {"visibility", "extra_data"}


@pytest.mark.parametrize("one", CLASS)
def test_a_result_for_gradescope_has_only_fields_of_its_specification(one):
    made = json.loads(gradescope.write([one], ASSIGNMENT)["results.json"])
    assert made.keys() <= GRADESCOPE and all(test.keys() <= GRADESCOPE_TEST for test in made["tests"])
    assert made["score"] == sum(test["score"] for test in made["tests"]) == total(one, ASSIGNMENT)
    assert {test["status"] for test in made["tests"]} <= {"passed", "failed"}
    assert made["visibility"] in exports.VISIBILITIES and made["stdout_visibility"] == "hidden"


def test_a_hint_goes_to_whoever_is_not_there_yet():
    told = [test["output"] for one in CLASS[:2] for test in gradescope.results(one, ASSIGNMENT)["tests"]]
    assert ["Hint: Which value goes on?" in each for each in told] == [False, False, True, True]


def test_gradescope_shows_every_text_as_text():
    made = gradescope.results(CLASS[2], ASSIGNMENT)
    formats = [made[key] for key in made if key.endswith("_format")]
    formats += [test[key] for test in made["tests"] for key in test if key.endswith("_format")]
    assert set(formats) == {"text"} and "\x1b" not in json.dumps(made, ensure_ascii=False)


def test_students_of_a_class_have_folders_that_no_name_leads_out_of():
    names = ["../../etc/x", "..", "con", "a/b", "A/B", "", "ana"]
    for room in (gradescope, github):
        made = room.write([entry(name) for name in names], ASSIGNMENT)
        folders = {file.rpartition("/")[0] for file in made}
        assert len(folders) == len(names) and all(
            re.fullmatch(r"[a-z0-9-]+/[a-z]+\.(json|md|txt)", file) for file in made
        )


def test_canvas_gets_its_own_columns_and_the_points_row_without_a_roster():
    head, points, first, *_ = rows(canvas.write(CLASS, ASSIGNMENT))
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "hw1"]
    assert "Points Possible" in points[0] and points[5] == "25" and first == ["ana", "", "", "ana", "", "25"]


def test_a_gradebook_of_canvas_keeps_rows_order_and_ids_and_no_other_assignment():
    made = rows(canvas.write(CLASS, ASSIGNMENT, roster=parsed(CANVAS)))
    assert made[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "hw1 (42)"]
    assert [row[:5] for row in made] == [row[:5] for row in rows(CANVAS)]
    assert [row[5] for row in made[1:]] == ["", "25", "9.5", "25", "9"], "Dee handed in nothing and keeps her 9"
    assert list(canvas.unmatched(CLASS, ASSIGNMENT, parsed(CANVAS))) == ["cy"]


def test_a_name_that_a_spreadsheet_would_run_is_defused_where_canvas_knows_the_student_by_an_id():
    roster = parsed(CANVAS + "=1+1,10,s-10,eve,A,,,\n=2+2,,,,A,,,\n")
    assert [row[0] for row in rows(canvas.write(CLASS, ASSIGNMENT, roster=roster))][-2:] == ["'=1+1", "=2+2"]


def test_an_assignment_that_canvas_does_not_have_becomes_a_new_column():
    made = rows(canvas.write(CLASS, ASSIGNMENT, roster=parsed(CANVAS), column="hw1 again"))
    assert [row[5] for row in made] == ["hw1 again", "", "25", "9.5", "25", ""]


def test_a_semicolon_between_the_cells_stays_one():
    made = canvas.write(CLASS, ASSIGNMENT, roster=parsed(CANVAS.replace(",", ";").replace("; ", ", ")))
    assert made.startswith("Student;ID;SIS User ID")


def test_a_worksheet_of_moodle_keeps_everything_but_the_grade():
    made = rows(moodle.write(CLASS, ASSIGNMENT, roster=parsed(MOODLE)))
    assert [row[4] for row in made] == ["Grade", "9.5", "25"]
    assert [[*row[:4], *row[5:]] for row in made] == [[*row[:4], *row[5:]] for row in rows(MOODLE)]
    assert list(moodle.unmatched(CLASS, ASSIGNMENT, parsed(MOODLE))) == ["cy"]


def test_a_worksheet_in_another_language_is_read_by_the_name_of_its_column():
    german = parsed(MOODLE.replace("Grade,", "Bewertung,"))
    with pytest.raises(AssignmentError, match=r"no column 'Grade'.*Name the one for the grade with --column"):
        moodle.write(CLASS, ASSIGNMENT, roster=german)
    assert rows(moodle.write(CLASS, ASSIGNMENT, roster=german, column="Bewertung"))[1][4] == "9.5"


def test_without_a_worksheet_moodle_gets_a_table_to_map():
    head, ana, *_ = rows(moodle.write(CLASS, ASSIGNMENT))
    assert head == ["Username", "hw1 (25 points)", "forward", "three_layer_mlp"] and ana == ["ana", "25", "5", "20"]


@pytest.mark.parametrize(
    ("room", "text"), [(canvas, CANVAS.replace(",25,", ",100,")), (moodle, MOODLE.replace("25.00", "100.00"))]
)
def test_other_points_over_there_are_refused_or_scaled_and_never_mixed(room, text):
    with pytest.raises(AssignmentError, match="has 100 points for this assignment, and hw1 has 25"):
        room.write(CLASS, ASSIGNMENT, roster=parsed(text))
    assert "38" in each_cell(room.write(CLASS, ASSIGNMENT, roster=parsed(text), scale=True))


def test_a_table_that_is_no_gradebook_of_canvas_is_refused():
    with pytest.raises(AssignmentError, match="a gradebook of Canvas begins with Student, ID"):
        canvas.write(CLASS, ASSIGNMENT, roster=parsed("name,points\nana,1\n"))


BY_WHAT = {"8": 0, "ANA@x.org": 0, "ana": 0, "Ana Diaz": 0, "diazana": 0, "ozben": 1, "Ben Öz": 1, "boz": 1}
BY_WHAT |= {"Kim Lee (32)": 3, "Kim Lee": None, "nobody": None, "": None}
PEOPLE = [["Diaz, Ana", "8", "ana@x.org"], ["Öz, Ben", "7", "boz"], ["Lee, Kim", "31", ""], ["Lee, Kim", "32", ""]]


@pytest.mark.parametrize(("student", "row"), BY_WHAT.items())
def test_a_student_is_found_by_id_address_login_or_name_and_never_guessed(student, row):
    assert matched([student], PEOPLE)[0] == ({} if row is None else {student: row})


def test_two_students_never_share_a_row():
    kept, missing = matched(["ana", "Ana Diaz", "boz"], PEOPLE)
    assert kept == {"boz": 1} and missing == dict.fromkeys(("ana", "Ana Diaz"), "another student matches the same row")


@pytest.mark.parametrize("data", [b"a;b\r\n1;2\r\n", "\ufeffa,b\n1,2\n".encode(), "a\tb\n1\t2\n".encode("utf-16")])
def test_a_roster_is_read_in_the_encodings_and_with_the_separators_that_people_have(tmp_path, data):
    (tmp_path / "roster.csv").write_bytes(data)
    assert read(tmp_path / "roster.csv").records() == [{"a": "1", "b": "2"}]


def test_a_roster_is_read_to_its_end_however_large_it_is(tmp_path):
    (tmp_path / "roster.csv").write_text("id,note\n" + "".join(f"s{i},{'x' * 100_000}\n" for i in range(210)))
    assert [row[0] for row in read(tmp_path / "roster.csv").rows] == [f"s{i}" for i in range(210)]


@pytest.mark.parametrize(
    ("data", "said"), [(b"a,b\n", "has 1 rows"), (b"a,\xff\n1,2", "it is not UTF-8"), (None, "No such file")]
)
def test_a_roster_that_cannot_be_read_says_why(tmp_path, data, said):
    if data is not None:
        (tmp_path / "roster.csv").write_bytes(data)
    with pytest.raises(AssignmentError, match=said):
        read(tmp_path / "roster.csv")


class Tags(HTMLParser):
    """The tags of a page and the text between them."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, *attrs))

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("one", CLASS)
def test_nothing_that_a_student_wrote_is_markup_in_a_summary_for_github(one):
    page = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(github.summary(one, ASSIGNMENT))
    found = Tags(page)
    assert {tag[0] for tag in found.tags} <= {"h2", "p", "table", "thead", "tbody", "tr", "th", "td", "br"}
    assert not [tag for tag in found.tags if len(tag) > 1]
    assert page.count("<tr>") == 3 and (
        one is CLASS[0] or "<script>alert(1)</script> [x](javascript:alert(2))" in found.text
    )


def test_a_text_in_a_summary_is_one_line():
    assert github.escaped("a\n# b\r\n\n c").split() == github.escaped("a # b c").split()
    assert github.escaped("a\n# b").isprintable()


def test_a_summary_has_no_line_that_a_workflow_obeys():
    made = github.summary(entry("ana", (0, 0), status="died", said="x\n::add-mask::y\n::stop-commands::z"), ASSIGNMENT)
    assert not [line for line in made.splitlines() if "::" in line]
    assert "::add-mask::y" in html.unescape(made)


@pytest.mark.parametrize("one", CLASS)
def test_githubs_reporter_counts_the_points_that_were_earned(one):
    """What its src/main.js and src/notify-classroom.js do: decode, sum the scores of the tests, look at the status."""
    result = json.loads(base64.b64decode(github.encoded(one, ASSIGNMENT)))
    assert sum(test["score"] for test in result["tests"]) == total(one, ASSIGNMENT) and result["max_score"] == 25
    assert {test["status"] for test in result["tests"]} <= {"pass", "fail", "error"}
    assert result["status"] == {"ana": "pass", "Ben Öz": "fail", "cy": "error"}[one.student]
    assert github.exit_code([one], ASSIGNMENT) == (one.student != "ana")
