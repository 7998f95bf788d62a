"""Every mutant is found out by the claim that it names, in each chapter that teaches what it breaks.

``--chapter bias`` picks a chapter. The matrix of all mutants and all claims is printed by matrix.py.
"""

import functools
import hashlib
from pathlib import Path

import pytest

import chapters
import play
import run
from lab import MUTANTS, play_chapter, stored_claims

CHAPTERS = sorted({chapter for mutant in MUTANTS.values() for chapter in mutant.breaks})


def named(chapter):
    return {name: mutant.breaks[chapter] for name, mutant in MUTANTS.items() if chapter in mutant.breaks}


PAIRS = [(chapter, mutant) for chapter in CHAPTERS for mutant in named(chapter)]


@pytest.fixture
def outcomes(chapter, everything):
    """Mutant → (claims, errors) of its play of the chapter, and None → those without a mutant.

    Remembered under a key of all that they depend on, for they are the longest of all tests.
    """
    code = [Path(play.__file__), *sorted(Path(__file__).parent.glob("*.py"))]
    parts = [run.key(chapters.paths([chapter])[0]), *(path.read_text("utf-8") for path in code)]
    key = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    kept = run.remembered(f"{chapter}.mutants", key, lambda: list(played(chapter).items()), anew=everything)
    return {name: outcome for name, outcome in kept}


@functools.cache  # with --everything too, once for all tests of a chapter
def played(chapter):
    return play_chapter(chapter, named(chapter))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_without_a_mutant_the_claims_hold(chapter, outcomes):
    claims, errors = outcomes[None]
    assert not errors
    for claim in named(chapter).values():
        for record, then in zip(claims[claim], stored_claims(chapter)[claim], strict=True):
            assert record["holds"], claim
            assert float(record["low"]) <= float(then["value"]) <= float(record["high"]), f"{claim}, as stored"


@pytest.mark.parametrize(("chapter", "mutant"), PAIRS, ids=["/".join(pair) for pair in PAIRS])
def test_the_claim_finds(chapter, mutant, outcomes):
    claim = MUTANTS[mutant].breaks[chapter]
    assert mutant in outcomes, f"nothing up to {claim} calls {', '.join(MUTANTS[mutant].targets)}"
    claims, errors = outcomes[mutant]
    assert not errors, "an error is no finding"
    assert not all(record["holds"] for record in claims[claim]), f"{claim} holds all the same"
