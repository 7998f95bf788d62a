"""A Sphinx extension: what the pages need beyond the theme.

Scripts served from the book's own `_static`, each on the pages that use it; links that follow the repository which
builds the book; and what the theme brings that no page uses, left out.
"""

import os
import re
import subprocess
from pathlib import Path
from urllib.parse import quote

import npm_assets
from docutils import nodes

ROOT = Path(__file__).resolve().parents[1]
PLACEHOLDER = "/OWNER/"


def setup(app):
    app.connect("config-inited", read_version)
    app.connect("config-inited", follow_repository, priority=400)  # before the theme reads its options
    app.connect("html-page-context", fill_in_report, priority=900)  # after the theme has made its buttons
    app.connect("html-page-context", drop_unused_scripts, priority=900)
    app.connect("build-finished", add_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def read_version(app, config):
    """The book's version is bnlib's."""
    code = (ROOT / "bnlib/__init__.py").read_text("utf-8")
    config.version = config.release = re.search(r'^__version__ = "(.+)"', code, re.M)[1]


# Scripts


def add_scripts(app, exception):
    """Put the scripts of assets.json into the built book's `_static`."""
    if exception is None and app.builder.format == "html":
        assets = npm_assets.read_assets()
        for name, asset in assets["scripts"].items():
            npm_assets.install(name, asset, assets["node"], Path(app.outdir, "_static"))


def drop_unused_scripts(app, pagename, templatename, context, doctree):
    """Leave out thebe, which is added twice to every page and throws, and MathJax where there is no formula."""
    formulas = (nodes.math, nodes.math_block)
    has_formulas = doctree is not None and any(isinstance(node, formulas) for node in doctree.findall())
    unused = ("thebe",) if has_formulas else ("thebe", "mathjax")

    def is_used(script):
        text = f"{getattr(script, 'filename', script)} {getattr(script, 'attributes', {}).get('body', '')}"
        return not any(name in text.lower() for name in unused)

    context["script_files"] = [script for script in context["script_files"] if is_used(script)]


# Links that follow the repository


def follow_repository(app, config):
    """Point every button at the repository that builds the book; where none is known, show none."""
    options = config.html_theme_options
    address = building_repository(app.srcdir) or options.get("repository_url") or PLACEHOLDER
    if PLACEHOLDER in address:
        options.update(repository_url="", launch_buttons={}, use_repository_button=False, use_issues_button=False)
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


def fill_in_report(app, pagename, templatename, context, doctree):
    """Let "open an issue" begin with the page and the version."""
    buttons = list(context.get("header_buttons", []))
    for button in buttons:
        buttons += button.get("buttons", [])
        if button.get("label") == "source-issues-button":
            title, body = f"Error in {pagename}", f"Page: {pagename}\nVersion: {app.config.release}\n\nWhat is wrong:\n"
            address = app.config.html_theme_options["repository_url"]
            button["url"] = f"{address}/issues/new?title={quote(title, safe='')}&body={quote(body, safe='')}"
            button["text"] = button["tooltip"] = "Report an error on this page"
