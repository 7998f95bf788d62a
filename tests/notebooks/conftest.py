"""A small book of one small chapter, run as `make execute` runs the real ones, for tests to break."""

import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools"), str(Path(__file__).parent)]

import execute  # noqa: E402
import notebooks  # noqa: E402
from example import REFERENCES, example  # noqa: E402

FROM_THE_BOOK = ["_config.yml", "pyproject.toml", "requirements.txt", "tests/nbval_sanitize.cfg"]


@pytest.fixture(scope="session")
def executed_book(tmp_path_factory):
    """The small book's folder, outputs stored. Copy it before changing it: `small_book`."""
    root = tmp_path_factory.mktemp("executed") / "book"
    shutil.copytree(ROOT / "bnlib", root / "bnlib", ignore=shutil.ignore_patterns("__pycache__"))
    for name in FROM_THE_BOOK:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    (root / "references.bib").write_text(REFERENCES, "utf-8")
    (root / "_toc.yml").write_text("format: jb-book\nroot: intro\nchapters:\n  - file: chapters/example\n", "utf-8")
    (root / "chapters").mkdir()
    chapter = root / "chapters/example.ipynb"
    chapter.write_text(notebooks.to_text(example(notebooks.setup_source(root))), "utf-8")
    assert execute.main([], root) == 0
    return root


@pytest.fixture
def small_book(executed_book, tmp_path):
    """A copy of the small book, to break."""
    return shutil.copytree(executed_book, tmp_path / "book")
