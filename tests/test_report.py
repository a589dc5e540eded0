"""The pages of a report, its tables, and which submissions are alike."""

import re
import resource
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from seqkit.errors import GradebookError
from seqkit.grading import wire
from seqkit.grading.report import similarity, statistics, words
from seqkit.grading.report import writing as report
from seqkit.grading.report.findings import Total
from seqkit.grading.report.pictures import picture
from seqkit.grading.report.slugs import slugs
from seqkit.grading.report.visible import one_line, visible
from seqkit.plain import Huge, Run, Thing
from seqkit.steps import count
from tests import class_of_forty

CLASS, ASKED = class_of_forty.entries(), class_of_forty.assignment()
TAGS = set(
    "html head meta title style body a header div main footer section nav h1 h2 h3 p strong span bdi code pre ul ol li dl dt dd "
    "table caption thead tbody tr th td details summary figure img figcaption svg rect".split()
)
ATTRIBUTES = set(
    "lang charset http-equiv content name class href id tabindex role scope alt src width height rx x open focusable dir".split()
)


class Page(HTMLParser):
    """The tags, attributes, links and text of a page."""

    def __init__(self, path):
        super().__init__()
        self.tags, self.attributes, self.links, self.sources, self.ids, self.words = set(), set(), [], [], Counter(), []
        self.inside = ""
        self.feed(path.read_text("utf-8"))
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        self.inside = tag
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name == "href"]
        self.sources += [value for name, value in attrs if name == "src"]
        self.ids.update(value for name, value in attrs if name == "id")

    def handle_data(self, data):
        if self.inside != "style":
            self.words.append(data)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("report")
    report.write(CLASS, ASKED, out)
    return out


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    out = tmp_path_factory.mktemp("hostile")
    report.write(class_of_forty.hostile(9), ASKED, out)
    return out


def pages(folder, room="**"):
    return sorted(folder.glob(f"{room}/*.html"))


def theirs(folder, student):
    return Page(folder / "students" / f"{slugs([student])[student]}.html")


def test_what_seqkit_could_not_judge_is_told_and_counts_against_nobody(tmp_path):
    from seqkit.grading.scoring import UNJUDGED

    whole = CLASS[0].graded
    odd = replace(whole.scores[0], ok=False, started=True, agreed=0, asked=0, earned=0.0, sentence=UNJUDGED)
    entry = replace(CLASS[0], graded=replace(whole, scores=(odd, *whole.scores[1:])))
    report.write([entry], ASKED, tmp_path)
    told = theirs(tmp_path, entry.student).text
    assert "not judged" in told and "your answer is not at fault" in told and "0 of 0 probes" not in told
    first = statistics.difficulty([entry], ASKED)[0]
    assert (first.right, first.wrong, first.untouched) == (0, 0, 0)


def test_there_is_a_page_for_the_class_and_two_for_each_student(folder):
    assert len(pages(folder, "students")) == len(pages(folder, "teacher")) == len(CLASS) == 40
    assert (folder / "index.html").exists()


@pytest.mark.parametrize("made", ["folder", "hostile"])
def test_a_page_is_made_of_our_tags_alone_and_loads_nothing(made, request):
    for path in pages(request.getfixturevalue(made)):
        page = Page(path)
        assert page.tags <= TAGS, path
        assert {name for name in page.attributes if not name.startswith("aria-")} <= ATTRIBUTES, path
        assert all(source.startswith("data:image/png;base64,") for source in page.sources)
        assert max(page.ids.values()) == 1


@pytest.mark.parametrize("made", ["folder", "hostile"])
def test_every_link_leads_to_a_page_of_the_report_or_a_place_in_it(made, request):
    for path in pages(request.getfixturevalue(made)):
        page = Page(path)
        for link in page.links:
            assert link[1:] in page.ids if link.startswith("#") else (path.parent / link).is_file(), (path, link)


def test_a_page_that_is_handed_back_holds_no_secret_and_leads_nowhere(folder, hostile):
    for path in [*pages(folder, "students"), *pages(hostile, "students")]:
        assert class_of_forty.SECRET not in path.read_text("utf-8")
        assert all(link.startswith("#") for link in Page(path).links)
    assert class_of_forty.SECRET in (folder / "index.html").read_text("utf-8")


def test_a_page_that_is_handed_back_names_no_other_student(folder):
    for entry in CLASS:
        said = theirs(folder, entry.student).text
        others = {other.student for other in CLASS} - {entry.student}
        assert entry.student in said
        assert not [name for name in others if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", said)]


def test_a_student_reads_the_sentence_the_call_and_the_points_of_each_exercise(folder):
    entry = next(entry for entry in CLASS if all(not score.ok and score.started for score in entry.graded.scores[-2:]))
    said = theirs(folder, entry.student).text
    for score in entry.graded.scores:
        assert score.sentence.replace("`", "") in re.sub(r" (?=[.,])|`", "", said)
        assert score.ok or not score.call or score.call in said
        assert f"{words.number(entry.earned(score.exercise))} of {words.number(score.points)}" in said


def test_an_adjustment_is_shown_with_its_reason(folder):
    entry = next(entry for entry in CLASS if entry.adjustments)
    said = theirs(folder, entry.student).text
    assert "Adjusted to 8" in said and "Prof. Curie" in said and "the widths were swapped" in said


def test_points_by_hand_for_a_file_that_could_not_be_read_are_shown_with_their_reason(tmp_path):
    unread = next(entry for entry in CLASS if entry.graded.status == "could not be read")
    entry = replace(unread, adjustments=next(entry.adjustments for entry in CLASS if entry.adjustments))
    report.write([entry], ASKED, tmp_path)
    said, teachers = theirs(tmp_path, entry.student).text, Page(*pages(tmp_path, "teacher")).text
    assert "Adjusted to 8" in said and "the widths were swapped" in said and "0 of 5 probes" not in said
    assert "Adjusted to 8" in teachers and not re.search(r"of \d+ 0 of 5", teachers)


@pytest.mark.parametrize("status", ["could not be read", "timeout", "died"])
def test_a_student_whose_notebook_did_not_run_is_told_what_to_do(folder, status):
    entry = next(entry for entry in CLASS if entry.graded.status == status)
    said = theirs(folder, entry.student).text
    assert words.advice(entry.graded, ASKED) in said
    assert ("What to do:" in said) == (status == "could not be read")
    assert (entry.graded.said.replace("`", "") in said) == (status == "could not be read")


def test_a_picture_is_said_in_words_and_drawn_once_for_equal_runs():
    pictures = report.Pages(CLASS, ASKED)
    cards = [card for entry in CLASS for card in pictures.cards(entry) if card.score.run]
    assert cards and all(
        card.picture.text.startswith("Your chain has 3 layers: layer[0] Dense(features=8) puts") for card in cards
    )
    assert pictures.picture.cache_info().misses == len({card.score.run for card in cards}) < len(cards)


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"\xc1",
        wire.pack(3),
        wire.pack(Run(1, ())),
        wire.pack(Run(Thing("x"), (("\x1b[2J" * 3000, Thing("<x>")), ("", Huge("list")), ("a", np.array("abc"))))),
        wire.pack(
            Run(1, (("nan", np.full((2, 3), np.nan)), ("empty", np.zeros((0, 4))), ("complex", np.ones(3, complex))))
        ),
    ],
)
def test_no_run_stops_a_page(packed):
    made = picture(packed)
    assert made is None or ("\x1b" not in made.text and len(made.text) < 2000)


def test_the_tables_count_each_student_once():
    bars, rows = statistics.distribution(CLASS, ASKED), statistics.difficulty(CLASS, ASKED)
    read = len(CLASS) - len(statistics.unread(CLASS))
    assert sum(bar.students for bar in bars) == len(CLASS)
    assert {row.students for row in rows} == {read}
    assert [row.exercise for row in rows] == list(class_of_forty.EXERCISES)


def test_who_has_just_a_tenth_stands_in_its_bar(monkeypatch):
    monkeypatch.setattr(statistics, "total", lambda earned, assignment: Total(earned, 3.0))
    bars = statistics.distribution([0.0, 0.3, 0.59, 0.6, 3.0, 3.3], ASKED)
    assert [bar.students for bar in bars] == [1, 2, 1, 0, 0, 0, 0, 0, 0, 0, 2]


def with_scores(**changed):
    """The first of the class, all but the first of whose scores are changed so."""
    first, *rest = CLASS[0].graded.scores
    scores = (replace(first, ok=True, started=True), *(replace(score, **changed) for score in rest))
    return replace(CLASS[0], graded=replace(CLASS[0].graded, status="ok", scores=scores), adjustments={})


def test_who_did_not_begin_half_of_it_is_stuck_and_so_is_who_wrote_what_does_not_work():
    n, asked = len(ASKED.items) - 1, len(ASKED.items)
    (untouched,) = statistics.stuck([with_scores(started=False, ok=False, earned=0.0)], ASKED)
    (low,) = statistics.stuck([with_scores(started=True, ok=False, earned=0.1)], ASKED)
    assert untouched.reasons[0].startswith(f"did not begin {n} of {asked}: ")
    assert low.reasons[0].startswith(f"wrote {n} of {asked} that do not work yet: ")
    assert statistics.stuck([with_scores(started=True, ok=True, earned=99.0)], ASKED) == []


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"ok": True, "earned": 5.0}, "ok", "right"),
        ({"earned": 1.0}, "ok", "partly right"),
        ({"earned": 0.0}, "died", "not yet"),
        ({"started": False}, "ok", "not started"),
        ({"ok": True}, "could not be read", "not judged"),
    ],
)
def test_how_an_exercise_went_is_said_in_words(changed, status, said):
    score = replace(CLASS[0].graded.scores[0], **({"ok": False, "started": True} | changed))
    assert words.state(score, status) == said and words.state(None) == "not judged"


def test_the_mean_is_that_of_numpy():
    shares = [statistics.total(entry, ASKED).share for entry in CLASS]
    seen = statistics.overview(CLASS, ASKED)
    assert (seen.mean, seen.median) == pytest.approx((np.mean(shares), np.median(shares)))


def test_every_wrong_answer_is_in_just_one_row_of_mistakes_and_the_frequent_come_first():
    wrong = [score for entry in CLASS for score in entry.graded.scores if score.started and not score.ok]
    known, unknown = statistics.known_mistakes(CLASS), statistics.unknown_mistakes(CLASS)
    assert sum(map(len, known)) == sum(score.mistake is not None for score in wrong)
    assert sum(map(len, unknown)) == sum(score.mistake is None for score in wrong)
    for rows in (known, unknown, statistics.tomorrow(CLASS)):
        assert [len(row) for row in rows] == sorted(map(len, rows), reverse=True)


def test_who_began_nothing_is_stuck_and_who_is_right_is_not():
    stuck = {each.student for each in statistics.stuck(CLASS, ASKED)}
    for entry in CLASS:
        if entry.graded.status in ("timeout", "died"):
            assert entry.student in stuck
        elif all(score.ok for score in entry.graded.scores):
            assert entry.student not in stuck


def test_an_empty_class_has_a_page(tmp_path):
    assert report.write([], ASKED, tmp_path) == [tmp_path / "index.html"]
    assert "No mistake is shared" in Page(tmp_path / "index.html").text


def test_the_first_thing_that_a_teacher_reads_is_what_most_got_wrong(folder):
    first = statistics.tomorrow(CLASS)[0]
    said = Page(folder / "index.html").text
    start = said.index("What to teach tomorrow")
    assert count(len(first), "student") in said[start : start + 60]


def test_another_file_than_was_asked_for_is_named_to_the_teacher(tmp_path):
    ada = next(entry for entry in CLASS if entry.student == "ada")
    blank = tuple(replace(score, ok=False, started=False, earned=0.0) for score in ada.graded.scores)
    entry = replace(ada, adjustments={}, graded=replace(ada.graded, code=("forward = shapes = mlp",), scores=blank))
    said = Page(report.write([entry], ASKED, tmp_path)[0]).text
    assert "Perhaps another file than was asked for" in said
    assert "has nothing of three_layer_mlp, parameter_shapes, ListSequential" in " ".join(said.split())


def test_pairs_that_share_only_what_many_have_are_folded_away(tmp_path):
    readable = [entry for entry in CLASS if entry.graded.code and entry.student.isalpha()][:12]
    copies = [replace(entry, graded=replace(entry.graded, code=tuple(OWN))) for entry in readable]
    two = [replace(entry, graded=replace(entry.graded, code=tuple(HERS))) for entry in copies[:2]]
    said = Page(report.write([*two, *copies[2:]], ASKED, tmp_path)[0]).text
    above, _, below = said[said.index("Submissions that are alike") : said.rindex("Cost")].partition(
        "alike in passages"
    )
    assert [entry.student in above.split() for entry in readable[:3]] == [True, True, False]
    assert readable[2].student in below.split() and readable[0].student not in below.split()


@given(st.sets(st.text(max_size=60), max_size=30))
def test_every_name_gets_a_file_of_its_own_on_any_file_system(names):
    made = slugs(names)
    assert set(made) == names and len(set(made.values())) == len(names)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) and len(slug) < 120 for slug in made.values())


@pytest.mark.parametrize(
    "name", ["CON", "nul", "com1", "index", "..", "/etc/passwd", "Ana", "", " ", "ÄÖ", "李", "a" * 900, "x-0123abcd"]
)
def test_a_name_that_is_no_plain_file_name_is_told_apart_by_its_hash(name):
    assert re.fullmatch(r"[a-z0-9-]+-[0-9a-f]{8}", slugs([name])[name])


def test_a_plain_name_is_kept_and_no_other_student_can_take_it():
    taken = slugs(["Ana"])["Ana"]
    assert slugs(["ana", "ada-2"]) == {"ana": "ana", "ada-2": "ada-2"}
    assert slugs([taken, "Ana"])["Ana"] == taken != slugs([taken, "Ana"])[taken]


@given(st.text())
def test_what_is_shown_has_no_sign_that_is_obeyed(text):
    shown = visible(text)
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]", shown
    )
    assert "\n" not in one_line(text)


def test_a_long_text_is_cut_and_that_is_said():
    assert visible("x" * 30_000, 10) == "x" * 10 + " … (29,990 letters more)"
    assert visible("naïve 李小龙 👩\u200d🔬 مريم") == "naïve 李小龙 👩\u200d🔬 مريم"


OWN = [
    f"def first_{k}(a, b):\n    total = a * {k} + b[{k}:]\n    return [total ** 2 for total in b if a > {k}] + [b, a]"
    for k in range(3)
]
HERS = [
    "for i in range(9):\n    print(i, end=', ')\nelse:\n    raise ValueError(f'{i} is it')\n"
    "while open('x'): pass\nassert i in {1, 2, *i}"
]


def renamed(cells):
    return [re.sub("total", "grand", cell.replace("first", "second")) + "\n# mine\n\n" for cell in cells]


def test_a_copy_with_other_names_and_comments_is_found():
    (pair,) = similarity.pairs([OWN, HERS, renamed(OWN)])
    assert (pair.one, pair.other, pair.score, pair.to_the_letter) == (0, 2, 1.0, False)
    assert similarity.pairs([OWN, HERS, list(OWN)])[0].to_the_letter


def test_what_was_handed_out_makes_nobody_alike():
    assert similarity.pairs([OWN, renamed(OWN)]) and not similarity.pairs([OWN, renamed(OWN)], given=OWN)


def test_a_passage_that_many_have_is_not_one_that_two_have_alone():
    both, all_alike = [HERS + OWN, HERS + renamed(OWN)], [HERS] * 10
    (first, *_) = similarity.pairs([*both, *all_alike])
    assert (first.one, first.other) == (0, 1) and 0 < first.alone < similarity.pairs(both)[0].alone


def test_code_that_python_cannot_read_is_compared_as_words():
    broken = [f"{OWN[0]}\n'''", f"def (:\n{OWN[1]}", *HERS]
    assert similarity.pairs([broken, OWN, renamed(broken)])[0].score == 1.0


def test_the_score_is_the_cosine_that_scikit_learn_gives(monkeypatch):
    monkeypatch.setattr(similarity, "ALIKE", 0.01)
    documents = [OWN + HERS, renamed(OWN), HERS + OWN[:1]]
    counted = TfidfVectorizer(analyzer=similarity._passages, binary=True, norm="l2")
    counted.fit(documents)
    counted.idf_ = np.log(4 / (1 + np.bincount(counted.transform(documents).indices))) + 0.05
    vectors = counted.transform(documents)
    wanted = (vectors @ vectors.T).toarray()
    found = {(pair.one, pair.other): pair.score for pair in similarity.pairs(documents)}
    assert found == pytest.approx({at: wanted[at] for at in found}, abs=1e-3) and len(found) == 3


def test_pairs_are_few_and_each_is_named_once():
    many = similarity.pairs([OWN] * 600, most=7)
    assert len({(pair.one, pair.other) for pair in many}) == 7 and all(pair.one < pair.other for pair in many)
    assert similarity.pairs([OWN]) == similarity.pairs([]) == similarity.pairs([[], []]) == []


def test_pages_of_students_who_are_gone_go_and_other_files_stay(tmp_path):
    report.write(CLASS[:3], ASKED, tmp_path)
    (tmp_path / "students" / "mine.html").write_text("mine")
    told = []
    written = report.write(CLASS[1:2], ASKED, tmp_path, tell=lambda *count: told.append(count))
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert {*pages(tmp_path)} == {*written, tmp_path / "students" / "mine.html"}


def test_a_list_of_pages_that_somebody_changed_removes_nothing_else(tmp_path):
    report.write(CLASS[:1], ASKED, tmp_path / "out")
    (tmp_path / "kept.html").write_text("kept")
    (tmp_path / "out" / "pages.json").write_text(
        '{"pages": ["../kept.html", "index.html", 3, "students/../../kept.html"]}'
    )
    (tmp_path / "out" / "students").rename(tmp_path / "a")
    (tmp_path / "out" / "teacher").rename(tmp_path / "b")
    report.write([], ASKED, tmp_path / "out")
    assert (tmp_path / "kept.html").read_text() == "kept"


def test_a_page_that_is_not_ours_is_not_replaced(tmp_path):
    (tmp_path / "index.html").write_text("a course of mine")
    with pytest.raises(GradebookError, match="was not written by a report, so it stays"):
        report.write(CLASS[:1], ASKED, tmp_path)
    assert (tmp_path / "index.html").read_text() == "a course of mine"


@contextmanager
def files_of_at_most(size_bytes):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_page_that_cannot_be_written_leaves_the_old_one_whole_and_nothing_beside_it(tmp_path):
    report.write(CLASS[:2], ASKED, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.html")}
    with (
        files_of_at_most(9000),
        pytest.raises(GradebookError, match=r"index\.html could not be written: .+\. Pages before it"),
    ):
        report.write(CLASS[:2], ASKED, tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*ml*")} == before
    with pytest.raises(GradebookError, match="could not be written"):
        report.write(CLASS[:2], ASKED, tmp_path / "index.html")


def test_a_report_that_was_interrupted_is_taken_up_by_the_next(tmp_path):
    def stop(done, of):
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        report.write(CLASS[:5], ASKED, tmp_path, tell=stop)
    written = report.write(CLASS[2:4], ASKED, tmp_path)
    assert {*pages(tmp_path)} == {*written}


@pytest.mark.parametrize(
    ("share", "said"), [(0, "0 %"), (0.001, "1 %"), (0.384, "38 %"), (0.999, "99 %"), (1, "100 %"), (1.2, "100 %")]
)
def test_none_and_all_are_said_of_none_and_all_alone(share, said):
    assert words.percent(share) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.213, "0.21 s"),
        (42, "42 s"),
        (60, "1 min"),
        (200, "3 min 20 s"),
        (4000, "1 h 6 min"),
        (86400, "1 day"),
        (187200, "2 days 4 h"),
    ],
)
def test_a_time_is_said_in_its_two_largest_units(seconds, said):
    assert words.duration(seconds) == said
