"""Which mutant breaks which claims: ``python tests/mutation/matrix.py [chapter ...]``, of all chapters if none is named.

Each mutant plays the whole chapter, whether or not that chapter is to find it. A claim that no mutant breaks is looked
at: it holds whatever bnlib does, or a mutant is missing.
"""

import argparse
import sys

from lab import MUTANTS, chapters, play_chapter, stored_claims


def lines(chapter):
    """The matrix of a chapter, a line a mutant that breaks something there; then what is left on both sides."""
    outcomes = play_chapter(chapter, dict.fromkeys(MUTANTS))
    claims, harmless = stored_claims(chapter), []
    unbroken = list(claims)
    yield f"{chapter}: {len(claims)} claims"
    for mutant in [None, *(name for name in MUTANTS if name in outcomes)]:
        made, errors = outcomes[mutant]
        broken = [claim for claim in claims if not all(record["holds"] for record in made.get(claim, []))]
        unbroken = [claim for claim in unbroken if claim not in broken]
        if broken:
            yield f"  {mutant or 'NO MUTANT'} breaks {len(broken)}: {', '.join(broken)}"
        elif mutant:
            harmless.append(mutant)
        for cell, error in errors.items():
            yield f"  {mutant or 'NO MUTANT'}, cell {cell}: {error}"
    yield f"  Called, but breaks none: {', '.join(harmless)}"
    yield f"  No mutant breaks {len(unbroken)}: {', '.join(unbroken)}"


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Print which mutant breaks which claims.")
    parser.add_argument("chapter", nargs="*", help="a chapter's name, as in bias; all of them if none is given")
    try:
        paths = chapters.paths(parser.parse_args(arguments).chapter)
    except ValueError as error:
        sys.exit(str(error))
    for path in paths:
        print(*lines(path.stem), sep="\n", flush=True)


if __name__ == "__main__":
    main()
