"""The book as a fork of it builds it, one Chromium and one server for all tests of the pages."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import chapters
import chromium
import new_chapter
import npm_assets
import run
import stored
from checkout import ROOT, files
from checks import FORK

SHARED = ("_config.yml", "_ext", "_static", "bnlib", "pyproject.toml", "references.bib", "requirements.txt")
WIDE_FORMULA = r"\mu = \frac{1}{3} \sum_i x_i, \qquad \sigma^2 = \frac{1}{3} \sum_i (x_i - \mu)^2, \qquad \hat x_i = (x_i - \mu) / \sigma"


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


@pytest.fixture(scope="session")
def specimen_site(tmp_path_factory):
    """A book of one short page, on which each check can be tried: the chapter that `make chapter` begins, and more."""
    book = tmp_path_factory.mktemp("specimen")
    for name in SHARED:
        (book / name).symlink_to(ROOT / name)
    path = book / "chapters/specimen.ipynb"
    chapter = new_chapter.chapter("specimen", chapters.setup_source())
    closing = next(n for n, cell in enumerate(chapter.cells) if cell.id == "stops")
    chapter.cells[closing:closing] = more_cells()
    for id in ("echidna", "claim-limit", "run-practice"):  # short sections: the contents could not tell them apart
        after = next(n for n, cell in enumerate(chapter.cells) if cell.id == id) + 1
        chapter.cells.insert(after, new_chapter.text(f"after-{id}", "Text.\n\n" * 8))
    path.parent.mkdir()
    path.write_text(chapters.to_text(chapter), "utf-8")
    record = run.recorded(path, root=book)
    assert not record.error, record.error
    path.write_text(chapters.to_text(stored.normalized(record.cells)), "utf-8")
    (book / "_toc.yml").write_text("format: jb-book\nroot: chapters/specimen\n")
    return build(book)  # warnings are no errors here: other chapters, to which the text may lead, are not in this book


def more_cells():
    """A formula and code that are wide; a told claim, a folded one, three neighbours, and one apart."""
    text = new_chapter.text
    neighbours = [claim_cell(name) for name in ("Beaver", "Chamois", "Dormouse")]
    return [
        text("kinds", f"## Kinds\n\n$$\n{WIDE_FORMULA}\n$$\n\nand `code`."),
        new_chapter.code("wide", f"total = {' + '.join(['values.sum()'] * 6)}"),
        claim_cell("Told", folded=False),
        claim_cell("Aardvark"),
        text("between", "Text."),
        *neighbours,
        text("apart", "## Apart"),
        claim_cell("Echidna"),
    ]


def claim_cell(name, folded=True):
    source = f'claim("{name} is {{}}.", [0.9, 1.0], at_most=1, control=("twice", 2.0), folded={folded})'
    return new_chapter.code(name.lower(), source, new_chapter.FOLDED)


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
