"""The pages made from lists: questions as people ask them, what is often said, and the glossary."""

from itertools import groupby
from pathlib import Path

import yaml

import places
from shared import Claim, lesson

VERDICTS = {"false": "What is false", "limited": "What is limited", "holds": "What holds"}


def read(app, name):
    """The entries of a list."""
    return yaml.safe_load(Path(app.srcdir, f"{name}.yml").read_text("utf-8"))


def link(app, place, words):
    return f'<a href="{places.url(app.env, place)}">{words}</a>'


def grouped(entries, key, order):
    """The entries by what they have under ``key``, each group below its heading."""
    entries = sorted(entries, key=lambda entry: order.index(entry[key]))
    return [(value, list(group)) for value, group in groupby(entries, key=lambda entry: entry[key])]


def questions(app):
    """What `questions.md` leaves to be filled in."""
    entries, books = read(app, "questions"), places.notebooks(app)

    def line(entry):
        chapter, _, name = entry["answer"].partition("#")
        where = ": ".join(filter(None, places.headings(books[chapter], name)))
        also = f'<span class="also">also: {entry["words"]}</span>'
        return f"- **{entry['ask']}** {entry['short']} {link(app, entry['answer'], where)} {also}"

    themes = list(dict.fromkeys(entry["theme"] for entry in entries))
    groups = grouped(entries, "theme", themes)
    lists = [f"## {theme}\n\n" + "\n".join(map(line, group)) for theme, group in groups]
    return {"count": len(entries), "questions": "\n\n".join(lists)}


def said(app):
    """What `said.md` leaves to be filled in."""
    entries, books = read(app, "said"), places.notebooks(app)
    records = {
        f"{name}#{record['id']}": record for name, notebook in books.items() for record in lesson.claims(notebook)
    }

    def line(entry):
        verdict = f'<span class="verdict {entry["verdict"]}">{entry["verdict"]}</span>'
        claims = [f"  - {link(app, place, Claim.from_record(records[place]).sentence())}" for place in entry["claims"]]
        return "\n".join([f"- {verdict} **{entry['said']}** {entry['truth']}", *claims])

    groups = grouped(entries, "verdict", list(VERDICTS))
    lists = [f"## {VERDICTS[verdict]}\n\n" + "\n".join(map(line, group)) for verdict, group in groups]
    counts = {verdict: sum(entry["verdict"] == verdict for entry in entries) for verdict in VERDICTS}
    return {"count": len(entries), **counts, "said": "\n\n".join(lists)}


def glossary(app):
    """What `glossary.md` leaves to be filled in."""
    books = places.notebooks(app)

    def line(entry):
        title, _ = places.headings(books[entry["where"].partition("#")[0]], "title")
        where = link(app, entry["where"], title)
        return f"{entry['term']}\n  {entry['means']} {where}"

    entries = sorted(read(app, "glossary"), key=lambda entry: entry["term"].casefold())
    lines = "\n\n".join(map(line, entries))
    return {"count": len(entries), "glossary": f"```{{glossary}}\n{lines}\n```"}
