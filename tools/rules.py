"""The rules of the book, each a small function: of every chapter's file, and of the house that holds them.

A rule of a chapter takes a `Chapter` and its `Book` and yields what is wrong as ``(cell, message)``, with None for the
whole file; a rule of the house takes the `Book` and yields ``(file, message)``. What only `make execute` writes, the
outputs, is checked where it is written (stored.py); here they must be current, and as they were written.
"""

import ast
import builtins
import re
import tomllib
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import yaml
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from nbformat.validator import iter_validate
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pybtex.database import parse_file

import chapters
import checkout
import freshness
import lesson
import run
import stored
from bnlib.claims import Claim
from bnlib.text import table

CLOSING = ["Where it stops being true", "In practice", "Exercises", "What we saw", "References"]
EXPERIMENT_PARTS = [("", "markdown"), ("-code", "code"), ("-answer", "markdown")]
EXERCISE_PARTS = [("", "markdown"), ("-stub", "code"), ("-check", "code"), ("-solution", "markdown")]
CLAIMING = {"claim", "claim_table"}
HTML_TAGS = {"details", "summary", "span", "br"}
NUMBERED = (
    r"(?:§|theorem|lemma|corollary|proposition|section|appendix|algorithm|equation|figure|table)s?\s*[A-Z]?[\d.]+"
)

RULES, HOUSE_RULES = [], []


def rule(function):
    RULES.append(function)
    return function


def house_rule(function):
    HOUSE_RULES.append(function)
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


def house_problems(book, rules=HOUSE_RULES):
    """What is wrong with the house, a line each: ``README.md: what, and what was expected [rule]``."""
    for each in rules:
        for file, message in each(book):
            yield f"{file}: {message} [{each.__name__}]"


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

    def read(self, name):
        return (self.root / name).read_text("utf-8")

    @cached_property
    def chapters(self):
        return [
            Chapter(path.relative_to(self.root).as_posix(), chapters.read(path))
            for path in chapters.paths(root=self.root)
        ]

    @cached_property
    def setup(self):
        return chapters.setup_source(self.root)

    @cached_property
    def order(self):
        """The files that _toc.yml lists, in its order."""
        return chapters.order(self.root)

    @cached_property
    def notation(self):
        """The letters that notation.md explains, each with the chapter that alone uses it so, or with nothing."""
        rows = re.findall(r"^\| (\$.+?\$) \|(?: `([\w-]+)` \|)? ", self.read("notation.md"), re.M)
        return [(letter, where) for tex, where in rows for letter in sorted(letters(tex))]

    @cached_property
    def glossary(self):
        """The entries of glossary.yml."""
        return yaml.safe_load(self.read("glossary.yml"))

    @cached_property
    def references(self):
        """Address, in the form of `address` → key in references.bib."""
        known = {}
        for key, entry in parse_file(str(self.root / "references.bib")).entries.items():
            fields = {name.lower(): value for name, value in entry.fields.items()}
            places = [fields[name] for name in ("url", "ee") if name in fields]
            places += [f"https://doi.org/{fields['doi']}"] if "doi" in fields else []
            places += [f"https://arxiv.org/abs/{fields['eprint']}"] if "eprint" in fields else []
            known |= {address(place): key for place in places}
        return known


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


def calls(tree):
    """The names of the functions called, and each call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "id", getattr(node.func, "attr", "")), node


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
        if (
            cell.source.strip()
            and not chapters.syntax(cell.source).body
            and not re.fullmatch(r"(\s*#.*\n?)*", cell.source)
        ):
            yield cell, "no valid Python"
    if len(chapter.code) < 2:
        yield None, "a chapter begins with the cells title, setup and imports"


@rule
def cell_ids(chapter, book):
    counts = Counter(cell.get("id") for cell in chapter.cells)
    for cell in chapter.cells:
        id = cell.get("id", "")
        if counts[cell.get("id")] > 1:
            yield cell, "another cell has this id"
        elif not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", id) or re.match(r"(?=\w*\d)[0-9a-f]{8}(-|$)", id):
            yield cell, "a cell's id is a few readable words joined by hyphens"


# What is stored


@rule
def in_its_form(chapter, book):
    if chapters.to_text(stored.normalized(deepcopy(chapter.notebook))) != chapters.to_text(chapter.notebook):
        yield None, "it is not in the form that make execute writes (Jupyter saves more): run make execute"


@rule
def current(chapter, book):
    if chapter.notebook.metadata.get("bnlib", {}).get("hash") != freshness.key(chapter.notebook, book.root):
        yield (
            None,
            "stale: its code, what it uses of bnlib, or a pinned version changed after its run: "
            f"run make check CHAPTER={Path(chapter.name).stem}, or make execute for all",
        )


@rule
def as_executed(chapter, book):
    if not stored.is_sealed(chapter.notebook):
        yield None, "its outputs are not those that make execute stored (edited by hand?): run make execute"


@rule
def claims_say_what_is_stored(chapter, book):
    for cell in chapter.code:
        for data, metadata in stored.shown(cell):
            if any(not _shows(data.get("text/markdown", ""), record) for record in metadata.get("claims", [])):
                yield cell, "the claim shows other numbers than those stored beside it: run make execute"


def _shows(markdown, record):
    """Whether a claim of this record would show this, or in a table this among its rows."""
    try:
        claim = Claim.from_record(record)
    except (KeyError, TypeError, ValueError):  # written by an older version, or by hand
        return False
    if not claim.row:
        return markdown == claim.markdown()
    rows = [table("x" * len(cells), [cells]).data.splitlines()[2] for cells in map(claim.cells, (True, False))]
    return any(row in markdown.splitlines() for row in rows)


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
    if re.search(r"\w minutes\b", title.source):
        yield title, "the opening names no minutes: the page computes them"
    boxes = [cell for cell in chapter.markdown if re.search(r"^> \*\*Setting\.\*\*", cell.source, re.M)]
    if not boxes or chapter.cells.index(boxes[0]) > chapter.cells.index(chapter.sections()[1][1][0]):
        yield title, "before its first section a chapter says what holds, in a blockquote that begins with **Setting.**"


@rule
def setup(chapter, book):
    cell = chapter.code[0]
    if cell.get("id") != "setup" or cell.source != book.setup:
        yield cell, "the first code cell is setup, with the text that tools/chapters.py gives it: run make execute"
    elif cell.metadata.get("tags") != ["hide-cell"]:
        yield cell, f"the set-up cell has the tag hide-cell alone; got {cell.metadata.get('tags')}"


@rule
def imports_second(chapter, book):
    cell = chapter.code[1]
    allowed = (ast.Import, ast.ImportFrom, ast.Expr, ast.Assign)
    first = chapters.syntax(cell.source).body[:1]
    if cell.get("id") != "imports" or not all(isinstance(node, allowed[:2]) for node in first):
        yield cell, "the second code cell is imports, which begins with them"
    elif "hide-input" not in cell.metadata.get("tags", []):
        yield cell, "the imports are folded: they have the tag hide-input"
    for other in chapter.code[2:]:
        if any(isinstance(node, allowed[:2]) for node in ast.walk(chapters.syntax(other.source))):
            yield other, "imports stand in the cell imports"


@rule
def predictions(chapter, book):
    if not any(cell.id.startswith("predict-") for cell in chapter.code):
        yield None, "no cell lets the reader predict; expected at least one, with an id predict-<name>"
    for index, cell in enumerate(chapter.code):
        if not cell.id.startswith("predict-"):
            continue
        asked = re.fullmatch(r"(?:(\w+) = [^\n]+\n)?(\w+) = None  # (?:one of the options|a number.*)", cell.source)
        if not asked or bool(asked[1]) != cell.source.endswith("options"):
            yield (
                cell,
                'a cell to predict in is options_x = "this", "that" and guess_x = None  # one of the options; or '
                "guess_x = None  # a number",
            )
            continue
        following = []
        for later in chapter.code[index + 1 :]:
            if later.id.startswith("predict-"):
                break
            following += [call for name, call in calls(chapters.syntax(later.source)) if name == "reveal"]
        given = [[getattr(argument, "id", None) for argument in call.args] for call in following]
        if not any(names[:1] == [asked[2]] and (not asked[1] or asked[1] in names[2:]) for names in given):
            yield (
                cell,
                f"before the next prediction a cell calls reveal({asked[2]}, truth{', ' + asked[1] if asked[1] else ''})",
            )
        for call in following:
            if len(call.args) > 1 and isinstance(call.args[1], ast.Constant):
                yield cell, f"the truth is measured, not typed; got {call.args[1].value!r}"


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
    cells = [cell for cell in chapter.cells if cell.id.startswith(("exercise-", "experiment"))]
    count = len({cell.id.split("-")[1] for cell in cells if cell.id.startswith("exercise-")})
    expected = [(f"exercise-{k}{part}", kind) for k in range(1, count + 1) for part, kind in EXERCISE_PARTS]
    expected += [(f"experiment{part}", kind) for part, kind in EXPERIMENT_PARTS]
    for cell, (id, kind) in zip([*cells, *chapter.cells[-1:]], expected, strict=False):
        if (cell.id, cell.cell_type) != (id, kind):
            yield (
                cell,
                f"an exercise is a task, its -stub, its -check, its -solution, and the last is an open experiment, its "
                f"-code, its -answer; expected here a {kind} cell {id}",
            )
            return
    for cell, after in pairwise(chapter.cells):
        if re.fullmatch(r"exercise-\d+(-stub|-check)?|experiment(-code)?", cell.id) and after not in cells:
            yield after, f"the parts of an exercise stand together; expected the next part of {cell.id}"
    if cells and cells[-1] not in chapter.section("Exercises"):
        yield cells[-1], "the open experiment stands in the section Exercises"
    if not 2 <= count <= 4:
        yield (cells or chapter.cells)[-1], f"a chapter has 2 to 4 exercises; found {count}"
    for cell in cells:
        if cell.id.endswith("-check") and "check" not in {name for name, _ in calls(chapters.syntax(cell.source))}:
            yield cell, "an exercise's check calls check(...)"
        if cell.id.endswith("-solution") and ("<details>" not in cell.source or len(python_blocks(cell.source)) != 1):
            yield cell, "a solution is folded in <details> and holds exactly one ```python block"
        if cell.id == "experiment-answer" and "<details>" not in cell.source:
            yield cell, "what we found in the open experiment is folded in <details>"


@rule
def closing_scoreboard(chapter, book):
    section = chapter.section("What we saw")
    code = [cell for cell in section if cell.cell_type == "code"]
    if section and not any(name == "scoreboard" for cell in code for name, _ in calls(chapters.syntax(cell.source))):
        yield section[0], "the section What we saw shows scoreboard()"


@rule
def claims_have_controls(chapter, book):
    for cell in chapter.code:
        for name, call in calls(chapters.syntax(cell.source)):
            if name == "claim" and "control" not in {keyword.arg for keyword in call.keywords}:
                yield (
                    cell,
                    "a claim has a control, the same measurement with the effect removed; say control=None for an identity",
                )


@rule
def limits_are_measured(chapter, book):
    cells = [cell for cell in chapter.section(CLOSING[0]) if cell.cell_type == "code"]
    if not any(name in CLAIMING for cell in cells for name, _ in calls(chapters.syntax(cell.source))):
        yield None, f"the section {CLOSING[0]} measures a limit: expected at least one claim(...) in it"


@rule
def has_slider(chapter, book):
    if not any(name == "frame_slider" for cell in chapter.code for name, _ in calls(chapters.syntax(cell.source))):
        yield None, "no cell shows a slider; expected at least one frame_slider(...)"


# The words


@rule
def short_enough(chapter, book):
    if (told := len(lesson.told(chapter.notebook))) > lesson.MOST_TOLD:
        yield (
            None,
            f"it tells {told} claims, expected at most {lesson.MOST_TOLD}: fold those that the story does not need",
        )
    if (minutes := lesson.minutes(chapter.notebook)[0]) > lesson.MOST_MINUTES:
        yield (
            None,
            f"it takes {minutes} minutes to read, expected at most {lesson.MOST_MINUTES} (tools/lesson.py counts them)",
        )


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
            if not parts.path or not target.is_file() or not target.resolve().is_relative_to(book.root.resolve()):
                yield cell, f"the link {url} leads to no file of the book"
            elif parts.fragment and parts.fragment not in places(target):
                yield (
                    cell,
                    f"the link {url} names no cell or claim of its chapter; renderers spell headings differently",
                )


def places(path):
    """The ids of the cells and claims of a chapter that a link may name."""
    if path.suffix != ".ipynb":
        return set()
    notebook = chapters.read(path)
    cells = {cell.id for cell in notebook.cells if not cell.id.startswith("predict-")}
    return cells | {record["id"] for record in lesson.claims(notebook)}


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


WORDS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|"
    "ninety|hundred|thousand|million|dozen|twice"
)
NUMBER = rf"(?:\d[\d,]*|(?:{WORDS})(?:[ -](?:{WORDS}))*)"
TYPED = [  # what in a text is a measured number, or looks like one
    r"\d+\.\d+",
    r"\d+e[-+]?\d+\b",
    r"\d[\d,]*\s?[×%‰]",
    rf"\b{NUMBER}[ -](?:times|fold|per ?cent|percentage points|points of)\b",
    rf"\b(?:\d+|{WORDS})fold\b",
    rf"\b(?:about|around|some|nearly|almost|roughly|approximately) {NUMBER}\b(?! minutes)",
]
COUNTED = r"\b(\d[\d,]*)[ -](?:steps?|batch(?:es)?|epochs?|digits|examples|units|seeds|runs|layers|seconds?|ms|MB)\b"


def typed_numbers(text):
    """The numbers in a text that only code should show."""
    return [match[0] for pattern in TYPED for match in re.finditer(pattern, text, re.I)]


@rule
def no_typed_numbers(chapter, book):
    for cell in chapter.markdown:
        text = re.sub(NUMBERED, "", prose(cell.source), flags=re.I)
        for number in [*typed_numbers(text), *no_settings(chapter, text)]:
            yield (
                cell,
                f"the number in {number!r} is typed; expected a measured one to be shown by code, others in math: $…$, "
                "or $$…$$ between empty lines",
            )


def no_settings(chapter, text):
    """Counted steps, batches and the like in a text whose number the chapter's code does not have."""
    settings = {
        node.value for cell in chapter.code for node in ast.walk(chapters.syntax(cell.source)) if is_number(node)
    }
    return [match[0] for match in re.finditer(COUNTED, text) if int(match[1].replace(",", "")) not in settings]


def is_number(node):
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


@rule
def no_typed_numbers_in_alt_texts(chapter, book):
    for cell in chapter.code:
        for text in alt_texts(chapters.syntax(cell.source)):
            for number in [*typed_numbers(text), *no_settings(chapter, text)]:
                yield (
                    cell,
                    f"the number in {number!r} is typed in a caption or alt text; expected {{measured(...)}}, or a setting in braces",
                )


def alt_texts(tree):
    """The typed parts of the words for a picture: of captions and alt texts, and of what a function of a slider returns.

    Of a variable that stands there, those of all that is assigned to it.
    """
    sources = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("figure", "frame_slider"):
            sources += [*node.args[1:2], *(given.value for given in node.keywords if given.arg in ("alt", "caption"))]
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and len(node.value.elts) == 2:
            sources.append(node.value.elts[1])
    names = {source.id for source in sources if isinstance(source, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and {getattr(target, "id", "") for target in node.targets} & names:
            sources.append(node.value)
    for source in sources:
        parts = [part.value for part in ast.walk(source) if isinstance(part, ast.Constant)]
        yield "…".join(part for part in parts if isinstance(part, str))


GREEK = (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau upsilon phi varphi "
    "chi psi omega Gamma Theta Lambda Sigma Phi Psi Omega ell"
).split()
ACCENTED = r"\\(hat|bar|tilde|dot)(?![A-Za-z])\s*\{?\\?([A-Za-z]+)\}?"
CONSTANTS = {"e", "pi", "Delta"}  # the same everywhere, or nothing by itself


def letters(source):
    """The letters of the formulas in a Markdown text."""
    found = set()
    for token in parsed(source):
        if token.type in ("math_inline", "math_inline_double", "math_block"):
            tex = re.sub(r"\\(?:text|mathrm|operatorname|texttt|begin|end)\*?\{[^{}]*\}", "", token.content)
            found |= {f"{accent} {letter}" for accent, letter in re.findall(ACCENTED, tex)}
            tex = re.sub(ACCENTED, "", tex)
            for command, letter in re.findall(r"\\([A-Za-z]+)|([A-Za-z])", tex):
                found |= {command} & {*GREEK} if command else {letter}
    return found - CONSTANTS


@rule
def letters_explained(chapter, book):
    for cell in chapter.markdown:
        known = {letter for letter, where in book.notation if where in ("", Path(chapter.name).stem)}
        for letter in sorted(letters(cell.source) - known):
            yield cell, f"the letter {letter} is not in notation.md, for the whole book or for this chapter"


@rule
def words_of_the_glossary(chapter, book):
    for cell in chapter.markdown:
        text = prose(cell.source)
        for entry in book.glossary:
            for word in entry.get("not", []):
                if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text):
                    yield cell, f"it says {word!r}; the glossary's word is {entry['term']!r}"


# The code


FOLDED = {"hide-input", "hide-cell", "remove-input"}
COLUMNS = 88


@rule
def short_cells(chapter, book):
    for cell in chapter.code:
        lines = cell.source.splitlines()
        written, most = (
            sum(bool(line.strip()) for line in lines),
            30 if FOLDED & set(cell.metadata.get("tags", [])) else 12,
        )
        if written > most:
            yield cell, f"it has {written} lines; expected one idea in at most 12, or 30 in a cell that is folded"
        if written == 0:
            yield cell, "it is empty"
        if cell.source.rstrip().endswith(";"):
            yield cell, "it ends in ;, which hides a value in Jupyter alone: assign the value to _"
        if cell.get("id") != "setup" and (wide := [line for line in lines if len(line) > COLUMNS]):
            yield cell, f"a line has {len(wide[0])} columns, expected at most {COLUMNS}: {wide[0].strip()[:40]}…"


@rule
def folded_everywhere(chapter, book):
    for cell in chapter.code:
        tags, called = set(cell.metadata.get("tags", [])), {name for name, _ in calls(chapters.syntax(cell.source))}
        hidden = cell.metadata.get("jupyter", {}).get("source_hidden", False)
        if bool(tags & {"hide-input", "remove-input"}) != hidden:
            yield cell, "what is folded on the page has jupyter.source_hidden too, and nothing else has"
        elif called & CLAIMING and "hide-input" not in tags:
            yield cell, "a cell that makes a claim has the tag hide-input: the reader reads the sentence first"
        elif "remove-input" in tags and not any("text/markdown" in data for data, _ in stored.shown(cell)):
            yield cell, "a cell without visible code ends in the Markdown that it shows"


TUNED = ["tuned", "grid", "tuning_seeds", "seeds"]


@rule
def tuned_rates(chapter, book):
    for cell in chapter.code:
        named = [target.id for target in _constants(cell) if target.id in TUNED]
        if cell.id != "tuned":
            if again := sorted({"tuned", "tuning_seeds"} & set(named)):
                yield cell, f"{again[0]} belongs into the cell tuned, where make sweep looks for it"
            continue
        functions = [node.name for node in chapters.syntax(cell.source).body if isinstance(node, ast.FunctionDef)]
        if unknown := undefined(chapter.code[: chapter.code.index(cell) + 1]):
            yield cell, f"make sweep runs no cell after it: {', '.join(unknown)} is defined later, or nowhere"
        if missing := [name for name in [*TUNED, "score"] if name not in [*named, *functions]]:
            yield cell, f"it defines {', '.join([*TUNED, 'score'])}, for make sweep; {missing[0]} is missing"
            continue
        defined = {}
        try:
            constants = [node for node in chapters.syntax(cell.source).body if isinstance(node, ast.Assign)]
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


def undefined(cells):
    """The names that the last of some cells, its functions too, uses and none of them defines."""
    nodes = [node for cell in cells for node in ast.walk(chapters.syntax(cell.source))]
    defined = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    defined |= {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    defined |= {node.arg for node in nodes if isinstance(node, ast.arg)} | {*dir(builtins)}
    defined |= {(node.asname or node.name).partition(".")[0] for node in nodes if isinstance(node, ast.alias)}
    used = [node for node in ast.walk(chapters.syntax(cells[-1].source)) if isinstance(node, ast.Name)]
    return sorted({node.id for node in used} - defined)


def _constants(cell):
    """The names that a cell assigns at its top level."""
    assigned = [
        target for node in chapters.syntax(cell.source).body if isinstance(node, ast.Assign) for target in node.targets
    ]
    return [name for target in assigned for name in ast.walk(target) if isinstance(name, ast.Name)]


@rule
def no_data_paths(chapter, book):
    for cell in chapter.code:
        if "../" in cell.source:
            yield cell, "a path out of the chapter's folder, ../: data comes from bnlib.datasets"


# The house


@house_rule
def pins(book):
    """Lines of requirements.txt that are no plain exact pin, pins of one machine, and what is not pinned."""
    pinned = set()
    for line in book.read("requirements.txt").splitlines():
        if line.startswith("#"):
            continue
        if not (match := re.fullmatch(r"([A-Za-z0-9._-]+)==[0-9][0-9A-Za-z.]*", line)):
            yield "requirements.txt", f"{line!r} must be name==version, with nothing after it"
        elif re.match(r"(nvidia|cuda)[-_]|(triton|pip|setuptools)==", line.lower()):
            yield "requirements.txt", f"{line!r} belongs to one machine"
        else:
            pinned.add(canonicalize_name(match[1]))
    project = tomllib.loads(book.read("pyproject.toml"))["project"]
    for extra in [project["dependencies"], *project["optional-dependencies"].values()]:
        names = [canonicalize_name(Requirement(line).name) for line in extra]
        yield from (
            ("pyproject.toml", f"it names {name} twice") for name in sorted(set(names)) if names.count(name) > 1
        )
        yield from (
            ("requirements.txt", f"no pin for {name}, which pyproject.toml names")
            for name in names
            if name not in pinned
        )


@house_rule
def contents(book):
    """Chapters that _toc.yml does not list, entries that have no chapter, and names that are no names."""
    listed = {name for name in book.order if name.startswith("chapters/")}
    present = {Path(chapter.name).with_suffix("").as_posix() for chapter in book.chapters}
    yield from (("_toc.yml", f"{name} is no chapter") for name in sorted(listed - present))
    missing = [*sorted(present - listed), *({"references"} - {*book.order})]
    yield from (("_toc.yml", f"expected an entry file: {name}") for name in missing)
    for name in sorted(present):
        if not re.fullmatch(r"chapters/[a-z][a-z0-9-]*", name):
            yield (
                f"{name}.ipynb",
                "a chapter's file name is lower-case words joined by hyphens, without a number in front",
            )


@house_rule
def reading_order(book):
    """The landing page's map has the chapters of _toc.yml in their order."""
    mapped = re.findall(r"^\| \[[^\]]+\]\(([^)]+)\)", book.read("intro.md"), re.M)
    listed = [f"{name}.ipynb" for name in book.order if name.startswith("chapters/")]
    for name in listed:
        if name not in mapped:
            yield "intro.md", f"the map has no row for {name}; expected a line | [Title]({name}) | question | …"
    if [name for name in listed if name in mapped] != mapped:
        yield (
            "intro.md",
            f"the map's rows are the chapters of _toc.yml, in its order; got {', '.join(mapped) or 'none'}",
        )


@house_rule
def wrong_answers(book):
    """Every exercise has two wrong answers at least, and no wrong answer is to an exercise that is not there."""
    for chapter in book.chapters:
        file = run.wrong_answers_path(book.root / chapter.name)
        name, counts = (
            file.relative_to(book.root).as_posix(),
            Counter(of for of, *_ in run.wrong_answers(book.root / chapter.name)),
        )
        for line in book.read(name).splitlines() if file.exists() else []:
            if re.match(r"#\s*%%", line) and not re.match(run.HEADS_ANSWER, line):
                yield (
                    name,
                    f"the line {line!r} heads no answer; expected '# %% exercise-k what is wrong -> words of its hint'",
                )
        exercises = [id.removesuffix("-stub") for cell in chapter.code if (id := cell.get("id", "")).endswith("-stub")]
        yield from (
            (name, f"it has answers to {id}, and the chapter has no such exercise")
            for id in sorted({*counts} - {*exercises})
        )
        yield from (
            (
                name,
                f"{id} has {counts[id]} wrong answers, expected two at least: blocks headed '# %% {id} what is wrong -> words of its hint'",
            )
            for id in exercises
            if counts[id] < 2
        )


@house_rule
def one_meaning(book):
    """Letters that notation.md explains twice, and those for a chapter that is none or that does not use them."""
    stems = {Path(chapter.name).stem: chapter for chapter in book.chapters}
    for letter, where in sorted({*book.notation}):
        rows = [other for known, other in book.notation if known == letter]
        if len(rows) > 1:
            yield "notation.md", f"the letter {letter} has {len(rows)} meanings; expected one in the whole book"
        if where and where not in stems:
            yield "notation.md", f"the letter {letter} is for {where}, which is no chapter"
        elif where and not any(letter in letters(cell.source) for cell in stems[where].markdown):
            yield "notation.md", f"the letter {letter} is for {where}, which does not use it"


ENTRIES = {  # file → what each of its entries holds; the first says what it is
    "questions.yml": ("ask", "words", "answer", "short", "theme"),
    "said.yml": ("said", "source", "verdict", "truth", "claims"),
    "glossary.yml": ("term", "means", "where"),
}
VERDICTS = ("false", "limited", "holds")


@house_rule
def entries(book):
    """Entries of the lists that lack something, come twice, type a measured number, or lead to no cell or no claim."""
    cells = {Path(chapter.name).stem: {cell.id: cell for cell in chapter.cells} for chapter in book.chapters}
    for file, keys in ENTRIES.items():
        listed = yaml.safe_load(book.read(file))
        counts = Counter(str(entry.get(keys[0])) for entry in listed)
        yield from ((file, f"{name!r} comes {count} times") for name, count in counts.items() if count > 1)
        for entry in listed:
            name = entry.get(keys[0])
            if set(entry) - {"not"} != {*keys} or not all(entry[key] not in (None, "", []) for key in keys):
                yield file, f"{name!r} needs {', '.join(keys)}, and nothing else; got {', '.join(entry)}"
                continue
            if file == "said.yml" and entry["verdict"] not in VERDICTS:
                yield file, f"{name!r}: a verdict is one of {', '.join(VERDICTS)}, in quotes; got {entry['verdict']!r}"
            for key in {"short", "truth", "means"} & set(keys):
                for number in typed_numbers(prose(entry[key])):
                    yield file, f"{name!r}: the number in {number!r} is typed; the place that it leads to shows it"
            for place in entry.get("claims") or [entry[key] for key in ("answer", "where") if key in entry]:
                chapter, _, id = place.partition("#")
                cell = cells.get(chapter, {}).get(id.partition("/")[0])
                if cell is None or cell.id.startswith("predict-"):
                    yield file, f"{name!r}: {place} is no cell that a page can lead to"
                elif "claims" in entry and not CLAIMING & {called for called, _ in calls(chapters.syntax(cell.source))}:
                    yield file, f"{name!r}: {place} makes no claim"
                elif "term" in entry and entry["term"].lower() not in " ".join(
                    " ".join(cell.source.split()).lower() for cell in cells[chapter].values()
                ):
                    yield file, f"{name!r} does not occur in {chapter}"


@house_rule
def bibliography(book):
    """Entries of references.bib that are doubled, or that no chapter links to."""
    keys = re.findall(r"^@\w+\{([^,]+),", book.read("references.bib"), re.M)
    if doubled := sorted({key for key in keys if keys.count(key) > 1}):
        yield "references.bib", f"two entries {', '.join(doubled)}"
        return
    linked = {address(url) for chapter in book.chapters for cell in chapter.markdown for url in links(cell.source)}
    cited = {key for place, key in book.references.items() if place in linked}
    for key in sorted(set(book.references.values()) - cited):
        yield "references.bib", f"no chapter links to {key}"


@house_rule
def licences(book):
    """Licence files without their licence, and places that name another one."""
    for name, sentence in {
        "LICENSE": "Permission is hereby granted, free of charge",
        "LICENSE-CONTENT": "https://creativecommons.org/licenses/by/4.0/legalcode",
    }.items():
        if sentence not in book.read(name):
            yield name, f"it must hold {sentence!r}"
    if yaml.safe_load(book.read("CITATION.cff"))["license"] != ["MIT", "CC-BY-4.0"]:
        yield "CITATION.cff", "the licences are MIT and CC-BY-4.0"
    if tomllib.loads(book.read("pyproject.toml"))["project"]["license"] != "MIT":
        yield "pyproject.toml", "bnlib's licence is MIT"


@house_rule
def versions(book):
    if (found := str(yaml.safe_load(book.read("CITATION.cff"))["version"])) != checkout.version(book.root):
        yield "CITATION.cff", f"the version is bnlib's, {checkout.version(book.root)}; got {found}"


@house_rule
def commands(book):
    """Commands of the Makefile that the README does not explain, and the other way round."""
    made = set(re.findall(r"^([a-z]+):", book.read("Makefile"), re.M)) - {"help"}
    told = set(re.findall(r"^\| `make ([a-z]+)", book.read("README.md"), re.M))
    yield from (("README.md", f"no row for make {name}") for name in sorted(made - told))
    yield from (("README.md", f"there is no make {name}") for name in sorted(told - made))


@house_rule
def strangers(book):
    """Tracked files that belong to one machine, were generated, or name somebody else's package."""
    machine = re.compile(r"(?<![\w.])/(root|home|Users)/\w|[A-Z]:\\\\?Users\\|" + re.escape(f"{checkout.ROOT}/"))
    package = re.compile(r"pip3? install[^\n`]*?[ \"']bnlib\b(?!\.|/)")
    for name in checkout.files(book.root):
        if re.match(r"_build/|\.venv/|\.cache/|(?!_ext/templates/).*\.html$|.*\.pyc$", name):
            yield name, "it is generated; git should not hold it"
        try:
            text = book.read(name)
        except UnicodeDecodeError:
            continue
        if found := machine.search(text):
            yield name, f"it holds a path of one machine, {found[0]}…"
        if found := package.search(text):
            yield name, f"{found[0]!r} fetches somebody else's package of that name; the set-up cell installs the book"
