"""A notebook that was handed in is read as data, whatever its bytes; what cannot be read says so in one plain line."""

import hashlib
import json
import random
from pathlib import Path

import nbformat
import pytest
from nbformat import v3, v4

from seqkit.grading.intake import decoding, submission
from seqkit.grading.intake.submission import Submission, read
from tests.fuzzing import CANARY, damaged

LESSONS = sorted((Path(__file__).resolve().parent.parent / "notebooks").glob("*.ipynb"))


def cell(source=f"{CANARY} = 1", **more):
    made = {
        "cell_type": "code",
        "id": "a",
        "source": source,
        "metadata": {CANARY: 1},
        "outputs": [],
        "execution_count": 1,
    }
    return {key: value for key, value in (made | more).items() if value is not None}


def notebook(*cells, **more):
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells or [cell()])} | more


def text(*cells, **more):
    return json.dumps(notebook(*cells, **more))


def assert_is_plain(found, file="ana.ipynb"):
    assert isinstance(found, Submission) and bool(found.code) != bool(found.problem)
    said = [*found.notes, *([found.problem] if found.problem else [])]
    assert all(line.isprintable() and len(line) < 400 and CANARY not in line and "!" not in line for line in said)
    assert not found.problem or found.problem.startswith(f"{file} ")
    assert all("\r" not in source and "\0" not in source and source.encode() is not None for source in found.code)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_the_code_of_every_lesson_is_what_nbformat_reads(path):
    found = read(path.read_bytes(), path.name)
    cells = nbformat.read(path, as_version=4).cells
    assert found.code == tuple(one.source for one in cells if one.cell_type == "code")
    assert (found.problem, found.notes) == ("", ())


def test_notebooks_of_format_3_are_read_as_nbformat_converts_them():
    sheet = v3.new_worksheet(
        cells=[v3.new_text_cell("heading", "x"), v3.new_code_cell("a = 1\nb"), v3.new_code_cell("c")]
    )
    old = v3.new_notebook(worksheets=[sheet])
    written = v3.writes_json(old)
    found = read(written.encode(), "ana.ipynb")
    cells = nbformat.reads(written, as_version=4).cells
    assert found.code == tuple(one.source for one in cells if one.cell_type == "code") == ("a = 1\nb", "c")
    assert found.notes == ("The file is in notebook format 3; today's is 4.",)


def test_what_nbformat_writes_is_read_without_a_note():
    made = v4.new_notebook(cells=[v4.new_markdown_cell("# x"), v4.new_code_cell("x = 1\n\nx"), v4.new_code_cell("")])
    assert read(nbformat.writes(made).encode(), "ana.ipynb").code == ("x = 1\n\nx", "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_unicode_encoding_and_every_line_end_give_the_same_code(encoding, line_end):
    written = json.dumps(notebook(cell(f"x = 'ü🙂'{line_end}y{line_end}")), ensure_ascii=False, indent=1)
    mark = "\ufeff" if encoding.endswith("e") else ""
    found = read((mark + written).replace("\n", line_end).encode(encoding), "ana.ipynb")
    assert found.code == ("x = 'ü🙂'\ny\n",)
    assert len(found.notes) == (encoding != "utf-8") + (line_end != "\n")


ODD = {
    "same ids": (text(cell(), cell()), "same id"),
    "no ids": (text(cell(id=None)), "no id"),
    "ids that are no text": (text(cell(id=[1])), "no id"),
    "no metadata": (text(metadata=None), "no metadata"),
    "another language": (text(metadata={"kernelspec": {"language": "R"}}), "not Python"),
    "a type of cell that is none": (text(cell(), cell(cell_type="x", id="b")), "left out"),
    "no format": (json.dumps({"cells": [cell()], "metadata": {}}), "no notebook format"),
    "a format to come": (text(nbformat=5), "format 5"),
    "NaN": (text(metadata={"a": float("nan"), "b": float("-inf")}), "NaN"),
    "a lone surrogate": (text(cell("x = '\ud800'")), "no text"),
    "a NUL": (text(cell("x = '\0'")), "no text"),
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_and_does_no_harm_is_a_note(name):
    written, why = ODD[name]
    found = read(written.encode(), "ana.ipynb")
    assert_is_plain(found)
    assert found.code and len(found.notes) == 1 and why in found.notes[0]


HARMLESS = {
    "unknown keys": text(cell(colour="blue"), fruit=[1, {"a": None}]),
    "points of the student's own": text(cell(metadata={"nbgrader": {"grade": True, "points": 1000, "grade_id": "x"}})),
    "strange outputs": text(cell(outputs=[{"output_type": 7}, "x", None, {"data": {"text/html": "<script>"}}])),
    "outputs that are no list": text(cell(outputs="x", execution_count={"a": 1})),
    "a number of 100,000 digits": text(cell(outputs=["NUMBER"])).replace('"NUMBER"', "9" * 100_000),
    "markdown without a source": text(cell(), {"cell_type": "markdown", "id": "b"}),
    "a source in lines": text(cell([f"{CANARY} ", "= 1"])),
    "an older minor format without ids": text(cell(id=None), nbformat_minor=4),
    "the language of an old kernel": text(metadata={"language_info": {"name": "ipython3"}}),
    "two cells in one place": text(cell(), cell(cell_type="raw", id="b")),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_does_not_count_is_passed_over(name):
    found = read(HARMLESS[name].encode(), "ana.ipynb")
    assert (found.code, found.notes, found.problem) == ((f"{CANARY} = 1",), (), "")


DEEP = '{"cells": ' + "[" * 50_000 + "]" * 50_000 + "}"
REFUSED = {
    "nothing": (b"", "is empty"),
    "blanks": (b" \r\n ", "is empty"),
    "broken off": (text().encode()[:-20], "is damaged: at line 1, column"),
    "a merge conflict": (b'{\n<<<<<<< HEAD\n"cells": []\n=======\n>>>>>>> x\n}', "merge conflict"),
    "latin-1": (json.dumps(notebook(cell("# ü")), ensure_ascii=False).encode("latin-1"), "is not text in UTF-8"),
    "UTF-16 without its mark": (text().encode("utf-16-le"), "byte order mark"),
    "UTF-16 cut in a letter": (text().encode("utf-16")[:-1], "is not text"),
    "a PDF": (b"%PDF-1.7 canary", "is a PDF"),
    "a zip": (b"PK\x03\x04canary", "is a zip or an office document"),
    "a web page": (b"\n<!DOCTYPE html><p>canary", "is a web page"),
    "too deep": (DEEP.encode(), "nested"),
    "a list": (b"[1, 2]", "not an object"),
    "a number": (b"9" * 100_000, "not an object"),
    "NaN alone": (b"NaN", "not an object"),
    "no cells": (text(cells=[]).encode(), "no cells"),
    "cells that are no list": (text(cells={"a": 1}).encode(), "no list of cells"),
    "no cells at all": (b'{"nbformat": 4}', "no list of cells"),
    "worksheets that are none": (b'{"nbformat": 3, "worksheets": [1]}', "no list of cells"),
    "no code cell": (text(cell(cell_type="markdown")).encode(), "no code cell"),
    "cells that are no objects": (text(1, None).encode(), "cell 1 is no cell"),
    "a cell without a type": (text(cell(), {"source": "canary"}).encode(), "cell 2 is no cell"),
    "a source that is an object": (text(cell(), cell({"canary": 1})).encode(), "source of cell 2 is no text"),
    "a source of numbers": (text(cell([1])).encode(), "source of cell 1 is no text"),
    "no source": (text(cell(source=None)).encode(), "source of cell 1 is no text"),
    "a format that is no number": (text(nbformat="canary").encode(), "`nbformat`"),
    "a format that is a truth": (text(nbformat=True).encode(), "`nbformat`"),
    "a format of many digits": (text().replace("4", "4" * 10_000, 1).encode(), "`nbformat`"),
    "a format before notebooks": (text(nbformat=1).encode(), "`nbformat`"),
    "too much code": (text(cell("#" * 600_000), cell("#" * 600_000)).encode(), "1,200,000 letters of code"),
    "too many cells": (text(*[cell("")] * 2_001).encode(), "2,001 cells"),
    "too many values": (b"[" + b"1," * decoding.MAX_PARTS + b"1]", "4,000,000 values"),
    "too large": (b" " * (submission.MAX_BYTES + 1), "is 20.1 MB; files of up to 20 MB"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_may_not_be_what_was_written_is_refused_in_one_plain_line(name):
    data, why = REFUSED[name]
    found = read(data, "ana.ipynb")
    assert_is_plain(found)
    assert not found.code and why in found.problem


@pytest.mark.parametrize("data", [text().encode(), b"%PDF-1.7", b""])
def test_a_file_is_known_by_the_hash_of_its_bytes_whether_or_not_it_can_be_read(data):
    assert read(data, "ana.ipynb").sha256 == hashlib.sha256(data).hexdigest()


def test_the_size_of_a_file_that_was_not_read_to_its_end_is_said():
    found = read(b"{}", "ana.ipynb", size_bytes=100_000_000)
    assert "is 100.0 MB; files of up to 20 MB are read. Clear its outputs" in found.problem


def test_a_python_file_is_one_cell_with_a_note():
    found = read(b"x = 1\r\ny = 2\n", "ana.py")
    assert found.code == ("x = 1\ny = 2\n",) and "one code cell" in found.notes[0]
    assert read(b"\xff\x00", "ana.py").problem


@pytest.mark.parametrize("name", ["a\nb.ipynb", "x" * 5_000, "\x1b[31mred.ipynb", "\udce9.ipynb", "\u202egpj.ipynb"])
def test_no_name_of_a_file_breaks_the_line(name):
    found = read(b"", name)
    assert found.problem.isprintable() and len(found.problem) < 300


def test_20_000_damaged_notebooks_each_give_code_or_a_plain_problem():
    rng = random.Random(6)
    whole = text(
        cell(["x = 1\n", "y"]), cell("def f(x):\r\n    return x", id="b"), cell("# t", cell_type="markdown", id="c")
    )
    old = json.dumps(
        {"nbformat": 3, "metadata": {}, "worksheets": [{"cells": [{"cell_type": "code", "input": ["x"]}]}]}
    )
    starts = [whole.encode(), whole.encode("utf-16"), old.encode()]
    read_well = 0
    for number in range(20_000):
        found = read(damaged(rng, number, starts), "ana.ipynb")
        assert_is_plain(found)
        read_well += bool(found.code)
    assert 1_000 < read_well < 15_000
