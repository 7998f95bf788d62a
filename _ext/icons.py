"""The theme's icons as a small style sheet, in place of its script that holds two thousand of them."""

import json
import re
from pathlib import Path
from urllib.parse import quote

import pydata_sphinx_theme
from sphinx.errors import ExtensionError

LIBRARY = Path(pydata_sphinx_theme.__file__).parent / "theme/pydata_sphinx_theme/static/scripts/fontawesome.js"
BY_SCRIPT = {"xmark"}  # the theme's own script adds it
NOT_ICONS = {"solid", "brands", "regular", "lg"}
# An entry of the library: its name, then width, height, other names, code point and path.
ENTRY = r'[{{,](?:"?{0}"?:\[(?P<size>\d+,\d+),\[[^\]]*\]|[\w"-]+:\[(?P<same>\d+,\d+),\[[^\]]*"{0}"[^\]]*\]),"\w+",(?P<path>"[^"]+"|\[[^\]]+\])\]'


def setup(app):
    app.add_css_file("icons.css")
    app.connect("build-finished", write_styles, priority=900)


def write_styles(app, exception):
    """Write `_static/icons.css` for the icons that the built pages use."""
    if exception is None and app.builder.format == "html":
        names = set(BY_SCRIPT)
        for page in Path(app.outdir).rglob("*.html"):
            names |= icons_on(page.read_text("utf-8"))
        Path(app.outdir, "_static/icons.css").write_text(styles(names), "utf-8")


def icons_on(html):
    classes = " ".join(re.findall(r'<(?:i|span) class="([^"]*\bfa[srb]?[ -][^"]*)"', html))
    return {name for name in re.findall(r"\bfa-([a-z][a-z-]*)", classes)} - NOT_ICONS


def styles(names):
    """Style rules that draw each icon in the colour of the text around it."""
    library = LIBRARY.read_text("utf-8")
    rules = [
        ":is(.fa-solid, .fa-brands, .fas, .fab)[class*=' fa-'] {"
        " display: inline-block; width: 1.25em; height: 1em; vertical-align: -0.125em;"
        " background: currentColor; mask: var(--icon) center / contain no-repeat; }",
        ":is(.fa-solid, .fa-brands, .fas, .fab)[class*=' fa-']::before { content: none; }",  # or a font is fetched
        "@media (forced-colors: active) { :is(.fa-solid, .fa-brands, .fas, .fab) { background: ButtonText !important; } }",
    ]
    for name in sorted(names):
        if not (found := re.search(ENTRY.format(re.escape(name)), library)):
            raise ExtensionError(f"The theme's icons hold no {name!r}")
        size = (found["size"] or found["same"]).replace(",", " ")
        path = "".join(json.loads(found["path"]))
        svg = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {size}'><path d='{path}'/></svg>"
        rules.append(f'.fa-{name} {{ --icon: url("data:image/svg+xml,{quote(svg, safe=" /:=")}"); }}')
    return (
        "/* Font Awesome Free's icons, CC BY 4.0, https://fontawesome.com/license/free */\n" + "\n".join(rules) + "\n"
    )
