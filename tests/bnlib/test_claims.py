"""What a claim accepts, what it shows, and what is stored of it."""

import json
import re

import numpy as np
import pytest

from bnlib import claims
from bnlib.claims import Claim, ClaimError, claim, claim_table, scoreboard
from bnlib.text import MEASURED


@pytest.fixture
def shown(monkeypatch):
    """What claims display, as (data, record), in a session without earlier claims."""
    outputs = []

    def display(data, raw, metadata):
        outputs.extend((data, record) for record in metadata["claims"])

    monkeypatch.setattr(claims, "display", display)
    monkeypatch.setattr(claims, "_made", {})
    monkeypatch.delenv("BNLIB_STRICT", raising=False)
    return outputs


def text(shown):
    """The last claim's Markdown as one reads it."""
    return re.sub("<[^>]*>", "", shown[-1][0]["text/markdown"]).replace("**", "")


HOLDS = [
    {"at_most": 1.0, "control": ("without", 2.0)},
    {"at_least": 0.5, "control": ("without", 0.4)},
    {"between": (0.9, 1.1), "control": ("without", 0.0)},
    {"between": [0.9, 1.1], "control": None},
    {"expected": 1.01, "rel": 0.02, "control": ("without", 1.2)},
    {"expected": 1.01, "tol": 0.02, "control": ("without", 0.9)},
    {"expected": 1, "tol": 0, "control": None},
    {"expected": -1, "rel": 2.1, "control": ("without", [9, 7, 8])},
    {"at_most": 1.0, "control": ["a median outside", np.array([0.5, 2.0, 2.0])]},
    {"at_most": 1.0, "control": ("endless", float("inf"))},
]
FAILS = [
    (1.0, {"at_most": 0.9}, "the measurement is outside"),
    (1.0, {"at_least": 1.1}, "the measurement is outside"),
    (1.0, {"between": (1.1, 2)}, "the measurement is outside"),
    (1.0, {"expected": 1.1, "rel": 0.01}, "the measurement is outside"),
    (1.0, {"at_most": 1.0, "control": ("without", 0.5)}, "the control is not outside"),
    (1.0, {"at_most": 1.0, "control": ("without", [0.5, 0.7, 2.0])}, "the control is not outside"),
    (1.0, {"at_most": 1.0, "control": ("without", float("nan"))}, "the control is not outside"),
    (2.0, {"at_most": 1.0, "control": ("without", 0.5)}, "the measurement is outside, and the control is not outside"),
    ([0.9, 1.0, 1.3], {"at_most": 1.2}, "the range over seeds reaches outside"),
    ([1.0, 1.3, 0.9], {"at_least": 0.95}, "the range over seeds reaches outside"),
    ([1.0, float("nan"), 0.9], {"at_most": 1.2}, "the measurement is outside"),
    (float("nan"), {"at_most": 1.0}, "the measurement is outside"),
    (float("nan"), {"at_least": 1.0}, "the measurement is outside"),
    (float("nan"), {"between": (-1e9, 1e9)}, "the measurement is outside"),
    (float("inf"), {"between": (-1e9, 1e9)}, "the measurement is outside"),
]


@pytest.mark.parametrize("band", HOLDS)
def test_a_claim_that_holds(shown, monkeypatch, band):
    monkeypatch.setenv("BNLIB_STRICT", "1")
    claim("It takes {} steps.", 1.0, **band)
    data, record = shown[0]
    assert data["text/markdown"].startswith(
        '<span class="claim-mark">✓</span> It takes **<span class="measured">1.00</span>** steps.'
        '<span class="claim-dot"> · </span><span class="claim-notes">'
    )
    assert data["text/plain"] == "claim holds: It takes … steps."
    assert record["statement"] == "It takes {} steps." and record["value"] == 1.0 and record["holds"] is True


@pytest.mark.parametrize(("value", "band", "problem"), FAILS)
def test_a_claim_that_does_not_hold_is_shown_to_a_reader_and_stops_a_test(shown, monkeypatch, value, band, problem):
    band = {"control": None} | band
    claim("It takes {} steps.", value, **band)
    data, record = shown[0]
    assert "✗" in data["text/markdown"] and f"**{problem}**" in data["text/markdown"]
    assert data["text/plain"] == "claim does not hold: It takes … steps."
    assert record["holds"] is False and record["problem"] == problem
    monkeypatch.setenv("BNLIB_STRICT", "1")
    with pytest.raises(ClaimError, match=re.escape(problem)):
        claim("It takes {} steps.", value, **band)


def test_the_error_names_statement_value_band_and_control(shown, monkeypatch):
    monkeypatch.setenv("BNLIB_STRICT", "1")
    message = (
        '"It takes … steps.": the measurement is outside, and the control is not outside the band, at most 2; '
        "value 3, range 1 to 4, control 0.5 (with batch norm)"
    )
    with pytest.raises(AssertionError, match=f"^{re.escape(message)}$"):
        claim("It takes {} steps.", [1, 4, 3], at_most=2, control=("with batch norm", 0.5))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"statement": "It is"}, "one {}, where its number belongs; got 'It is'"),
        ({"statement": "From {} to {}"}, "one {}, where its number belongs"),
        ({"statement": None}, "one {}, where its number belongs"),
        ({"at_most": None}, "one band, of at_most, at_least, between, expected; got none"),
        ({"at_least": 0}, "got at_most and at_least"),
        ({"at_most": None, "expected": 1}, "one tolerance"),
        ({"at_most": None, "expected": 1, "rel": 0.1, "tol": 0.1}, "one tolerance"),
        ({"rel": 0.1}, "one tolerance"),
        ({"at_most": None, "between": (2, 1)}, "low below high"),
        ({"at_most": None, "between": (0, 1, 2)}, r"between needs \(low, high\)"),
        ({"at_most": None, "between": 3}, r"between needs \(low, high\)"),
        ({"at_most": None, "between": (-np.inf, 2)}, "between must be a single finite number"),
        ({"at_most": np.inf}, "at_most must be a single finite number; got inf"),
        ({"at_most": np.nan}, "at_most must be a single finite number"),
        ({"at_most": [1, 2]}, "at_most must be a single finite number"),
        ({"at_most": 2j}, "at_most must be a real number"),
        ({"at_most": None, "at_least": np.nan}, "at_least must be a single finite number"),
        ({"at_most": None, "expected": np.inf, "tol": 1}, "expected must be a single finite number"),
        ({"at_most": None, "expected": 1, "tol": -0.1}, "a tolerance is at least 0; got -0.1"),
        ({"at_most": None, "expected": 1, "rel": -0.1}, "a tolerance is at least 0; got -0.1"),
        ({"at_most": None, "expected": 1, "tol": np.nan}, "tol must be a single finite number"),
        ({"at_most": None, "expected": 1, "rel": np.nan}, "rel must be a single finite number"),
        ({"at_most": None, "expected": 1, "tol": np.array([1, 2])}, "tol must be a single finite number"),
        ({"at_most": None, "expected": 0, "rel": 0.5}, "with expected=0, give tol"),
        ({"value": 1 + 2j}, "value must be a real number"),
        ({"value": "one"}, "value must be a real number"),
        ({"value": True}, "value must be a real number"),
        ({"value": None}, "value must be a real number"),
        ({"value": []}, "value must be a real number, or a sequence of them, one a seed"),
        ({"value": np.ones((2, 2))}, "value must be a real number, or a sequence of them, one a seed"),
        ({"value": [[1], [1, 2]]}, "value must be a real number, or a sequence of them, one a seed"),
        ({"control": 0.5}, r"control must be \(what was done, the number measured there\), or None; got 0.5"),
        ({"control": (0.5, "without")}, "control must be"),
        ({"control": ("without",)}, "control must be"),
        ({"control": ("without", 1, 2)}, "control must be"),
        ({"control": (" ", 3)}, "control must say what was done"),
        ({"control": ("without", None)}, "control must be a real number"),
        ({"control": ("without", [])}, "control must be a real number"),
        ({"control": ("without", 1j)}, "control must be a real number"),
    ],
)
def test_arguments_that_make_no_sense(shown, arguments, message):
    with pytest.raises(ValueError, match=message):
        claim(**{"statement": "It is {}.", "value": 1.0, "at_most": 2, "control": None} | arguments)


def test_a_control_is_asked_for(shown):
    with pytest.raises(TypeError, match="control"):
        claim("It is {}.", 1.0, at_most=2)


def test_all_that_is_shown_in_its_words_and_order(shown):
    claim("SGD needs {} times as many steps.", [2.0, 2.5, 1.5], expected=2, rel=0.3, control=("with batch norm", 0.34))
    assert text(shown) == (
        "✓ SGD needs 2.00 times as many steps. · theory 2 · range 1.50 to 2.50 over 3 seeds · "
        "accepted theory ± 30 % · control, with batch norm: 0.340"
    )
    claim("SGD needs {} times as many steps.", 2.0, at_most=1, control=None)
    assert text(shown) == "✗ SGD needs 2.00 times as many steps. · accepted at most 1 · the measurement is outside"


def test_every_measured_number_is_masked_and_no_other(shown):
    claim("Of 10, {} are on.", [3.5, 4.5, 5.5], between=(3, 8), control=("without", 9.5))
    assert "claim" in shown[0][0]["text/plain"] and not re.search(r"[3459]\.\d", shown[0][0]["text/plain"])
    assert re.sub(MEASURED, "…", shown[0][0]["text/markdown"]) == (
        '<span class="claim-mark">✓</span> Of 10, **…** are on.<span class="claim-dot"> · </span><span '
        'class="claim-notes">range … to … over 3 seeds · accepted 3 to 8 · control, without: …</span>'
    )


@pytest.mark.parametrize(
    ("value", "band", "notes"),
    [
        (1.0, {"at_most": 1e-12 + 1}, "accepted at most 1"),
        (1e-15, {"at_most": 1e-12}, "accepted at most 10⁻¹²"),
        (8.5, {"expected": 7.692307, "rel": 0.4}, "theory 7.69 · accepted theory ± 40 %"),
        (48.0, {"expected": 47.9681, "rel": 0.1}, "theory 48 · accepted theory ± 10 %"),
        (64.0, {"expected": 64, "tol": 1e-14}, "theory 64 · accepted theory ± 10⁻¹⁴"),  # B10
        (1e6, {"expected": 1e6, "tol": 1e-11}, "theory 10⁶ · accepted theory ± 10⁻¹¹"),
        (0.5, {"expected": 0.5, "tol": 0.005}, "theory 0.5 · accepted theory ± 0.005"),
        (4.0, {"expected": 4.0, "rel": 1e-5}, "theory 4 · accepted theory ± 0.001 %"),
        (6, {"expected": 6, "tol": 0}, "theory 6 · accepted exactly this"),
        (6, {"expected": 6, "rel": 0}, "theory 6 · accepted exactly this"),
        (2_000_000, {"expected": 2_000_000, "tol": 0}, "theory 2,000,000 · accepted exactly this"),
        (1.0, {"between": (0.9999, 1)}, "accepted 0.9999 to 1"),
        (68_096.0, {"at_least": 50_000}, "accepted at least 50,000"),
        (2e7, {"at_least": 1e7}, "accepted at least 10⁷"),
        (-1.09, {"at_most": -0.3}, "accepted at most −0.3"),
    ],
)
def test_what_was_accepted_stands_as_it_was_given(shown, value, band, notes):
    claim("It is {}.", value, control=None, **band)
    assert text(shown).endswith(f"· {notes}") and shown[0][1]["holds"]


@pytest.mark.parametrize(
    ("value", "number", "seen"),
    [
        (12_345.6, "12,300", ""),
        (5, "5", ""),
        (np.int64(66_560), "66,560", ""),
        ([12, 16, 18], "16", "range 12 to 18 over 3 seeds"),
        (np.array([12, 16, 18, 19]), "17", "range 12 to 19 over 4 seeds"),
        ([12, 15, 18, 19], "16.5", "range 12 to 19 over 4 seeds"),
        (np.array([12.0, 16.0, 18.0]), "16.0", "range 12.0 to 18.0 over 3 seeds"),
        (np.array([0.5], dtype="float32"), "0.500", ""),
        ((2.0, 1.0), "1.50", "range 1.00 to 2.00 over 2 seeds"),
    ],
)
def test_whole_numbers_are_whole_and_others_have_three_figures(shown, value, number, seen):
    claim("It is {}.", value, at_most=1e9, control=("without", np.array([2 * 10**9, 3 * 10**9, 4 * 10**9])))
    line = f"✓ It is {number}." + (f" · {seen}" if seen else "") + " · accepted at most 10⁹"
    assert text(shown) == f"{line} · control, without: 3,000,000,000"


def test_the_statement_may_hold_other_braces(shown):
    claim("$x_{12}$ is {} and not {x}.", 1.0, at_most=2, control=None)
    assert text(shown).startswith("✓ $x_{12}$ is 1.00 and not {x}.")


def test_a_folded_claim(shown):
    claim("It is {}.", 1.0, at_most=2, control=None)
    claim("It is {}.", 1.0, at_most=2, control=None, folded=True)
    line = shown[0][0]["text/markdown"]
    assert shown[1][0]["text/markdown"] == (
        f'<details class="claim-folded"><summary>One more statement, checked here</summary>\n\n{line}\n\n</details>'
    )
    assert shown[1][1]["folded"] is True and shown[1][0]["text/plain"] == shown[0][0]["text/plain"]


RECORDED = [
    (1.25, {"at_most": 2, "control": None}),
    ([3, 5, 4], {"expected": 4, "rel": 0.5, "control": ("with", [9, 8])}),
    (np.array([0.1, 0.3, 0.2]), {"between": (0.05, 0.4), "control": ("with", 7), "folded": True}),
    (float("nan"), {"at_least": -1e300, "control": ("with", float("nan"))}),
    ([float("inf"), 1.0, -float("inf")], {"expected": 1, "tol": 0, "control": ("with", -float("inf"))}),
    (5.0, {"expected": 5.0, "tol": 1e-12, "control": ("with", 6.0)}),
]


@pytest.mark.parametrize(("value", "arguments"), RECORDED)
def test_what_is_shown_follows_from_what_is_stored(shown, value, arguments):
    claim("It is {}.", value, **arguments)
    data, record = shown[0]
    stored = json.loads(json.dumps(record, allow_nan=False))
    assert Claim.from_record(stored).markdown() == data["text/markdown"]
    assert Claim.from_record({"id": "added-later", **stored}).to_record() == record


def test_a_tool_that_writes_5_for_five_point_nought_changes_nothing(shown):
    claim("It is {}.", [5.0, 6.0, 5.0], at_most=6.0, control=("with", 7.0))
    claim("It is {} in whole numbers.", [5, 6, 5], at_most=6.0, control=("with", 7))
    for (data, record), other in zip(shown, (int, float), strict=True):
        control = record["control"] | {"value": other(7)}
        stored = record | {"values": [other(value) for value in record["values"]], "high": 6, "control": control}
        assert Claim.from_record(stored).markdown() == data["text/markdown"]


def test_what_is_stored(shown):
    claim("It is {}.", np.array([1, 3, 2]), expected=2, tol=1, control=("with", 4.5))
    assert shown[0][1] == {
        "statement": "It is {}.",
        "values": [1, 3, 2],
        "whole": True,
        "value": 2,
        "low": 1.0,
        "high": 3.0,
        "expected": 2.0,
        "rel": None,
        "tol": 1.0,
        "control": {"name": "with", "value": 4.5, "whole": False},
        "folded": False,
        "row": "",
        "holds": True,
        "problem": "",
    }


def test_the_scoreboard_lists_what_was_told_and_folds_a_table_of_all(shown):
    claim("Of |x|, {} are on.", 1.0, expected=1.01, rel=0.1, control=("without", 4))
    claim("It takes {} steps.", [3, 4, 5], at_most=4, control=None, folded=True)
    assert re.sub("</?span[^>]*>", "", scoreboard().data).split("\n") == [
        "- ✓ Of |x|, **1.00** are on.",
        "",
        "<details><summary>All 2 statements, and what they were held against</summary>",
        "",
        "| Holds | What | Theory | Accepted | Control |",
        "| --- | --- | --- | --- | --- |",
        r"| ✓ | Of \|x\|, **1.00** are on. | 1.01 | theory ± 10 % | without: 4 |",
        "| ✗ | It takes **4** steps. |  | at most 4 **the range over seeds reaches outside** | none |",
        "",
        "</details>",
    ]


def test_a_cell_run_twice_states_its_claim_once(shown):
    for value in (1.0, 2.0):
        claim("It is {}.", value, at_most=3, control=("without", 4))
    told = scoreboard().data.split("\n\n")[0]
    assert told.count("\n") == 0 and "2.00" in told


ROWS = {
    "SGD": dict(value=[3.0, 4.0, 3.5], between=(2, 5), control=("with momentum", 1.0)),
    "Adam | W": dict(value=1, expected=1, tol=0, control=None),
    "nothing": dict(value=9.0, at_most=5, control=("at all", 6.0)),
}


def test_a_table_has_a_claim_a_row(shown):
    claim_table("Given {row}, it takes {} steps.", ["Given", "Steps"], ROWS)
    data, records = shown[0][0], [record for _, record in shown]
    assert re.sub("</?span[^>]*>", "", data["text/markdown"]).split("\n") == [
        "| Given | Steps | Theory | Accepted | Control |",
        "| --- | --- | --- | --- | --- |",
        "| SGD | ✓ 3.50 (3.00 to 4.00) |  | 2 to 5 | with momentum: 1.00 |",
        r"| Adam \| W | ✓ 1 | 1 | exactly this | none |",
        "| nothing | ✗ 9.00 |  | at most 5 **the measurement is outside** | at all: 6.00 |",
    ]
    assert [record["statement"] for record in records] == [f"Given {row}, it takes {{}} steps." for row in ROWS]
    assert [(record["row"], record["holds"], record["folded"]) for record in records] == [
        ("SGD", True, False),
        ("Adam | W", True, False),
        ("nothing", False, False),
    ]
    assert data["text/plain"] == "3 claims, 2 hold: Given {row}, it takes … steps."
    for record in records:
        assert Claim.from_record(json.loads(json.dumps(record))).to_record() == record


def test_a_folded_table_says_how_much_it_holds(shown):
    claim_table("Given {row}, it takes {} steps.", ["Given", "Steps"], ROWS, folded=True)
    lines = shown[0][0]["text/markdown"].split("\n")
    assert lines[0] == '<details class="claim-folded"><summary>3 more statements, checked here</summary>'
    assert lines[-1] == "</details>" and all(record["folded"] for _, record in shown)


def test_a_row_that_does_not_hold_stops_a_strict_run(shown, monkeypatch):
    monkeypatch.setenv("BNLIB_STRICT", "1")
    with pytest.raises(ClaimError, match=r'"Given nothing, .*: the measurement is outside'):
        claim_table("Given {row}, it takes {} steps.", ["Given", "Steps"], ROWS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("It takes {} steps.", ["Given", "Steps"], ROWS), "names its row"),
        ((None, ["Given", "Steps"], ROWS), "names its row"),
        (("{row} takes some steps.", ["Given", "Steps"], ROWS), "one {}"),
        (("{row} takes {} steps.", ["Given"], ROWS), "two headings"),
        (("{row} takes {} steps.", "ab", ROWS), "two headings"),
        (("{row} takes {} steps.", ["Given", "Steps"], {}), "at least one row"),
        (("{row} takes {} steps.", ["Given", "Steps"], {"a": dict(value=1, at_most=2)}), "'a' needs value, control"),
        (
            ("{row} takes {} steps.", ["Given", "Steps"], {"a": dict(value=1, at_most=2, control=None, folded=True)}),
            "'a' needs value, control",
        ),
    ],
)
def test_a_table_that_makes_no_sense(shown, arguments, message):
    with pytest.raises(ValueError, match=message):
        claim_table(*arguments)
