"""Formulas, typeset while the book is built: a page needs no script for them, and does not move when they appear.

MathJax does it, in node, with the same result as in the reader's browser. A page gets the styles that its own formulas
need, and MathJax's fonts come from the book's `_static`.
"""

import json
import re
import shutil
import subprocess
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util.osutil import relative_uri

import npm_assets

SCRIPT = Path(__file__).with_name("typeset.cjs")
FONTS = "output/chtml/fonts/woff-v2"
FIRST_FONTS = ("MathJax_Math-Italic", "MathJax_Main-Regular")  # in every formula, hence fetched with the page


def setup(app):
    app.add_html_math_renderer("typeset", (visit_inline, None), (visit_block, None))
    app.connect("doctree-read", keep_with_punctuation)
    app.connect("doctree-resolved", typeset_page)
    app.connect("html-page-context", add_styles)
    app.connect("build-finished", add_fonts)


def formulas_of(node):
    return [(math.astext(), isinstance(math, nodes.math_block)) for math in find_formulas(node)]


def find_formulas(node):
    return [*node.findall(nodes.math), *node.findall(nodes.math_block)]


def keep_with_punctuation(app, doctree):
    """Give a formula the bracket before it and the comma after it, so that no line begins or ends between them."""
    for math in list(doctree.findall(nodes.math)):
        line, place = math.parent, math.parent.index(math)
        if place and isinstance(text := line[place - 1], nodes.Text) and (found := re.search(r"[(“‘]+$", text)):
            math["before"] = found[0]
            line[place - 1] = nodes.Text(text[: found.start()])
        if place + 1 < len(line) and isinstance(text := line[place + 1], nodes.Text):
            math["after"] = re.match(r"[.,;:!?)”’]*(?:-\w+)?", text)[0]
            line[place + 1] = nodes.Text(text[len(math["after"]) :])


def typeset_page(app, doctree, docname):
    """Typeset a page's formulas, and with them those of the titles, which any page's contents may show."""
    if app.builder.format != "html" or not find_formulas(doctree):
        return
    titles = [formula for title in app.env.titles.values() for formula in formulas_of(title)]
    formulas = sorted({*formulas_of(doctree), *titles})
    html, css = typeset(formulas, docname)
    app.env.typeset_formulas = dict(zip(formulas, html, strict=True))
    doctree["formula_styles"] = css


def typeset(formulas, where):
    """HTML for each formula (tex, displayed), and the styles that they need together."""
    folder = npm_assets.unpacked("mathjax")
    command = [*npm_assets.command("node"), str(SCRIPT), str(folder)]
    result = subprocess.run(command, input=json.dumps(formulas), capture_output=True, text=True, encoding="utf-8")
    if result.returncode:
        raise ExtensionError(f"MathJax did not run: {result.stderr.strip()}")
    answer = json.loads(result.stdout)
    if "error" in answer:
        raise ExtensionError(f"{where}: a formula cannot be typeset. {answer['error']}")
    return answer["html"], answer["css"]


def visit_inline(translator, node):
    around = [escape(node.get(side, "")) for side in ("before", "after")]
    translator.body.append(f'<span class="math">{html_of(translator, node, False).join(around)}</span>')
    raise nodes.SkipNode


def visit_block(translator, node):
    translator.body.append(f'<div class="math">{html_of(translator, node, True)}</div>\n')
    raise nodes.SkipNode


def html_of(translator, node, displayed):
    return translator.builder.env.typeset_formulas[node.astext(), displayed]


def add_styles(app, pagename, templatename, context, doctree):
    if doctree is not None and (css := doctree.get("formula_styles")):
        folder = relative_uri(app.builder.get_target_uri(pagename), "_static/mathjax")
        fonts = "".join(
            f'<link rel="preload" as="font" type="font/woff" crossorigin href="{folder}/{name}.woff">'
            for name in FIRST_FONTS
        )
        context["metatags"] += f"{fonts}<style>{css.replace('FONTS', folder)}</style>"


def add_fonts(app, exception):
    if exception is None and app.builder.format == "html":
        fonts = npm_assets.unpacked("mathjax") / FONTS
        shutil.copytree(fonts, Path(app.outdir, "_static/mathjax"), dirs_exist_ok=True)
