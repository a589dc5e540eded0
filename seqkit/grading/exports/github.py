"""GitHub Classroom: the result that its reporter reads, a summary in Markdown, and the exit code that turns a check green or red.

Source: GitHub, `classroom-resources/autograding-grading-reporter` (src/main.js, src/notify-classroom.js: RUNNER_RESULTS is base64 of
JSON with status, max_score and tests of name, status, score, message) and “Workflow commands”, section “Adding a job summary”.
"""

import base64
import json
import re

from seqkit.grading.exports.feedback import lines
from seqkit.grading.exports.scores import possible, total, weighed
from seqkit.grading.report.slugs import slugs

RESULT, SUMMARY, OUTPUT = "result.json", "summary.md", "output.txt"
CELL = 600
"""So many letters of one text stand in a summary, of which GitHub takes 1 MiB."""
MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>&@:/'\"$^=])")


def write(entries, assignment):
    """{file name: text}, in a folder of its own for each student if there are several.

    `result.json` is the result, `output.txt` the same as a line for GITHUB_OUTPUT, `summary.md` a text for GITHUB_STEP_SUMMARY.
    """
    folders = slugs([entry.student for entry in entries])
    made = {}
    for entry in entries:
        place = "" if len(folders) == 1 else f"{folders[entry.student]}/"
        made[f"{place}{RESULT}"] = json.dumps(result(entry, assignment), indent=2, ensure_ascii=False) + "\n"
        made[f"{place}{OUTPUT}"] = f"result={encoded(entry, assignment)}\n"
        made[f"{place}{SUMMARY}"] = summary(entry, assignment)
    return made


def result(entry, assignment):
    """What the reporter reads, as data: status pass, fail or error, the points, and a test for each exercise."""
    tests = [_test(one) for one in weighed(entry, assignment)]
    status = "pass" if exit_code([entry], assignment) == 0 else "fail" if entry.graded.status == "ok" else "error"
    return {"version": 1, "status": status, "max_score": possible(assignment), "tests": tests}


def encoded(entry, assignment):
    """The result as the reporter wants it in `RUNNER_RESULTS`, where RUNNER is the id of the step: base64 of JSON."""
    return base64.b64encode(json.dumps(result(entry, assignment)).encode()).decode()


def exit_code(entries, assignment):
    """0 if every student has all points, else 1: what a check in a workflow goes by."""
    return int(any(not one.full for entry in entries for one in weighed(entry, assignment)))


def summary(entry, assignment):
    """The summary of one student in Markdown, for GITHUB_STEP_SUMMARY; everything in it that a student may have made is escaped."""
    earned, points = total(entry, assignment), possible(assignment)
    head = f"## {escaped(assignment.name)}: {earned} of {points} points\n"
    said = f"\n{escaped(entry.graded.said)}\n" if entry.graded.status != "ok" and entry.graded.said else ""
    rows = [_row(one) for one in weighed(entry, assignment)]
    return f"{head}{said}\n| | exercise | points | |\n|---|---|---|---|\n{''.join(rows)}"


def escaped(text):
    """`text` as Markdown that shows it: one line, no markup, no link, no mention, cut."""
    cut = text if len(text) <= CELL else text[:CELL] + " …"
    flat = " ".join(cut.split())
    return MARKUP.sub(lambda found: f"&#{ord(found[1])};", flat)


def _row(one):
    told = "<br>".join(escaped(line) for line in lines(one))
    return f"| {'✓' if one.full else '✗'} | {escaped(one.exercise)} | {one.earned} of {one.points} | {told} |\n"


def _test(one):
    message = None if one.full else "\n".join(lines(one))
    status = "pass" if one.full else "fail"
    return {"name": one.exercise, "status": status, "score": one.earned, "message": message, "test_code": ""}
