"""What every test runs under: one thread, claims that raise, the same examples each time; a chapter stays with one worker."""

import os
import re

# Read when numpy, torch and a chapter's kernel start, hence before anything is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("BNLIB_STRICT", "1")

import pytest
from hypothesis import Phase, settings
from xdist.scheduler import LoadScopeScheduling

import chapters

# Files whose tests share what only one worker should have: Colab's environment, the built pages.
ONE_AT_A_TIME = {
    "tests/chapters/test_colab.py": "Colab",
    "tests/page/test_pages.py": "the built pages",
    "tests/page/test_reference.py": "the built pages",
}

# Those where a chapter's tests share its record, or its play with mutants.
A_CHAPTER_AT_A_TIME = (
    "tests/chapters/test_record.py",
    "tests/chapters/test_plainest.py",
    "tests/mutation/test_chapters.py",
)

settings.register_profile("book", derandomize=True, deadline=None, database=None, max_examples=60)
settings.register_profile("first-failure", settings.get_profile("book"), phases=[Phase.generate])  # for the mutants
settings.load_profile("book")


def pytest_addoption(parser):
    parser.addoption("--everything", action="store_true", help="run every lane, whether its record is there or not")
    parser.addoption("--chapter", help="of the tests of chapters, those of this one")


@pytest.fixture(scope="session")
def everything(request):
    """Whether every lane is run, with a record or without."""
    return request.config.getoption("--everything")


def pytest_generate_tests(metafunc):
    """A test that takes ``chapter`` runs once for each chapter's file, if it does not say for which itself."""
    its_own = any("chapter" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if "chapter" in metafunc.fixturenames and not its_own:
        named = metafunc.config.getoption("--chapter")
        paths = chapters.paths([named] if named else [])
        metafunc.parametrize("chapter", paths, ids=lambda path: path.stem)


def pytest_collection_modifyitems(config, items):
    """With ``--chapter``, leave out what is of another chapter."""
    if named := config.getoption("--chapter"):
        others = [item for item in items if _chapter(item) not in (None, named)]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]


def _chapter(item):
    chapter = getattr(item, "callspec", None) and item.callspec.params.get("chapter")
    return getattr(chapter, "stem", chapter)


class _Together(LoadScopeScheduling):
    """Hands out tests to workers: what shares a kernel, a record or a browser to one, all else wherever there is room."""

    def _split_scope(self, nodeid):
        file, _, test = nodeid.partition("::")
        if file.endswith(".ipynb"):
            return file
        if file in ONE_AT_A_TIME:
            return ONE_AT_A_TIME[file]
        if file in A_CHAPTER_AT_A_TIME:
            return f"{file} {re.split('[][/]', test)[1]}"
        return nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return _Together(config, log)
