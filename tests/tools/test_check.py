"""`make check` names what is wrong, whoever found it; `make chapter` makes a chapter that it finds nothing wrong with."""

import pytest

import chapters
import check
import new_chapter
import rules

MISSPELT = "t" + "eh"  # in two, so that this file is not misspelt itself


@pytest.fixture
def no_house(monkeypatch):
    """The small book is no whole house: of the house's rules it keeps those on chapters, and git holds none of it."""
    kept = [rules.contents, rules.reading_order, rules.wrong_answers, rules.bibliography, rules.pins]
    monkeypatch.setattr(check, "house_problems", lambda book: rules.house_problems(book, kept))


def test_a_chapter_is_run_stored_and_checked(small_book, no_house, capsys):
    path = small_book / "chapters/example.ipynb"
    stored = path.read_bytes()
    notebook = chapters.read(path)
    for cell in chapters.code(notebook):
        cell.outputs = []
    path.write_text(chapters.to_text(notebook), "utf-8")
    assert check.main(["example"], small_book) == 0
    assert path.read_bytes() == stored
    assert "All rules are kept: example, the house." in capsys.readouterr().out


def test_a_chapter_that_is_as_recorded_is_not_run(small_book, no_house, executed_book, capsys):
    (small_book / ".cache").symlink_to(executed_book / ".cache")
    assert check.main(["example"], small_book) == 0
    assert "peak memory" not in capsys.readouterr().out


def test_words_and_comments_written_since_the_run_are_kept(small_book, no_house, executed_book):
    (small_book / ".cache").symlink_to(executed_book / ".cache")
    path = small_book / "chapters/example.ipynb"
    text = path.read_text("utf-8").replace("What does a mean do?", "What is a mean good for?")
    text = text.replace("# a number", "# a number, please")
    path.write_text(text, "utf-8")
    notebook = chapters.read(path)
    notebook.cells.insert(3, new_chapter.text("more", "More words."))
    emptied = next(cell for cell in notebook.cells if cell.id == "run-mean")
    emptied.outputs = []  # so that there is something to store
    path.write_text(chapters.to_text(notebook), "utf-8")
    assert check.main(["example"], small_book) == 0
    kept = chapters.read(path)
    assert [cell.source for cell in kept.cells] == [cell.source for cell in notebook.cells]
    assert all(cell.outputs for cell in kept.cells if cell.id == "run-mean") and "good for?" in kept.cells[0].source


def test_everything_that_is_wrong_is_named(small_book, no_house, capsys):
    path = small_book / "chapters/example.ipynb"
    path.write_text(path.read_text("utf-8").replace("The mean is 3.00\\n", "The mean is 3.01\\n"), "utf-8")
    (small_book / "tools").mkdir()
    (small_book / "tools/untidy.py").write_text(f"import os\nword = 'a {MISSPELT} word'\n")
    (small_book / "_toc.yml").write_text("root: intro\n")
    assert check.main([], small_book) == 1
    said = capsys.readouterr().out
    for expected in (
        "[as_executed]",
        "run make execute",
        "[contents]",
        "`os` imported but unused",
        "would be reformatted",
        f"{MISSPELT} ==> the",
    ):
        assert expected in said


def test_an_unknown_chapter_is_refused_by_name(small_book):
    with pytest.raises(SystemExit, match=r"make check: no chapter is called slope; there are: example"):
        check.main(["slope"], small_book)


def test_a_new_chapter_keeps_every_rule_and_stands_in_every_list(small_book, no_house, capsys):
    written = new_chapter.begin("weight-decay", small_book)
    assert written == [
        "chapters/weight-decay.ipynb",
        "chapters/wrong_answers/weight-decay.py",
        "_toc.yml",
        "intro.md",
        "CHANGELOG.md",
    ]
    assert chapters.order(small_book) == ["chapters/example", "chapters/weight-decay", "references"]
    assert "- Chapter *Weight decay*" in (small_book / "CHANGELOG.md").read_text("utf-8")
    assert check.main(["weight-decay"], small_book) == 0, capsys.readouterr().out


@pytest.mark.parametrize("name", ["", "07_Momentum", "My Notes", "Ähnlich"])
def test_what_is_no_name_is_refused(small_book, name):
    with pytest.raises(ValueError, match="lower-case words joined by hyphens, as in NAME=weight-decay; got"):
        new_chapter.begin(name, small_book)


def test_a_chapter_that_is_there_is_never_overwritten(small_book):
    before = {path: path.read_bytes() for path in small_book.rglob("*") if path.is_file()}
    with pytest.raises(ValueError, match="there is a chapter example already; nothing was changed"):
        new_chapter.begin("example", small_book)
    (small_book / "intro.md").write_text("No map.\n")
    with pytest.raises(ValueError, match=r"intro.md holds no list of chapters to add to; nothing was changed"):
        new_chapter.begin("momentum", small_book)
    before[small_book / "intro.md"] = b"No map.\n"
    assert {path: path.read_bytes() for path in small_book.rglob("*") if path.is_file()} == before


def test_what_is_no_notebook_and_no_contents_is_said_in_a_line(small_book, no_house):
    path = small_book / "chapters/example.ipynb"
    text = path.read_text("utf-8")
    for broken in ("", "<<<<<<< HEAD\n" + text, "[]"):
        path.write_text(broken, "utf-8")
        with pytest.raises(
            SystemExit, match=r"^make check: example.ipynb is no notebook \(an unresolved conflict\?\): .+$"
        ):
            check.main([], small_book)
    path.write_text(text, "utf-8")
    (small_book / "_toc.yml").write_text("chapters:\n  - chapters/example\n", "utf-8")
    with pytest.raises(SystemExit, match=r"^make check: _toc.yml lists files as Jupyter Book does"):
        check.main([], small_book)
