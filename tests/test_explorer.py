"""The living picture, from the kernel's side: what it runs, what it sends, what it holds, what it lets go of."""

import asyncio
import gc
import re
import weakref
from concurrent.futures import ThreadPoolExecutor

import ipywidgets
import jax.numpy as jnp
import numpy as np
import objax
import pytest
import traitlets
from flax import linen

import seqkit as sk
from seqkit.errors import SpecError, TraceError
from seqkit.spec import Dense, Spec
from seqkit.views import cells, inputs
from seqkit.views.numbers import BINS, CELLS, HEAD, RECORD
from seqkit.views.pace import Pace
from tests.style_cases import MLP, X, every_style, load, native, numbers, plain_call


def explored(style="objax", spec=MLP, x=X, **given):
    chain, outside = load(style).build(spec, 2)
    return sk.explore(chain, native(style, x), **outside | given)


def asked(view, do, *buffers, **more):
    """What the front end would send."""
    view._handle_custom_msg({"do": do, **more}, list(buffers))


def records(view):
    return np.frombuffer(view._values["data"], np.float32).reshape(-1, RECORD)


@every_style
def test_the_picture_is_the_run_of_the_chain_itself(style):
    view = explored(style)
    assert np.array_equal(numbers(view.trace.output), numbers(plain_call(style, view.chain, view.x, view.given)))
    assert repr(view) == f"{style} chain, 4 steps, 43 parameters: {repr(view).partition(': ')[2]}"
    assert [row["l"] for row in view._structure["rows"]] == [step.layer for step in view.trace]


@every_style
def test_a_new_input_runs_the_chain_again(style):
    view = explored(style)
    view.x = native(style, X * 2)
    assert np.array_equal(numbers(view.trace.output), numbers(plain_call(style, view.chain, view.x, view.given)))


@every_style
def test_a_slider_changes_one_value_of_the_shown_example_and_nothing_else(style):
    view = explored(style)
    if style != "equinox":
        view.index = 1
    kind = type(view.x)
    asked(view, "value", at=2, value=7.5)
    wanted = np.array(X[0] if style == "equinox" else X)
    wanted[2 if style == "equinox" else (1, 2)] = 7.5
    assert np.array_equal(inputs.as_plain(view.x), wanted) and isinstance(view.x, kind)
    assert np.array_equal(numbers(view.trace.output), numbers(plain_call(style, view.chain, view.x, view.given)))


def test_an_equal_structure_is_not_sent_again():
    view, sent = explored(), []
    view.observe(lambda change: sent.append(change["name"]))
    asked(view, "value", at=0, value=1.25)
    assert "_structure" not in sent and "_values" in sent and "_input" not in sent


def test_only_the_rows_in_sight_are_sent():
    chain = objax.nn.Sequential([jnp.tanh] * 300)
    view = sk.explore(chain, np.ones((2, 16), np.float32))
    view._window = [100, 101, 102]
    assert view._values["rows"] == [100, 101, 102] and len(view._values["data"]) == 3 * RECORD * 4
    assert np.allclose(records(view)[0][len(HEAD) :][:16], view.trace[100].output[0])


def test_a_row_is_measured_and_a_unit_is_dead_that_is_zero_in_every_example():
    view = sk.explore(objax.nn.Sequential([abs]), np.array([[0, 2, 0, -1, 0], [0, 0, 0, 3, 0]], np.float32))
    found, bins = dict(zip(HEAD, records(view)[1], strict=False)), records(view)[1][-BINS:]
    assert (found["size"], found["least"], found["greatest"], found["finite"]) == (5, 0, 2, 1)
    assert (found["mean"], found["spread"], found["zeros"]) == pytest.approx((0.6, np.std([0, 2, 0, 1, 0]), 0.6))
    assert (found["dead"], found["units"], found["cells"]) == (3, 5, 5)
    assert {i: n for i, n in enumerate(bins) if n} == {0: 3, BINS // 2: 1, BINS - 1: 1}


def test_of_more_values_than_cells_a_cell_is_the_mean_of_neighbours():
    x = np.random.default_rng(0).normal(size=(1, 2 * CELLS)).astype(np.float32)
    view = sk.explore(objax.nn.Sequential([abs]), x)
    seen = records(view)[0][len(HEAD) : len(HEAD) + CELLS]
    np.testing.assert_allclose(seen, x.reshape(CELLS, 2).mean(1), rtol=1e-5, atol=1e-6)


def test_a_drawn_picture_is_the_new_example():
    digits = sk.Spec([Dense(3)], input=(64,))
    view = sk.explore(digits, np.zeros((2, 64), np.float32))
    drawn = np.linspace(0, 1, 64, dtype=np.float32)
    assert (view._input["kind"], view._input["height"], view._input["width"]) == ("pad", 8, 8)
    asked(view, "draw", drawn.tobytes())
    assert np.array_equal(view.x[0], drawn) and not view.x[1].any()


def test_noise_changes_every_value_and_reset_brings_the_first_input_back():
    view = explored()
    asked(view, "noise")
    once = np.array(view.x)
    assert (once != X).all() and np.abs(once - X).max() < 4
    asked(view, "noise")
    assert (np.array(view.x) != once).all()
    asked(view, "reset")
    assert np.array_equal(view.x, X)


def test_noise_leaves_a_picture_in_its_range():
    view = sk.explore(objax.nn.Sequential([abs]), np.linspace(0, 1, 128, dtype=np.float32).reshape(2, 64))
    asked(view, "noise")
    assert 0 == view.x.min() < view.x.max() == 1 and len(np.unique(view.x)) > 64


def test_a_view_runs_the_chain_once_when_it_is_made():
    runs = []
    view = sk.explore(objax.nn.Sequential([lambda x: runs.append(x) or x]), X)
    assert len(runs) == 1 and view.x is X


def test_what_the_chain_says_of_the_first_input_is_shown_when_it_comes_back():
    class Tired(objax.nn.Sequential):
        def __call__(self, x):
            if self.limit == 0:
                raise ValueError("no more today")
            return super().__call__(x)

    Tired.limit = 1
    view = sk.explore(Tired([jnp.tanh]), X)
    asked(view, "noise")
    Tired.limit = 0
    asked(view, "reset")
    assert view._message == "ValueError: no more today" and view.x is X


def test_of_numbers_without_another_axis_the_shown_example_is_changed():
    class Model(objax.Module):
        def __init__(self):
            self.chain = objax.nn.Sequential([objax.nn.Linear(1, 2)])

        def __call__(self, x):
            return self.chain(x[:, None])

    view = sk.explore(Model(), np.zeros(3, np.float32))
    view.index = 1
    asked(view, "value", at=0, value=5.0)
    assert view.x.tolist() == [0, 5, 0]


def test_whole_numbers_stay_whole():
    view = sk.explore(objax.nn.Sequential([lambda x: x * 2]), np.array([3, 5]))
    assert (view._input["low"], view._input["high"], view._input["step"]) == (-8, 8, 1)
    asked(view, "noise")
    asked(view, "value", at=1, value=-4.0)
    assert view.x.dtype == np.array([3]).dtype and view.x[1] == -4


@pytest.mark.parametrize(
    ("x", "kind"),
    [
        (3.0, "sliders"),
        (np.float32(2), "sliders"),
        (np.ones(3, np.float32), "sliders"),
        (np.ones((2, 3, 4), np.float32), "pad"),
        ((X, X), "none"),
    ],
)
def test_any_input_that_the_chain_takes_can_be_looked_at(x, kind):
    view = sk.explore(objax.nn.Sequential([lambda *values: values[0]]), x)
    assert view._input["kind"] == kind and len(view.trace) == 1 and view.trace.error is None


def test_selecting_a_step_shows_every_value_of_it():
    view = explored()
    view.selected = 1
    values = np.frombuffer(view._closer["values"], np.float32)
    assert np.allclose(values, np.asarray(view.trace[view.selected].output)[0])
    view.index = 1
    assert np.allclose(
        np.frombuffer(view._closer["values"], np.float32), np.asarray(view.trace[view.selected].output)[1]
    )
    view.selected = None
    assert view._closer == {}


@pytest.mark.parametrize("style", ["objax", "linen"])
def test_an_image_is_shown_one_channel_at_a_time(style):
    chain, outside = load(style).build(Spec([sk.Conv2D(3, 2)], input=(5, 4, 2)), 0)
    view = sk.explore(chain, native(style, np.random.default_rng(0).normal(size=(2, 5, 4, 2)).astype("f4")), **outside)
    view.selected, view._channel = 0, 2
    out = np.asarray(view.trace.output)[0]
    wanted = out[2] if style == "objax" else out[:, :, 2]
    assert (view._closer["channels"], view._closer["height"], view._closer["width"]) == (3, 5, 4)
    assert np.allclose(np.frombuffer(view._closer["values"], np.float32).reshape(5, 4), wanted)


def test_of_a_map_too_large_to_send_every_third_row_and_column_is_shown():
    x = np.random.default_rng(0).normal(size=(1, 200, 100)).astype(np.float32)
    view = sk.explore(objax.nn.Sequential([abs]), x)
    view.selected = 0
    shown = np.frombuffer(view._closer["values"], np.float32).reshape(view._closer["height"], view._closer["width"])
    assert np.array_equal(shown, abs(x[0])[::3, ::3]) and view._closer["of"] == 20_000


def test_a_parameter_is_measured_once_as_long_as_it_stays():
    view = explored()
    before = {key: known[1] for key, known in view._known.items()}
    asked(view, "value", at=0, value=2.0)
    assert before and all(view._known[key][1] is made for key, made in before.items())


@every_style
def test_an_edit_is_shown_and_said_and_can_be_undone(style):
    view = explored(style)
    before = numbers(view.trace.output)
    asked(view, "edit", operation="insert", position=[1], layer={"kind": "Activation", "name": "tanh"})
    assert len(view.trace) == 5 and view.trace.error is None and view.selected == 1
    assert "tanh" in view._edit["said"].lower() and view._edit["undo"] and not view._edit["redo"]
    asked(view, "edit", operation="undo", position=[])
    assert len(view.trace) == 4 and np.array_equal(numbers(view.trace.output), before) and view._edit["redo"]


@every_style
def test_what_does_not_fit_is_shown_where_it_happens_and_the_rest_stays_visible(style):
    view = explored(style)
    asked(view, "edit", operation="insert", position=[0], layer={"kind": "Dense", "features": 7, "bias": True})
    shown = view._structure
    assert len(shown["rows"]) == 5
    assert shown["failed"] == 1 and [row.get("pending", False) for row in shown["rows"]] == [False] * 2 + [True] * 3
    assert re.search(r"layer\[1\] \S*(Linear|Dense)\S* .*got shape", shown["sentence"])


def test_making_the_failing_layer_anew_makes_the_chain_fit():
    view = explored()
    asked(view, "edit", operation="insert", position=[0], layer={"kind": "Dense", "features": 7, "bias": True})
    failed = view._structure["rows"][view._structure["failed"]]
    asked(view, "edit", operation="replace", position=failed["p"], layer=failed["w"])
    assert view.trace.error is None and view.trace[1].layer == "Linear(7, 5)"


@pytest.mark.parametrize(
    "wanted",
    [
        {"do": "edit", "operation": "insert", "position": [99], "layer": {"kind": "Dense", "features": 2}},
        {"do": "edit", "operation": "insert", "position": [0], "layer": {"kind": "__import__"}},
        {"do": "edit", "operation": "insert", "position": [0], "layer": {"kind": "Dense", "features": -1}},
        {"do": "edit", "operation": "remove", "position": [0, 0]},
        {"do": "edit", "operation": "close", "position": []},
        {"do": "edit"},
        {"do": "value", "at": 10**9, "value": 1.0},
        {"do": "close"},
        {},
    ],
    ids=str,
)
def test_what_cannot_be_done_is_said_and_changes_nothing(wanted):
    view = explored()
    before, structure = list(view.chain), view._structure
    view._handle_custom_msg(wanted, [])
    assert list(view.chain) == before and view._structure == structure and view.trace.error is None


def test_a_chain_that_raises_before_its_first_layer_leaves_the_last_picture_and_says_why():
    class Picky(objax.nn.Sequential):
        def __call__(self, x):
            if x[0, 0] > 5:
                raise ValueError("only small numbers")
            return super().__call__(x)

    view = sk.explore(Picky([jnp.tanh]), jnp.ones((1, 2)))
    last = view.trace
    asked(view, "value", at=0, value=9.0)
    assert view._message == "ValueError: only small numbers" and view.trace is last
    asked(view, "value", at=0, value=1.0)
    assert view._message == ""


def test_a_model_with_a_chain_inside_can_be_looked_at_and_says_why_it_cannot_be_edited():
    class Model(objax.Module):
        def __init__(self):
            self.chain = objax.nn.Sequential([objax.nn.Linear(4, 2), jnp.tanh])

        def __call__(self, x):
            return self.chain(x) + 1

    view = sk.explore(Model(), X)
    assert "explore the chain itself" in view._edit["refusal"] and len(view._structure["rows"]) == 2


def test_the_side_inputs_are_marked_at_the_layers_that_get_them():
    def first(x, *, scale=1.0):
        return x * scale

    def second(x, *, scale=2.0):
        return x + scale

    def third(x):
        return x

    marks = {}
    for style, layers in {"objax": [first, third, second], "nnx": [first, second]}.items():
        chain = load(style).Sequential(layers) if style == "objax" else load(style).Sequential(*layers)
        marks[style] = [row["s"] for row in sk.explore(chain, jnp.ones((1, 2)), scale=3.0)._structure["rows"]]
    assert marks == {"objax": [["scale=3.0"], [], ["scale=3.0"]], "nnx": [["scale=3.0"], []]}


def test_equinox_hands_a_key_to_every_layer():
    import equinox as eqx
    import jax

    chain = eqx.nn.Sequential([eqx.nn.Dropout(0.5), eqx.nn.Lambda(jnp.tanh)])
    view = sk.explore(chain, jnp.ones(3), key=jax.random.key(0))
    assert [row["s"] for row in view._structure["rows"]] == [["key"], ["key"]]


def test_shared_parameters_are_marked():
    shared = objax.nn.Linear(4, 4)
    rows = sk.explore(objax.nn.Sequential([shared, jnp.tanh, shared]), X)._structure["rows"]
    assert [q[5] for q in rows[0]["q"]] == [None, None]
    assert [q[5] for q in rows[2]["q"]] == [q[0] for q in rows[0]["q"]]


@every_style
def test_the_shared_names_of_parameters_are_those_of_the_spec(style):
    view = explored(style)
    names = {q[1] for row in view._structure["rows"] for q in row["q"]}
    assert names == set(view.parameters)


@pytest.mark.parametrize(
    ("handed_on", "arrows"),
    [
        (lambda x: (x, x, x), [[None, [3], "float32"]] * 3),
        (lambda x: {"low": x, "high": x}, [["low", [3], "float32"], ["high", [3], "float32"]]),
        (lambda x: [x, x, x], [[None, None, "[(3,), (3,), (3,)]"]]),
    ],
    ids=["tuple", "dict", "list"],
)
def test_an_arrow_is_an_argument_of_the_next_layer(handed_on, arrows):
    chain = linen.Sequential([handed_on, lambda *args, **named: len(args) + len(named)])
    view = sk.explore(chain, jnp.ones(3), variables={})
    edges, rows = view._structure["edges"], view._structure["rows"]
    assert [edges[i] for i in rows[1]["i"]] == arrows and view.trace.output == len(arrows)


@every_style
def test_the_code_of_the_picture_runs_and_gives_its_numbers(style):
    view = explored(style)
    view._code_asked = {"open": True, "style": style, "numbers": True}
    made = {}
    exec(view._code["text"], made)
    outside = {key: made[key] for key in ("variables", "state") if key in made} | dict(made.get("given", {}))
    again = plain_call(style, made["chain"], view.x, outside | ({"training": False} if style == "objax" else {}))
    np.testing.assert_allclose(numbers(again), numbers(view.trace.output), rtol=1e-5, atol=1e-6)


def test_there_is_no_code_for_a_chain_that_fails_and_none_for_what_a_spec_cannot_say():
    view = sk.explore(objax.nn.Sequential([lambda x: x]), X)
    view._code_asked = {"open": True, "style": "linen", "numbers": False}
    assert view._code["text"] == "" and "layer[0] lambda has no word in a spec" in view._code["note"]
    broken = explored()
    broken._code_asked = {"open": True, "style": "linen", "numbers": False}
    asked(broken, "edit", operation="insert", position=[0], layer={"kind": "Dense", "features": 7, "bias": True})
    assert broken._code["text"] == "" and "no code while a layer fails" in broken._code["note"]


# ---- training ----


class Clock:
    """A clock that goes on by itself at each look, and by what a redraw is said to cost."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        self.now += 1e-6
        return self.now


@pytest.mark.parametrize(("cost", "most"), [(0.0001, 20), (0.01, 2), (1.0, 0.025)])
def test_a_view_redraws_at_most_20_times_a_second_and_for_at_most_5_percent_of_the_time(cost, most):
    clock, drawn = Clock(), 0
    pace = Pace(clock)
    while clock.now < 100:
        clock.now += 0.001
        if pace.due():
            with pace.drawing():
                clock.now += cost
            drawn += 1
    assert drawn <= most * 100 + 1 and cost * drawn <= 0.05 * clock.now + cost
    assert drawn >= most * 100 * 0.75


def test_update_shows_the_new_parameters_of_every_way_to_hold_them():
    import equinox as eqx
    import jax

    linen, objaxed, tree = explored("linen"), explored("objax"), explored("equinox")
    twice = jax.tree.map(lambda p: 2 * p, linen.given["variables"]["params"])
    linen.update(twice)
    assert np.array_equal(linen.trace[0].parameters["layers_0/kernel"], twice["layers_0"]["kernel"])
    objaxed.chain[0].b.assign(objaxed.chain[0].b.value + 1)
    objaxed.update()
    assert np.array_equal(objaxed.trace[0].output, objaxed.chain[0](objaxed.x))
    changed = eqx.tree_at(lambda chain: chain.layers[0].bias, tree.chain, jnp.ones(5))
    tree.update(changed)
    assert tree.chain is changed and np.array_equal(tree.trace[0].output, changed.layers[0](tree.x))


def test_parameters_alone_leave_the_running_statistics_of_a_linen_chain():
    view = explored("linen", Spec([Dense(5), sk.BatchNorm(), Dense(3)], input=(4,)))
    before = view.given["variables"]
    view.update(before["params"])
    assert view.trace.error is None and view.given["variables"]["batch_stats"] is before["batch_stats"]
    view.update({"params": before["params"]})
    assert view.given["variables"].keys() == {"params"}


def test_an_update_too_soon_waits_for_the_next():
    view = explored()
    view.update()
    before = view.trace
    view.update()
    assert view.trace is before


def test_an_update_too_soon_is_drawn_once_the_cell_has_ended():
    view, seen = explored(), []
    view._pace = Pace(Clock())

    async def a_cell():
        twice = asyncio.Event()
        view.observe(lambda change: seen.append(change["new"]) or (len(seen) > 1 and twice.set()), "trace")
        for _ in range(4):
            view.update()
        drawn = len(seen)
        await asyncio.wait_for(twice.wait(), 10)
        return drawn

    with ThreadPoolExecutor(1) as cell:  # a loop of its own: in the thread of the tests a browser's may be running
        assert cell.submit(asyncio.run, a_cell()).result() == 1 and len(seen) == 2


# ---- a widget among others ----


def test_it_composes_with_other_widgets():
    view, slider = explored(), ipywidgets.IntSlider(max=1)
    traitlets.link((view, "index"), (slider, "value"))
    slider.value = 1
    assert view.index == 1 and ipywidgets.HBox([view, slider]).children[0] is view
    seen = []
    view.observe(lambda change: seen.append(change["new"].output), "trace")
    ipywidgets.interactive(lambda gain: setattr(view, "x", X * gain), gain=2.0)
    view.x = X * 3
    assert len(seen) == 2
    assert all(np.array_equal(y, view.chain(X * gain, **view.given)) for y, gain in zip(seen, (2, 3), strict=True))


def test_the_output_of_a_cell_is_the_live_view_a_still_picture_and_one_line():
    view = explored()
    data, metadata = view._repr_mimebundle_()
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    assert data["text/plain"] == repr(view) == repr(explored()) and "\n" not in data["text/plain"]
    assert metadata["image/png"]["width"] > 0


@pytest.mark.parametrize("layers", [10, 1000])
def test_the_saved_output_of_a_cell_is_at_most_80_kilobytes(layers):
    view = sk.show(sk.trace(objax.nn.Sequential([jnp.tanh] * layers), np.random.default_rng(0).normal(size=(9, 64))))
    assert sum(len(str(part)) for part in view._repr_mimebundle_()[0].values()) <= 80_000


def test_closing_a_view_frees_what_it_held():
    chain = objax.nn.Sequential([objax.nn.Linear(4, 3)])
    view, alive = sk.explore(chain, jnp.asarray(X)), weakref.ref(chain)
    output = weakref.ref(view.trace.output)
    view.selected = 0
    view.close()
    del chain
    gc.collect()
    assert alive() is None and output() is None
    assert repr(view) == "a view that was closed: run its cell again"
    assert view.comm is None and view._repr_mimebundle_ is None
    view.update()
    assert view.trace is None, "a loop that goes on has no view to draw in"


def test_a_cell_that_runs_again_or_is_deleted_closes_the_views_that_it_made(monkeypatch):
    def made_by(*cell):
        monkeypatch.setattr(cells, "this_cell", lambda: cell)
        return explored()

    monkeypatch.setattr(cells, "_MADE", {})
    first, second, other = made_by("a", "run 1", ()), made_by("a", "run 1", ()), made_by("b", "run 2", ())
    assert None not in (first.trace, second.trace)
    again = made_by("a", "run 3", ())
    assert first.trace is second.trace is None and other.trace is not None
    made_by("c", "run 4", ("b", "never there"))
    assert other.trace is None and again.trace is not None


def test_hostile_names_stay_what_they_are():
    def layer(x):
        return {"<img src=x onerror=alert(1)>": x}

    layer.__name__ = "<script>alert(1)</script>"
    view = sk.explore(objax.nn.Sequential([layer]), X)
    assert view._structure["rows"][0]["l"] == "<script>alert(1)</script>"
    assert view._structure["edges"][-1][0] == "<img src=x onerror=alert(1)>"


# ---- show, explore: what they take ----


def test_a_spec_can_be_explored_without_an_input():
    for style in ("objax", "linen", "equinox"):
        view = sk.explore(MLP, style=style)
        assert view.trace.error is None and view.trace.style == style
    image = sk.explore(Spec([sk.Conv2D(2, 3)], input=(5, 4, 3)))
    assert np.shape(image.x) == (2, 3, 5, 4)


def test_what_cannot_be_explored_or_shown_is_refused_with_a_sentence():
    with pytest.raises(TraceError, match=r"explore got no x.*explore\(chain, x\)"):
        sk.explore(objax.nn.Sequential([jnp.tanh]))
    with pytest.raises(SpecError, match=r"explore got style='jax'\. It takes one of objax, linen"):
        sk.explore(MLP, style="jax")
    with pytest.raises(TypeError, match="which is no chain"):
        sk.explore([jnp.tanh], X)
    with pytest.raises(TraceError, match=r"panes=.'tree'. .*one or more of chain, activations, parameters"):
        sk.explore(MLP, panes=["tree"])
    for thing in (3, None, jnp.ones(3)):
        with pytest.raises(TraceError, match=r"It takes a trace: show\(trace\(chain, x\)\)"):
            sk.show(thing)


def test_panes_chooses_what_is_seen():
    run = sk.trace(objax.nn.Sequential([jnp.tanh]), X)
    assert sk.show(run, panes="chain").panes == ["chain"]
    assert sk.show(run).panes == ["chain", "activations", "parameters"]


def test_two_traces_are_shown_side_by_side():
    spec = Spec([Dense(5), "relu", Dense(3)], input=(4,))
    chain, _ = load("objax").build(spec, 1)
    other, outside = load("linen").build(spec, 1)
    one, two = sk.trace(chain, X), sk.trace(other, X, **outside)
    assert sk.show(one, two)._beside["first"] is None
    chain[2].b.assign(chain[2].b.value + 1)
    view = sk.show(sk.trace(chain, X), two)
    assert view._beside["first"] == 2 and view._beside["pairs"][2][2] in repr(view)
    data, _ = view._repr_mimebundle_()
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    view.close()
    assert view.traces == ()


@pytest.mark.parametrize("other", [objax.nn.Sequential([jnp.tanh]), objax.nn.Sequential()], ids=["a layer", "no layer"])
def test_a_chain_without_layers_has_a_picture_too(other):
    view = sk.explore(objax.nn.Sequential(), X)
    assert repr(view) == "objax chain, 0 steps, 0 parameters: x → x" and view.trace.output is X
    asked(view, "edit", operation="insert", position=[0], layer={"kind": "Dense", "features": 3, "bias": True})
    assert len(view.trace) == 1 and view.trace.output.shape == (2, 3)
    assert repr(sk.show(sk.trace(other, X), sk.trace(objax.nn.Sequential(), X)))


def test_a_question_that_changes_nothing_is_answered_too():
    """Else the front end would wait for ever: of an input that is what it was nobody is told."""
    view = sk.explore(objax.nn.Sequential([abs]), 3)
    for do, more in (("reset", {}), ("value", {"at": 0, "value": 3}), ("value", {"at": 0, "value": 3.0})):
        before, run = view._runs, view.trace
        asked(view, do, **more)
        assert view._runs > before and view.x == 3 and view.trace is run


@pytest.mark.parametrize(("size", "kind"), [(32, "sliders"), (33, "none"), (64, "pad"), (1000, "none")])
def test_a_long_vector_has_no_slider_for_each_value_and_can_still_be_changed(size, kind):
    view = sk.explore(objax.nn.Sequential([abs]), jnp.linspace(-1, 1, size))
    assert view._input["kind"] == kind and "low" in view._input
    asked(view, "noise")
    assert not np.array_equal(view.x, jnp.linspace(-1, 1, size))
