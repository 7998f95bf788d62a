"""Sliders that need no kernel and no widget manager.

`bnlib.widgets.frame_slider` stores its pictures in the notebook's widget state. Here they become plain HTML: the
pictures, one of them shown, and the browser's own slider, which a few lines of book.js tie to them. Without JavaScript
the shown picture stays.
"""

import json
import re
from html import escape

from docutils import nodes
from sphinx.errors import ExtensionError

STATE = "application/vnd.jupyter.widget-state+json"
VIEW = re.compile(r'<script type="application/vnd\.jupyter\.widget-view\+json">(.*?)</script>', re.S)


def setup(app):
    app.connect("doctree-read", replace_widgets)


def replace_widgets(app, doctree):
    """Put a slider in place of each stored widget."""
    views = [(node, match) for node in doctree.findall(nodes.raw) if (match := VIEW.search(node.astext()))]
    if not views:
        return
    with open(app.env.doc2path(app.env.docname), encoding="utf-8") as file:
        models = json.load(file)["metadata"]["widgets"][STATE]["state"]
    for number, (node, match) in enumerate(views, 1):
        try:
            html = slider(models, json.loads(match[1])["model_id"], f"slider-{number}")
        except (KeyError, ValueError) as error:
            raise ExtensionError(
                f"{app.env.docname}: a page can show the widget of bnlib.widgets.frame_slider and no other ({error!r})"
            ) from error
        node.children = [nodes.Text(html)]
        node.rawsource = html


def slider(models, box, name):
    """HTML for a box of a SelectionSlider above a Stack of HTML; ValueError or KeyError if it is anything else."""
    control, stack = (referred(models, child) for child in referred(models, box)["children"])
    frames = [referred(models, child)["value"] for child in stack["children"]]
    values, shown = control["_options_labels"], control["index"]
    if len(values) != len(frames) or control["_model_name"] != "SelectionSliderModel":
        raise ValueError("a slider and a picture for each of its values were expected")
    pictures = "\n".join(
        f'<div class="slider-frame" data-value="{escape(value)}"{"" if index == shown else " hidden"}>{frame}</div>'
        for index, (value, frame) in enumerate(zip(values, frames, strict=True))
    )
    return f"""\
<div class="slider">
<div class="slider-control">
<label for="{name}">{escape(control["description"])}</label>
<input id="{name}" type="range" min="0" max="{len(frames) - 1}" value="{shown}" autocomplete="off" \
aria-valuetext="{escape(values[shown])}">
<span class="slider-value" style="min-width: {max(map(len, values))}ch" aria-hidden="true">{escape(values[shown])}</span>
</div>
{pictures}
</div>"""


def referred(models, reference):
    return models[reference.removeprefix("IPY_MODEL_")]["state"]
