"""Claims on a page: each with its strip and its address, in tables too; neighbours that are folded share a fold."""

from itertools import groupby, pairwise

from docutils import nodes

import strips
from cells import pairs, raw, shown_as, words
from shared import Claim

FOLDED = '<details class="claim-folded">'
NUMBER = '<span class="measured'


def show_claims(doctree, notebook):
    """Give each claim, whether sentence or row of a table, its strip and its address."""
    for node, cell in pairs(doctree, notebook):
        outputs = [output.metadata.claims for output in cell.outputs if output.get("metadata", {}).get("claims")]
        texts = [text for text in shown_as(node, "text/markdown") if "claim-mark" in text.astext()] if outputs else []
        for records, text in zip(outputs, texts, strict=True):
            text["claims"] = len(records)
            for table in list(text.findall(nodes.table)):
                add_strips(table, records, doctree)
            for paragraph in list(text.findall(nodes.paragraph)):
                if len(records) == 1 and paragraph.parent is text:
                    paragraph.replace_self(claim(paragraph, records[0], doctree))


def anchor(record, doctree):
    """A claim's address on its page: its id, unless a section has it."""
    name = record["id"].replace("/", "-")
    return f"claim-{name}" if name in doctree.ids else name


def drawn(record):
    control = record["control"]
    return raw(strips.strip(Claim.from_record(record), control and words(control["name"])))


def claim(paragraph, record, doctree):
    """A claim's paragraph as a box of its parts: statement, strip, notes."""
    name = anchor(record, doctree)
    children = list(paragraph)
    dot = next((n for n, child in enumerate(children) if "claim-dot" in child.astext()), len(children))
    link = raw(f'<a class="claim-link" href="#{name}" aria-label="Link to this statement">¶</a>')
    statement = nodes.paragraph("", "", *keep_with_number(children[:dot]), classes=["claim-statement"])
    notes = keep_with_number(children[dot + 3 :])  # after the dot's span, which is three nodes
    notes = [nodes.Text(node.replace(" · ", "\u00a0· ")) if isinstance(node, nodes.Text) else node for node in notes]
    classes = ["claim"] if record["holds"] else ["claim", "claim-fails"]
    notes = nodes.paragraph("", "", *notes)
    return nodes.container("", link, statement, drawn(record), notes, classes=classes, ids=[name])


def keep_with_number(line):
    """The line's nodes, in which a measured number stands with the word or the mark before it, and begins no line."""
    kept = []
    for node, after in pairwise([*line, None]):
        if (
            isinstance(node, nodes.Text)
            and node.endswith(" ")
            and after is not None
            and after.astext().startswith(NUMBER)
        ):
            node = nodes.Text(node.rstrip(" ") + "\u00a0")
        kept.append(node)
    return kept


def add_strips(table, records, doctree):
    """A last column of strips, and each row's address."""
    group = next(table.findall(nodes.tgroup))
    group["cols"] += 1
    group.insert(group["cols"] - 1, nodes.colspec(colwidth=1))
    head, body = (next(group.findall(kind)) for kind in (nodes.thead, nodes.tbody))
    head[0] += nodes.entry("", nodes.paragraph("", "At a glance"))
    for row, record in zip(body, records, strict=True):
        for paragraph in list(row.findall(nodes.paragraph)):
            paragraph.replace_self(nodes.paragraph("", "", *keep_with_number(paragraph)))
        row["ids"].append(anchor(record, doctree))
        row += nodes.entry("", drawn(record))
    table["classes"].append("claims")


def gather_folded(doctree, notebook):
    """Put neighbouring cells of folded claims, each a fold of its own in the notebook, into one fold that counts them."""
    cells = [node for node, _ in pairs(doctree, notebook)]
    for parent in {id(cell.parent): cell.parent for cell in cells}.values():
        children = []
        for is_folded, group in groupby(parent.children, lambda node: bool(folded(node))):
            group = list(group)
            if is_folded:
                texts = [text for cell in group for text in folded(cell)]
                for text in texts:  # without its own fold, which begins and ends it
                    del text[0], text[-1]
                count = sum(text["claims"] for text in texts)
                summary = f"{count} more statements" if count > 1 else "One more statement"
                start = f"{FOLDED}<summary>{summary}, checked here</summary>"
                group = [raw(start), *group, raw("</details>")]
            children += group
        parent.children = []
        parent.extend(children)


def folded(node):
    """The Markdown of each output of a cell that shows folded claims and nothing else; of any other node, none."""
    if not isinstance(node, nodes.container) or node.get("nb_element") != "cell_code":
        return []
    bundles = [part for part in node.findall(nodes.container) if part.get("nb_element") == "mime_bundle"]
    texts = [text for text in shown_as(node, "text/markdown") if text.get("claims")]
    return texts if len(texts) == len(bundles) and all(text.astext().startswith(FOLDED) for text in texts) else []


# The scoreboard


def link_scoreboard(doctree, notebook):
    """Each statement of the closing list leads to the claim that it is."""
    said = {}  # sentence → address
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            for record in output.get("metadata", {}).get("claims", []):
                said.setdefault(Claim.from_record(record).sentence(), anchor(record, doctree))
    for node, cell in pairs(doctree, notebook):
        if cell.id != "saw-table":
            continue
        source = "\n".join(output.get("data", {}).get("text/markdown", "") for output in cell.outputs)
        lines = [line for line in source.splitlines() if line.startswith(("- ", "* "))]
        for line, item in zip(lines, node.findall(nodes.list_item), strict=False):
            sentence = line[2:].split("</span> ", 1)[-1].strip()
            if sentence in said:
                link = raw(f'<a href="#{said[sentence]}">')
                item[0].replace_self(nodes.paragraph("", "", link, *keep_with_number(item[0]), raw("</a>")))
        node["classes"].append("scoreboard")
