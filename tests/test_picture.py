"""The still picture of a trace: the same bytes each time, readable colours, nothing left out unsaid."""

import io

import jax.numpy as jnp
import numpy as np
import objax
import pytest
from PIL import Image

import seqkit as sk
from seqkit.errors import TraceError
from seqkit.views import picture
from tests.style_cases import MLP, X, every_style, load, native


def opened(shown):
    return Image.open(io.BytesIO(shown.png)).convert("RGB")


def traced(layers=None, x=X):
    return sk.trace(objax.nn.Sequential(layers or [objax.nn.Linear(4, 3), objax.functional.relu]), jnp.asarray(x))


@every_style
def test_every_style_has_a_picture_and_one_line_of_text(style):
    chain, outside = load(style).build(MLP, 2)
    run = sk.trace(chain, native(style, X), **outside)
    shown = sk.show(run)
    image = opened(shown)
    assert image.width == picture.WIDTH * picture.SCALE and image.height > 5 * picture.ROW
    assert repr(shown).startswith(f"{style} chain, 4 steps, 43 parameters: ") and "\n" not in repr(shown)
    assert shown.png == sk.show(run).png


def test_the_notebook_gets_the_png_at_half_its_size():
    shown = sk.show(traced())
    png, size = shown._repr_png_()
    assert png == shown.png and size["width"] * 2 == opened(shown).width and len(png) < 80_000


def test_positive_is_orange_negative_blue_and_zero_white():
    high, zero, low = map(tuple, picture.colors(np.array([2.0, 0.0, -2.0])).tolist())
    assert high == picture.POSITIVE and zero == (255, 255, 255) and low == picture.NEGATIVE
    assert high[0] > high[2] and low[2] > low[0]


def test_what_is_no_number_is_grey_and_said():
    assert tuple(picture.colors(np.array([np.nan, 1.0]))[0]) == picture.MISSING
    shown = traced([lambda x: x / 0 * 0])
    assert np.isnan(shown[0].output).any() and sk.show(shown).png


def test_a_strip_has_at_most_64_cells_and_each_is_a_mean():
    assert len(picture.pool(np.arange(64.0))) == 64
    pooled = picture.pool(np.arange(640.0))
    assert len(pooled) == 64 and np.allclose(pooled[:2], [4.5, 14.5])
    assert np.isclose(
        np.average(picture.pool(np.arange(100.0)), weights=np.diff(np.linspace(0, 100, 65).astype(int))), 49.5
    )


def test_a_strip_shows_the_first_example():
    assert np.array_equal(picture.example(np.arange(6.0).reshape(2, 3), "objax"), [0, 1, 2])
    assert np.array_equal(picture.example(np.arange(6.0).reshape(2, 3), "equinox"), np.arange(6.0))
    assert picture.example("text", "objax") is None and picture.example((None, np.ones((1, 2))), "objax").size == 2


def test_more_than_24_rows_are_counted_and_not_drawn():
    small = opened(sk.show(traced([jnp.tanh] * 24)))
    large = opened(sk.show(traced([jnp.tanh] * 1000)))
    assert picture._notes(traced([jnp.tanh] * 1000)) == [("… 976 more", picture.QUIET)]
    assert large.height - small.height == 18 * picture.SCALE


def test_a_failing_layer_is_red_and_its_sentence_stands_below():
    run = traced([objax.nn.Linear(4, 3), objax.nn.Linear(4, 3)])
    lines = [line for line, color in picture._notes(run) if color == picture.RED]
    assert lines[0].startswith("✗ TypeError: ") and "layer[1] Linear(4, 3) got shape (2, 3)" in " ".join(lines)
    reds = np.asarray(opened(sk.show(run))).reshape(-1, 3).astype(int)
    assert (np.abs(reds - [179, 38, 30]).sum(1) < 30).sum() > 200
    assert (
        np.abs(np.asarray(opened(sk.show(traced()))).reshape(-1, 3).astype(int) - [179, 38, 30]).sum(1) < 30
    ).sum() == 0


def contrast(a, b):
    def luminance(color):
        share = np.array(color) / 255
        return np.where(share <= 0.03928, share / 12.92, ((share + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]

    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("paper", [picture.CARD, picture.MODULE, picture.CHAIN, picture.FAILED])
@pytest.mark.parametrize("ink", [picture.TEXT, picture.QUIET])
def test_text_has_the_contrast_of_wcag_on_every_box(paper, ink):
    from PIL import ImageColor

    assert contrast(ImageColor.getrgb(paper), ImageColor.getrgb(ink)) >= 4.5


def test_red_is_readable_on_its_box():
    from PIL import ImageColor

    assert contrast(ImageColor.getrgb(picture.FAILED), ImageColor.getrgb(picture.RED)) >= 4.5


def test_the_card_is_opaque_so_that_it_reads_on_any_theme():
    assert Image.open(io.BytesIO(sk.show(traced()).png)).info.get("transparency") is None


def test_long_names_are_shortened_and_not_drawn_over_the_strips():
    def a_function_with_a_name_that_no_box_can_hold_however_wide(x):
        return x

    def strips(image):
        return np.asarray(image)[: 100 * picture.SCALE, picture.STRIP * picture.SCALE :]

    long, short = traced([a_function_with_a_name_that_no_box_can_hold_however_wide]), traced([lambda x: x])
    assert np.array_equal(strips(opened(sk.show(long))), strips(opened(sk.show(short))))


@pytest.mark.parametrize("scale", [1.0, -1.23e-30, 4.56e20])
def test_nothing_is_drawn_over_the_right_edge(scale):
    image = np.asarray(opened(sk.show(traced([lambda x: x * scale]))))
    assert (image[4:-4, -8 * picture.SCALE : -3] == 255).all()


def test_a_picture_can_be_saved(tmp_path):
    sk.show(traced()).save(tmp_path / "chain.png")
    assert Image.open(tmp_path / "chain.png").format == "PNG"


@pytest.mark.parametrize("thing", [3, None, jnp.ones(3)])
def test_show_of_something_else_says_what_it_takes(thing):
    with pytest.raises(TraceError, match=r"It takes a trace: show\(trace\(chain, x\)\)"):
        sk.show(thing)


def test_an_empty_chain_has_a_picture_too():
    assert opened(sk.show(sk.trace(objax.nn.Sequential(), X))).width
