"""Each chapter runs to its end within its memory, and its exercises' checks know right from wrong.

All of this reads one record of the chapter, made here if it is not there yet (tools/run.py).
"""

import importlib.util
from pathlib import Path

import pytest

import chapters
import run

CUDA = Path(importlib.util.find_spec("torch").origin).with_name("lib").joinpath("libtorch_cuda.so").exists()
CUDA_BYTES = 300e6  # what importing torch takes more with its CUDA build


@pytest.fixture
def record(chapter):
    return run.recorded(chapter)


def test_the_chapter_runs_to_its_end(record):
    assert not record.error, f"cell {record.failed_cell}: {record.error}"
    assert record.claims and all(claim.holds for claim in record.claims.values())


def test_it_holds_no_more_memory_than_a_chapter_may(record):
    assert record.peak_bytes < run.PEAK_BYTES + CUDA * CUDA_BYTES


def test_each_check_knows_its_stub_its_solution_and_what_is_wrong(chapter, record):
    stubs = [cell.id.removesuffix("-stub") for cell in chapters.read(chapter).cells if cell.id.endswith("-stub")]
    assert list(record.answers) == stubs
    assert not [*run.misjudged(chapter, record)]
