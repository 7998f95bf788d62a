"""What every test runs under: one thread, claims that raise, and the same examples each time."""

import os

# Read when numpy, torch and a chapter's kernel start, hence before anything is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("BNLIB_STRICT", "1")

from hypothesis import Phase, settings

settings.register_profile("book", derandomize=True, deadline=None, database=None, max_examples=60)
settings.register_profile("first-failure", settings.get_profile("book"), phases=[Phase.generate])  # for the mutants
settings.load_profile("book")
