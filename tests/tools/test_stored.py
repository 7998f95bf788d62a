"""What a chapter stores: outputs that are the same are kept, timings always, and outputs with a fault are found."""

import copy
import io
from base64 import b64decode, b64encode

import pytest
from nbformat.v4 import new_output
from PIL import Image

import chapters
import stored


@pytest.fixture
def pair(executed_book):
    """The small chapter twice: as stored, and as a fresh run of it."""
    return tuple(chapters.read(executed_book / "chapters/example.ipynb") for _ in range(2))


def cell(notebook, id):
    return next(cell for cell in notebook.cells if cell.id == id)


def kept(pair, id, *, same_code):
    """Whether keeping equal outputs puts the stored output of this cell in the fresh one's place."""
    written, fresh = pair
    assert written != fresh
    stored.keep_equal(written, fresh, same_code=same_code)
    return cell(fresh, id).outputs == cell(written, id).outputs


def redrawn(notebook, change=lambda image: None, **options):
    """Pack the small chapter's picture again, changed."""
    data = cell(notebook, "picture").outputs[0].data
    image = Image.open(io.BytesIO(b64decode(data["image/png"])))
    change(image)
    packed = io.BytesIO()
    image.save(packed, "PNG", **options)
    data["image/png"] = b64encode(packed.getvalue()).decode()


@pytest.mark.parametrize("same_code", [False, True])
def test_a_picture_of_the_same_pixels_is_kept(pair, same_code):
    redrawn(pair[0], compress_level=1)
    assert kept(pair, "picture", same_code=same_code)


def test_a_picture_of_other_pixels_is_not_kept(pair):
    redrawn(pair[0], lambda image: image.putpixel((5, 5), (0, 0, 0)))
    assert not kept(pair, "picture", same_code=True)


def test_a_kept_output_has_its_cells_new_number(pair):
    written, fresh = pair
    cell(written, "saw-table").outputs[0].execution_count = 99
    right = cell(fresh, "saw-table").execution_count
    stored.keep_equal(written, fresh, same_code=True)
    assert cell(fresh, "saw-table").outputs[0].execution_count == right


def measure(notebook, number):
    """Let the stored claim have measured another number."""
    output = cell(notebook, "claim-mean").outputs[0]
    output.data["text/markdown"] = output.data["text/markdown"].replace(">3.00<", f">{number}<")
    output.metadata.claims[0].value = 9.0


@pytest.mark.parametrize(
    ("number", "same_code", "is_kept"),
    [
        ("4.00", True, True),  # another processor: its claim's band is its check
        ("4.00", False, False),  # the code is another, and may have changed it
        ("3.005", False, True),  # rounding
        ("3.02", False, False),
        ("3.00\u00a0×\u00a010⁻¹⁷", False, False),
    ],
)
def test_a_measured_number_is_kept_while_the_code_is_the_same_or_it_is_near(pair, number, same_code, is_kept):
    measure(pair[0], number)
    assert kept(pair, "claim-mean", same_code=same_code) is is_kept


@pytest.mark.parametrize(
    ("old", "new", "near"),
    [
        ("4.44\u00a0×\u00a010⁻¹⁶", "0", True),
        ("1,234", "1,235", True),
        ("1.00", "−1.00", False),
        ("2 to 3", "2 to 4", False),
    ],
)
def test_numbers_are_near_within_rounding(old, new, near):
    spans = [f'<span class="measured">{number}</span>' for number in (old, new)]
    assert stored.is_near(*spans) is near


def test_a_claims_band_is_no_measured_number(pair):
    cell(pair[0], "claim-mean").outputs[0].metadata.claims[0].low = 2.9
    assert not kept(pair, "claim-mean", same_code=True)


@pytest.mark.parametrize("same_code", [False, True])
@pytest.mark.parametrize(("id", "truth"), [("run-mean", "3.01"), ("run-larger", "it falls")])
def test_another_truth_of_a_prediction_is_not_kept(pair, id, truth, same_code):
    written, fresh = pair
    predictions = [
        next(output for output in cell(notebook, id).outputs if "prediction" in output.get("metadata", {}))
        for notebook in pair
    ]
    predictions[0].metadata.prediction.truth = truth
    stored.keep_equal(written, fresh, same_code=same_code)
    assert all(
        output.get("metadata", {}).get("prediction", {}).get("truth") != truth for output in cell(fresh, id).outputs
    )


def test_a_number_that_stands_twice_is_the_same_in_both_places(pair):
    written, _ = pair
    claim, scoreboard = (cell(written, id).outputs[0].data for id in ("claim-mean", "saw-table"))
    claim["text/markdown"] = claim["text/markdown"].replace("3.00", "3.001")
    scoreboard["text/markdown"] += " Once there was a line more."
    assert not kept(pair, "claim-mean", same_code=True)


@pytest.mark.parametrize("same_code", [False, True])
def test_other_text_is_not_kept(pair, same_code):
    cell(pair[0], "run-mean").outputs[0].text = "The mean is 4.00\n"
    assert not kept(pair, "run-mean", same_code=same_code)


def test_a_timing_never_changes_what_the_book_says(pair):
    timed = '| price |\n| --- |\n| <span class="measured timing">{}</span>, of {} |'.format
    for notebook, texts in zip(pair, [("1.31", "3"), ("3.46", "4")], strict=True):
        cell(notebook, "sentence").outputs[0].data["text/markdown"] = timed(*texts)
    written, fresh = pair
    stored.keep_equal(written, fresh, same_code=False)
    assert cell(fresh, "sentence").outputs[0].data["text/markdown"] == timed("1.31", "4")
    cell(fresh, "sentence").outputs[0].data["text/markdown"] = timed("3.46", "3")
    stored.keep_equal(written, fresh, same_code=False)
    assert cell(fresh, "sentence").outputs[0].data["text/markdown"] == timed("1.31", "3")


def test_the_seal_covers_every_output_and_nothing_else(executed_book):
    notebook = chapters.read(executed_book / "chapters/example.ipynb")
    now = stored.seal(notebook)
    assert notebook.metadata.bnlib.seal == now
    changes = [
        lambda copy: cell(copy, "run-mean").outputs[0].update(text="4"),
        lambda copy: cell(copy, "sentence").outputs[0].data.update({"text/markdown": "| 1 |"}),
        lambda copy: cell(copy, "claim-mean").outputs[0].metadata.claims[0].update(value=4.0),
        lambda copy: cell(copy, "run-mean").update(execution_count=1),
        lambda copy: next(iter(stored.widget_models(copy).values())).state.update(value=2),
    ]
    for change in changes:
        other = copy.deepcopy(notebook)
        change(other)
        assert stored.seal(other) != now
    cell(notebook, "title").source += " More words."
    cell(notebook, "run-mean").source += "  # a remark"
    assert stored.seal(notebook) == now


# What a run may not leave

FAULTS = []


def fault(cell, words):
    """Register a function that gives the small chapter's outputs a fault, which is found in this cell, in these words."""
    return lambda function: FAULTS.append((cell, words, function))


@pytest.mark.parametrize(("id", "words", "function"), FAULTS)
def test_a_fault_is_found(executed_book, id, words, function):
    notebook = chapters.read(executed_book / "chapters/example.ipynb")
    assert list(stored.faults(notebook)) == []
    function(notebook)
    assert [words in message for cell, message in stored.faults(notebook) if cell.id == id] == [True]


@fault("picture", "expected at most 1.5")
def _(notebook):
    cell(notebook, "picture").outputs[0].data["text/plain"] += "A" * 1_600_000


@fault("run-mean", "shows nothing")
def _(notebook):
    cell(notebook, "run-mean").outputs = []


@fault("run-mean", "expected none: a warning")
def _(notebook):
    cell(notebook, "run-mean").outputs.append(new_output("stream", name="stderr", text="a warning"))


@fault("picture", "at least 30 characters")
def _(notebook):
    del cell(notebook, "picture").outputs[0].metadata["alt"]


@fault("picture", "at least 30 characters")
def _(notebook):
    cell(notebook, "picture").outputs[0].metadata["alt"] += " <span>3</span>"


@fault("picture", "shows 2 figures")
def _(notebook):
    cell(notebook, "picture").outputs *= 2


@fault("picture", "metadata has needs_background")
def _(notebook):
    cell(notebook, "picture").outputs[0].metadata["needs_background"] = "light"


@fault("run-mean", "few digits")
def _(notebook):
    cell(notebook, "run-mean").outputs[0].text += "and the third of it 1.3333333333333333\n"


@fault("slider", "frames")
def _(notebook):  # many frames
    stack = next(m for m in stored.widget_models(notebook).values() if m.model_name == "StackModel")
    stack.state.children *= 9


@fault("slider", "0 frames")
def _(notebook):  # none at all: the page would show nothing
    notebook.metadata["widgets"][stored.WIDGET_STATE]["state"] = {}


@fault("slider", "kB")
def _(notebook):  # heavy ones, which compress well
    change_frame(notebook, "</svg>", "<path/>" * 90_000 + "</svg>")


@fault("slider", "kB compressed")
def _(notebook):  # dense ones, which do not
    change_frame(notebook, "</svg>", "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(20_000)) + "</svg>")


@fault("slider", "not well-formed")
def _(notebook):
    change_frame(notebook, "</g>", "")


@fault("slider", "no text of at least 30")
def _(notebook):
    change_frame(notebook, "aria-label=", "data-label=")


def change_frame(notebook, old, new):
    frame = next(m for m in stored.widget_models(notebook).values() if m.model_name == "HTMLModel")
    assert old in frame.state.value
    frame.state.value = frame.state.value.replace(old, new, 1)
