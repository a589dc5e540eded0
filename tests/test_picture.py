"""The still picture of a trace: the same bytes each time, readable colours, nothing left out unsaid."""

import io
from dataclasses import replace

import jax.numpy as jnp
import numpy as np
import objax
import pytest
from PIL import Image, ImageColor

import seqkit as sk
from seqkit.beside import match
from seqkit.spec import Conv2D, Dense, Flatten, Spec
from seqkit.views import picture
from seqkit.views.drawing import page, pen, strips
from seqkit.views.drawing.column import BOX, ROW, inside
from seqkit.views.picture import Picture
from tests.style_cases import MLP, X, every_style, load, native

PHOTOS = np.random.default_rng(0).normal(size=(2, 4, 4, 2)).astype(np.float32)


def opened(shown):
    return Image.open(io.BytesIO(shown.png)).convert("RGB")


def traced(layers=None, x=X):
    return sk.trace(objax.nn.Sequential(layers or [objax.nn.Linear(4, 3), objax.functional.relu]), jnp.asarray(x))


@every_style
def test_every_style_has_a_picture_and_one_line_of_text(style):
    chain, outside = load(style).build(MLP, 2)
    run = sk.trace(chain, native(style, X), **outside)
    shown = Picture(run)
    image = opened(shown)
    assert image.width == page.WIDTH * pen.SCALE and image.height > 5 * ROW
    assert repr(shown).startswith(f"{style} chain, 4 steps, 43 parameters: ") and "\n" not in repr(shown)
    assert shown.png == Picture(run).png


def test_the_notebook_gets_the_png_at_half_its_size():
    shown = Picture(traced())
    png, size = shown._repr_png_()
    assert png == shown.png and size["width"] * 2 == opened(shown).width and len(png) < 80_000


def test_positive_is_orange_negative_blue_and_zero_white():
    high, zero, low = map(tuple, strips.colors(np.array([2.0, 0.0, -2.0])).tolist())
    assert high == pen.POSITIVE and zero == (255, 255, 255) and low == pen.NEGATIVE
    assert high[0] > high[2] and low[2] > low[0]


def test_what_is_no_number_is_grey_and_said(words):
    assert tuple(strips.colors(np.array([np.nan, 1.0]))[0]) == pen.MISSING
    run = traced([lambda x: x / 0 * 0])
    grey, white = (near(opened(Picture(one)), pen.MISSING, 10) for one in (run, traced([jnp.tanh])))
    assert words().count("not finite") == 1 and grey > 1000 > white


def test_more_rows_than_fit_are_counted_and_not_drawn(words):
    small = opened(Picture(traced([jnp.tanh] * page.ROWS)))
    edges = len([word for word in words() if word.startswith("(2, 4)")])
    large = opened(Picture(traced([jnp.tanh] * 1000)))
    assert len([word for word in words() if word.startswith("(2, 4)")]) == 2 * edges - 1, "it ends in no output"
    assert page.left_out(1000, page.window(1000, None)) == [(f"… {1000 - page.ROWS} more", pen.QUIET)]
    assert large.height - small.height == 18 * pen.SCALE


def test_a_failing_layer_is_red_and_its_sentence_stands_below():
    run = traced([objax.nn.Linear(4, 3), objax.nn.Linear(4, 3)])
    lines = [line for line, color in picture._notes(run, range(2)) if color == pen.RED]
    assert lines[0].startswith("✗ TypeError: ") and "layer[1] Linear(4, 3) got shape (2, 3)" in " ".join(lines)
    assert reds(opened(Picture(run))) > 200 and reds(opened(Picture(traced()))) == 0


def contrast(a, b):
    def luminance(color):
        share = np.array(color) / 255
        return np.where(share <= 0.03928, share / 12.92, ((share + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]

    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("ink", "papers"),
    [(ink, [pen.CARD, pen.MODULE, pen.CHAIN, pen.FAILED]) for ink in (pen.TEXT, pen.QUIET)] + [(pen.RED, [pen.FAILED])],
)
def test_text_has_the_contrast_of_wcag_on_every_box(ink, papers):
    assert min(contrast(ImageColor.getrgb(paper), ImageColor.getrgb(ink)) for paper in papers) >= 4.5


def test_the_card_is_opaque_so_that_it_reads_on_any_theme():
    assert Image.open(io.BytesIO(Picture(traced()).png)).info.get("transparency") is None


def near(image, color, by):
    """How many pixels have a colour, or nearly."""
    return int((np.abs(np.asarray(image).reshape(-1, 3).astype(int) - color).sum(1) < by).sum())


def reds(image):
    """How many pixels are red, or nearly."""
    return near(image, [179, 38, 30], 30)


def test_a_failing_layer_behind_the_last_row_is_drawn_with_those_that_lead_to_it():
    def breaks(x):
        raise ValueError("no")

    run = traced([jnp.tanh] * 30 + [breaks, jnp.tanh])
    shown = page.window(len(run), run.failed.number)
    assert list(shown) == list(range(31 - page.ROWS, 31))
    assert page.left_out(len(run), shown) == [(f"… {31 - page.ROWS} before", pen.QUIET)]
    assert reds(opened(Picture(run))) > 200


def test_layers_that_did_not_run_stand_faint_behind_the_failing_one():
    run = traced([objax.nn.Linear(4, 3), objax.nn.Linear(4, 3), jnp.tanh, jnp.sin])
    with_them, without = opened(Picture(run, pending=["tanh", "sin"])), opened(Picture(run))
    assert with_them.height - without.height == 2 * ROW * pen.SCALE
    assert [picture._behind(run, i) for i in range(2)] == [(2,), (3,)]
    assert opened(Picture(run, pending=["tanh"] * 99)).height == without.height + (page.ROWS - 2) * ROW * pen.SCALE


def test_the_share_of_zeros_is_said_and_none_is_not():
    assert strips.said(np.array([0.0, 0, 1, 2])) == "0 … 2 · 50 % zero"
    assert strips.said(np.array([-1.0, 2])) == "−1 … 2"
    assert strips.zeros(np.r_[np.zeros(999), 1]) == "99 % zero" and strips.zeros(np.r_[np.ones(999), 0]) == "1 % zero"
    assert strips.said(np.array([np.nan, np.inf])) == "not finite" and strips.zeros(np.zeros(3)) == "100 % zero"


def test_two_runs_of_which_nobody_counted_the_parameters_can_be_drawn_side_by_side():
    run = traced()
    uncounted = replace(run, total_parameters=None)
    assert opened(Picture.beside(uncounted, uncounted)).size == opened(Picture.beside(run, run)).size


class Words(pen.Pen):
    """A pen that knows what it wrote."""

    def __init__(self, image):
        super().__init__(image)
        self.words = []

    def text(self, x, y, text, *more, **options):
        """Write it down, and on the page."""
        self.words.append(text)
        super().text(x, y, text, *more, **options)


@pytest.fixture
def words(monkeypatch):
    """What is written on the pictures of this test."""
    written = []
    monkeypatch.setattr(page, "Pen", lambda image: written.append(Words(image)) or written[-1])
    return lambda: [word for page_of in written for word in page_of.words]


def test_a_dtype_stands_on_the_first_edge_and_where_it_changes(words):
    Picture(traced([jnp.tanh, lambda x: x.astype(jnp.bfloat16), jnp.tanh]))
    edges = [word for word in words() if word.startswith("(2, 4)")]
    assert edges == ["(2, 4) float32", "(2, 4)", "(2, 4) bfloat16", "(2, 4)"]


def test_a_side_input_stands_at_the_layers_that_got_it_and_none_at_no_layer(words):
    layers = [objax.nn.Linear(4, 3), objax.nn.BatchNorm0D(3), jnp.tanh, objax.nn.Dropout(0.5)]
    Picture(sk.trace(objax.nn.Sequential(layers), jnp.asarray(X), training=False))
    assert words().count("training") == 2
    chain, outside = load("equinox").build(MLP, 2)
    Picture(sk.trace(chain, native("equinox", X), **outside))
    assert "key" not in words()


def test_a_dict_that_is_handed_on_by_keyword_is_the_value_and_no_side_input(words):
    Picture(traced([lambda x: {"left": x, "right": x}, lambda left, right: left + right]))
    assert "left" not in words() and "{left: (2, 4), right: (2, 4)}" in words()


@every_style
def test_the_batch_is_marked_where_there_is_one(style, words):
    chain, outside = load(style).build(MLP, 2)
    Picture(sk.trace(chain, native(style, X), **outside))
    assert words().count("batch") == (style != "equinox")


def test_the_rows_of_a_chain_inside_are_counted():
    nested = objax.nn.Sequential([jnp.tanh, objax.nn.Sequential([jnp.sin]), jnp.cos])
    steps = traced([jnp.sin, nested, jnp.exp]).steps
    assert [inside(step, steps[step.number + 1 :]) for step in steps if step.kind == "chain"] == [4, 1]


def test_a_line_stands_beside_the_layers_inside_a_chain_and_beside_no_others():
    def dark(*layers):
        rows = np.asarray(opened(Picture(traced(list(layers)))))[:, (page.LEFT + 5) * pen.SCALE].astype(int)
        top = page.TOP + ROW + BOX + 3
        return (rows[top * pen.SCALE : (top + 2 * ROW - 8) * pen.SCALE].sum(1) < 600).sum()

    assert dark(objax.nn.Sequential([jnp.tanh, jnp.sin]), jnp.cos) > 60 > 20 > dark(jnp.tanh, jnp.sin, jnp.cos)


def test_a_cell_has_one_colour():
    image = np.asarray(opened(Picture(traced([lambda x: x], x=np.r_[1, np.full(15, 0.31)] * np.ones((2, 1))))))
    y, left = page.TOP + ROW, picture.STRIP + picture.STRIP_WIDTH // 8
    cells = image[(y + 6) * pen.SCALE : (y + BOX - 6) * pen.SCALE, left * pen.SCALE : (left + 180) * pen.SCALE]
    assert len(np.unique(cells.reshape(-1, 3), axis=0)) == 1


LINEAR = objax.nn.Linear(4, 3)


def test_two_runs_stand_side_by_side_and_their_sentence_below(words):
    one, other = traced([LINEAR, jnp.sin]), traced([LINEAR, jnp.cos])
    shown, again = Picture.beside(one, other), Picture.beside(one, other)
    assert shown.png == again.png and shown.trace is one and "\n" not in repr(shown)
    assert repr(shown) == f"objax chain beside objax chain: {match(one, other)!r}"
    assert {"=", "≠", "sin", "cos"} <= set(words()) and opened(shown).width == page.WIDTH * pen.SCALE


def test_the_first_difference_is_framed_with_both_values(words):
    one, other = traced([LINEAR, jnp.sin, jnp.exp]), traced([LINEAR, jnp.cos, jnp.exp])
    found = match(one, other).pairs[1].difference
    shown = opened(Picture.beside(one, other))
    values = [f"[0, 0] {value:.4g}".replace("-", "−") for value in (found.left, found.right)]
    assert values == [word for word in words() if word in values]
    assert reds(shown) > 2 * page.WIDTH > reds(opened(Picture.beside(one, one))) == 0


def test_a_layer_that_only_one_chain_has_leaves_its_place_empty(words):
    Picture.beside(traced([LINEAR]), traced([LINEAR, jnp.tanh]))
    assert words().count("tanh") == 1 and "+" in words()


@every_style
def test_any_two_styles_have_a_picture_of_both(style):
    images = Spec([Conv2D(2, 3), "relu", Flatten(), Dense(3)], (4, 4, 2))
    runs = []
    for name in (style, "linen"):
        chain, outside = load(name).build(images, 2)
        runs.append(sk.trace(chain, native(name, PHOTOS), **outside))
    assert repr(Picture.beside(*runs)).endswith("all 4 layers agree to 2e-5 of the largest value")


def test_the_first_difference_of_long_chains_is_among_the_rows():
    one, other = traced([jnp.sin] * 40), traced([jnp.sin] * 39 + [jnp.cos])
    shown = Picture.beside(one, other)
    assert reds(opened(shown)) > 2 * page.WIDTH and len(shown.png) < 80_000


def test_two_empty_chains_have_a_picture_too():
    empty = sk.trace(objax.nn.Sequential(), X)
    assert repr(Picture.beside(empty, empty)) == "objax chain beside objax chain: no layer ran on either side"


def test_long_names_are_shortened_and_not_drawn_over_the_strips():
    def a_function_with_a_name_that_no_box_can_hold_however_wide(x):
        return x

    def strips(image):
        return np.asarray(image)[: 100 * pen.SCALE, picture.STRIP * pen.SCALE :]

    long, short = traced([a_function_with_a_name_that_no_box_can_hold_however_wide]), traced([lambda x: x])
    assert np.array_equal(strips(opened(Picture(long))), strips(opened(Picture(short))))


@pytest.mark.parametrize("scale", [1.0, -1.23e-30, 4.56e20])
def test_nothing_is_drawn_over_the_right_edge(scale):
    image = np.asarray(opened(Picture(traced([lambda x: x * scale]))))
    assert (image[4:-4, -8 * pen.SCALE : -3] == 255).all()


def test_a_picture_can_be_saved(tmp_path):
    Picture(traced()).save(tmp_path / "chain.png")
    assert Image.open(tmp_path / "chain.png").format == "PNG"


def test_an_empty_chain_has_a_picture_too():
    assert opened(Picture(sk.trace(objax.nn.Sequential(), X))).width
