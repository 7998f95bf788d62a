"""The book as a fork of it builds it, one Chromium and one server for all tests of the pages."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import chapters
import chromium
import npm_assets
import stored
from checkout import ROOT, files
from checks import FORK


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The built pages of a clone whose origin is a made-up fork, so that every button is there."""
    clone = tmp_path_factory.mktemp("fork") / "book"
    for name in files():
        if not name.startswith("tests/"):
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, clone / name)
    npm_assets.unpacked("mathjax")
    (clone / ".cache").symlink_to(npm_assets.CACHE)
    subprocess.run(["git", "init", "--quiet", str(clone)], check=True)
    origin = ["remote", "add", "origin", f"git@github.com:{FORK}.git"]
    subprocess.run(["git", "-C", str(clone), *origin], check=True)
    return build(clone, "-W", "-n", "--keep-going")


def build(book, *options):
    """Build the pages of the book in a folder; where they are."""
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", ".", *options]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GITHUB_")}
    built = subprocess.run(command, cwd=book, env=environment, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout[-3000:] + built.stderr[-3000:]
    return book / "_build/html"


# One cell of each kind that the checks look at; each the first of its kind in the first chapter.
KINDS = [
    lambda cell, data: cell.source.startswith("# "),
    lambda cell, data: cell.source.startswith("## "),
    lambda cell, data: not cell.metadata.get("tags") and len(cell.source.partition("\n")[0]) > 60 and "outputs" in cell,
    lambda cell, data: "$$" in cell.source,
    lambda cell, data: "claim-mark" in data.get("text/markdown", ""),
    lambda cell, data: stored.WIDGET_VIEW in data,
    lambda cell, data: list(data)[:1] == ["image/png"],
    lambda cell, data: cell.source.startswith("<details>"),
    lambda cell, data: cell.source.startswith("## References"),
]


@pytest.fixture(scope="session")
def specimen_site(tmp_path_factory):
    """A book of one short page, on which each check can be tried: one thing of each kind, and folded claims."""
    book = tmp_path_factory.mktemp("specimen")
    for name in ("_config.yml", "_ext", "_static", "bnlib", "references.bib"):
        (book / name).symlink_to(ROOT / name)
    chapter = chapters.read(chapters.paths()[0])
    data = [
        {kind: text for out in cell.get("outputs", []) for kind, text in out.get("data", {}).items()}
        for cell in chapter.cells
    ]
    first = [next(n for n, cell in enumerate(chapter.cells) if kind(cell, data[n])) for kind in KINDS]
    chapter.cells = [chapter.cells[n] for n in sorted(set(first))] + folded_cells()
    (book / "chapters").mkdir()
    nbformat.write(chapter, book / "chapters/specimen.ipynb")
    (book / "_toc.yml").write_text("format: jb-book\nroot: chapters/specimen\n")
    return build(book)  # warnings are no errors here: other chapters, to which the text may lead, are not in this book


def folded_cells():
    """A told claim, a folded one, three neighbours, and one apart, as `bnlib.claims` leaves them in a notebook."""
    text = nbformat.v4.new_markdown_cell
    neighbours = [claim_cell(name) for name in ("Beaver", "Chamois", "Dormouse")]
    apart = [text("## Apart", id="apart-title"), claim_cell("Echidna")]
    return [claim_cell("Told", ""), claim_cell("Aardvark"), text("Text.", id="between"), *neighbours, *apart]


def claim_cell(name, fold='<details class="claim-folded"><summary>One more statement, checked here</summary>'):
    line = f'<span class="claim-mark">✓</span> {name}: **<span class="measured">1.00</span>**'
    line += '<span class="claim-dot"> · </span><span class="claim-notes">accepted at most 1</span>'
    data = {"text/markdown": f"{fold}\n\n{line}\n\n</details>" if fold else line, "text/plain": "a claim"}
    output = nbformat.v4.new_output("display_data", data)
    return nbformat.v4.new_code_cell("claim(…)", id=name.lower(), outputs=[output], metadata={"tags": ["hide-input"]})


@pytest.fixture(scope="session")
def specimen(specimen_site):
    """The address of a short page with one thing of each kind."""
    with chromium.serving(specimen_site) as address:
        yield f"{address}chapters/specimen.html"


@pytest.fixture(scope="session")
def address(site):
    with chromium.serving(site) as address:
        yield address


@pytest.fixture(scope="module")  # no longer: while it is open an event loop runs, and other tests want their own
def browser():
    with chromium.running() as browser:
        yield browser
