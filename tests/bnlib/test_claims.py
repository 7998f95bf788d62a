import numpy as np
import pytest

from bnlib import claims
from bnlib.claims import ClaimError, claim, claims_table, measured, plain, table


@pytest.fixture
def shown(monkeypatch):
    """What claims display, as (data, metadata), in a session without earlier claims."""
    outputs = []
    monkeypatch.setattr(claims, "display", lambda data, raw, metadata: outputs.append((data, metadata["claim"])))
    monkeypatch.setattr(claims, "_made", {})
    return outputs


HOLDS = [
    {"at_most": 1.0, "control": 2.0},
    {"at_least": 0.5, "control": 0.4},
    {"between": (0.9, 1.1), "control": 0.0},
    {"expected": 1.01, "rel": 0.02, "control": 1.2},
    {"expected": 1.01, "tol": 0.02, "control": 0.9},
    {"expected": 1, "tol": 0},
    {"at_most": 2.0, "spread": (0.5, 1.5), "seeds": 5},
    {"at_most": 2.0, "spread": np.array([1.0, 0.5, 1.5]), "seeds": 3},
]
FAILS = [
    ({"at_most": 0.9}, "the measurement is outside"),
    ({"at_least": 1.1}, "the measurement is outside"),
    ({"between": (1.1, 2)}, "the measurement is outside"),
    ({"expected": 1.1, "rel": 0.01}, "the measurement is outside"),
    ({"at_most": 1.0, "control": 0.5}, "the control is not outside"),
    ({"at_most": 1.0, "control": float("nan")}, "the control is not outside"),
    ({"at_most": 1.2, "spread": (0.9, 1.3)}, "the range over seeds reaches outside"),
    ({"at_most": 1.2, "spread": (1.1, 1.15)}, "the range over seeds reaches outside"),
    ({"at_most": 1.2, "spread": [1.0, 1.3, 0.9]}, "the range over seeds reaches outside"),
    ({"at_most": 1.2, "spread": [1.0, float("nan"), 0.9]}, "the range over seeds reaches outside"),
]


@pytest.mark.parametrize("band", HOLDS)
def test_a_claim_that_holds(shown, monkeypatch, band):
    monkeypatch.setenv("BNLIB_STRICT", "1")
    claim("an-id", "It is", 1.0, **band)
    data, exact = shown[0]
    assert data["text/markdown"].startswith(
        '<span class="claim-mark">✓</span> It is **<span class="measured">1.00</span>**'
    )
    assert data["text/plain"] == "claim an-id: holds"
    assert exact["id"] == "an-id" and exact["value"] == 1.0 and exact["holds"] is True


@pytest.mark.parametrize(("band", "problem"), FAILS)
def test_a_claim_that_does_not_hold_is_shown_to_a_reader_and_stops_a_test(shown, monkeypatch, band, problem):
    monkeypatch.delenv("BNLIB_STRICT", raising=False)
    claim("an-id", "It is", 1.0, **band)
    data, exact = shown[0]
    assert "✗" in data["text/markdown"] and problem in data["text/markdown"]
    assert data["text/plain"] == "claim an-id: does not hold" and exact["holds"] is False
    monkeypatch.setenv("BNLIB_STRICT", "1")
    with pytest.raises(ClaimError, match=f"an-id: {problem}.*value 1.0"):
        claim("an-id", "It is", 1.0, **band)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_no_band_holds_for_what_is_not_a_number(shown, monkeypatch, value):
    monkeypatch.setenv("BNLIB_STRICT", "1")
    with pytest.raises(ClaimError):
        claim("an-id", "It is", value, between=(-1e9, 1e9))


def test_nan_fails_one_sided_bands(shown, monkeypatch):
    monkeypatch.setenv("BNLIB_STRICT", "1")
    for band in ({"at_most": 1.0}, {"at_least": 1.0}):
        with pytest.raises(ClaimError):
            claim("an-id", "It is", float("nan"), **band)


@pytest.mark.parametrize(
    ("band", "message"),
    [
        ({}, "one band, of at_most, at_least, between, expected; got none"),
        ({"at_most": 1, "at_least": 0}, "got at_most and at_least"),
        ({"expected": 1}, "one tolerance"),
        ({"expected": 1, "rel": 0.1, "tol": 0.1}, "one tolerance"),
        ({"at_most": 1, "rel": 0.1}, "one tolerance"),
        ({"between": (2, 1)}, "low below high"),
        ({"at_most": [1, 2]}, "single number"),
        ({"at_most": 2, "spread": 0.5}, "the seeds' measurements"),
        ({"at_most": 2, "spread": []}, "the seeds' measurements"),
        ({"at_most": 2, "spread": ["low", "high"]}, "spread must be a single number"),
    ],
)
def test_a_band_that_makes_no_sense(shown, band, message):
    with pytest.raises(ValueError, match=message):
        claim("an-id", "It is", 1.0, **band)


def test_a_value_that_is_not_a_number(shown):
    for value in (np.ones(3), "one", None):
        with pytest.raises(ValueError, match="value must be a single number"):
            claim("an-id", "It is", value, at_most=1)


def test_a_cell_run_twice_states_its_claim_once(shown):
    for value in (1.0, 2.0):
        claim("an-id", "It |is|", value, at_most=3, control=4, control_is="without")
    rows = claims_table().data.split("\n")[2:]
    assert len(rows) == 1 and "2.00" in rows[0] and r"It \|is\|" in rows[0] and "(without)" in rows[0]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.090909, "0.0909"), (1, "1"), (1.0, "1.00"), (-331.2, "−331"), (1234.5, "1,234"), (np.int64(6), "6"),
        (1.234e-15, "1.23\u00a0×\u00a010⁻¹⁵"), (0.0, "0"), (-0.0, "0"), (float("nan"), "nan"), (2.5e7, "2.50\u00a0×\u00a010⁷"),
    ],
)  # fmt: skip
def test_measured_rounds_and_can_be_masked(value, text):
    assert measured(value) == f'<span class="measured">{text}</span>'
    assert plain(f"It is {measured(value)}.") == f"It is {text}."


def test_table():
    assert table(["a", "b"], [[1, "x|y"]]).data == "| a | b |\n| --- | --- |\n| 1 | x\\|y |"
    with pytest.raises(ValueError, match="each column of a table needs a heading"):
        table(["a", " "], [[1, 2]])
