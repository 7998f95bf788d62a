"""A slider over precomputed pictures: it works with a kernel, and in a published page without one."""

import hashlib
import html
import io
import re

import ipywidgets
import matplotlib.pyplot as plt
from IPython.display import display

from bnlib.figures import png, show_caption, shown_size
from bnlib.text import chosen, plain

__all__ = ["frame_slider"]

_WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
_WIDE = {"width": "100%"}  # or Jupyter shows every picture 300 px wide


def frame_slider(draw, *, caption, label=None, start=0, **knob):
    """Show ``draw(value)`` for each of a knob's values, one at a time, under a slider.

    Parameters
    ----------
    draw : callable
        Takes one value and returns ``(figure, alt)``: a matplotlib figure and the text that describes it.
    caption : str
        What to turn, and what to look at, in a sentence or two of Markdown.
    label : str, optional
        The slider's name for the reader; the knob's own name if left out.
    start : int
        Which value is shown first.
    **knob
        One keyword, its values in order: ``sigma=[0.1, 1, 10]``. At most 25.

    Raises
    ------
    ValueError
        Not exactly one knob, more than 25 values or none, ``start`` outside them, or an empty ``caption``.

    The pictures are SVG, and their black ink takes the page's text colour, so they are at home in light and dark. A
    still of the first picture goes along for places that show no widgets.
    """
    if len(knob) != 1:
        raise ValueError(f"frame_slider turns one knob, given as name=values; got {sorted(knob) or 'none'}")
    ((name, values),) = knob.items()
    values = list(values)
    if not 1 <= len(values) <= 25:
        raise ValueError(f"{name} must have from 1 to 25 values, a picture each; got {len(values)}")
    if not 0 <= start < len(values):
        raise ValueError(f"start must be the index of one of the {len(values)} values; got {start!r}")
    frames = []
    for index, value in enumerate(values):
        fig, alt = draw(value)
        if index == start:
            still, shown_alt = png(fig), alt
        frames.append(_svg(fig, plain(alt), f"{name} {index}"))
    slider = ipywidgets.SelectionSlider(
        options=[(_text(value), index) for index, value in enumerate(values)],
        value=start,
        description=label or name,
        style={"description_width": "initial"},
    )
    box = ipywidgets.VBox([slider, _picture(slider, frames, start)])
    view = {"model_id": box.model_id, "version_major": 2, "version_minor": 0}
    data = {_WIDGET_VIEW: view, "image/png": still, "text/plain": shown_alt}
    display(data, raw=True, metadata={"alt": plain(shown_alt), "image/png": shown_size(still)})
    show_caption(caption)


def _picture(slider, frames, start):
    if hasattr(ipywidgets, "Stack"):
        pictures = [ipywidgets.HTML(frame, layout=_WIDE) for frame in frames]
        stack = ipywidgets.Stack(pictures, selected_index=start)
        ipywidgets.jslink((slider, "index"), (stack, "selected_index"))  # runs in the browser, kernel or none
        return stack
    picture = ipywidgets.HTML(frames[start], layout=_WIDE)  # ipywidgets 7, as in Colab: the kernel swaps the picture
    slider.observe(lambda change: setattr(picture, "value", frames[change["new"]]), "value")
    return picture


def _svg(fig, alt, place):
    """The figure as SVG text that can stand in a page: ``place`` tells it from a slider's other frames."""
    buffer = io.StringIO()
    fig.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    plt.close(fig)
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(
        r"<metadata>.*?</metadata>|<style.*?</style>", "", svg, flags=re.S
    )  # a style would reach the whole page
    svg = re.sub(r"<[^>]*>", lambda tag: _fit_for_a_page(tag[0]), svg)
    # All frames of all sliders share a page, where ids must not collide: what a frame shows tells it from the others.
    prefix = f"f{hashlib.sha256(f'{place} {alt} {svg}'.encode()).hexdigest()[:8]}-"
    svg = re.sub(r"<[^>]*>", lambda tag: re.sub(r'(\bid="|url\(#|href="#)', rf"\1{prefix}", tag[0]), svg)
    svg = re.sub(r' (?:width|height)="[^"]*"', "", svg, count=2)  # the first two are the whole picture's
    look = 'class="frame" fill="currentColor" stroke-linejoin="round" style="width: 100%; max-width: 36rem"'
    return svg.replace("<svg", f'<svg role="img" aria-label="{html.escape(alt)}" {look}', 1)


def _fit_for_a_page(tag):
    """A tag with the page's letters and ink, and no more digits than one can see."""
    tag = re.sub(r'font-family: [^;"]*;?', "", tag)
    tag = re.sub(r"(\d\.\d\d)\d+", r"\1", tag)
    return re.sub(r"#000000|\bblack\b", "currentColor", tag)


def _text(value):
    return value if isinstance(value, str) else chosen(value)
