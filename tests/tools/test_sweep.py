"""`make sweep`: tuned rates found again, differences named, chapters without such rates left alone."""

import pytest

import chapters
import sweep
from new_chapter import code

TUNED = """\
tuned = {"plain": 2.0, "normalised": 8.0}
grid, tuning_seeds, seeds = [1.0, 2.0, 4.0, 8.0, 16.0], range(10, 13), range(5)


def score(name, rate, seed):
    return abs(np.log2(rate / best[name])) + seed"""


def give_rates(root, **best):
    """Let the small book's chapter hold rates of which these are best, with a cell behind them that must not run."""
    path = root / "chapters/example.ipynb"
    notebook = chapters.read(path)
    at = next(index for index, cell in enumerate(notebook.cells) if cell.id == "picture")
    notebook.cells[at:at] = [code("best", f"best = {best}"), code("tuned", TUNED), code("behind", "1 / 0")]
    path.write_text(chapters.to_text(notebook), "utf-8")


def test_the_same_rates(small_book, capsys):
    give_rates(small_book, plain=2.0, normalised=8.0)
    assert sweep.main([], small_book) == 0
    said = capsys.readouterr().out
    assert "example, plain: best at 2, as the chapter holds\n    median at each rate: 1: 12, 2: 11, 4: 12" in said
    assert "2 of 2 rates are those that the chapters hold" in said


def test_another_rate_and_one_at_the_end(small_book, capsys):
    give_rates(small_book, plain=4.0, normalised=16.0)
    assert sweep.main(["example"], small_book) == 1
    said = capsys.readouterr().out
    assert "example, plain: best at 4, but the chapter holds 2" in said
    assert "example, normalised: best at an end of the grid, which must be wider; the chapter holds 8" in said
    assert "0 of 2 rates" in said


def test_an_error_of_the_chapter_is_no_verdict(small_book):
    give_rates(small_book, plain=2.0)  # score has no best for "normalised"
    path = small_book / "chapters/example.ipynb"
    path.write_text(path.read_text("utf-8").replace("best[name]", "float(best.get(name, 'two'))"), "utf-8")
    with pytest.raises(ValueError, match="could not convert string to float: 'two'"):
        sweep.main([], small_book)


def test_a_chapter_without_tuned_rates(small_book, capsys):
    assert sweep.main([], small_book) == 0
    assert "0 of 0 rates" in capsys.readouterr().out


def test_an_unknown_chapter_is_refused_by_name(small_book):
    with pytest.raises(SystemExit, match=r"no chapter is called slope; there are: example"):
        sweep.main(["slope"], small_book)
