"""What is printed is the same on other processors: chapters run with torch's and OpenBLAS's plainest code.

`make test` itself runs them under nbval as they are. Both at once are one lane, run where its record of a chapter is not
there; each alone is tried once a week, with ``make test EVERYTHING=1``.
"""

import sys

import chapters
import run
import stored

PLAIN = {"torch": {"ATEN_CPU_CAPABILITY": "default"}, "openblas": {"OPENBLAS_CORETYPE": "Nehalem"}}
BOTH = run.Setting("plainest", sys.version, PLAIN["torch"] | PLAIN["openblas"])
ALONE = [run.Setting(f"plainest-{name}", sys.version, variables) for name, variables in PLAIN.items()]


def pytest_generate_tests(metafunc):
    settings = [BOTH, *(ALONE if metafunc.config.getoption("--everything") else [])]
    metafunc.parametrize("setting", settings, ids=lambda setting: setting.name)


def test_a_chapter_prints_the_same(chapter, setting, everything):
    record = run.recorded(chapter, setting, anew=everything)
    assert not record.error, f"cell {record.failed_cell}: {record.error}"
    assert stored.different_texts(chapters.read(chapter), record.cells) == {}
