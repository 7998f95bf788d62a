"""`make execute`: the same bytes each time, nothing a user made is lost, one failing chapter named while others are written."""

import re
import subprocess

import nbformat
import pytest
from nbformat.v4 import new_code_cell

import chapters
import execute
import freshness
import run
import stored


def read(root, name="example"):
    return chapters.read(root / f"chapters/{name}.ipynb")


def write(root, notebook, name="example"):
    (root / f"chapters/{name}.ipynb").write_text(chapters.to_text(notebook), "utf-8")


def cell(notebook, id):
    return next(cell for cell in notebook.cells if cell.id == id)


def test_cleared_outputs_come_back_byte_for_byte_and_a_failing_chapter_stops_no_other(small_book, capsys):
    path = small_book / "chapters/example.ipynb"
    before = path.read_bytes()
    cleared = read(small_book)
    for each in chapters.code(cleared):
        each.outputs, each.execution_count = [], None
        each.metadata.pop("mystnb", None)
    cleared.metadata = {"kernelspec": {"name": "python3", "display_name": "Another", "language": "python"}}
    write(small_book, cleared)
    failing = read(small_book)
    cell(failing, "claim-mean").source = 'claim("The mean is {}.", values.mean(), at_most=1, control=None)'
    write(small_book, failing, "failing")
    left = (small_book / "chapters/failing.ipynb").read_bytes()

    assert execute.main([], small_book) == 1

    assert path.read_bytes() == before
    assert (small_book / "chapters/failing.ipynb").read_bytes() == left
    said = capsys.readouterr().out
    assert re.search(r"chapters/example\.ipynb: written, \d+\.\d s, peak memory \d+ MB", said)
    assert re.search(r'chapters/failing\.ipynb: cell claim-mean failed.*\n +ClaimError: "The mean.*at most 1', said)


def test_a_second_run_changes_nothing(small_book, capsys):
    path = small_book / "chapters/example.ipynb"
    before = path.read_bytes(), path.stat().st_mtime_ns
    assert execute.main(["example"], small_book) == 0
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert "unchanged" in capsys.readouterr().out


def test_an_unknown_chapter_is_refused_by_name(small_book):
    with pytest.raises(SystemExit, match=r"no chapter is called slope; there are: example"):
        execute.main(["slope"], small_book)


def test_a_missing_pin_is_refused_by_name(small_book):
    pins = small_book / "requirements.txt"
    pins.write_text(pins.read_text("utf-8").replace("scipy==", "other=="), "utf-8")
    with pytest.raises(SystemExit, match=r"requirements.txt pins no scipy, .*make lock"):
        execute.main([], small_book)


def while_it_runs(notebook, statement):
    """Let the chapter's own last cell do something to the files, as an author does who cannot wait."""
    notebook.cells.append(new_code_cell(f"from pathlib import Path\n{statement}", id="meanwhile"))
    return notebook


def test_a_chapter_edited_while_it_runs_is_left_as_it_was_saved(small_book, capsys):
    path = small_book / "chapters/example.ipynb"
    saved = path.read_text("utf-8").replace("What does a mean do?", "And what does a median do?")
    (small_book / "saved").write_text(saved, "utf-8")
    save = f'Path({str(path)!r}).write_text(Path({str(small_book / "saved")!r}).read_text("utf-8"), "utf-8");'
    write(small_book, while_it_runs(read(small_book), save))
    assert execute.main([], small_book) == 1
    assert path.read_text("utf-8") == saved
    assert "it was edited while it ran; the file is left as you saved it" in capsys.readouterr().out


def test_bnlib_edited_while_a_chapter_runs_leaves_it_stale(small_book):
    text = small_book / "bnlib/text.py"
    edit = f'Path({str(text)!r}).write_text(Path({str(text)!r}).read_text("utf-8").replace("digits=3", "digits=4"), "utf-8");'
    write(small_book, while_it_runs(read(small_book), edit))
    assert execute.main([], small_book) == 0
    assert "digits=4" in text.read_text("utf-8")
    assert read(small_book).metadata.bnlib.hash != freshness.key(read(small_book), small_book)
    assert run.known(small_book / "chapters/example.ipynb", root=small_book) is None


def edited(root, old=">2.16<", new=">12.0<"):
    """Write another number into a stored table by hand."""
    path = root / "chapters/example.ipynb"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return text


def test_a_number_written_by_hand_is_not_kept(small_book):
    measured = edited(small_book)
    assert execute.main([], small_book) == 0
    assert (small_book / "chapters/example.ipynb").read_text("utf-8") == measured


def test_after_run_all_in_jupyter_what_was_committed_is_kept(small_book):
    edited(small_book, new=">2.17<")  # as another processor measured it
    notebook = read(small_book)
    notebook.metadata.bnlib.seal = stored.seal(notebook)
    write(small_book, notebook)
    committed = (small_book / "chapters/example.ipynb").read_text("utf-8")
    for command in (
        ["init", "-q"],
        ["add", "chapters"],
        ["-c", "user.name=x", "-c", "user.email=x@y", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", "-C", str(small_book), *command], check=True)
    edited(small_book, old=">2.17<", new=">2.16<")
    assert execute.main([], small_book) == 0
    assert (small_book / "chapters/example.ipynb").read_text("utf-8") == committed


def test_a_number_without_a_seed_is_warned_of(small_book, capsys):
    notebook = read(small_book)
    cell(notebook, "sentence").source = 'table(["noise"], [[measured(np.random.default_rng().random())]])'
    write(small_book, notebook)
    assert execute.main([], small_book) == 0
    assert "other numbers" not in capsys.readouterr().out
    assert execute.main([], small_book) == 0
    assert "example.ipynb: warning: sentence: other numbers than in the run before" in capsys.readouterr().out


def test_outputs_with_a_fault_are_not_stored(small_book, capsys):
    notebook = read(small_book)
    cell(notebook, "picture").source = "plt.plot(values)\nplt.show()"
    write(small_book, notebook)
    before = (small_book / "chapters/example.ipynb").read_bytes()
    assert execute.main([], small_book) == 1
    assert (small_book / "chapters/example.ipynb").read_bytes() == before
    assert re.search(r"not fit to be stored.*\n +cell picture: .*figure\(fig, alt=…\)", capsys.readouterr().out)


def test_a_chapter_that_takes_too_much_is_warned_of():
    notebook = nbformat.v4.new_notebook()
    run_ = run.Run("example", "here", "", notebook, seconds=25, peak_bytes=15e8, slowest={"long": 24.0})
    assert [re.sub(r"\s+", " ", line) for line in run_.warnings()] == [
        "it takes 25 s of the processor; expected at most 20 (long 24.0 s)",
        "it holds 1500 MB; expected at most 700 (torch's CPU build)",
    ]
    assert list(run.Run("example", "here", "", notebook, seconds=19, peak_bytes=6e8).warnings()) == []


def test_widgets_are_numbered_alike_whatever_their_random_ids(executed_book):
    notebook = read(executed_book)
    shuffled = chapters.to_text(notebook)
    ids = list(stored.widget_models(notebook))
    assert len(ids) > 10
    for index, id in enumerate(ids):
        shuffled = shuffled.replace(id, f"{(index * 7919 + 13) % 10007:028x}beef")
    assert chapters.parse(shuffled) != notebook
    assert chapters.to_text(stored.normalized(chapters.parse(shuffled))) == chapters.to_text(notebook)
