"""A small book of one small chapter, run as `make execute` runs the real ones, for tests to break."""

import shutil

import pytest

import chapters
import execute
import new_chapter
import run
from checkout import ROOT

FROM_THE_BOOK = ["_config.yml", "pyproject.toml", "requirements.txt", "tests/nbval_sanitize.cfg"]
LISTS = {
    "references.bib": """\
@inproceedings{ioffe2015,
  title = {Batch normalization},
  author = {Ioffe, Sergey and Szegedy, Christian},
  booktitle = {International Conference on Machine Learning},
  year = {2015},
  eprint = {1502.03167},
  archiveprefix = {arXiv},
}
""",
    "_toc.yml": "format: jb-book\nroot: intro\nchapters:\n  - file: chapters/example\n  - file: references\n",
    "intro.md": "| Chapter | Its question |\n| --- | --- |\n| [Example](chapters/example.ipynb) | What does a mean do? |\n",
    "notation.md": "| Letter | Is |\n| --- | --- |\n| $\\mu$ | the mean |\n",
    "glossary.yml": "- {term: example, means: This., where: example#title, not: [for instance, Ex]}\n",
    "questions.yml": "[]\n",
    "said.yml": "[]\n",
    "CHANGELOG.md": "- Chapter *Example*: what a mean does.\n",
}


@pytest.fixture(scope="session")
def executed_book(tmp_path_factory):
    """The small book's folder, outputs stored. Copy it before changing it: `small_book`."""
    root = tmp_path_factory.mktemp("executed") / "book"
    shutil.copytree(ROOT / "bnlib", root / "bnlib", ignore=shutil.ignore_patterns("__pycache__"))
    for name in FROM_THE_BOOK:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    for name, text in LISTS.items():
        (root / name).write_text(text, "utf-8")
    path = root / "chapters/example.ipynb"
    run.wrong_answers_path(path).parent.mkdir(parents=True)
    run.wrong_answers_path(path).write_text(new_chapter.WRONG_ANSWERS.format(name="example"), "utf-8")
    path.write_text(chapters.to_text(new_chapter.chapter("example", chapters.setup_source(root))), "utf-8")
    assert execute.main([], root) == 0
    return root


@pytest.fixture
def small_book(executed_book, tmp_path):
    """A copy of the small book, to break."""
    return shutil.copytree(executed_book, tmp_path / "book", ignore=shutil.ignore_patterns(".cache"))
