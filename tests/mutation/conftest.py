import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from lab import copy_bnlib


@pytest.fixture
def lab(tmp_path):
    """A folder where a copy of bnlib, to be made wrong, comes before any other."""
    copy_bnlib(tmp_path)
    return tmp_path
