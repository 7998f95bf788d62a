"""How the book writes its numbers and tables.

A *measured* number may differ from machine to machine: it stands in a span that the tests mask. A *chosen* number, such
as the end of a band, is the same everywhere and stands in the open.
"""

import re

import numpy as np
from IPython.display import Markdown

__all__ = ["MEASURED", "TIMED", "chosen", "measured", "measured_range", "plain", "table", "timed"]

MEASURED = r'<span class="measured[^"]*">[^<]*</span>'
"""A pattern that finds each measured number, its span included; tests/nbval_sanitize.cfg masks by the same one."""

TIMED = r'<span class="measured timing">[^<]*</span>'
"""A pattern that finds those among them that were `timed`."""

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_TIMES = "\u00a0×\u00a010"


def measured(value, digits=3):
    """A measured number, in a span that the tests can mask.

    For Markdown, tables and alt texts. The band of some claim is its check.

    Parameters
    ----------
    value : number
        An integer is shown whole, any other number with ``digits`` significant figures.
    digits : int
    """
    return f'<span class="measured">{_rounded(value, digits)}</span>'


def timed(value, digits=3):
    """As `measured`, for seconds, and for ratios of seconds: no two runs agree, so a stored one is kept."""
    return f'<span class="measured timing">{_rounded(value, digits)}</span>'


def measured_range(values, digits=3):
    """Median, least and greatest of several measurements: "15 (14 to 19)".

    Parameters
    ----------
    values : sequence of numbers
        Integers are shown whole, and so is their median where it is one; all others with ``digits`` figures.
    digits : int
    """
    values = np.asarray(values)
    return f"{measured(median(values), digits)} ({measured(values.min(), digits)} to {measured(values.max(), digits)})"


def median(values):
    """The median; of integers an integer, where it is one."""
    middle = float(np.median(values))
    whole = np.asarray(values).dtype.kind in "iu" and middle.is_integer()
    return int(middle) if whole else middle


def chosen(value, digits=3):
    """Text for a number that was typed, or computed from typed ones: 0.5, 50,000, 10⁻¹².

    Integers stay whole, and so does what equals one, unless it is a round million or more: 11,689,512, but 10⁷. All
    others have ``digits`` significant figures, less the noughts at the end.
    """
    round_millions = abs(value) >= 1e6 and value == float(f"{value:.{digits - 1}e}")
    if isinstance(value, (int, np.integer)) or (float(value).is_integer() and not round_millions):
        return _rounded(int(value), digits)
    mantissa, times, power = _rounded(value, digits).partition(_TIMES)
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    if times and mantissa in ("1", "−1"):
        return mantissa.replace("1", "10") + power
    return mantissa + times + power


def plain(text):
    """``text`` without the spans around its measured numbers."""
    return re.sub(MEASURED, lambda match: re.sub("<[^>]*>", "", match[0]), text)


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


def _rounded(value, digits):
    """Text with ``digits`` significant figures: 0.0909, 12,300, 1.20 × 10⁻¹⁵. Integers stay whole."""
    if isinstance(value, (int, np.integer)):
        return f"{value:,}".replace("-", "−")
    if value == 0 or not np.isfinite(value):
        return f"{abs(value) if value == 0 else value:.0f}".replace("-", "−")
    figures = f"{value:.{digits - 1}e}"
    mantissa, exponent = figures.split("e")
    if -4 <= int(exponent) <= 5:
        return f"{float(figures):,.{max(digits - 1 - int(exponent), 0)}f}".replace("-", "−")
    return f"{mantissa}{_TIMES}{str(int(exponent)).translate(_SUPERSCRIPT)}".replace("-", "−")
