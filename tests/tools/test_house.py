"""What holds the project's files together: every rule of the house is kept, and each finds files that are wrong."""

import shutil
import subprocess

import pytest

import chapters
import repository
import rules
from checkout import ROOT

HOUSE = [
    "_config.yml",
    "_toc.yml",
    "references.bib",
    "references.md",
    "intro.md",
    "notation.md",
    "pyproject.toml",
    "requirements.txt",
]
HOUSE += [
    "questions.yml",
    "said.yml",
    "glossary.yml",
    "LICENSE",
    "LICENSE-CONTENT",
    "CITATION.cff",
    "bnlib/__init__.py",
    "README.md",
    "Makefile",
]


@pytest.mark.parametrize("rule", rules.HOUSE_RULES, ids=lambda rule: rule.__name__)
def test_house(rule):
    found = list(rules.house_problems(rules.Book(ROOT), [rule]))
    assert not found, "\n" + "\n".join(found)


@pytest.fixture(scope="session")
def house(tmp_path_factory):
    """The house in a place of its own, under git; its chapters have no outputs, which no rule of the house reads."""
    root = tmp_path_factory.mktemp("house")
    for name in HOUSE:
        (root / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    shutil.copytree(ROOT / "chapters/wrong_answers", root / "chapters/wrong_answers")
    for path in chapters.paths():
        notebook = chapters.read(path)
        for cell in chapters.code(notebook):
            cell.outputs = []
        notebook.metadata.pop("widgets", None)
        (root / "chapters" / path.name).write_text(chapters.to_text(notebook), "utf-8")
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    return root


@pytest.fixture
def copy(house, tmp_path):
    """A copy of the house, to break."""
    return shutil.copytree(house, tmp_path / "house")


def read(root, name):
    return (root / name).read_text("utf-8")


def found(rule, root):
    return list(rules.house_problems(rules.Book(root), [getattr(rules, rule)]))


def change(root, name, old, new):
    text = read(root, name)
    assert old in text, f"{name} no longer holds {old!r}"
    (root / name).write_text(text.replace(old, new, 1 if old.startswith("- ") else -1), "utf-8")


OURS, HOME = "bnlib", "home"  # apart, so that this file holds no violation itself
VIOLATIONS = [
    ("pins", "requirements.txt", "\nnumpy==", "\nNumPy>="),
    ("pins", "requirements.txt", "\ntorch==", "\ntorch==2.6.0+cpu\nold-torch=="),
    ("pins", "requirements.txt", "\nruff==", "\nnvidia-cublas==13.0\nruff=="),
    ("pins", "requirements.txt", "\nruff==", "\ntriton==3.0\nruff=="),
    ("pins", "requirements.txt", "\nruff==", "\nsix==1.17.0 --hash=sha256:00\nruff=="),
    ("pins", "requirements.txt", "\nruff==", "\nextra[all]==1.0\nruff=="),
    ("pins", "pyproject.toml", '"codespell"', '"codespell", "left-pad"'),
    ("pins", "pyproject.toml", '"codespell"', '"codespell", "codespell"'),
    ("wrong_answers", "chapters/wrong_answers/bias.py", "# %% exercise-2", "# %% exercise-9"),
    ("wrong_answers", "chapters/wrong_answers/bias.py", "# %% exercise-1 dropout", "# %% exercis-1 dropout"),
    ("contents", "_toc.yml", "chapters/mechanism", "chapters/mechanics"),
    (
        "reading_order",
        "_toc.yml",
        "chapters/bias\n      - file: chapters/scale-invariance",
        "chapters/scale-invariance\n      - file: chapters/bias",
    ),
    ("one_meaning", "notation.md", "| $m$ |", "| $B$ |"),
    ("one_meaning", "notation.md", "| $m$ |", "| $m$ | `no-chapter` |"),
    ("one_meaning", "notation.md", "| $k$ | counts", "| $U$ | `bias` | unused |\n| $k$ | counts"),
    ("reading_order", "intro.md", "| [The futility of a bias](chapters/bias.ipynb)", "| The futility of a bias"),
    (
        "bibliography",
        "references.bib",
        "@inproceedings{ioffe2015",
        "@misc{nobody, url = {https://arxiv.org/abs/1}}\n\n@inproceedings{ioffe2015",
    ),
    ("bibliography", "references.bib", "santurkar2018,", "ioffe2015,"),
    ("bibliography", "references.bib", "jstor.org/stable/2683386", "jstor.org/stable/1"),
    ("entries", "questions.yml", "- ask: ", "- {ask: a, words: w, answer: bias#title, short: s}\n- ask: "),
    ("entries", "questions.yml", "- ask: ", "- {ask: a, words: '', answer: bias#title, short: s, theme: t}\n- ask: "),
    (
        "entries",
        "questions.yml",
        "- ask: ",
        2 * "- {ask: a, words: w, answer: bias#title, short: s, theme: t}\n" + "- ask: ",
    ),
    (
        "entries",
        "questions.yml",
        "- ask: ",
        "- {ask: a, words: w, answer: bias#title, short: Costs 1.7 s., theme: t}\n- ask: ",
    ),
    ("entries", "questions.yml", "answer: inference#late-recounted", "answer: inference#nowhere"),
    ("entries", "questions.yml", "answer: inference#late-recounted", "answer: inference#predict-which"),
    ("entries", "questions.yml", "answer: inference#late-recounted", "answer: inferenc#late-recounted"),
    ("entries", "said.yml", "verdict: holds", "verdict: true"),
    ("entries", "said.yml", "bias#bias-output", "bias#bias-outputs"),
    ("entries", "said.yml", "bias#bias-output", "bias#title"),
    ("entries", "glossary.yml", "- term: ", "- {term: left padding, means: m, where: bias#title}\n- term: "),
    ("licences", "LICENSE", "Permission is hereby granted", "Permission is refused"),
    ("licences", "LICENSE-CONTENT", "by/4.0/legalcode", "by-nc/4.0/legalcode"),
    ("licences", "CITATION.cff", "CC-BY-4.0", "CC-BY-NC-4.0"),
    ("versions", "CITATION.cff", "version: 0", "version: 9"),
    ("commands", "README.md", "| `make lock`", "| `make block`"),
    ("strangers", "README.md", "`make lock`", f"/{HOME}/somebody/book"),
    ("strangers", "README.md", "`make lock`", f"pip install {OURS}"),
    ("strangers", "README.md", "`make lock`", f"pip install -q --no-deps '{OURS}'"),
]


def test_every_rule_has_a_violation():
    assert {rule.__name__ for rule in rules.HOUSE_RULES} == {rule for rule, *_ in VIOLATIONS}


@pytest.mark.parametrize(("rule", "name", "old", "new"), VIOLATIONS)
def test_each_rule_finds_a_violation(copy, rule, name, old, new):
    assert found(rule, copy) == []
    change(copy, name, old, new)
    assert found(rule, copy)


def test_generated_pages_are_found(copy):
    (copy / "_build").mkdir()
    (copy / "_build/index.html").write_text("<html>")
    assert found("strangers", copy)


def test_a_chapter_left_out_of_the_contents_is_found(copy):
    shutil.copy(chapters.paths()[0], copy / "chapters/2nd.ipynb")
    assert len(found("contents", copy)) == 2


def test_another_repository_is_named_everywhere(copy):
    changed = repository.point_at("https://github.com/a-fork/of-the.book.git", copy)
    assert {path.name for path in changed} == {"_config.yml", *(path.name for path in chapters.paths())}
    assert "https://github.com/a-fork/of-the.book\n" in read(copy, "_config.yml")
    for path in chapters.paths(root=copy):
        assert "https://github.com/a-fork/of-the.book/archive/" in path.read_text("utf-8")
    assert repository.point_at("https://github.com/a-fork/of-the.book/", copy) == []


@pytest.mark.parametrize(
    "address", ["", "name/book", "http://github.com/name/book", "https://github.com/name", "https://x.y/a/b/c"]
)
def test_what_is_no_repository_is_refused(copy, address):
    before = read(copy, "_config.yml")
    with pytest.raises(ValueError, match="must be a repository's address"):
        repository.point_at(address, copy)
    assert read(copy, "_config.yml") == before
