"""Every mutant is found out by the unit tests; the unchanged copy passes them."""

import pytest

from lab import mutate, run_unit_tests
from mutants import MUTANTS


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_the_unit_tests_find(mutant, lab):
    mutate(lab, mutant)
    code, printed = run_unit_tests(lab, mutant.file)
    assert code == pytest.ExitCode.TESTS_FAILED, printed


@pytest.mark.parametrize("file", sorted({mutant.file for mutant in MUTANTS}))
def test_the_unit_tests_pass_an_unchanged_copy(lab, file):
    code, printed = run_unit_tests(lab, file)
    assert code == pytest.ExitCode.OK, printed
