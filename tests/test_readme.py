"""The README keeps what it promises: its code runs, its picture is what that code draws, its plan is the tree."""

import io
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "README.md").read_text()


@pytest.fixture(scope="module")
def names():
    held = {}
    for block in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL):
        exec(block, held)
    return held


def test_the_picture_is_the_one_that_its_code_draws(names):

    drawn = np.asarray(Image.open(io.BytesIO(names["view"].png)).convert("L")).astype(int)
    kept = np.asarray(Image.open(ROOT / "images/chain.png").convert("L")).astype(int)
    assert drawn.shape == kept.shape and np.abs(drawn - kept).mean() < 1, "save it anew: view.save('images/chain.png')"


def test_every_room_of_the_plan_is_there_and_every_room_is_in_the_plan():
    plan = TEXT.partition("### How it is built")[2].partition("Beside it:")[0]
    named = set(re.findall(r"`(\w+(?:\.py|/))`", plan))
    paths = [path.relative_to(ROOT / "seqkit") for path in (ROOT / "seqkit").rglob("*.py")]
    assert {name for name in named if name.endswith("/")} <= {
        f"{each}/" for path in paths for each in path.parts[:-1]
    } | {"front/"}
    folders = {name[:-1] for name in named if name.endswith("/")} - {"grading", "views"}
    rooms = {path.name for path in paths if not folders & set(path.parts[:-1])}
    assert {name for name in named if name.endswith(".py")} == rooms


def test_the_verdict_that_is_shown_is_the_one_that_its_code_gets(names):
    verdict = TEXT.partition("```\n✗ ")[2].partition("\n```")[0]
    assert str(names["sk"].check("forward", names["forward"])) == f"✗ {verdict}"


def test_the_number_of_exercises_is_what_it_says():
    from seqkit.exercise import names as exercises

    said = f"There are {len(exercises())} exercises"
    assert said in TEXT, f"README: {said}"


def test_every_make_target_of_the_readme_is_a_target():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", TEXT, re.MULTILINE))
    assert {"lab", "test", "help", "run-notebooks"} <= named <= targets


def test_every_command_of_the_readme_is_one_and_takes_what_stands_behind_it():
    from seqkit.__main__ import cli

    names = cli.list_commands(None)
    takes = {name: {each for one in cli.get_command(None, name).params for each in one.opts} for name in names}
    written = [shlex.split(line, comments=True) for line in re.findall(r"^seqkit (.+)", TEXT, re.MULTILINE)]
    assert written and all({word for word in rest if word[0] == "-"} <= takes[name] for name, *rest in written)
    mentioned = re.findall(r"(?<=[ `])--[a-z-]+", TEXT.partition("## For teachers")[2].partition("## Measured")[0])
    assert set(mentioned) <= {"--help"}.union(*takes.values())


def test_every_link_leads_to_a_file():
    links = re.findall(r"\]\(([^)]+)\)", TEXT)
    titles = {f"#{title.lower().replace(' ', '-')}" for title in re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)}
    assert links and all(
        link in titles if link[0] == "#" else (ROOT / link).exists()
        for link in links
        if not link.startswith("https://")
    )
