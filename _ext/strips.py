"""A claim at a glance: a small drawing of band, measurement, the seeds' range, theory and control.

Inside the band distances are true; outside they grow with the logarithm of the distance in band widths, so that a
control stays on the strip however far it is. Numbers of different decades are compared by their logarithms.
"""

import math
from html import escape

from shared import chosen, measured, plain

WIDTH, HEIGHT, MIDDLE = 190, 30, 15
BAND = (76, 108)  # where the band's ends are drawn
MARGIN = 2  # between the band's ends and what lies at them, on the inside
GAP = 12  # between the band's ends and what lies outside
PER_DECADE = 22  # of band widths, outside
DECADES = 3  # that a strip shows: on either side, and of a band that is open at one end
EDGE = 8  # what is drawn keeps this far from the strip's ends


def strip(claim, said):
    """SVG for a `bnlib.claims.Claim`; ``said`` is its control's name in plain words, if it has a control."""
    place = scale(claim)
    left = BAND[0] if math.isfinite(claim.low) else 2
    right = BAND[1] if math.isfinite(claim.high) else WIDTH - 2
    drawn = [
        f'<line class="axis" x1="2" x2="{WIDTH - 2}" y1="{MIDDLE}" y2="{MIDDLE}"/>',
        f'<rect class="band" x="{left}" width="{right - left}" y="6" height="18" rx="4"/>',
    ]
    if claim.expected is not None:
        x = place(claim.expected)
        drawn.append(f'<line class="theory" x1="{x}" x2="{x}" y1="3" y2="27"/>')
    if len(claim.values) > 1 and all(map(math.isfinite, claim.values)):
        low, high = place(min(claim.values)), place(max(claim.values))
        drawn.append(f'<path class="range" d="M{low} 11v8m0-4H{high}m0-4v8"/>')
    if not math.isnan(claim.value):
        drawn.append(f'<circle class="value" cx="{place(claim.value)}" cy="{MIDDLE}" r="5"/>')
    if claim.control and not math.isnan(claim.control[1]):
        drawn.append(f'<path class="control" d="M{place(claim.control[1]) - 5:g} 10l10 10m0-10l-10 10"/>')
    start = f'<svg class="strip" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(words(claim, said))}">'
    return start + "".join(drawn) + "</svg>"


def words(claim, said):
    """What the strip shows, in words."""
    sentences = [f"Measured {number(claim.value)}"]
    if len(claim.values) > 1:
        ends = number(min(claim.values)), number(max(claim.values))
        sentences[0] += f", from {ends[0]} to {ends[1]} over {len(claim.values)} seeds"
    inside = all(claim.low <= value <= claim.high for value in claim.values)
    sentences.append(f"{'Inside' if inside else 'Not inside'} what is accepted: {accepted(claim)}")
    if claim.expected is not None:
        sentences.append(f"Theory says {claim.theory()}")
    if claim.control:
        outside = not claim.low <= claim.control[1] <= claim.high
        where = "outside" if outside else "not outside"
        sentences.append(f"The control, {said}, is {where}: {number(claim.control[1])}")
    return ". ".join(sentences) + "."


def accepted(claim):
    """The band in words: of one around what theory says, its ends."""
    if claim.expected is None or claim.low == claim.high:
        return claim.band()
    return f"{chosen(claim.low)} to {chosen(claim.high)}"


def number(value):
    return plain(measured(value))


def scale(claim):
    """A function that gives the place of a number on the strip, in pixels from its left end."""
    ends = [end for end in (claim.low, claim.high) if math.isfinite(end)]
    numbers = [*ends, claim.value]
    if decades := min(numbers) > 0 and max(numbers) >= 10 * min(numbers):
        ends = [math.log10(end) for end in ends]
    low, high = ends[0], ends[-1]
    if not math.isfinite(claim.low):
        low = high - (DECADES if decades else unit(claim))
    elif not math.isfinite(claim.high):
        high = low + (DECADES if decades else unit(claim))
    width = high - low or unit(claim) / 100  # a band may be one number

    def place(value):
        if decades:
            value = math.log10(value) if value > 0 else -math.inf
        if low <= value <= high:
            x = BAND[0] + MARGIN + (BAND[1] - BAND[0] - 2 * MARGIN) * ((value - low) / width if high > low else 0.5)
        else:
            beyond = PER_DECADE * min(math.log10(1 + max(low - value, value - high) / width), DECADES)
            if value < low:
                x = BAND[0] - beyond - (GAP if math.isfinite(claim.low) else -MARGIN)
            else:
                x = BAND[1] + beyond + (GAP if math.isfinite(claim.high) else -MARGIN)
        return round(min(max(x, EDGE), WIDTH - EDGE), 1)

    return place


def unit(claim):
    """A length to compare with where the band has none: its end, or if that is 0 the largest number on the strip."""
    numbers = [*claim.values, *([claim.control[1]] if claim.control else [])]
    end = next(abs(end) for end in (claim.low, claim.high) if math.isfinite(end))
    return end or max((abs(value) for value in numbers if math.isfinite(value)), default=0) or 1
