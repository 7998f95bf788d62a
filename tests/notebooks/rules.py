"""What holds of every chapter's file, stored outputs included: each rule of CONTRIBUTING.md is one small function here.

A rule takes a `Chapter` and its `Book`, and yields what is wrong as ``(cell, message)``, with None for the whole file.
"""

import ast
import gzip
import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import notebooks
import yaml
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from nbformat.validator import iter_validate
from notebooks import WIDGET_VIEW
from pybtex.database import parse_file

CLOSING = ["Where it stops being true", "In practice", "Exercises", "What we saw", "References"]
EXERCISE_PARTS = [("", "markdown"), ("-stub", "code"), ("-check", "code"), ("-solution", "markdown")]
SHOWING = {"print", "claim", "figure", "frame_slider", "reveal", "check", "table", "claims_table", "Markdown"}
OUTPUT_METADATA = {"alt", "claim", "image/png"}
HTML_TAGS = {"details", "summary", "span", "br"}
NUMBERED = (
    r"(?:§|theorem|lemma|corollary|proposition|section|appendix|algorithm|equation|figure|table)s?\s*[A-Z]?[\d.]+"
)

RULES = []


def rule(function):
    RULES.append(function)
    return function


def problems(chapter, book, rules=RULES):
    """What is wrong with a chapter, a line each: ``chapters/bias.ipynb cell <id>: what, and what was expected [rule]``."""
    for each in rules:
        found = list(each(chapter, book))
        for cell, message in found:
            where = "" if cell is None else f" cell {cell.get('id', '(no id)')}"
            yield f"{chapter.name}{where}: {message} [{each.__name__}]"
        if found and each is readable:  # the other rules could only stumble over it
            return


@dataclass
class Chapter:
    """One notebook, and how to look at it."""

    name: str  # chapters/bias.ipynb
    notebook: object

    @property
    def cells(self):
        return self.notebook.cells

    @property
    def code(self):
        return [cell for cell in self.cells if cell.cell_type == "code"]

    @property
    def markdown(self):
        return [cell for cell in self.cells if cell.cell_type == "markdown"]

    def sections(self):
        """The chapter cut at its H2 headings: ``[heading, cells]``, the opening under an empty heading."""
        cut = [["", []]]
        for cell in self.cells:
            if cell.cell_type == "markdown" and headings(cell.source, 2):
                cut.append([headings(cell.source, 2)[-1], []])
            cut[-1][1].append(cell)
        return cut

    def section(self, heading):
        return next((cells for name, cells in self.sections() if name == heading), [])


@dataclass
class Book:
    """What a rule needs to know beyond the chapter."""

    root: Path

    @cached_property
    def chapters(self):
        return [
            Chapter(path.relative_to(self.root).as_posix(), notebooks.read(path))
            for path in notebooks.chapter_paths(root=self.root)
        ]

    @cached_property
    def setup(self):
        return notebooks.setup_source(self.root)

    @cached_property
    def references(self):
        """The addresses that references.bib knows, in the form of `address`."""
        known = set()
        for entry in parse_file(str(self.root / "references.bib")).entries.values():
            fields = {key.lower(): value for key, value in entry.fields.items()}
            known |= {address(fields[key]) for key in ("url", "ee") if key in fields}
            known |= {address(f"https://doi.org/{fields['doi']}")} if "doi" in fields else set()
            known |= {address(f"https://arxiv.org/abs/{fields['eprint']}")} if "eprint" in fields else set()
        return known

    @cached_property
    def contents(self):
        """The files that _toc.yml orders."""
        return set(
            re.findall(r"file:\s*(\S+)", yaml.safe_dump(yaml.safe_load((self.root / "_toc.yml").read_text("utf-8"))))
        )


# Looking at Markdown and code


@cache
def parsed(source):
    """A Markdown text's tokens, inline ones included, in order."""
    flat = []
    for token in MarkdownIt("commonmark").enable("table").use(dollarmath_plugin).parse(source):
        flat += [token, *(token.children or [])]
    return flat


def headings(source, level):
    tokens = parsed(source)
    return [after.content for token, after in pairwise(tokens) if is_heading(token, level)]


def is_heading(token, level):
    return token.type == "heading_open" and token.tag == f"h{level}"


def links(source):
    return [token.attrs["href"] for token in parsed(source) if token.type == "link_open"]


def python_blocks(source):
    return [token.content for token in parsed(source) if token.type == "fence" and token.info.strip() == "python"]


def prose(source):
    """The words of a Markdown text: no code, math, links' texts or quotations."""
    words, inside = [], 0
    for token in parsed(source):
        if token.type in ("link_open", "blockquote_open"):
            inside += 1
        elif token.type in ("link_close", "blockquote_close"):
            inside -= 1
        elif token.type in ("softbreak", "hardbreak", "paragraph_close", "heading_close", "td_close"):
            words.append("\n")
        elif token.type in ("text", "html_block") and not inside:
            words.append(re.sub(r"<[^>]*>", "", token.content))
    return re.sub(r'“[^”]*”|"[^"]*"', "", "".join(words))


def address(url):
    """A link's one form: no old host names, version of the preprint or trailing slash."""
    url = unquote(url.strip()).lower().replace("http://", "https://").replace("://dx.doi.org", "://doi.org")
    return re.sub(r"(arxiv\.org/abs/[\w./-]+?)(v\d+)?$", r"\1", url.replace("arxiv.org/pdf/", "arxiv.org/abs/")).rstrip(
        "/"
    )


def is_citation(url):
    return urlsplit(url).netloc.removeprefix("www.").removeprefix("dx.") in ("doi.org", "arxiv.org")


def syntax(cell):
    """A code cell's syntax tree; a line that speaks to IPython counts as ``pass``."""
    return ast.parse(re.sub(r"^(\s*)[%!].*$", r"\1pass", cell.source, flags=re.M))


def calls(tree):
    """The names of the functions called, and each call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "id", getattr(node.func, "attr", "")), node


def shown(cell):
    """The outputs of a cell that hold data, as ``(data, metadata)``."""
    return [(output.data, output.metadata) for output in cell.get("outputs", []) if "data" in output]


def shown_text(cell):
    """All the text that a cell has shown."""
    texts = [output.text for output in cell.get("outputs", []) if output.output_type == "stream"]
    return texts + [
        text for data, _ in shown(cell) for kind, text in data.items() if kind in ("text/plain", "text/markdown")
    ]


# The file


@rule
def readable(chapter, book):
    for error in iter_validate(chapter.notebook):
        place = list(error.relative_path)
        yield (
            chapter.cells[place[1]] if place[:1] == ["cells"] and len(place) > 1 else None,
            f"no valid notebook: {error.message[:200]}",
        )
    for cell in chapter.code:
        try:
            syntax(cell)
        except SyntaxError as error:
            yield cell, f"no valid Python: {error}"
    if len(chapter.code) < 2:
        yield None, "a chapter begins with the cells title, setup and imports"


@rule
def file_name(chapter, book):
    path = Path(chapter.name)
    if not re.fullmatch(r"[a-z][a-z0-9-]*\.ipynb", path.name):
        yield None, "a chapter's file name is lower-case words joined by hyphens, without a number in front"
    elif not {chapter.name, path.with_suffix("").as_posix()} & book.contents:
        yield None, f"_toc.yml does not list it: expected an entry file: {path.with_suffix('').as_posix()}"


@rule
def size(chapter, book):
    if (size := len(notebooks.to_text(chapter.notebook).encode())) > 1.5e6:
        heaviest = max(chapter.cells, key=lambda cell: len(json.dumps(cell)))
        yield heaviest, f"the file has {size / 1e6:.1f} MB, of which this cell has most; expected at most 1.5"


@rule
def short_metadata(chapter, book):
    metadata = chapter.notebook.metadata
    expected = {**notebooks.KERNEL_METADATA, "bnlib": {"hash": metadata.get("bnlib", {}).get("hash")}}
    if {key: value for key, value in metadata.items() if key != "widgets"} != expected:
        yield None, "its metadata is not kernelspec, language_info, widgets and bnlib alone: run make execute"
    for cell in chapter.cells:
        if extra := set(cell.metadata) - notebooks.CELL_METADATA:
            yield cell, f"its metadata has {', '.join(sorted(extra))}: run make execute"
        for _, metadata in shown(cell):
            if extra := set(metadata) - OUTPUT_METADATA:
                yield (
                    cell,
                    f"an output's metadata has {', '.join(sorted(extra))}; expected {', '.join(sorted(OUTPUT_METADATA))} at most",
                )


@rule
def cell_ids(chapter, book):
    counts = Counter(cell.get("id") for cell in chapter.cells)
    for cell in chapter.cells:
        id = cell.get("id", "")
        if counts[cell.get("id")] > 1:
            yield cell, "another cell has this id"
        elif not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", id) or re.match(r"(?=\w*\d)[0-9a-f]{8}(-|$)", id):
            yield cell, "a cell's id is a few readable words joined by hyphens"


@rule
def no_package_of_another(chapter, book):
    for cell in chapter.cells:
        if re.search(r"pip3? install\b.*\sbnlib\b(?!/)", cell.source):
            yield cell, "the package of that name on PyPI is somebody else's; the set-up cell installs the book"


# What is stored


@rule
def executed_in_order(chapter, book):
    for expected, cell in enumerate(chapter.code, 1):
        if cell.execution_count != expected:
            yield cell, f"its execution count is {cell.execution_count}, expected {expected}: run make execute"
        elif any(output.get("execution_count", expected) != expected for output in cell.outputs):
            yield cell, f"an output has another execution count than its cell, {expected}: run make execute"


@rule
def outputs_present(chapter, book):
    for cell in chapter.code:
        statements = [node.value for node in syntax(cell).body if isinstance(node, ast.Expr)]
        names = {name for node in statements for name, call in calls(node) if call is node}
        if names & SHOWING and not cell.outputs:
            yield cell, f"it calls {', '.join(sorted(names & SHOWING))} and has no stored output: run make execute"


@rule
def no_errors(chapter, book):
    for cell in chapter.code:
        for output in cell.outputs:
            if output.output_type == "error":
                yield cell, f"a stored output is an error, {output.ename}; expected none"
            elif output.get("name") == "stderr":
                yield (
                    cell,
                    f"a stored output is a warning or other text on stderr; expected none: {output.text.strip()[:80]}",
                )


@rule
def current(chapter, book):
    if chapter.notebook.metadata.get("bnlib", {}).get("hash") != notebooks.current_hash(chapter.notebook, book.root):
        yield None, "stale: its code, bnlib or a pinned version changed after its outputs were stored: run make execute"


@rule
def alt_texts(chapter, book):
    for cell in chapter.code:
        pictures = [(data, metadata) for data, metadata in shown(cell) if "image/png" in data]
        if len(pictures) > 1:
            yield cell, f"it shows {len(pictures)} figures; expected one a cell, since the page gives a cell one text"
        for _, metadata in pictures[:1]:
            alt = metadata.get("alt", "")
            if len(alt) < 30 or "<span" in alt:
                yield (
                    cell,
                    f"a figure's alt text says in at least 30 characters, without tags, what is seen; got {alt!r}",
                )
            elif cell.metadata.get("mystnb", {}).get("image", {}).get("alt") != alt:
                yield cell, "its metadata mystnb.image.alt is not its figure's alt text: run make execute"


@rule
def few_digits(chapter, book):
    for cell in chapter.code:
        for text in shown_text(cell):
            if match := re.search(r"\d\.\d{6,}(e[-+]\d+)?", notebooks.masked(text)):
                yield cell, f"it shows {match[0]}; expected few digits, since the last ones differ between machines"
                break


@rule
def claim_ids(chapter, book):
    others = {id: other.name for other in book.chapters if other.name != chapter.name for _, id in claims(other)}
    counts = Counter(id for _, id in claims(chapter))
    for cell, id in claims(chapter):
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", id):
            yield cell, f"the claim's id {id!r} is not lower-case words joined by hyphens"
        elif counts[id] > 1:
            yield cell, f"the claim's id {id} is used more than once in the chapter; expected once in the book"
        elif id in others:
            yield cell, f"the claim's id {id} is used in {others[id]} too; expected once in the book"


def claims(chapter):
    return [(cell, metadata.claim.id) for cell in chapter.code for _, metadata in shown(cell) if "claim" in metadata]


# The anatomy


@rule
def opening(chapter, book):
    title = chapter.cells[0]
    if title.get("id") != "title" or title.cell_type != "markdown" or len(headings(title.source, 1)) != 1:
        yield title, "a chapter begins with a Markdown cell title that holds its one H1 heading"
    for cell in chapter.markdown[1:]:
        if headings(cell.source, 1):
            yield cell, "a chapter has one H1 heading, in its first cell"
    paragraphs = [paragraph.replace("\n", " ").strip(" *_") for paragraph in title.source.split("\n\n")]
    if not any(re.fullmatch(r"[^.?!]*(?:[.?!](?!\s)[^.?!]*)*\?", paragraph) for paragraph in paragraphs):
        yield (
            title,
            "the opening asks the chapter's question, in a paragraph of one sentence that ends in a question mark",
        )
    after = title.source.partition("You will be able to")[2]
    goals = re.match(r"[^\n]*\n+((?:[-*+] .*\n?(?: +\S.*\n?)*)+)", after)
    if not goals or len(re.findall(r"^[-*+] ", goals[1], re.M)) != 3:
        yield title, 'the opening says "You will be able to" and lists exactly three goals as bullets'
    if "What you need" not in title.source:
        yield title, 'the opening says "What you need"'
    if not re.search(r"\w minutes\b", title.source):
        yield title, "the opening says how many minutes the chapter takes"


@rule
def setup(chapter, book):
    cell = chapter.code[0]
    if cell.get("id") != "setup" or cell.source != book.setup:
        yield cell, "the first code cell is setup, with the text that tools/notebooks.py gives it: run make execute"
    elif cell.metadata.get("tags") != ["hide-cell"]:
        yield cell, f"the set-up cell has the tag hide-cell alone; got {cell.metadata.get('tags')}"


@rule
def imports_second(chapter, book):
    cell = chapter.code[1]
    allowed = (ast.Import, ast.ImportFrom, ast.Expr, ast.Assign)
    first = syntax(cell).body[:1]
    if cell.get("id") != "imports" or not all(isinstance(node, allowed[:2]) for node in first):
        yield cell, "the second code cell is imports, which begins with them"
    for other in chapter.code[2:]:
        if any(isinstance(node, allowed[:2]) for node in ast.walk(syntax(other))):
            yield other, "imports stand in the cell imports"


@rule
def predictions(chapter, book):
    if not any(cell.id.startswith("predict-") for cell in chapter.code):
        yield None, "no cell lets the reader predict; expected at least one, with an id predict-<name>"
    for index, cell in enumerate(chapter.code):
        if not cell.id.startswith("predict-"):
            continue
        unset = [
            target.id
            for node in syntax(cell).body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and node.value.value is None
            for target in node.targets
        ]
        if not unset or "#" not in cell.source:
            yield cell, "a cell to predict in sets a variable to None, with a comment that says what to put there"
        revealed = {
            name.id
            for later in chapter.code[index + 1 :]
            for function, call in calls(syntax(later))
            for name in ast.walk(call)
            if function == "reveal" and isinstance(name, ast.Name)
        }
        for name in unset:
            if name not in revealed:
                yield cell, f"no later cell calls reveal({name}, ...)"


@rule
def has_slider(chapter, book):
    if not any(WIDGET_VIEW in data for cell in chapter.code for data, _ in shown(cell)):
        yield None, "no cell shows a slider; expected at least one frame_slider(...)"


@rule
def slider_weight(chapter, book):
    for cell, models in sliders(chapter):
        frames = sum(len(model.state.children) for model in models.values() if model.model_name == "StackModel")
        raw = json.dumps(models, ensure_ascii=False).encode()
        packed = len(gzip.compress(raw))
        if not 1 <= frames <= 25 or len(raw) > 600e3 or packed > 30e3:
            yield (
                cell,
                f"its slider has {frames} frames, {len(raw) / 1e3:.0f} kB, {packed / 1e3:.0f} kB compressed; "
                "expected 1 to 25, at most 600 and at most 30",
            )


@rule
def slider_pictures(chapter, book):
    for cell, models in sliders(chapter):
        pictures = [model.state.value for model in models.values() if model.model_name == "HTMLModel"]
        for picture in pictures:
            try:
                svg = ElementTree.fromstring(picture)
            except ElementTree.ParseError as error:
                yield cell, f"a picture of its slider is not well-formed SVG: {error}"
                break
            if len(svg.get("aria-label", "")) < 30:
                yield cell, "a picture of its slider has no text of at least 30 characters for those who cannot see it"
                break


def sliders(chapter):
    """Each cell that shows a widget, with the models that it is made of."""
    models = notebooks.widget_models(chapter.notebook)
    for cell in chapter.code:
        for data, _ in shown(cell):
            if WIDGET_VIEW in data:
                reached, queue = {}, [data[WIDGET_VIEW]["model_id"]]
                while queue:
                    if (id := queue.pop()) in models and id not in reached:
                        reached[id] = models[id]
                        queue += notebooks.widget_references(models[id])
                yield cell, reached


@rule
def closing_sections(chapter, book):
    found = [(heading, cells[0]) for heading, cells in chapter.sections()][-len(CLOSING) :]
    for (heading, cell), expected in zip(found, CLOSING, strict=False):
        if heading != expected:
            yield (
                cell,
                f'the chapter closes with the H2 headings {", ".join(CLOSING)}; expected "{expected}", got "{heading}"',
            )
            return
    if len(found) < len(CLOSING):
        yield chapter.cells[-1], f"the chapter closes with the H2 headings {', '.join(CLOSING)}"


@rule
def exercises(chapter, book):
    cells = [cell for cell in chapter.section("Exercises") if cell.id.startswith("exercise-")]
    for cell in chapter.cells:
        if cell.id.startswith("exercise-") and cell not in cells:
            yield cell, "exercises stand in the section Exercises"
    count = len({cell.id.split("-")[1] for cell in cells})
    expected = [(f"exercise-{k}{part}", kind) for k in range(1, count + 1) for part, kind in EXERCISE_PARTS]
    for cell, (id, kind) in zip([*cells, *chapter.cells[-1:]], expected, strict=False):
        if (cell.id, cell.cell_type) != (id, kind):
            yield cell, f"an exercise is a task, its -stub, its -check, its -solution; expected here a {kind} cell {id}"
            return
    if not 2 <= count <= 4:
        yield (cells or chapter.cells)[-1], f"a chapter has 2 to 4 exercises; found {count}"
    for cell in cells:
        if cell.id.endswith("-check") and "check" not in {name for name, _ in calls(syntax(cell))}:
            yield cell, "an exercise's check calls check(...)"
        if cell.id.endswith("-solution") and ("<details>" not in cell.source or len(python_blocks(cell.source)) != 1):
            yield cell, "a solution is folded in <details> and holds exactly one ```python block"


@rule
def claims_in_a_table(chapter, book):
    section = chapter.section("What we saw")
    code = [cell for cell in section if cell.cell_type == "code"]
    if section and not any(name == "claims_table" for cell in code for name, _ in calls(syntax(cell))):
        yield section[0], "the section What we saw shows claims_table()"


# The words


@rule
def plain_markdown(chapter, book):
    for cell in chapter.markdown:
        for token in parsed(cell.source):
            text = token.content
            if token.type == "fence" and token.info.startswith("{"):
                yield cell, f"a directive, {token.info}: notebooks hold plain Markdown, which every renderer shows"
            elif token.type == "inline" and (
                match := re.search(r"^:::.*|\{[\w:.-]+\}(?=`)|^\([\w-]+\)=$|\{\{.*?\}\}|^%.*|^\+\+\+", text, re.M)
            ):
                yield (
                    cell,
                    f"a MyST directive, role or label, {match[0]}: notebooks hold plain Markdown, which every renderer shows",
                )
            elif token.type == "math_block_label":
                yield (
                    cell,
                    f"a labelled equation, ({token.info}): notebooks hold plain Markdown, which every renderer shows",
                )


@rule
def little_html(chapter, book):
    for cell in chapter.markdown:
        for token in parsed(cell.source):
            if token.type in ("html_block", "html_inline"):
                tags = {tag.lower() for tag in re.findall(r"<[/!]?\s*([\w-]+)", token.content)}
                if tags - HTML_TAGS:
                    yield (
                        cell,
                        f"raw HTML, {token.content.strip()[:60]}; expected none but {', '.join(sorted(HTML_TAGS))}",
                    )


@rule
def links_lead_somewhere(chapter, book):
    for cell in chapter.markdown:
        for url in links(cell.source):
            parts = urlsplit(url)
            target = (book.root / chapter.name).parent / unquote(parts.path)
            if parts.scheme or parts.netloc:
                continue
            if not parts.path or parts.fragment:
                yield cell, f"the link {url} names a heading, which renderers spell differently; expected a file alone"
            elif not target.is_file() or not target.resolve().is_relative_to(book.root.resolve()):
                yield cell, f"the link {url} leads to no file of the book"


@rule
def references_known(chapter, book):
    section = chapter.section("References")
    cells = [cell for cell in section if cell.cell_type == "markdown"]
    found = [(cell, url) for cell in cells for url in links(cell.source)]
    if section and not found:
        yield section[0], "the section References links its sources; it holds no link"
    for cell, url in found:
        if address(url) not in book.references:
            yield cell, f"the reference {url} is not in references.bib (as doi, eprint or url)"


@rule
def citations_listed(chapter, book):
    section = chapter.section("References")
    listed = {address(url) for cell in section if cell.cell_type == "markdown" for url in links(cell.source)}
    for cell in chapter.markdown:
        for url in links(cell.source):
            if is_citation(url) and address(url) not in listed:
                yield cell, f"it cites {url}, which the section References does not list"


@rule
def no_typed_numbers(chapter, book):
    for cell in chapter.markdown:
        text = re.sub(NUMBERED, "", prose(cell.source), flags=re.I)
        if match := re.search(r"\d+\.\d+", text):
            yield (
                cell,
                f"the number {match[0]} is typed; expected a measured number to be shown by code, others in math",
            )


# The code


@rule
def short_cells(chapter, book):
    for cell in chapter.code:
        lines = cell.source.splitlines()
        written = sum(bool(line.strip()) for line in lines)
        if written > 12 or len(lines) > 14:
            yield cell, f"it has {len(lines)} lines; expected one idea in at most 12, or 14 with empty ones"
        if written == 0:
            yield cell, "it is empty"


TUNED = ["tuned", "grid", "tuning_seeds", "seeds"]


@rule
def tuned_rates(chapter, book):
    for cell in chapter.code:
        named = [target.id for target in _constants(cell) if target.id in TUNED]
        if cell.id != "tuned":
            if again := sorted({"tuned", "tuning_seeds"} & set(named)):
                yield cell, f"{again[0]} belongs into the cell tuned, where make sweep looks for it"
            continue
        functions = [node.name for node in syntax(cell).body if isinstance(node, ast.FunctionDef)]
        if missing := [name for name in [*TUNED, "score"] if name not in [*named, *functions]]:
            yield cell, f"it defines {', '.join([*TUNED, 'score'])}, for make sweep; {missing[0]} is missing"
            continue
        defined = {}
        try:
            constants = [node for node in syntax(cell).body if isinstance(node, ast.Assign)]
            exec(compile(ast.Module(constants, []), "tuned", "exec"), defined)
        except NameError as error:
            yield cell, f"its rates and seeds are plain constants; {error}"
            continue
        grid = list(defined["grid"])
        if grid != sorted(set(grid)):
            yield cell, "grid lists each rate once, from small to large"
        for name, rate in defined["tuned"].items():
            if rate not in grid[1:-1]:
                yield cell, f"the best rate lies inside its grid, not outside or at an end; got {rate} for {name}"
        if set(defined["tuning_seeds"]) & set(defined["seeds"]):
            yield cell, "what was tuned on some seeds is reported on others: tuning_seeds and seeds must share none"


def _constants(cell):
    """The names that a cell assigns at its top level."""
    assigned = [target for node in syntax(cell).body if isinstance(node, ast.Assign) for target in node.targets]
    return [name for target in assigned for name in ast.walk(target) if isinstance(name, ast.Name)]


@rule
def sentence_cells(chapter, book):
    for _, cells in chapter.sections():
        sentences = [cell for cell in cells if "remove-input" in cell.metadata.get("tags", [])]
        for cell in sentences[1:]:
            yield (
                cell,
                f"a section has at most one sentence with numbers; {sentences[0].id} is one already: print, or make it a claim",
            )
    for cell in chapter.cells:
        removed = "remove-input" in cell.metadata.get("tags", [])
        hidden = cell.metadata.get("jupyter", {}).get("source_hidden", False)
        if removed != hidden:
            yield cell, "a sentence with numbers has both the tag remove-input and jupyter.source_hidden"
        elif removed and not any("text/markdown" in data for data, _ in shown(cell)):
            yield cell, "a cell without visible code ends in the Markdown that it shows"


@rule
def no_data_paths(chapter, book):
    for cell in chapter.code:
        if "../" in cell.source:
            yield cell, "a path out of the chapter's folder, ../: data comes from bnlib.datasets"
