"""The cells of a page: myst-nb's containers in the doctree, beside the cells of the notebook that it was read from.

What each cell shows is put in the order of reading: the picture with its caption, the code below what it makes.
"""

import re
from html import escape
from pathlib import Path

import nbformat
from docutils import nodes

from shared import lesson


def notebook_of(app):
    """The notebook of the page that is being read; None if it is none."""
    path = Path(app.env.doc2path(app.env.docname))
    return nbformat.v4.reads(path.read_text("utf-8")) if path.suffix == ".ipynb" else None


def pairs(doctree, notebook):
    """Each code cell on the page, as container and as the notebook's cell."""
    containers = [node for node in doctree.findall(nodes.container) if node.get("nb_element") == "cell_code"]
    return [(node, notebook.cells[node["cell_index"]]) for node in containers]


def raw(html):
    return nodes.raw("", html, format="html")


def part(node, name):
    """The source or the output of a cell's container, or None."""
    return next((child for child in node if child.get("nb_element") == f"cell_code_{name}"), None)


def shown_as(node, mime):
    """The containers of a cell's outputs of one kind, ``text/markdown`` or another, in order."""
    return [child for child in node.findall(nodes.container) if child.get("mime_type") == mime]


def words(markdown):
    """Markdown as plain words, in which a formula is read as its TeX without the signs."""
    tokens = lesson.parsed(re.sub(r"<[^>]*>", "", markdown))
    said = [token.content for token in tokens if token.type in ("text", "code_inline", "math_inline")]
    return " ".join(re.sub(r"[\\{}]", "", " ".join(said)).split())


# Outputs


def drop_empty_outputs(doctree, notebook):
    """An output in which nothing is shown, as that of a prediction not made, leaves no box behind."""
    for node, _ in pairs(doctree, notebook):
        if output := part(node, "output"):
            for bundle in list(output):
                if not bundle.astext().strip() and not any(bundle.findall(nodes.image)):
                    output.remove(bundle)
            if not len(output):
                node.remove(output)


CAPTION = '<span class="caption">'


def put_captions(doctree, notebook):
    """A picture or slider and the caption that follows it become a figure, as wide as the picture."""
    for node, cell in pairs(doctree, notebook):
        widths = [
            output.metadata["image/png"].width for output in cell.outputs if "image/png" in output.get("metadata", {})
        ]
        captions = [text for text in shown_as(node, "text/markdown") if text.astext().startswith(CAPTION)]
        for width, caption in zip(widths, captions, strict=False):
            bundle = caption.parent
            place = bundle.parent.index(bundle)
            bundle.parent.insert(place + 1, raw("</figcaption></figure>"))
            bundle.parent.insert(place, raw("<figcaption>"))
            bundle.parent.insert(place - 1, raw(f'<figure class="picture" style="max-width: {width}px">'))


# Code


def put_code_below(doctree, notebook):
    """Folded code stands below what it makes, and its name says of what.

    Code that shows nothing stands with that of its neighbour, which it prepares; the set-up apart.
    """
    waiting, in_setup = [], False
    for node, cell in pairs(doctree, notebook):
        folded, source = node.attributes.pop("hide_mode", None), part(node, "source")
        if not folded or source is None:
            continue
        node.remove(source)
        sources, waiting, in_setup = [*waiting, source], [], in_setup or cell.id == "setup"
        after = node.next_node(descend=False, siblings=True)
        if not len(node) and is_folded(after) and not (in_setup and part(after, "output")):
            waiting = sources
            after["holds"] = [*node.get("holds", []), node["cell_index"]]
            node.parent.remove(node)
            continue
        of = f'Code<span class="visually-hidden"> of: {escape(what_it_makes(cell))}</span>'
        claims = [child for child in node.findall(nodes.container) if "claim" in child["classes"]]
        fold = [
            raw(f'<details class="code"><summary>{"Set-up" if in_setup else of}</summary>'),
            *sources,
            raw("</details>"),
        ]
        (claims[0] if len(claims) == 1 else node).extend(fold)
        in_setup = False


def is_folded(node):
    return isinstance(node, nodes.container) and bool(node.get("hide_mode"))


SWITCH = (
    '<div class="code-switch" role="group" aria-label="Code"><span aria-hidden="true">Code:</span>'
    '<button type="button" value="ideas" aria-pressed="true">ideas</button>'
    '<button type="button" value="all" aria-pressed="false">all</button>'
    '<button type="button" value="none" aria-pressed="false">none</button></div>'
)


def add_code_switch(doctree):
    """Below the title, one switch for all code of the page."""
    for title in doctree.findall(nodes.title):
        title.parent.insert(title.parent.index(title) + 1, raw(SWITCH))
        return


def what_it_makes(cell):
    """What a cell shows, in a few words: its statement, its caption, or else the words of its id."""
    for output in cell.outputs:
        for record in output.get("metadata", {}).get("claims", []):
            return words(record["statement"].replace("{}", "…"))
        if (text := output.get("data", {}).get("text/markdown", "")).startswith(CAPTION):
            return words(text)
    return cell.id.replace("-", " ")


# The opening


def say_minutes(doctree, notebook):
    """After what the reader needs, how long it takes."""
    for paragraph in doctree.findall(nodes.paragraph):
        if paragraph.astext().startswith("What you need"):
            read, whole = lesson.minutes(notebook)
            text = f"About {read} minutes to read; {whole} with code and exercises."
            after = nodes.paragraph("", text, classes=["minutes"])
            paragraph.parent.insert(paragraph.parent.index(paragraph) + 1, after)
            return


def mark_settings(doctree):
    """A quotation that begins with **Setting.** says what holds unless said otherwise."""
    for quote in doctree.findall(nodes.block_quote):
        strong = next(quote.findall(nodes.strong), None)
        if strong is not None and strong.astext() == "Setting." and quote.astext().startswith("Setting."):
            quote["classes"].append("setting")
