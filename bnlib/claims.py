"""Statements that are measured where they are made.

`claim` shows a statement with its theory, measurement and accepted band, and marks whether it holds. With
``BNLIB_STRICT=1`` in the environment, as in every test, a claim that does not hold stops the run.
"""

import os
import re

import numpy as np
from IPython.display import Markdown, display

__all__ = ["ClaimError", "claim", "claims_table", "measured", "plain", "table"]

_made = {}  # id → claim, in the order they were first made in this session
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class ClaimError(AssertionError):
    """A claim did not hold: its message names the claim, the value and the band."""


def measured(value, digits=3):
    """A measured number, rounded to ``digits`` significant figures, in a form that the tests can mask.

    For Markdown, tables, alt texts and claims. A number that differs from machine to machine belongs in here; its
    claim's band is its check.
    """
    return f'<span class="measured">{_rounded(value, digits)}</span>'


def plain(text):
    """``text`` without the tags that `measured` puts around numbers."""
    return re.sub(r'<span class="measured">(.*?)</span>', r"\1", text)


def claim(
    id,
    statement,
    value,
    *,
    at_most=None,
    at_least=None,
    between=None,
    expected=None,
    rel=None,
    tol=None,
    control=None,
    control_is=None,
    spread=None,
    seeds=None,
):
    """State something measured, and check it.

    Parameters
    ----------
    id : str
        Unique in the book, in kebab-case.
    statement : str
        Markdown that reads on into the number: "Adding a bias of 1,000 moves the output by".
    value : number
        What was measured; with several seeds, their median.
    at_most, at_least : number, optional
    between : (low, high), optional
    expected : number, optional
        What theory says, with the tolerance ``rel`` (a fraction of it) or ``tol`` (in its units). Exactly one of
        ``at_most``, ``at_least``, ``between`` and ``expected`` is the band; its ends belong to it.
    control : number, optional
        The same measurement with the effect removed. It must fall outside the band.
    control_is : str, optional
        What was measured there, in a few words: "three examples instead of two".
    spread : sequence of numbers, optional
        Each seed's measurement, or (low, high). The range is shown, and must lie inside the band.
    seeds : int, optional
        How many.

    Raises
    ------
    ValueError
        The band is missing, double or without a tolerance; or a number is not a single one; or ``spread`` is one.
    ClaimError
        Under ``BNLIB_STRICT=1``, the claim does not hold. NaN never holds.
    """
    low, high = _band(at_most, at_least, between, expected, rel, tol)
    shown, value = value, _single("value", value)
    spread = None if spread is None else _range(spread)
    low_seen, high_seen = spread or (value, value)
    problems = []
    if not low <= value <= high:
        problems.append("the measurement is outside")
    elif not (low <= low_seen <= value <= high_seen <= high):
        problems.append("the range over seeds reaches outside")
    if control is not None and not (_single("control", control) < low or control > high):
        problems.append("the control is not outside")
    made = {
        "id": id,
        "statement": statement,
        "value": value,
        "shown": measured(shown),
        "low": low,
        "high": high,
        "expected": expected,
        "control": control,
        "control_is": control_is or "control",
        "spread": spread,
        "seeds": seeds,
        "problem": ", and ".join(problems),
    }
    _made[id] = made
    if problems and os.environ.get("BNLIB_STRICT") == "1":
        raise ClaimError(
            f"{id}: {made['problem']} the band {_band_text(made)}: value {value!r}, control {control!r}, spread {spread!r}"
        )
    data = {"text/markdown": _line(made), "text/plain": f"claim {id}: {'does not hold' if problems else 'holds'}"}
    exact = {"id": id, "value": _json(value), "low": _json(low), "high": _json(high), "holds": not problems}
    display(data, raw=True, metadata={"claim": exact})


def claims_table():
    """Every claim made so far, as a Markdown table."""
    rows = []
    for made in _made.values():
        theory = "" if made["expected"] is None else _exact(made["expected"])
        rows.append([_mark(made), made["statement"], theory, made["shown"], _band_text(made), _control(made)])
    return table(["Holds", "What", "Theory", "Measured", "Accepted", "Control"], rows)


def table(header, rows):
    """A Markdown table, to end a cell with. Cells are text or numbers; measured numbers are wrapped in `measured`.

    Raises ValueError for an empty heading, which a screen reader could not announce.
    """
    if not all(str(cell).strip() for cell in header):
        raise ValueError(f"each column of a table needs a heading; got {header!r}")
    lines = [header, ["---"] * len(header), *rows]
    return Markdown(
        "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)
    )


def _band(at_most, at_least, between, expected, rel, tol):
    bands = {"at_most": at_most, "at_least": at_least, "between": between, "expected": expected}
    given = [name for name, band in bands.items() if band is not None]
    if len(given) != 1:
        raise ValueError(f"a claim has one band, of {', '.join(bands)}; got {' and '.join(given) or 'none'}")
    if (expected is None) != (rel is None and tol is None) or (rel is not None and tol is not None):
        raise ValueError("expected comes with one tolerance, rel or tol; the other bands with none")
    if at_most is not None:
        return -np.inf, _single("at_most", at_most)
    if at_least is not None:
        return _single("at_least", at_least), np.inf
    if between is not None:
        low, high = (_single("between", v) for v in between)
        if not low < high:
            raise ValueError(f"between needs (low, high) with low below high; got {between!r}")
        return low, high
    centre = _single("expected", expected)
    half = abs(centre) * _single("rel", rel) if rel is not None else _single("tol", tol)
    return centre - half, centre + half


def _single(name, value):
    if np.ndim(value) != 0 or not np.issubdtype(np.asarray(value).dtype, np.number):
        raise ValueError(f"{name} must be a single number; got {value!r}")
    return float(value)


def _range(values):
    if np.ndim(values) != 1 or not len(values):
        raise ValueError(f"spread must be the seeds' measurements, or their (low, high); got {values!r}")
    for value in values:
        _single("spread", value)
    return np.min(values), np.max(values)


def _rounded(value, digits):
    """Text with ``digits`` significant figures: 0.0909, 1,234, 1.20 × 10⁻¹⁵. Whole numbers stay whole."""
    if isinstance(value, (int, np.integer)):
        return f"{value:,}".replace("-", "−")
    if value == 0 or not np.isfinite(value):
        return f"{abs(value) if value == 0 else value:.0f}".replace("-", "−")
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    if -4 <= int(exponent) <= 5:
        return f"{value:,.{max(digits - 1 - int(exponent), 0)}f}".replace("-", "−")
    return f"{mantissa}\u00a0×\u00a010{str(int(exponent)).translate(_SUPERSCRIPT)}".replace("-", "−")


def _exact(value):
    """Text for a number that was chosen or computed: four figures, without noughts at the end."""
    if 1e-4 <= abs(value) < 1e6:
        return f"{value:,.{max(4, 3 - int(np.floor(np.log10(abs(value)))))}f}".rstrip("0").rstrip(".").replace("-", "−")
    return _rounded(value, 2).replace(".0\u00a0×", "\u00a0×")


def _json(value):
    return value if np.isfinite(value) else str(value)


def _mark(made):
    return "✗" if made["problem"] else "✓"


def _control(made):
    return "" if made["control"] is None else f"{measured(made['control'])} ({made['control_is']})"


def _band_text(made):
    low, high, expected = made["low"], made["high"], made["expected"]
    if expected is not None:
        return f"theory ± {_exact(high - expected)}" if high > expected else "exactly this"
    if np.isinf(low):
        return f"at most {_exact(high)}"
    if np.isinf(high):
        return f"at least {_exact(low)}"
    return f"{_exact(low)} to {_exact(high)}"


def _line(made):
    notes = []
    if made["expected"] is not None:
        notes.append(f"theory {_exact(made['expected'])}")
    if made["spread"] is not None:
        over = f" over {made['seeds']} seeds" if made["seeds"] else ""
        notes.append(f"range {' to '.join(measured(v) for v in made['spread'])}{over}")
    notes.append(f"accepted {_band_text(made)}")
    if made["control"] is not None:
        notes.append(f"{made['control_is']}: {measured(made['control'])}")
    if made["problem"]:
        notes.append(f"**{made['problem']}**")
    return (
        f'<span class="claim-mark">{_mark(made)}</span> {made["statement"]} **{made["shown"]}**'
        f'<span class="claim-dot"> · </span><span class="claim-notes">{" · ".join(notes)}</span>'
    )
