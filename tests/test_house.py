"""The plan of the code, line by line: what HOUSE calls "Never"."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

exercise = importlib.import_module("seqkit.exercise")  # the face has a function of this name
ROOT = Path(__file__).resolve().parent.parent
ROOMS = {".".join(p.relative_to(ROOT).with_suffix("").parts): p for p in sorted((ROOT / "seqkit").rglob("*.py"))}
STYLES = [room for room in ROOMS if room.startswith("seqkit.styles.") and not room.endswith("__init__")]
EDITING = [room.replace("styles", "editing") for room in STYLES]
HOMES = {"objax": "objax", "flax": ("linen", "nnx"), "equinox": "equinox", "keras": "keras", "torch": "torch"}


def imports(room):
    """What a room imports, as whole module names, those inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(ROOMS[room].read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{room}: write the whole name of what is imported"
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def streets(room):
    """The rooms of seqkit that a room imports."""
    return {name for name in imports(room) if name in ROOMS}


def test_no_room_can_be_reached_from_itself():
    def reach(room, seen):
        for other in streets(room) - seen:
            seen |= {other}
            reach(other, seen)
        return seen

    loops = [room for room in ROOMS if room in reach(room, set())]
    assert not loops


def test_there_is_no_drawer():
    drawers = {"utils", "util", "helpers", "helper", "common", "base", "misc"}
    assert not [room for room in ROOMS if drawers & set(room.split("."))]


@pytest.mark.parametrize("room", ["steps", "spec", "errors", "exercise", "draws", "plain"])
def test_the_records_import_nothing_of_seqkit_but_errors(room):
    assert streets(f"seqkit.{room}") <= {"seqkit.errors"}


def test_only_the_face_knows_the_views():
    knows = [room for room in ROOMS if any(name.startswith("seqkit.views") for name in streets(room))]
    assert not [room for room in knows if not room.startswith("seqkit.views")]


def takes_the_face(room):
    """Whether a room imports the face itself, by which it would reach every other room unseen."""
    nodes = list(ast.walk(ast.parse(ROOMS[room].read_text())))
    whole = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    asked = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.module == "seqkit"]
    parts = {f"seqkit.{alias.name}" for node in asked for alias in node.names}
    return "seqkit" in whole or bool(parts - {other.removesuffix(".__init__") for other in ROOMS})


def test_only_a_page_that_draws_as_a_learner_would_goes_through_the_face():
    assert [room for room in ROOMS if takes_the_face(room)] == ["seqkit.grading.report.pictures"]


def test_only_the_command_line_knows_grading():
    knows = [room for room in ROOMS if any(name.startswith("seqkit.grading") for name in streets(room))]
    assert not [room for room in knows if not room.startswith(("seqkit.grading", "seqkit.commands", "seqkit.__main__"))]


def test_what_runs_in_the_sandbox_imports_nothing_that_stays_outside():
    from seqkit.grading import building

    inside = {f"seqkit.{name}" for name in building.ROOMS}
    inside |= {f"seqkit.{name.removesuffix('.py').replace('/', '.')}" for name in building.SINGLE}
    folders = tuple(f"seqkit.{name.replace('/', '.')}." for name in building.FOLDERS)
    there = [room for room in ROOMS if room in inside or room.startswith(folders)]
    reached = {name for room in there for name in streets(room)}
    assert not [name for name in reached if name not in inside and not name.startswith((*folders, "seqkit.exercises"))]


@pytest.mark.parametrize("room", [*STYLES, *EDITING])
def test_no_style_imports_another(room):
    others = {*STYLES, *EDITING} - {room, room.replace("editing", "styles")}
    assert not streets(room) & others


def test_only_the_views_know_how_a_chain_is_edited():
    knows = [room for room in ROOMS if any(name.startswith("seqkit.editing") for name in streets(room))]
    assert not [room for room in knows if not room.startswith(("seqkit.editing.", "seqkit.views."))]


def test_what_all_styles_share_in_editing_imports_none_of_them():
    shared = [room for room in ROOMS if room.startswith("seqkit.editing") and room not in EDITING]
    assert not [room for room in shared if streets(room) & {*STYLES, *EDITING}]


@pytest.mark.parametrize("room", ROOMS)
def test_a_framework_is_named_only_in_its_own_style(room):
    for framework, styles in HOMES.items():
        if any(name.split(".")[0] == framework for name in imports(room)):
            own = [f"seqkit.styles.{style}" for style in ([styles] if isinstance(styles, str) else styles)]
            own += [style.replace("styles", place) for style in own for place in ("probing", "editing")]
            assert room in own or room.startswith("seqkit.exercises.")


def test_observe_never_sees_the_judge_and_the_judge_never_the_learner():
    assert streets("seqkit.observe") <= {"seqkit.compare", "seqkit.plain"}
    assert "seqkit.progress" not in streets("seqkit.judge")


@pytest.mark.parametrize("room", [room for room in ROOMS if room.startswith("seqkit.exercises.")])
def test_a_page_knows_what_a_page_is_made_of_and_nothing_else(room):
    allowed = {"seqkit.exercise", "seqkit.draws", "seqkit.plain"}
    assert not [name for name in streets(room) - allowed if not name.startswith(("seqkit.probing.", "seqkit.styles."))]


@pytest.mark.parametrize(
    "room", ["observe", "judge", "check", "compare", "plain", "draws", "exercise", "snippet", "progress", "lesson"]
)
def test_no_room_of_the_judge_names_a_framework_or_a_page(room):
    named = imports(f"seqkit.{room}")
    assert not [name for name in named if name.split(".")[0] in {"jax", *HOMES} or name.startswith("seqkit.exercises")]


FRAMEWORKS_OF = {"01": set(), "02": {"objax"}, "03": {"objax"}, "04": {"objax"}, "05": {"flax"}, "06": {"flax"}}
FRAMEWORKS_OF |= {"07": {"flax"}, "08": {"equinox"}, "09": {"equinox"}, "10": {"objax", "flax", "equinox"}}
FRAMEWORKS_OF |= {"11": {"flax"}, "12": {"flax", "objax"}}


@pytest.mark.parametrize("name", exercise.names())
def test_a_page_loads_no_framework_but_that_of_its_lesson(name):
    file, _, lesson, _ = exercise.index()[name]
    reached, rest = set(), {f"seqkit.exercises.{file}"}
    while rest:
        room = rest.pop()
        reached.add(room)
        rest |= streets(room) - reached
    loaded = {named.split(".")[0] for room in reached for named in imports(room)} & set(HOMES)
    assert loaded <= FRAMEWORKS_OF[lesson[:2]] | ({"keras"} if name == "keras_chain" else set())


def names_of(room):
    """What a room defines."""
    tree = ast.parse(ROOMS[room].read_text())
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assigned = [t for node in tree.body if isinstance(node, ast.Assign) for t in node.targets]
    return names | {name for t in assigned for name in ast.unparse(t).strip("()").split(", ")}


@pytest.mark.parametrize("room", STYLES)
def test_every_style_has_the_same_names(room):
    names = names_of(room)
    wanted = {"Sequential", "LAYOUT", "LINES", "write", "build", "slots", "parameters", "load"}
    traced = {"name", "takes", "is_module", "layers_of", "watch", "run", "named_parameters", "preserve"}
    traced |= {"OUTSIDE", "SHARES", "keep", "symbolic"}
    assert not (missing := (wanted | traced) - names), f"{room} has no {', '.join(sorted(missing))}"


@pytest.mark.parametrize("room", EDITING)
def test_every_style_has_a_file_of_its_own_for_editing_with_the_same_names(room):
    wanted = {"KINDS", "SAID", "make", "describe", "edit", "rebuilt", "snapshot", "loading"}
    assert not (missing := wanted - names_of(room)), f"{room} has no {', '.join(sorted(missing))}"


def test_every_style_is_known_to_trace_and_to_the_face():
    import seqkit
    from seqkit.trace import STYLES as known

    names = {room.rpartition(".")[2] for room in STYLES}
    assert set(known.values()) == names and names <= set(seqkit.__all__)


def loaded_by(code):
    """The top-level modules that a fresh Python has loaded after `code`."""
    script = f"{code}; import sys; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    return set(
        subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout.split()
    )


def test_importing_seqkit_loads_no_framework_no_numpy_and_no_widget():
    heavy = {"jax", "jaxlib", "numpy", "flax", "objax", "equinox", "keras", "torch", "matplotlib", "ipywidgets", "PIL"}
    assert not heavy & loaded_by("import seqkit")


def test_the_help_of_the_command_line_loads_next_to_nothing():
    asked = "from click.testing import CliRunner; from seqkit.__main__ import cli; CliRunner().invoke(cli, ['--help'])"
    heavy = {"jax", "numpy", "rich", "sqlalchemy", "jinja2", "nbformat", "IPython", "msgpack", "distributed"}
    assert not heavy & loaded_by(asked)


def test_a_check_loads_only_the_framework_of_its_page():
    script = "import seqkit as sk; from seqkit.exercise import names; sk.check('three_layer_mlp', len), names()"
    assert not {"objax", "equinox", "keras", "torch", "matplotlib"} & loaded_by(script)
    assert not {"jax", "flax", "PIL"} & loaded_by("import seqkit as sk; sk.exercise('forward'), sk.progress()")


def test_a_trace_loads_only_the_style_of_its_chain():
    script = "import equinox as eqx, seqkit as sk; sk.trace(eqx.nn.Sequential([]), 1.0)"
    assert not {"flax", "objax", "keras", "torch"} & loaded_by(script)


def test_the_face_offers_what_it_lists_and_nothing_else():
    import seqkit as sk

    assert all(
        callable(getattr(sk, name)) or name in HOMES or name in ("linen", "nnx") for name in dir(sk) if name != "torch"
    )
    with pytest.raises(AttributeError, match=r"seqkit has no 'sequential'"):
        sk.sequential  # noqa: B018


def run(code, **env):
    import os

    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=os.environ | env)


def test_keras_on_another_backend_is_refused_with_a_sentence():
    said = run("import seqkit as sk; sk.keras", KERAS_BACKEND="numpy").stderr
    assert "FrameworkError" in said and "KERAS_BACKEND is 'numpy'; seqkit runs Keras on JAX" in said


@pytest.mark.parametrize("place", ["styles", "editing"])
def test_keras_is_put_on_jax_before_it_is_imported(place):
    import os

    gone = "import os; os.environ.pop('KERAS_BACKEND', None)"
    code = f"{gone}; from seqkit.{place} import keras as room; print(room.keras.backend.backend())"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ)).stdout
        == "jax\n"
    )


@pytest.mark.parametrize("asked", ["import seqkit as sk; sk.torch", "import seqkit.editing.torch"])
def test_without_pytorch_its_style_says_how_to_get_it(asked):
    hide = f"import sys; sys.modules['torch'] = None; {asked}"
    said = run(hide).stderr
    assert "FrameworkError" in said and "pip install torch" in said
