"""How numbers and tables are written, and that the tests mask what they should."""

import re
from pathlib import Path

import numpy as np
import pytest

from bnlib.text import MEASURED, chosen, measured, measured_range, plain, table, timed

TIMES = "\u00a0×\u00a010"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.090909, "0.0909"), (1.0, "1.00"), (-331.2, "−331"), (0.0, "0"), (-0.0, "0"), (float("nan"), "nan"),
        (1.234e-15, f"1.23{TIMES}⁻¹⁵"), (2.5e7, f"2.50{TIMES}⁷"),
        (1, "1"), (np.int64(6), "6"), (25_557_032, "25,557,032"),  # whole numbers whole
        (1234.5, "1,230"), (12_345.6, "12,300"), (999_499.6, "999,000"), (999.6, "1,000"), (999_999.6, f"1.00{TIMES}⁶"),
    ],
)  # fmt: skip
def test_three_significant_figures_that_can_be_masked(value, text):
    assert measured(value) == f'<span class="measured">{text}</span>'
    assert timed(value) == f'<span class="measured timing">{text}</span>'
    for shown in (measured(value), timed(value)):
        assert re.sub(MEASURED, "…", f"It is {shown} or {shown}.") == "It is … or …."
        assert plain(f"It is {shown} or {shown}.") == f"It is {text} or {text}."


def test_more_figures_on_request():
    assert plain(measured(0.123456, 2)) == "0.12" and plain(timed(290.9421, 6)) == "290.942"


def test_the_mask_leaves_other_text_alone():
    assert not re.search(MEASURED, '<span class="claim-notes">accepted at most 2</span>')


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([14.2, 15.04, 19.0], "15.0 (14.2 to 19.0)"),
        (np.array([14, 15, 19]), "15 (14 to 19)"),
        ([14, 15, 16, 17], "15.5 (14 to 17)"),  # a median of whole numbers that is none
        ((12, 14, 18, 18), "16 (12 to 18)"),  # and one that is
        ([2.0], "2.00 (2.00 to 2.00)"),
    ],
)
def test_median_and_range(values, text):
    assert plain(measured_range(values)) == text


def test_median_and_range_are_masked_and_take_digits():
    assert re.sub(MEASURED, "…", measured_range([1.0, 2.0, 4.0])) == "… (… to …)"
    assert plain(measured_range([1.0, 2.04, 4.0], 2)) == "2.0 (1.0 to 4.0)"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.5"), (1.0, "1"), (0, "0"), (50_000.0, "50,000"), (12_345, "12,345"), (47.9681, "48"), (0.36788, "0.368"),
        (-0.3, "−0.3"), (1e-12, "10⁻¹²"), (-1e-5, "−10⁻⁵"), (2.5e-9, f"2.5{TIMES}⁻⁹"), (1e7, "10⁷"),
        (11_689_512.0, "11,689,512"), (2_000_000, "2,000,000"), (100.0, "100"), (0.0001, "0.0001"), (12_345.6, "12,300"),
    ],
)  # fmt: skip
def test_chosen_numbers_stand_in_the_open(value, text):
    assert chosen(value) == text


def test_nbval_masks_by_the_same_pattern():
    rules = (Path(__file__).parents[1] / "nbval_sanitize.cfg").read_text("utf-8")
    assert re.findall(r"^regex: (.*)$", rules, re.M) == [MEASURED]


def test_table():
    assert table(["a", "b"], [[1, "x|y"]]).data == "| a | b |\n| --- | --- |\n| 1 | x\\|y |"
    with pytest.raises(ValueError, match="each column of a table needs a heading"):
        table(["a", " "], [[1, 2]])
