"""The closed room: an honest answer earns whatever stands beside it, a hostile one gains nothing, and the next is examined as ever."""

import ast
import os
import platform
import signal
import stat
import struct
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from seqkit.check import DRAW, judge
from seqkit.exercise import load
from seqkit.grading import building, compiled, replies, scoring, wire
from seqkit.grading.examined import Ask, Examined, Job
from seqkit.grading.handout.assignment import Item
from seqkit.grading.room import child, layers, watching
from seqkit.grading.room.cells import LINE, LINES, PRINTED, SAID
from seqkit.grading.room.warming import warm
from seqkit.grading.sandbox import Sandbox
from seqkit.judge import wanted
from seqkit.observe import Observations, Seen
from seqkit.plain import Raised, Run
from tests import hostile, hunt

SECRET = 1_234_567_891
"""The draw that nobody in the room may know."""
CANARY = "SEQKIT_CANARY", "a canary that sings in the grader alone"
OTHER = "what another student wrote, 7f3a91"
REPOSITORY = Path(__file__).resolve().parent.parent
LINUX = sys.platform.startswith("linux")
WALLS = "" if LINUX and not any(layers.available()[name] for name in layers.NEEDED) else "no closed room here"
OWN_DISK = WALLS or layers.available().get("namespaces", "")
needs_walls = pytest.mark.skipif(bool(WALLS), reason=WALLS or "")
needs_disk = pytest.mark.skipif(bool(OWN_DISK), reason=str(OWN_DISK))
pytestmark = needs_walls


def asks(*exercises, limit_s=2.0):
    draws = {"secret": SECRET, "public": DRAW}
    return tuple(
        Ask(name, which, [probe.cases(draw) for probe in load(name).probes], limit_s)
        for name in exercises
        for which, draw in draws.items()
    )


def examined(sandbox, *cells, exercises=("forward",), limit_s=4.0, ask_s=2.0, values=("got",), more=True):
    return sandbox.examine(Job(cells, asks(*exercises, limit_s=ask_s), values, limit_s), more=more)


def agreed(found, name="forward"):
    """How many probes agree on the secret draw: what a grader makes of what came out; None if nothing came."""
    seen = found.seen.get((name, "secret"))
    return judge(load(name), seen, SECRET).agreed if seen else None


ALL = len(load("forward").probes)
EARNS = {"full": {ALL}, "less": {None, *range(ALL)}, "nothing": {None, 0}}


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A folder of the grader's, with what nobody else may read or change."""
    folder = tmp_path_factory.mktemp("grader")
    for name in ("gradebook.sqlite", "secret.json"):
        (folder / name).write_text("kept")
    return folder


@pytest.fixture(scope="module")
def sandbox():
    os.environ[CANARY[0]] = CANARY[1]
    with Sandbox(["forward", "shapes"], cpu_s=60.0) as made:
        made.ready()
        compiled.keep()
        warm()
        compiled.hand_in(made.room)
        yield made
    del os.environ[CANARY[0]]


@pytest.fixture(scope="module")
def neighbour():
    """The room of another grader."""
    room = building.build(["forward"])
    yield room
    building.clear(room)


@pytest.fixture
def facts(sandbox, kept, neighbour):
    """What a hostile submission might know or guess, as code."""
    server = sandbox._server._process.pid
    forbidden = [kept / "secret.json", REPOSITORY / "seqkit/exercises/forward.py", REPOSITORY / "seqkit/judge.py"]
    forbidden += [
        REPOSITORY / "README.md",
        neighbour / "start.py",
        "/etc/passwd",
        "/etc/shadow",
        "/proc/1/environ",
    ]
    forbidden += [f"/proc/{pid}/{name}" for pid in (server, os.getpid(), "self") for name in ("environ", "mem", "maps")]
    forbidden += [
        Path.home() / ".",
        "/proc/kcore",
        "/dev/mem",
        "/dev/shm/.",
        "/dev/kmsg",
        "/sys/kernel/.",
        "/var/log/.",
    ]
    told = {
        "FORBIDDEN": [str(path) for path in forbidden if os.path.exists(path)],
        "TARGETS": [
            str(kept / "gradebook.sqlite"),
            str(sandbox.room / "seqkit/exercises/forward.py"),
            "/tmp/seqkit-none",
        ],
        "SERVER": server,
        "GRADER": os.getpid(),
        "REPOSITORY": str(REPOSITORY),
        "ROOM": str(sandbox.room),
        "CANARY_NAME": CANARY[0],
    }
    return "; ".join(f"{name} = {value!r}" for name, value in told.items()) + "\n"


def check(found, one):
    """What a hostile submission earns and how it ends, which is told; what came of it is bounded."""
    said = f"{one.name}: {found.status}. {found.said} {found.cells} {found.tried}"
    assert found.status in one.status, said
    assert bool(found.said) == (found.status != "ok"), said
    assert agreed(found) in EARNS[one.earns], said
    assert not found.values.get("got"), said
    assert all(any(text.startswith(start) for text in found.tried) for start in one.tried), said
    for error, printed, left_out, _ in found.cells.values():
        assert len(error) <= SAID and len(printed) <= PRINTED and len(left_out) <= LINES
        assert all(len(text) <= LINE for text in left_out)
    assert len(found.tried) <= 60 and all(len(text) <= 200 for text in found.tried)


def test_an_honest_answer_earns_all_and_says_what_it_cost(sandbox):
    found = examined(sandbox, "a = 1\nprint('hello', a)", hostile.HONEST, "got = [a, 2.5, 'x']")
    assert (found.status, found.said, agreed(found), found.tried) == ("ok", "", ALL, [])
    assert found.cells == {1: ("", "hello 1\n", [], False), 2: ("", "", [], False), 3: ("", "", [], False)}
    assert found.values == {"got": [1, 2.5, "x"]}
    assert 0 < found.cpu_s < 60 and found.memory_bytes > 50 << 20


def test_an_error_ends_its_cell_and_no_other(sandbox):
    found = examined(
        sandbox, "1 / 0", "def f(:", "raise SystemExit(3)", "raise KeyboardInterrupt", "exit()", hostile.HONEST
    )
    errors = [cell[0].partition(":")[0] for cell in found.cells.values()]
    assert errors[:4] == ["ZeroDivisionError", "SyntaxError", "SystemExit", "KeyboardInterrupt"] and errors[4]
    assert (found.status, agreed(found)) == ("ok", ALL)


def test_magics_and_shell_lines_are_left_out_and_said(sandbox):
    cells = (
        "%matplotlib inline\n!rm -rf /\nfiles = !ls\nx = 1\n%timeit x",
        "%%bash\necho hello",
        "%%time\n" + hostile.HONEST.strip(),
        "get_ipython().system('id')\nget_ipython().magic('x')\ndisplay(x)\nfiles?",
        "%%writefile /etc/passwd\nx",
    )
    found = examined(sandbox, *cells)
    assert (found.status, agreed(found)) == ("ok", ALL)
    assert [cell[0] for cell in found.cells.values()] == [""] * 5
    left_out = [cell[2] for cell in found.cells.values()]
    assert left_out[0] == ["%matplotlib inline", "!rm -rf /", "!ls", "%timeit x"] and left_out[2] == ["%%time"]
    assert left_out[1] == ["%%bash"] and "!id" in left_out[3] and left_out[4] == ["%%writefile /etc/passwd"]


@needs_disk
def test_nobody_is_told_of_what_a_library_does_at_its_import_or_a_student_in_the_scratch_folder(sandbox):
    cells = (
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.savefig('x.png')",
        "import equinox, flax.nnx",
    )
    found = examined(
        sandbox,
        *cells,
        "import os\nopen('a', 'w').close()\nos.rename('a', 'b')\nos.remove('b')",
        hostile.HONEST,
        limit_s=30.0,
    )
    assert [cell[0] for cell in found.cells.values()] == [""] * 4
    assert (found.status, agreed(found), found.tried) == ("ok", ALL, [])


def test_input_raises_and_does_not_wait(sandbox):
    found = examined(sandbox, "input('your name? ')", "import sys\nassert sys.stdin.read() == ''", hostile.HONEST)
    assert found.cells[1][0].startswith("EOFError") and found.cells[2][0] == ""
    assert (found.status, agreed(found)) == ("ok", ALL)


def test_nothing_under_the_name_is_none_and_a_value_that_is_not_there_is_left_out(sandbox):
    found = examined(sandbox, "def forwards(layers, x): return x", values=("got", "page", "forwards"))
    assert found.seen == {("forward", "secret"): None, ("forward", "public"): None}
    assert list(found.values) == ["forwards"]


def test_of_two_exercises_one_that_ends_the_process_takes_nothing_from_the_other(sandbox):
    bomb = "import os\ndef shapes(*args): os._exit(1)"
    found = examined(sandbox, bomb, hostile.HONEST, exercises=("shapes", "forward"))
    assert (found.status, agreed(found)) == ("died", ALL) and "a call of shapes" in found.said
    assert not any(name == "shapes" for name, _ in found.seen)


def test_two_exercises_that_end_the_process_take_nothing_from_the_third():
    bombs = "import os\ndef shapes(*args): os._exit(1)\ndef mlp(*args): os._exit(1)"
    with Sandbox(["shapes", "mlp", "forward"], cpu_s=60.0) as made:
        found = examined(made, bombs, hostile.HONEST, exercises=("shapes", "mlp", "forward"), more=False)
    assert (found.status, agreed(found)) == ("died", ALL)


LOOKS = """
import sys
got = []
def look():
    above = sys._getframe()
    while above:
        got.append(repr(above.f_locals))
        above = above.f_back
look()
def forward(layers, x):
    look()
    return x
"""


def test_the_secret_draw_comes_in_after_everything_that_a_student_is_shown_has_gone_out(sandbox):
    """Else a cell could raise it, or an answer keep it and raise it where the sentence is for the student."""
    found = examined(sandbox, LOOKS)
    told = "".join(found.values["got"])
    drawn = {
        draw: {str(case) for probe in load("forward").probes for case in probe.cases(draw)} for draw in (DRAW, SECRET)
    }
    assert any(case in told for case in drawn[DRAW]) and not any(case in told for case in drawn[SECRET] - drawn[DRAW])
    assert agreed(found) is not None


@pytest.mark.parametrize("one", hostile.QUIET, ids=lambda one: one.name)
@needs_disk
def test_what_is_tried_is_refused_and_the_honest_part_earns(one, sandbox, facts, kept):
    before = {path: (path.read_bytes(), path.stat()) for path in kept.iterdir()}
    found = examined(sandbox, facts + one.cells[0], *one.cells[1:], limit_s=20.0)
    check(found, one)
    assert not any(error for error, *_ in found.cells.values()), "what it was to try behind that it has not tried"
    assert {path: (path.read_bytes(), path.stat()) for path in kept.iterdir()} == before


@pytest.mark.parametrize("one", [*hostile.QUIET, *hostile.LOUD], ids=lambda one: one.name)
def test_what_is_hostile_is_python_and_so_is_tried_at_all(one):
    assert all(map(ast.parse, one.cells))


@pytest.mark.parametrize("one", hostile.LOUD, ids=lambda one: one.name)
def test_what_ends_or_lies_gains_nothing_and_the_next_is_examined_as_ever(one, sandbox):
    if "CODE =" in one.cells[0] and platform.machine() != "x86_64":
        pytest.skip("that is machine code of another processor")
    check(examined(sandbox, *one.cells, limit_s=1.0), one)
    if one.earns != "full" and one.status != ("ok",):  # else the honest part was examined in a child of its own
        found = examined(sandbox, hostile.HONEST)
        assert (found.status, agreed(found), found.tried) == ("ok", ALL, [])


def test_a_cell_that_leaves_too_many_threads_is_blamed_itself_and_the_rest_counts(sandbox):
    started = "threading.Thread(target=time.sleep, args=(60,)).start()"
    crowd = f"import threading, time\nthreading.stack_size(32768)\nfor _ in range(600): {started}"
    found = examined(sandbox, crowd, hostile.HONEST)
    assert (found.status, agreed(found)) == ("died", ALL) and "in cell 1 " in found.said, found.said


def larger(data):
    """Each byte one more: what is hunted for is not in the hunter."""
    return bytes((byte + 1) % 256 for byte in data)


def secrets():
    """{what: bytes} of everything that the room may not hold."""
    page, texts = load("forward"), {"another student": OTHER, "the environment": CANARY[1], "the draw": str(SECRET)}
    texts |= {f"the sentence of {mistake.name}": mistake.sentence for mistake in page.mistakes}
    texts |= {f"the name {mistake.name}": mistake.name for mistake in page.mistakes if len(mistake.name) > 9}
    texts |= {f"hint {i}": hint[:30] for i, hint in enumerate(page.hints)}
    texts |= {"the reference": page.reference.__doc__[:30], "the statement": page.statement[:30]}
    texts |= {f"why {probe.name}": probe.why[:30] for probe in page.probes}
    found = {what: text.encode() for what, text in texts.items()}
    array = next(i for i, probe in enumerate(page.probes) if probe.name == "an array")
    found["an expected value"] = wanted(page, array, SECRET)[0].value.tobytes()
    found["the draw as Python keeps it"] = struct.pack("<II", SECRET & (1 << 30) - 1, SECRET >> 30)
    return found


@pytest.mark.parametrize("where", ["in a cell", "in an answer"])
def test_a_hunt_finds_no_reference_no_mistake_no_draw_and_no_other_student(where, sandbox):
    """In files, modules, frames and memory; what is there, it finds: the code that a probe draws."""
    examined(sandbox, f"# {OTHER}\nother = '{OTHER}'", hostile.HONEST)
    hidden = {f"secret {i}": larger(data) for i, data in enumerate(secrets().values())}
    control = {
        "the probes": larger(b"double, plus_three, abs, double"),
        "the hunter": larger(b"which says of an address"),
    }
    known = f"ROOM, CONTROL, SECRETS = {str(sandbox.room)!r}, {control!r}, {hidden!r}\n{hunt.HUNT}"
    asked = {"in a cell": "got = hunt()", "in an answer": "got = {}\ndef forward(layers, x): got or got.update(hunt())"}
    found = examined(sandbox, known, asked[where], limit_s=30.0, ask_s=30.0)
    assert (found.status, found.cells[1][0], found.cells[2][0]) == ("ok", "", "")
    got = found.values["got"]
    assert set(got["found"]) == set(control), got["found"]
    at_hand = {"objects"} if where == "in an answer" else set()  # before that no draw is in the room
    assert {"files", "heap", "arenas"} | at_hand <= set(got["found"]["the probes"]), got
    assert min(got["looked"][place] for place in ("files", "objects", "heap", "arenas", "stack")) > 1000, got


def test_a_stolen_reply_file_says_nothing_that_a_comparison_would_not_have_said(sandbox):
    """Observations that a student makes are compared like any: right values earn, as they do when they are returned."""
    code = """
import sys, time
from seqkit.grading.wire import frame
from seqkit.observe import observe_cases
above = sys._getframe()
while "job" not in above.f_locals: above = above.f_back
channel, page = above.f_locals["channel"], above.f_locals["pages"]["forward"]
os.write(reply, frame(b"C", [1, "", "", [], False]) + frame(b"C", None))
while (asked := channel.receive())[0] != b"L":
    name, which, cases, limit_s = asked[1] if asked[0] == b"A" else ("", "", [], 0)
    seen = frame(b"S", [name, which, observe_cases(page, ANSWER, cases)]) if name else frame(b"V", [asked[1], []])
    os.write(reply, seen)
os.write(reply, frame(b"E", None))
time.sleep(100)
"""
    for answer, earned in (
        ("lambda layers, x: x", 1),
        ("lambda layers, x: __import__('functools').reduce(lambda y, layer: layer(y), layers, x)", ALL),
    ):
        found = examined(sandbox, hostile.REPLY + f"ANSWER = {answer}" + code)
        assert (found.status, agreed(found)) == ("ok", earned)


def test_two_workers_do_not_disturb_each_other(sandbox):
    bad = ("import time\ntry: bytearray(1 << 40)\nexcept MemoryError: time.sleep(0.3)", "import os; os._exit(1)")
    jobs = [Job((cell, hostile.HONEST), asks("forward"), (), 4.0) for cell in ("", *bad, "")]
    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda numbered: sandbox.examine(numbered[1], numbered[0] % 2), enumerate(jobs)))
    assert [agreed(each) for each in found] == [ALL] * 4 and [each.status for each in found] == [
        "ok",
        "ok",
        "died",
        "ok",
    ]


def test_a_server_that_is_killed_is_replaced_and_no_submission_is_blamed(sandbox):
    sandbox.warm()
    os.kill(sandbox._server._process.pid, signal.SIGKILL)
    found = examined(sandbox, hostile.HONEST)
    assert (found.status, agreed(found)) == ("ok", ALL)


def test_the_room_is_of_this_user_alone(sandbox):
    assert stat.S_IMODE(sandbox.room.stat().st_mode) == 0o700


def test_without_namespaces_the_other_layers_hold(facts):
    """As in a container that grants none: there is no place to write on, and the rest is refused as before."""
    with Sandbox(["forward"], layers=("limits", "landlock", "seccomp")) as made:
        facts = facts.replace(facts.partition("ROOM = ")[2].partition(";")[0], repr(str(made.room)))
        several = (hostile.READS, hostile.WRITES, hostile.SIGNALS, hostile.RIGHTS)
        found = examined(
            made, *(facts + one.cells[0] for one in several), "open('own', 'w')", hostile.HONEST, more=False
        )
    check(found, hostile.READS)
    assert [cell[0] for cell in found.cells.values()][:4] == [""] * 4
    assert found.cells[5][0].startswith("PermissionError")


def test_where_nothing_can_be_forked_a_plain_process_is_bounded_in_time():
    with Sandbox(["forward"], plain=True) as made:
        assert all(made.ready().values())
        found, room = examined(made, "import time; time.sleep(100)", hostile.HONEST, limit_s=1.0, more=False), made.room
    assert (found.status, agreed(found)) == ("timeout", ALL) and not room.exists()


def test_no_library_of_another_python_lays_seqkit_open(tmp_path, monkeypatch):
    """Of a folder with packages in which seqkit is one, or what pip left of it, the others alone are readable."""
    shelf = tmp_path / "lib/python3.9/site-packages"
    for name in ("seqkit", "numpy", "~eqkit", "seqkit-0.1.dist-info", "__editable___seqkit_0_1_finder.py"):
        (shelf / name).mkdir(parents=True)
    (tmp_path / "lib/libx.so").touch()
    monkeypatch.setattr(layers, "SYSTEM", (str(tmp_path / "lib"),))
    inside = {path for path in layers.readable() if path.startswith(str(tmp_path))}
    assert inside == {str(shelf / "numpy"), str(tmp_path / "lib/libx.so")}


def saying(*frames):
    """What is kept of the frames of a child that was asked for `forward` after one cell."""
    found, at = Examined(), replies.Place([[1, "x = 1"]], asks("forward"), ["got"])
    for kind, value in frames:
        replies.take(kind, value, at, found)
    return found


CELLS = [(child.CELL, [1, "", "", [], False]), (child.CELL, None)]
SEEN = Observations(
    "forward", "a function", True, True, tuple((Seen(1),) * probe.times for probe in load("forward").probes)
)


def test_a_child_says_at_most_so_often_what_was_tried_each_once_and_cut():
    tried = [(child.TRIED, f"{i % 3} {'x' * 999}") for i in range(watching.MOST)]
    assert [len(text) for text in saying(*tried).tried] == [200] * 3
    with pytest.raises(wire.WireError, match="a frame b'T' where there is none"):
        saying(*tried, tried[0])


def test_a_child_sees_as_many_cases_as_were_asked_of_what_was_asked():
    assert saying(*CELLS, (child.SEEN, ["forward", "public", SEEN])).seen == {("forward", "public"): SEEN}
    fewer, more = replace(SEEN, probes=SEEN.probes[1:]), replace(SEEN, probes=(SEEN.probes[0] * 2, *SEEN.probes[1:]))
    other = [["forward", "public", seen] for seen in (fewer, more, replace(SEEN, exercise="shapes"))]
    for value in (*other, ["forward", "secret", SEEN], ["shapes", "public", SEEN]):
        with pytest.raises(wire.WireError, match="a frame b'S' where there is none"):
            saying(*CELLS, (child.SEEN, value))


FORGED = {
    "nothing": None,
    "a very large number": 10**299,
    "not a number": float("nan"),
    "a complex number": 1j,
    "a long text": "x" * 9999,
    "an array of one text": np.array("x"),
    "an array of half a letter": np.array(["\ud800"]),
    "an empty array of a large shape": np.zeros((0, 10**9)),
    "a dict of odd keys": {None: 1, 1: 2, 2.5: 3},
    "an error": Raised("E" * 200, "", ("TypeError",)),
    "lists": [[[]]],
    "a run of a run": Run(Run(1)),
    "a run of an error": Run(Raised("E", "m"), [("Dense", None)]),
    "a run of many layers": Run(1.0, [("Dense" * 999, None)] * 3000),
}


@pytest.mark.parametrize("value", FORGED.values(), ids=FORGED)
def test_whatever_is_forged_is_judged_and_what_is_told_of_it_is_short(value):
    for name in ("forward", "shapes", "three_layer_mlp"):
        page, seen = load(name), Seen(value, 1, "w" * 999, ("x",))
        forged = Observations(name, "k" * 999, True, True, tuple((seen,) * probe.times for probe in page.probes))
        made = scoring.score(Item(name, 5.0), DRAW, {"secret": forged, "public": forged})
        assert made.asked == len(page.probes) and made.agreed < made.asked
        assert len(wire.pack(vars(made) | {"layers": list(made.layers)})) < 200_000
