"""The chapters' notebooks: where they are, how they are read and written, and the set-up cell that all of them share."""

import ast
import base64
import re
from functools import cache
from pathlib import Path

import nbformat
import yaml

from checkout import ROOT, address, pins, version

COVER = "_static/cover.png"  # the landing page's figure and the README's: the one of this chapter and this cell
COVER_CELL = ("mechanism", "picture")

SETUP = """\
# Set-up. Where the book is installed this does nothing; elsewhere, as in Colab, it fetches the book's release.
try:
    import bnlib.normalization  # noqa: F401
except ModuleNotFoundError:
    %pip install --quiet --no-deps {address}/archive/refs/tags/v{version}.zip {mnist1d}"""


def paths(names=(), root=ROOT):
    """The chapters' files: all, or those named (``bias``). ValueError if there is none of that name."""
    found = {path.stem: path for path in sorted((root / "chapters").glob("*.ipynb"))}
    names = [Path(name).stem for name in names]
    if unknown := [name for name in names if name not in found]:
        raise ValueError(f"no chapter is called {', '.join(unknown)}; there are: {', '.join(found) or 'none yet'}")
    return [found[name] for name in names or found]


def order(root=ROOT):
    """The files that _toc.yml lists, in the order of the book, whether it is divided into parts or not.

    ValueError if it is no table of contents.
    """

    def listed(entry):
        if isinstance(entry, list):
            return [name for each in entry for name in listed(each)]
        own = [entry["file"]] if "file" in entry else []
        return own + [name for key in ("parts", "chapters", "sections") for name in listed(entry.get(key, []))]

    try:
        return listed(yaml.safe_load((root / "_toc.yml").read_text("utf-8")))
    except (yaml.YAMLError, TypeError, AttributeError) as error:
        raise ValueError(
            f"_toc.yml lists files as Jupyter Book does, '- file: chapters/bias' under 'chapters:'; {error}"
        ) from None


def parse(text):
    """A notebook from its file's text: nbformat's ``read`` would mend some faults, such as a repeated id, unasked."""
    return nbformat.v4.reads(text)


def read(path):
    """The notebook as it is on disk. ValueError if it is none."""
    try:
        return parse(path.read_text("utf-8"))
    except (ValueError, KeyError, AttributeError) as error:  # no JSON, or JSON of something else
        raise ValueError(f"{path.name} is no notebook (an unresolved conflict?): {error}") from None


def to_text(notebook):
    """The notebook's file, as `make execute` writes it."""
    return nbformat.v4.writes(notebook) + "\n"


def code(notebook):
    """The code cells."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@cache
def syntax(source):
    """The syntax tree of a cell, in which a line that speaks to IPython counts as ``pass``; empty if it is no Python."""
    try:
        return ast.parse(re.sub(r"^(\s*)[%!].*$", r"\1pass", source, flags=re.M))
    except SyntaxError:  # a rule says so, and so does running it
        return ast.Module([], [])


def setup_source(root=ROOT):
    """The set-up cell that every chapter holds: it fetches this version from the book's own address."""
    return SETUP.format(address=address(root), version=version(root), mnist1d=f"mnist1d=={pins(root)['mnist1d']}")


def cover(root=ROOT):
    """The figure that the landing page and the README show, as PNG: a chapter's stored output."""
    chapter, id = COVER_CELL
    cell = next(cell for cell in read(root / f"chapters/{chapter}.ipynb").cells if cell.id == id)
    return base64.b64decode(next(o.data["image/png"] for o in cell.outputs if "image/png" in o.get("data", {})))
