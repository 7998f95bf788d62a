"""The ledger: every claim of every chapter in a table, made from the records that are stored with the outputs."""

from docutils import nodes

import claimed
import places
from cells import raw
from shared import Claim, lesson, plain, table

HEADINGS = ["Statement", "Measured", "Theory", "Accepted", "Control"]


def page(app):
    """What `ledger.md` leaves to be filled in."""
    books = places.notebooks(app)
    records = [record for notebook in books.values() for record in lesson.claims(notebook)]
    told = sum(not record["folded"] for record in records)
    options = [(name, title_of(notebook)) for name, notebook in books.items()]
    return {
        "claims": len(records),
        "chapters": len(books),
        "told": told,
        "folded": len(records) - told,
        "options": "".join(f'<option value="tr.of-{name}">{plain(title)}</option>' for name, title in options),
        "ledger": "\n\n".join(section(notebook) for notebook in books.values()),
    }


def title_of(notebook):
    return places.headings(notebook, "title")[0]


def section(notebook):
    """A chapter's claims as Markdown: its title, and a row for each."""
    rows = [row(Claim.from_record(record)) for record in lesson.claims(notebook)]
    return f"## {title_of(notebook)}\n\n{table(HEADINGS, rows).data if rows else ''}"


def row(claim):
    """What a claim was measured to be and held against, in the words of its chapter."""
    _, number, *against = claim.cells(theory=True)
    mark, _, number = number.partition("</span> ")
    seeds = f", {len(claim.values)} seeds" if len(claim.values) > 1 else ""
    return [f"{mark}</span> {claim.sentence()}", number + seeds, *against]


def finish(app, doctree):
    """Give each row its strip, and a link to where the claim is made."""
    if app.env.docname != "ledger":
        return
    books = places.notebooks(app)
    with_claims = [name for name, notebook in books.items() if lesson.claims(notebook)]
    for name, found in zip(with_claims, list(doctree.findall(nodes.table)), strict=True):
        records = lesson.claims(books[name])
        claimed.add_strips(found, [record | {"id": f"{name}/{record['id']}"} for record in records], doctree)
        found["classes"].append("ledger")
        for line, record in zip(next(found.findall(nodes.tbody)), records, strict=True):
            kind = "folded" if record["folded"] else "told"
            line["classes"] += [f"of-{name}", kind]
            url = places.url(app.env, f"{name}#{record['id']}")
            line[0][0].insert(0, raw(f'<a href="{url}">'))
            line[0][0] += raw(f'</a> <span class="kind">{kind}</span>')
