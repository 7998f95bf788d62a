"""What every test runs under: one thread, claims that raise, the same examples each time; a chapter stays with one worker."""

import os

# Read when numpy, torch and a chapter's kernel start, hence before anything is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("BNLIB_STRICT", "1")

import pytest
from hypothesis import Phase, settings

import chapters

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
    """A test that takes ``chapter`` runs once for each chapter's file."""
    if "chapter" in metafunc.fixturenames:
        named = metafunc.config.getoption("--chapter")
        paths = chapters.paths([named] if named else [])
        metafunc.parametrize("chapter", paths, ids=lambda path: path.stem)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """What shares a kernel or a record goes to one worker, all else wherever there is room."""
    for item in items:
        if item.path.suffix == ".ipynb":
            item.add_marker(pytest.mark.xdist_group(f"nbval {item.path.stem}"))
        elif "chapter" in getattr(item, "fixturenames", ()) and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(f"run {item.callspec.params['chapter'].stem}"))
