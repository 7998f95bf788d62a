"""A Sphinx extension: what the pages need beyond the theme.

Formulas typeset beforehand, sliders and icons without foreign scripts, links that follow the repository which builds
the book; and what the theme brings that no page uses, left out.
"""

import hashlib
import os
import re
import struct
import subprocess
from pathlib import Path
from urllib.parse import quote

from docutils import nodes

import cells
import claimed
import entries
import formulas
import icons
import ledger
import places
import predictions
import sliders
from shared import ROOT

HERE = Path(__file__).resolve().parent
PLACEHOLDER = "/OWNER/"
GITHUB = "https://github.com/"

# Scripts and styles that pages come with and do not use: live code, tabs, toggles, the search's index where nobody searches, two
# thousand icons (icons.py draws the few that are used), and widgets (sliders.py).
UNUSED = r"thebe|toggle|design-tabs|sphinx-design|fontawesome|widget-state"
FOR_SEARCH = r"searchtools|language_data|searchindex"
TO_FILTER = r"filter\.js"

# Pages whose words stand in their file, and what else they hold in other files: the function that makes it.
MADE = {"ledger": ledger.page, "questions": entries.questions, "said": entries.said, "glossary": entries.glossary}


def setup(app):
    for part in (formulas, icons, sliders):
        part.setup(app)
    app.connect("config-inited", read_version)
    app.connect("config-inited", add_templates)
    app.connect("config-inited", follow_repository, priority=400)  # before the theme reads its options
    app.connect("env-get-outdated", lambda *_: list(MADE))  # they hold what stands in all chapters
    app.connect("source-read", fill_in)
    app.connect("doctree-read", free_images)
    app.connect("doctree-read", arrange_cells)
    app.connect("doctree-read", ledger.finish)
    app.connect("html-page-context", mend_body)
    app.connect("html-page-context", size_images)
    app.connect("html-page-context", arrange_buttons, priority=900)  # after the theme has made its buttons
    app.connect("html-page-context", drop_unused, priority=900)
    app.connect("build-finished", drop_unread)
    return {"parallel_read_safe": False, "parallel_write_safe": False, "env_version": own_version()}


def own_version():
    """A number that changes with this extension, so that Sphinx then builds every page again."""
    files = [
        *sorted(HERE.rglob("*.*")),
        *(ROOT / name for name in ("tools/chapters.py", "tools/lesson.py", "bnlib/claims.py", "bnlib/text.py")),
    ]
    code = b"".join(path.read_bytes() for path in files if path.suffix != ".pyc")
    return int(hashlib.sha256(code).hexdigest()[:12], 16)


def read_version(app, config):
    """The book's version is bnlib's."""
    code = (ROOT / "bnlib/__init__.py").read_text("utf-8")
    config.version = config.release = re.search(r'^__version__ = "(.+)"', code, re.M)[1]


# Scripts and styles


def add_templates(app, config):
    config.templates_path.insert(0, str(HERE / "templates"))  # before those that the theme has added


def drop_unused(app, pagename, templatename, context, doctree):
    """Leave out scripts and styles that the page does not use, whether Sphinx adds them or the theme does."""
    unneeded = [UNUSED]
    if pagename != "search":
        unneeded.append(FOR_SEARCH)
    if '<form class="filter"' not in context.get("body", ""):
        unneeded.append(TO_FILTER)
    unused = re.compile("|".join(unneeded))

    def is_used(file):
        attributes = getattr(file, "attributes", {})
        text = f"{getattr(file, 'filename', file)} {attributes.get('type')} {attributes.get('body')}"
        return not unused.search(text.lower())

    def trim(html):
        return re.sub(r"<script [^>]*></script>", lambda tag: "" if unused.search(tag[0]) else tag[0], html)

    for kind in ("script_files", "css_files"):
        context[kind] = [file for file in context[kind] if is_used(file)]
    context["trim"] = trim


def drop_unread(app, exception):
    """Delete the theme's files that no page names, nor a style that a page names."""
    if exception or app.builder.name != "html":
        return
    static = Path(app.outdir, "_static")
    theirs = [path for part in ("scripts", "styles", "vendor", "locales") for path in (static / part).rglob("*.*")]
    pages = [page for page in Path(app.outdir).rglob("*.html") if static not in page.parents]
    named = "".join(page.read_text("utf-8") for page in pages)
    named += "".join(path.read_text("utf-8") for path in theirs if path.suffix == ".css" and path.name in named)
    for path in theirs:
        read = path.name in named and not re.search(UNUSED, path.as_posix()) and path.suffix != ".map"
        if path.is_file() and not read and path.suffix != ".txt":  # a licence
            path.unlink()


# The body of a page


def arrange_cells(app, doctree):
    """Make of a notebook's cells what a page is to show, each step on what the one before has left."""
    keep_units(doctree)
    cells.mark_settings(doctree)
    if notebook := cells.notebook_of(app):
        cells.add_code_switch(doctree)
        cells.say_minutes(doctree, notebook)
        cells.drop_empty_outputs(doctree, notebook)
        cells.put_captions(doctree, notebook)
        claimed.show_claims(doctree, notebook)
        claimed.link_scoreboard(doctree, notebook)
        cells.put_code_below(doctree, notebook)
        predictions.ask(doctree, notebook, app.env.docname.rpartition("/")[2])
        claimed.gather_folded(doctree, notebook)
        places.note(app, doctree, notebook)


def fill_in(app, docname, source):
    """Put what is made from the records and lists in the place of each ``{{ name }}``."""
    if docname in MADE:
        made = MADE[docname](app)
        source[0] = re.sub(r"\{\{ (\w+) \}\}", lambda match: str(made[match[1]]), source[0])


CODE = (nodes.literal, nodes.literal_block, nodes.raw, nodes.math, nodes.math_block)


def keep_units(doctree):
    """A number and its per cent stand on one line."""
    for text in list(doctree.findall(nodes.Text)):
        if text.parent and not isinstance(text.parent, CODE):
            kept = re.sub(r"(?:(?<=\d)|^) (?=%)", "\u00a0", text)
            if kept != text:
                text.parent.replace(text, nodes.Text(kept))


def mend_body(app, pagename, templatename, context, doctree):
    """An entry of the references is a part of its list."""
    context["body"] = context.get("body", "").replace('role="doc-biblioentry"', 'role="listitem"')


def free_images(app, doctree):
    """The size that an output tells Jupyter would be kept on a phone too, where there is no room for it."""
    for image in doctree.findall(nodes.image):
        image.attributes.pop("width", None)
        image.attributes.pop("height", None)


def size_images(app, pagename, templatename, context, doctree):
    """Tell the browser each figure's size, so that it keeps the room; a chapter's figures may come when they are near."""
    sources = {name: Path(app.srcdir, source) for source, name in app.builder.images.items()}

    def with_size(tag):
        head = sources[tag[2]].read_bytes()[:24] if tag[2] in sources else b""
        if not head.startswith(b"\x89PNG"):
            return tag[0]
        width, height = (side // 2 for side in struct.unpack(">II", head[16:]))  # a picture has two pixels for each
        lazy = "" if pagename == app.config.root_doc else ' loading="lazy"'
        return f'<img width="{width}" height="{height}"{lazy} {tag[1]}{tag[2]}"'

    context["body"] = re.sub(r'<img ([^>]*src="[^"]*_images/)([^"]+)"', with_size, context.get("body", ""))


# Links that follow the repository


def follow_repository(app, config):
    """Point every button at the repository that builds the book; where none is known, show none."""
    options = config.html_theme_options
    address = building_repository(app.srcdir) or options.get("repository_url") or PLACEHOLDER
    if PLACEHOLDER in address or not address.startswith(GITHUB):  # Colab and the reports need GitHub
        uses = ("use_repository_button", "use_edit_page_button", "use_issues_button")
        options.update(repository_url="", launch_buttons={}, **dict.fromkeys(uses, False))
    else:
        branch = building_branch() or options.get("repository_branch", "main")
        options.update(repository_url=address, repository_branch=branch)


def building_repository(folder, environment=os.environ):
    """The address of the repository that builds the book: the workflow's, else git's origin, else None."""
    if name := environment.get("GITHUB_REPOSITORY"):
        return f"{environment.get('GITHUB_SERVER_URL', 'https://github.com')}/{name}"
    command = ["git", "-C", str(folder), "config", "--local", "remote.origin.url"]
    try:
        return web_address(subprocess.run(command, capture_output=True, text=True).stdout.strip())
    except FileNotFoundError:  # no git
        return None


def web_address(remote):
    """``https://host/owner/name`` for a git remote in any of its spellings; None for a folder."""
    match = re.fullmatch(r"(?:git@|\w+://(?:[^@/]+@)?)([\w-]+(?:\.[\w-]+)+)(?::\d+)?[:/](.+?)(?:\.git)?/?", remote)
    return f"https://{match[1]}/{match[2]}" if match else None


def building_branch(environment=os.environ):
    """The branch that a workflow builds, or None; on a pull request GitHub names a merge that nobody can open."""
    name = environment.get("GITHUB_REF_NAME", "")
    return name if environment.get("GITHUB_REF_TYPE") == "branch" and not name.endswith("/merge") else None


def arrange_buttons(app, pagename, templatename, context, doctree):
    """Say on each button what it does on this page, and leave out those that do nothing of use."""
    options = app.config.html_theme_options
    notebook = str(context.get("page_source_suffix", "")).endswith("ipynb")
    buttons = []
    for button in context.get("header_buttons", []):
        for inner in [button, *button.get("buttons", [])]:
            if inner.get("label") == "source-issues-button":
                inner.update(report(options["repository_url"], pagename, app.config.release))
            if inner.get("label") == "source-edit-button" and notebook:  # which GitHub can show, but not edit
                inner["url"] = inner["url"].replace("/edit/", "/blob/")
                inner["text"] = inner["tooltip"] = "This page on GitHub"
        if button.get("label") == "download-buttons":
            if not notebook:
                continue
            button = download(button["buttons"][0]["url"])
        buttons.append(button)
    if "header_buttons" in context:
        context["header_buttons"] = buttons


def report(address, pagename, version):
    """A new issue that begins with the page and the version."""
    title, body = f"Error in {pagename}", f"Page: {pagename}\nVersion: {version}\n\nWhat is wrong:\n"
    words = "Report an error on this page"
    url = f"{address}/issues/new?title={quote(title, safe='')}&body={quote(body, safe='')}"
    return {"url": url, "text": words, "tooltip": words, "icon": "fas fa-bug"}


def download(url):
    words = "Download as a notebook"
    return {"type": "link", "url": url, "text": "", "tooltip": words, "icon": "fas fa-download", "label": "download"}
