"""Every mutant is found out by a claim of each chapter that teaches what it breaks; the unchanged copy passes."""

import pytest
from nbclient.exceptions import CellExecutionError

from lab import mutate, run_chapter
from mutants import MUTANTS

PAIRS = [(mutant, chapter) for mutant in MUTANTS for chapter in mutant.chapters]


@pytest.mark.parametrize(("mutant", "chapter"), PAIRS, ids=[f"{mutant.name}-{chapter}" for mutant, chapter in PAIRS])
def test_the_chapter_finds(mutant, chapter, lab):
    mutate(lab, mutant)
    with pytest.raises(CellExecutionError) as caught:
        run_chapter(lab, chapter)
    assert caught.value.ename == "ClaimError", f"{mutant.name} ended in {caught.value.ename}: {caught.value.evalue}"


@pytest.mark.parametrize("chapter", sorted({chapter for _, chapter in PAIRS}))
def test_the_chapter_passes_an_unchanged_copy(chapter, lab):
    run_chapter(lab, chapter)
