"""Statements that are measured where they are made.

`claim` shows a sentence with its number, and what the number was held against: theory, accepted band, control.
`claim_table` shows a family of them, a row each, and `scoreboard` all that were made. With ``BNLIB_STRICT=1`` in the
environment, as in every test, a claim that does not hold stops the run.
"""

import math
import os
from dataclasses import dataclass

import numpy as np
from IPython.display import Markdown, display

from bnlib.text import chosen, measured, measured_range, median, table

__all__ = ["Claim", "ClaimError", "claim", "claim_table", "scoreboard"]

_made = {}  # statement → Claim, in the order they were first made in this session


class ClaimError(AssertionError):
    """A claim did not hold: its message names the statement, the value, the band and the control."""


@dataclass(frozen=True)
class Claim:
    """One statement with its measurements, and what they are held against.

    `claim` makes them; ``Claim.from_record(record)`` makes one again from what is stored with a cell's output.
    """

    statement: str  # with {} where the number belongs
    values: tuple  # one measurement, or one a seed; integers where they are whole numbers
    low: float  # the band, its ends included
    high: float
    expected: float | None = None  # what theory says, in the middle of the band
    rel: float | None = None  # the band's half width: a fraction of `expected`,
    tol: float | None = None  # or in its units
    control: tuple | None = None  # (name, value)
    folded: bool = False
    row: str = ""  # the name of its row, if it stands in a table

    @property
    def value(self):
        """The number of the sentence: the median of the measurements."""
        return median(self.values)

    @property
    def problem(self):
        """Why the claim does not hold, in words; empty if it does. NaN never holds."""
        problems = []
        if not self.low <= self.value <= self.high:
            problems.append("the measurement is outside")
        elif not all(self.low <= value <= self.high for value in self.values):
            problems.append("the range over seeds reaches outside")
        if self.control and not (self.control[1] < self.low or self.control[1] > self.high):
            problems.append("the control is not outside")
        return ", and ".join(problems)

    @property
    def holds(self):
        """Whether all measurements lie inside the band, and the control outside."""
        return not self.problem

    def sentence(self, number=None):
        """The statement as Markdown, ``number`` in its place; left out, it is the measured one, in bold."""
        return self.statement.replace("{}", f"**{measured(self.value)}**" if number is None else number)

    def theory(self):
        """What theory says; empty if it says nothing."""
        if self.expected is None:
            return ""
        whole = isinstance(self.value, int) and self.expected.is_integer()
        return chosen(int(self.expected) if whole else self.expected)

    def band(self):
        """The accepted band in words: "at most 0.5", "theory ± 2 %"."""
        if self.expected is not None:
            half = self.tol if self.rel is None else 100 * self.rel
            if half == 0:
                return "exactly this"
            return f"theory ± {chosen(half)}" + (" %" if self.tol is None else "")
        if math.isinf(self.low):
            return f"at most {_end(self.high)}"
        if math.isinf(self.high):
            return f"at least {_end(self.low)}"
        return f"{_end(self.low)} to {_end(self.high)}"

    def notes(self):
        """What the claim was held against, in fixed words and order, each a short text."""
        if self.expected is not None:
            yield f"theory {self.theory()}"
        if len(self.values) > 1:
            yield f"range {measured(min(self.values))} to {measured(max(self.values))} over {len(self.values)} seeds"
        yield f"accepted {self.band()}"
        if self.control:
            yield f"control, {self.control[0]}: {measured(self.control[1])}"
        if self.problem:
            yield f"**{self.problem}**"

    def markdown(self):
        """What is shown: mark, sentence, and what it was held against."""
        line = (
            f"{self.mark()} {self.sentence()}"
            f'<span class="claim-dot"> · </span><span class="claim-notes">{" · ".join(self.notes())}</span>'
        )
        return _fold(line, 1) if self.folded else line

    def cells(self, theory):
        """What its row of a table shows; ``theory`` says whether the table has that column."""
        number = measured_range(self.values) if len(self.values) > 1 else measured(self.value)
        band = self.band() + (f" **{self.problem}**" if self.problem else "")
        control = f"{self.control[0]}: {measured(self.control[1])}" if self.control else "none"
        return [self.row, f"{self.mark()} {number}", *[self.theory()] * theory, band, control]

    def mark(self):
        """✓ if it holds, ✗ if not."""
        return f'<span class="claim-mark">{"✓" if self.holds else "✗"}</span>'

    def to_record(self):
        """The claim as a dictionary that JSON can hold. Infinity and NaN are strings, which JSON lacks as numbers."""
        name, value = self.control or (None, None)
        return {
            "statement": self.statement,
            "values": [_json(value) for value in self.values],
            "whole": all(isinstance(value, int) for value in self.values),
            "value": _json(self.value),
            "low": _json(self.low),
            "high": _json(self.high),
            "expected": _json(self.expected),
            "rel": _json(self.rel),
            "tol": _json(self.tol),
            "control": self.control and {"name": name, "value": _json(value), "whole": isinstance(value, int)},
            "folded": self.folded,
            "row": self.row,
            "holds": self.holds,
            "problem": self.problem,
        }

    @classmethod
    def from_record(cls, record):
        """The claim of a record. What follows from the measurements is not read but worked out again."""

        def number(value):
            return value if value is None else float(value)

        whole = {True: int, False: float}  # a notebook may have been written by a tool to which 5 and 5.0 are the same
        control = record["control"]
        return cls(
            statement=record["statement"],
            values=tuple(whole[record["whole"]](value) for value in record["values"]),
            **{name: number(record[name]) for name in ("low", "high", "expected", "rel", "tol")},
            control=control and (control["name"], whole[control["whole"]](control["value"])),
            folded=record["folded"],
            row=record["row"],
        )


def claim(
    statement,
    value,
    *,
    control,
    at_most=None,
    at_least=None,
    between=None,
    expected=None,
    rel=None,
    tol=None,
    folded=False,
):
    """State something measured, and check it.

    Parameters
    ----------
    statement : str
        A whole sentence in Markdown, with ``{}`` where the number belongs: "SGD needs {} times as many steps as Adam."
        A second claim of the same statement takes the first one's place.
    value : number or sequence of numbers
        What was measured; of several measurements, one a seed, the median is shown, and all must lie inside the band.
        Integers are shown whole.
    control : (str, number or sequence of numbers) or None
        The same measurement with the effect removed, and in a few words what was done: ``("with batch norm", 0.34)``.
        It, or its median, must lie outside the band. None for an identity, from which nothing can be removed.
    at_most, at_least : number, optional
    between : (low, high), optional
    expected : number, optional
        What theory says, with the tolerance ``rel`` (a fraction of it) or ``tol`` (in its units). Exactly one of
        ``at_most``, ``at_least``, ``between`` and ``expected`` is the band; its ends belong to it.
    folded : bool
        Shown folded, under "One more statement, checked here".

    Raises
    ------
    ValueError
        The statement has not one place for its number; the band is missing, double, without end, or without a
        tolerance; or a number is none.
    ClaimError
        Under ``BNLIB_STRICT=1``, the claim does not hold. NaN never holds.
    """
    bands = {"at_most": at_most, "at_least": at_least, "between": between, "expected": expected, "rel": rel, "tol": tol}
    made = _make(statement, value, control, folded=folded, **bands)
    told = f"claim {'holds' if made.holds else 'does not hold'}: {made.sentence('…')}"
    _show([made], made.markdown(), told)


def claim_table(statement, headings, rows, *, folded=False):
    """State a family of measurements as a table, each row a claim of its own.

    Parameters
    ----------
    statement : str
        The sentence of a row, with ``{row}`` for its name and ``{}`` for its number: "Given {row}, it takes {} steps."
    headings : (str, str)
        Of the rows' names, and of their numbers.
    rows : dict
        Name of a row → the arguments of its `claim`, but for statement and ``folded``:
        ``{"momentum": dict(value=ratios, between=(1, 2), control=("plain SGD", 3.1))}``. Of as many seeds as you like.
    folded : bool
        All rows are shown folded.

    Raises
    ------
    ValueError
        As `claim`; or ``{row}`` is not in the statement, there are no rows, or not two headings.
    ClaimError
        Under ``BNLIB_STRICT=1``, a row does not hold.
    """
    if not isinstance(statement, str) or "{row}" not in statement:
        raise ValueError(f"the statement of a table names its row, {{row}}; got {statement!r}")
    if len(headings) != 2 or isinstance(headings, str) or not rows:
        raise ValueError(f"a table needs two headings and at least one row; got {headings!r} and {len(rows)} rows")
    made = [
        _make(statement.replace("{row}", row), folded=folded, row=row, **_row(row, given))
        for row, given in rows.items()
    ]
    theory = any(each.expected is not None for each in made)
    shown = table([*headings, *["Theory"] * theory, "Accepted", "Control"], [each.cells(theory) for each in made]).data
    told = f"{len(made)} claims, {sum(each.holds for each in made)} hold: {statement.replace('{}', '…')}"
    _show(made, _fold(shown, len(made)) if folded else shown, told)


def scoreboard():
    """The told claims made so far as a Markdown list; folded below it, all of them, and what they were held against."""
    told = [f"- {made.mark()} {made.sentence()}" for made in _made.values() if not made.folded]
    rows = []
    for made in _made.values():
        _, _, *against = made.cells(theory=True)
        rows.append([made.mark(), made.sentence(), *against])
    everything = table(["Holds", "What", "Theory", "Accepted", "Control"], rows).data
    summary = f"<summary>All {len(rows)} statements, and what they were held against</summary>"
    return Markdown("\n".join(told) + f"\n\n<details>{summary}\n\n{everything}\n\n</details>")


def _make(statement, value, control, *, folded, row="", **bands):
    """The `Claim` of these arguments, which are those of `claim`, noted among those made."""
    if not isinstance(statement, str) or statement.count("{}") != 1:
        raise ValueError(f"a statement is a sentence with one {{}}, where its number belongs; got {statement!r}")
    low, high = _band(**bands)
    made = Claim(
        statement=statement,
        values=_measurements("value", value),
        low=low,
        high=high,
        **{name: _bound(name, bands.get(name)) for name in ("expected", "rel", "tol")},
        control=_control(control),
        folded=bool(folded),
        row=row,
    )
    _made[statement] = made
    return made


def _row(name, row):
    """The arguments of a row of `claim_table`, if they are such."""
    allowed = {"value", "control", "at_most", "at_least", "between", "expected", "rel", "tol"}
    if not {"value", "control"} <= set(row) <= allowed:
        raise ValueError(f"the row {name!r} needs value, control and a band, as claim does; got {', '.join(row)}")
    return row


def _show(made, markdown, told):
    """Show claims, their records in the output's metadata; under ``BNLIB_STRICT=1``, stop at one that does not hold."""
    for each in made:
        if each.problem and os.environ.get("BNLIB_STRICT") == "1":
            other = f", control {each.control[1]!r} ({each.control[0]})" if each.control else ""
            ends = f" ({each.low:.6g} to {each.high:.6g})" if each.expected is not None else ""
            over = f", range {min(each.values)!r} to {max(each.values)!r}" if len(each.values) > 1 else ""
            raise ClaimError(
                f'"{each.sentence("…")}": {each.problem} the band, {each.band()}{ends}; value {each.value!r}{over}{other}'
            )
    records = [each.to_record() for each in made]
    display({"text/markdown": markdown, "text/plain": told}, raw=True, metadata={"claims": records})


def _fold(markdown, count):
    summary = "One more statement" if count == 1 else f"{count} more statements"
    return f'<details class="claim-folded"><summary>{summary}, checked here</summary>\n\n{markdown}\n\n</details>'


def _band(at_most=None, at_least=None, between=None, expected=None, rel=None, tol=None):
    bands = {"at_most": at_most, "at_least": at_least, "between": between, "expected": expected}
    given = [name for name, band in bands.items() if band is not None]
    if len(given) != 1:
        raise ValueError(f"a claim has one band, of {', '.join(bands)}; got {' and '.join(given) or 'none'}")
    if (expected is None) != (rel is None and tol is None) or (rel is not None and tol is not None):
        raise ValueError("expected comes with one tolerance, rel or tol; the other bands with none")
    if at_most is not None:
        return -math.inf, _bound("at_most", at_most)
    if at_least is not None:
        return _bound("at_least", at_least), math.inf
    if between is not None:
        if np.ndim(between) != 1 or len(between) != 2:
            raise ValueError(f"between needs (low, high); got {between!r}")
        low, high = (_bound("between", end) for end in between)
        if not low < high:
            raise ValueError(f"between needs (low, high) with low below high; got {between!r}")
        return low, high
    centre = _bound("expected", expected)
    half = abs(centre) * _bound("rel", rel) if rel is not None else _bound("tol", tol)
    if half < 0:
        raise ValueError(f"a tolerance is at least 0; got {tol if rel is None else rel!r}")
    if centre == 0 and rel is not None:
        raise ValueError("a fraction of 0 is no tolerance: with expected=0, give tol")
    return centre - half, centre + half


def _bound(name, value):
    """A number that was chosen, as a float; None stays None."""
    if value is None:
        return None
    (number,) = _measurements(name, value) if np.ndim(value) == 0 else (math.nan,)
    if not math.isfinite(number):
        raise ValueError(f"{name} must be a single finite number; got {value!r}")
    return float(number)


def _measurements(name, values):
    """One number or several, as a tuple of integers, if all are, or of floats."""
    try:
        array = np.asarray(values)
    except ValueError:  # sequences of several lengths
        array = np.empty((0, 0))
    if array.ndim > 1 or not array.size or array.dtype.kind not in "iuf":
        raise ValueError(f"{name} must be a real number, or a sequence of them, one a seed; got {values!r}")
    return tuple(array.ravel().tolist())


def _control(control):
    if control is None:
        return None
    if not isinstance(control, (tuple, list)) or len(control) != 2 or not isinstance(control[0], str):
        raise ValueError(f"control must be (what was done, the number measured there), or None; got {control!r}")
    name, values = control
    if not name.strip():
        raise ValueError(f"control must say what was done; got {control!r}")
    return name, median(_measurements("control", values))


def _end(value):
    """Text for an end of a band, which stands as it was typed: 0.9999 is not 1."""
    return chosen(value, 3 if float(f"{value:.2e}") == value else 6)


def _json(value):
    return value if value is None or math.isfinite(value) else str(value)
