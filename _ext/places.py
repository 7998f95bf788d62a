"""Where things are: each cell and each claim of a chapter has an address on its page, to which other pages lead."""

from itertools import pairwise
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError

import claimed
from shared import chapters, lesson


def note(app, doctree, notebook):
    """Give every cell of the page an address, and keep those of cells and claims for the pages that lead there.

    A cell to predict in has none: its form takes its place.
    """
    used = {name for node in doctree.findall(nodes.Element) for name in node["ids"]}
    found = {record["id"]: claimed.anchor(record, doctree) for record in lesson.claims(notebook)}
    first = first_nodes(doctree)
    for index, cell in enumerate(notebook.cells):
        if index in first and cell.id not in found and not cell.id.startswith("predict-"):
            if not first[index]["ids"]:
                first[index]["ids"].append(cell.id if cell.id not in used else f"cell-{cell.id}")
            found[cell.id] = first[index]["ids"][0]
    about = app.env.metadata[app.env.docname]
    about["addresses"] = found
    # where a link of a chapter, (inference.ipynb#late-recounted), leads; MyST knows headings' names alone
    about["myst_slugs"] = about.get("myst_slugs", {}) | {name: (0, place, name) for name, place in found.items()}


def first_nodes(doctree):
    """Index of a cell → the first node that shows it, or its section, if it begins one."""
    first = {}
    for node in outside_code(doctree):
        if isinstance(node, nodes.container) and "cell_index" in node:
            indices = [node["cell_index"], *node.get("holds", [])]
        else:
            indices = [node.line // 10_000 - 1] if node.line else []  # as in predictions.begins_exercise
        for index in indices:
            first.setdefault(index, node.parent if isinstance(node, nodes.title) else node)
    return first


def outside_code(node):
    """The elements below a node that can have an address, in order, without what is inside a code cell."""
    for child in node.children:
        if isinstance(child, nodes.Element) and not isinstance(child, (nodes.raw, nodes.math_block)):
            yield child
            if "cell_index" not in child:
                yield from outside_code(child)


def url(env, place):
    """The address of ``chapter#cell`` or ``chapter#claim`` as seen from the pages beside the landing page."""
    chapter, _, name = place.partition("#")
    addresses = env.metadata.get(f"chapters/{chapter}", {}).get("addresses", {})
    if name not in addresses:
        raise ExtensionError(f"{place} is no cell or claim that a page can lead to")
    return f"chapters/{chapter}.html#{addresses[name]}"


def notebooks(app):
    """The chapters in the order of the book: name → notebook."""
    listed = [Path(name) for name in chapters.order(Path(app.srcdir)) if name.startswith("chapters/")]
    return {path.name: chapters.read(Path(app.srcdir, f"{path}.ipynb")) for path in listed}


def headings(notebook, name):
    """The chapter's title and that of the section in which a cell or claim stands, as Markdown; empty if in none."""
    title = section = ""
    for cell in notebook.cells:
        for token, after in pairwise(lesson.parsed(cell.source if cell.cell_type == "markdown" else "")):
            if token.type == "heading_open":
                title, section = (after.content, "") if token.tag == "h1" else (title, after.content)
        if cell.id == name.partition("/")[0]:
            break
    return title, section
