"""What the pages take from the rest of the book: the half of bnlib that needs no torch, the
chapters in their order, and the counting of a lesson."""
# ruff: noqa: E402, F401

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path += [str(ROOT), str(ROOT / "tools")]

import chapters
import lesson
from bnlib.claims import Claim
from bnlib.text import chosen, measured, plain, table
