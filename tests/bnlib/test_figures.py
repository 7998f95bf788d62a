"""Figures and sliders: what they put into a notebook, with and without ipywidgets' Stack."""

import base64
import io
import re

import ipywidgets
import matplotlib.pyplot as plt
import pytest
from ipywidgets.widgets import widget as widget_module
from PIL import Image

from bnlib import figures, widgets
from bnlib.figures import figure
from bnlib.text import measured
from bnlib.widgets import frame_slider

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def shown(monkeypatch):
    outputs = []
    for module in (figures, widgets):
        monkeypatch.setattr(module, "display", lambda data, raw, metadata=None: outputs.append((data, metadata)))
    return outputs


def draw(value):
    fig, ax = plt.subplots()
    ax.plot([0, value], label=f"{value:.4f}")
    ax.legend()
    return fig, f'At "{value}" the line ends at {measured(value)}.'


def test_a_figure_is_a_sharp_opaque_picture_with_words(shown):
    fig, alt = draw(2)
    figure(fig, f"Look at {measured(2)}.", alt=alt)
    data, metadata = shown[0]
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert picture.size == (1040, 640)
    assert picture.convert("RGBA").getpixel((0, 0)) == (255, 255, 255, 255)
    assert metadata == {"alt": 'At "2" the line ends at 2.', "image/png": {"width": 520, "height": 320}}
    assert data["text/plain"] == alt
    assert shown[1] == (
        {
            "text/markdown": f'<span class="caption">Look at {measured(2)}.</span>',
            "text/plain": f"Look at {measured(2)}.",
        },
        None,
    )
    assert not plt.fignum_exists(fig.number)


def test_a_figure_is_the_same_bytes_twice():
    assert figures.png(draw(1)[0]) == figures.png(draw(1)[0])


@pytest.mark.parametrize("words", ["", "  ", None])
def test_a_figure_without_words_is_refused(words):
    with pytest.raises(ValueError, match="alt must say in words"):
        figure(plt.figure(), "Look.", alt=words)
    with pytest.raises(ValueError, match="caption must say in words"):
        figure(plt.figure(), words, alt="A line.")
    with pytest.raises(ValueError, match="caption must say in words"):
        frame_slider(draw, caption=words, value=[1])


def test_a_slider_moves_without_a_kernel(shown):
    frame_slider(draw, caption="Turn it.", label="end", start=1, value=[1, 1e-5, 4])
    data, metadata = shown[0]
    assert Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).size == (1040, 640)
    assert metadata == {
        "alt": 'At "1e-05" the line ends at 1.00\u00a0×\u00a010⁻⁵.',
        "image/png": {"width": 520, "height": 320},
    }
    box = widget_module._instances
    slider, stack = box[data[VIEW]["model_id"]].children
    assert slider.description == "end" and [label for label, _ in slider.options] == ["1", "10⁻⁵", "4"]
    assert shown[1][0]["text/markdown"] == '<span class="caption">Turn it.</span>'
    assert stack.selected_index == slider.index == 1
    links = [w for w in box.values() if isinstance(w, ipywidgets.widgets.widget_link.Link)]
    assert any(w.source == (slider, "index") and w.target == (stack, "selected_index") for w in links)


def ids(svg):
    return set(re.findall(r'\bid="([^"]*)"', svg))


def test_frames_take_the_pages_ink():
    svg = widgets._svg(*draw(1), "v 0")
    assert "#000000" not in svg and "currentColor" in svg and "<style" not in svg and "font-family" not in svg
    assert "1.0000" in svg, "numbers that a reader sees are not shortened"
    assert 'aria-label="At &quot;1&quot; the line' in widgets._svg(draw(1)[0], 'At "1" the line', "v 0")


def test_words_on_a_frame_stand_as_they_were_written():
    fig, ax = plt.subplots()
    ax.set_title('a black box, #000000, id="x", font-family: none')
    svg = widgets._svg(fig, "A box.", "v 0")
    assert "a black box, #000000, id=" in svg and '"x", font-family: none<' in svg.replace("&quot;", '"')


def test_ids_differ_between_frames_and_are_the_same_on_each_run(shown):
    frame_slider(draw, caption="Turn it.", value=[1, 1, 2])  # two frames that look alike
    frame_slider(
        lambda value: draw(value + 3), caption="Turn it.", value=[1, 1, 2]
    )  # another slider with a knob of that name
    boxes = [widget_module._instances[data[VIEW]["model_id"]] for data, _ in shown[::2]]
    frames = [picture.value for box in boxes for picture in box.children[1].children]
    assert len(frames) == 6 and all(ids(frame) for frame in frames)
    assert len(set.union(*map(ids, frames))) == sum(len(ids(frame)) for frame in frames)
    assert all(set(re.findall(r'(?:url\(|href=")#([^")]*)', frame)) <= ids(frame) for frame in frames)
    assert widgets._svg(*draw(1), "v 0") == widgets._svg(*draw(1), "v 0")


def test_without_stack_the_kernel_swaps_one_picture(monkeypatch):
    monkeypatch.delattr(ipywidgets, "Stack")
    slider = ipywidgets.SelectionSlider(options=[("a", 0), ("b", 1)], value=0)
    picture = widgets._picture(slider, ["<svg>a</svg>", "<svg>b</svg>"], 0)
    assert picture.value == "<svg>a</svg>"
    slider.value = 1
    assert picture.value == "<svg>b</svg>"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "turns one knob"),
        ({"a": [1], "b": [2]}, "turns one knob"),
        ({"a": []}, "from 1 to 25 values"),
        ({"a": range(26)}, "from 1 to 25 values"),
        ({"a": [1, 2], "start": 2}, "start must be the index"),
    ],
)
def test_a_slider_that_makes_no_sense(arguments, message):
    with pytest.raises(ValueError, match=message):
        frame_slider(draw, caption="Turn it.", **arguments)
