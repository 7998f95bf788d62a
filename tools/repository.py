"""Point the book at another repository: ``python tools/repository.py https://github.com/name/book``.

The address stands in _config.yml and in each chapter's set-up cell, from which Colab installs the book's release; this
changes both. Stored outputs stay current, since the set-up cell prints nothing.
"""

import re
import sys

import chapters
from checkout import ROOT

ADDRESS = re.compile(r"https://[\w.-]+(/[\w.-]+){2}")
SETTING = re.compile(r"^(repository:\n  url: ).*$", re.M)


def point_at(address, root=ROOT):
    """Write ``address`` wherever it belongs; the files that changed. ValueError if it is no repository's address."""
    address = address.strip().removesuffix("/").removesuffix(".git")
    if not ADDRESS.fullmatch(address):
        raise ValueError(f"URL must be a repository's address, as in URL=https://github.com/name/book; got {address!r}")
    settings = root / "_config.yml"
    text, count = SETTING.subn(rf"\g<1>{address}", settings.read_text("utf-8"))
    if count != 1:
        raise ValueError("_config.yml must have one line '  url: …' right under 'repository:'")
    changed = _write(settings, text)
    for path in chapters.paths(root=root):
        notebook = chapters.read(path)
        for cell in notebook.cells:
            if cell.get("id") == "setup":
                cell.source = chapters.setup_source(root)
        changed += _write(path, chapters.to_text(notebook))
    return changed


def _write(path, text):
    if path.read_text("utf-8") == text:
        return []
    path.write_text(text, "utf-8", newline="\n")
    return [path]


def main():
    try:
        changed = point_at(" ".join(sys.argv[1:]))
    except ValueError as error:
        sys.exit(f"make repository: {error}")
    for path in changed:
        print(f"{path.relative_to(ROOT)}: changed")
    if not changed:
        print("Nothing to change.")


if __name__ == "__main__":
    main()
