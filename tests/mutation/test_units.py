"""Every mutant is found out by the unit tests of its module; without a mutant they pass."""

import pytest

from lab import MUTANTS, in_a_child, run_unit_tests


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_unit_tests_find(mutant):
    code, printed = in_a_child(run_unit_tests, MUTANTS[mutant].module, mutant)
    assert code == pytest.ExitCode.TESTS_FAILED, printed


@pytest.mark.parametrize("module", sorted({mutant.module for mutant in MUTANTS.values()}))
def test_without_a_mutant_they_pass(module):
    code, printed = in_a_child(run_unit_tests, module)
    assert code == pytest.ExitCode.OK, printed
