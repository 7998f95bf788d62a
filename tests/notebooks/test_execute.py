"""`make execute`: the same bytes each time, kept outputs, one failing chapter named while the others are written."""

import copy
import io
import re
from base64 import b64decode, b64encode

import execute
import notebooks
import pytest
from PIL import Image


def read(root, name="example"):
    return notebooks.read(root / f"chapters/{name}.ipynb")


def write(root, notebook, name="example"):
    (root / f"chapters/{name}.ipynb").write_text(notebooks.to_text(notebook), "utf-8")


def cell(notebook, id):
    return next(cell for cell in notebook.cells if cell.id == id)


def test_cleared_outputs_come_back_byte_for_byte_and_a_failing_chapter_stops_no_other(small_book, capsys):
    path = small_book / "chapters/example.ipynb"
    before = path.read_bytes()
    cleared = read(small_book)
    for each in cleared.cells:
        if each.cell_type == "code":
            each.outputs, each.execution_count = [], None
            each.metadata.pop("mystnb", None)
    cleared.metadata = {"kernelspec": {"name": "python3", "display_name": "Another", "language": "python"}}
    write(small_book, cleared)
    failing = read(small_book)
    cell(failing, "claim-mean").source = 'claim("too-far", "The mean is", values.mean(), at_most=1)'
    write(small_book, failing, "failing")
    left = (small_book / "chapters/failing.ipynb").read_bytes()

    assert execute.main([], small_book) == 1

    assert path.read_bytes() == before
    assert (small_book / "chapters/failing.ipynb").read_bytes() == left
    said = capsys.readouterr().out
    assert re.search(r"chapters/example\.ipynb: written, \d+\.\d s, peak memory \d+ MB", said)
    assert re.search(r"chapters/failing\.ipynb: cell claim-mean failed.*\n +ClaimError: too-far: .*at most 1", said)


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


def kept(stored, fresh, id, *, exactly):
    """Whether keeping equal outputs puts the stored output of this cell in the fresh one's place."""
    execute.keep_equal_outputs(stored, fresh, exactly=exactly)
    return cell(fresh, id).outputs == cell(stored, id).outputs


@pytest.mark.parametrize("exactly", [False, True])
def test_a_picture_of_the_same_pixels_is_kept(executed_book, exactly):
    fresh, stored = read(executed_book), read(executed_book)
    data = cell(stored, "picture").outputs[0].data
    packed = io.BytesIO()
    Image.open(io.BytesIO(b64decode(data["image/png"]))).save(packed, "PNG", compress_level=1)
    data["image/png"] = b64encode(packed.getvalue()).decode()
    assert stored != fresh and kept(stored, fresh, "picture", exactly=exactly)


def test_a_kept_output_has_its_cells_new_number(executed_book):
    fresh, stored = read(executed_book), read(executed_book)
    cell(stored, "saw-table").outputs[0].execution_count = 99
    right = cell(fresh, "saw-table").execution_count
    execute.keep_equal_outputs(stored, fresh, exactly=False)
    assert cell(fresh, "saw-table").outputs[0].execution_count == right


def test_a_picture_of_other_pixels_is_not_kept(executed_book):
    fresh, stored = read(executed_book), read(executed_book)
    data = cell(stored, "picture").outputs[0].data
    image = Image.open(io.BytesIO(b64decode(data["image/png"])))
    image.putpixel((5, 5), (0, 0, 0))
    packed = io.BytesIO()
    image.save(packed, "PNG")
    data["image/png"] = b64encode(packed.getvalue()).decode()
    assert not kept(stored, fresh, "picture", exactly=False)


@pytest.mark.parametrize("exactly", [False, True])
def test_a_measured_number_is_kept_only_while_the_code_is_the_same(executed_book, exactly):
    fresh, stored = read(executed_book), read(executed_book)
    data = cell(stored, "claim-mean").outputs[0].data
    data["text/markdown"] = data["text/markdown"].replace(">3.00<", ">3.01<")
    assert stored != fresh and kept(stored, fresh, "claim-mean", exactly=exactly) is not exactly


@pytest.mark.parametrize("exactly", [False, True])
def test_other_text_is_not_kept(executed_book, exactly):
    fresh, stored = read(executed_book), read(executed_book)
    cell(stored, "run-mean").outputs[0].text = "The mean is 4.00\n"
    assert not kept(stored, fresh, "run-mean", exactly=exactly)


def test_widgets_are_numbered_alike_whatever_their_random_ids(executed_book):
    stored = read(executed_book)
    shuffled = notebooks.to_text(stored)
    ids = list(notebooks.widget_models(stored))
    assert len(ids) > 10
    for index, id in enumerate(ids):
        shuffled = shuffled.replace(id, f"{(index * 7919 + 13) % 10007:028x}beef")
    path = executed_book.parent / "shuffled.ipynb"
    path.write_text(shuffled, "utf-8")
    assert notebooks.read(path) != stored
    assert notebooks.to_text(notebooks.normalized(notebooks.read(path))) == notebooks.to_text(stored)


def test_the_hash_follows_what_the_outputs_are_made_from_and_nothing_else(small_book):
    notebook = read(small_book)
    now = notebooks.current_hash(notebook, small_book)
    assert notebook.metadata.bnlib.hash == now

    claims = small_book / "bnlib/claims.py"
    source = claims.read_text("utf-8")
    claims.write_text('"""Another docstring."""  # and a remark\n\n\n' + source.split('"""', 2)[2], "utf-8")
    assert notebooks.current_hash(notebook, small_book) == now
    claims.write_text(source.replace("def measured(value, digits=3)", "def measured(value, digits=4)"), "utf-8")
    assert notebooks.current_hash(notebook, small_book) != now
    claims.write_text(source, "utf-8")

    (small_book / "bnlib/unused.py").write_text("1\n", "utf-8")
    assert notebooks.current_hash(notebook, small_book) == now
    cell(notebook, "imports").source += "\nfrom bnlib import unused"
    imported = notebooks.current_hash(notebook, small_book)
    (small_book / "bnlib/unused.py").write_text("2\n", "utf-8")
    assert notebooks.current_hash(notebook, small_book) != imported
    notebook = read(small_book)

    for name in ("bnlib/book.mplstyle", "requirements.txt"):
        path = small_book / name
        text = path.read_text("utf-8")
        path.write_text(re.sub(r"lines.linewidth: 2|^numpy==.*", "numpy==9.9", text, flags=re.M), "utf-8")
        assert notebooks.current_hash(notebook, small_book) != now, name
        path.write_text(text, "utf-8")

    changed = copy.deepcopy(notebook)
    cell(changed, "title").source += " More words."
    cell(changed, "setup").source += "  # another address"
    assert notebooks.current_hash(changed, small_book) == now
    cell(changed, "picture").source += "\nvalues"
    assert notebooks.current_hash(changed, small_book) != now
