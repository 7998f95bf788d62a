"""What every page must be. Each check lists what is wrong with one page, or with a folder of them."""

import re
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import npm_assets

FORK = "a-fork/of-the.book"  # a made-up fork, from which the pages are built for the tests
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
WATCH_SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


@contextmanager
def visit(browser, address, *, width=1280, height=900, until="networkidle", **options):
    """A loaded page. What it asked for at other hosts and what it complained about are its ``outside`` and
    ``complaints``. Visits with the same options share what they keep of scripts and styles."""
    options |= {"viewport": {"width": width, "height": height}}
    contexts = browser.__dict__.setdefault("contexts_kept", {})
    if (key := repr(options)) not in contexts:
        contexts[key] = browser.new_context(**options)
        contexts[key].add_init_script(WATCH_SHIFTS)
    page = contexts[key].new_page()
    page.outside, page.complaints = [], []
    home = ("{0.scheme}://{0.netloc}/".format(urlsplit(address)), "data:", "blob:")
    page.on("request", lambda request: request.url.startswith(home) or page.outside.append(request.url))
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on(
        "response", lambda reply: page.complaints.append(f"{reply.status} {reply.url}") if reply.status > 399 else 0
    )
    try:
        page.goto(address, wait_until=until)
        yield page
    finally:
        page.close()


def outside_requests(page):
    """Requests to any other host. The book asks nobody else for anything."""
    return [f"asks for {url}" for url in page.outside]


def complaints(page):
    """What the browser's console holds as an error, and what could not be loaded."""
    return list(page.complaints)


def untypeset_formulas(page):
    """Formulas that are shown as TeX, as an error, or not at all."""
    return page.evaluate(
        r"""() => {
      const wrong = [];
      for (const math of document.querySelectorAll(".math")) {
        const drawn = math.querySelector("mjx-container > mjx-math"), box = drawn?.getBoundingClientRect();
        if (!drawn || !math.querySelector("math annotation")) wrong.push(`not typeset: ${math.textContent}`);
        else if (drawn.querySelector("mjx-merror")) wrong.push(`an error: ${math.textContent}`);
        else if (math.checkVisibility() && !(box.width > 1 && box.height > 1)) wrong.push(`empty: ${math.textContent}`);
      }
      const walk = document.createTreeWalker(document.querySelector("article") ?? document.body, NodeFilter.SHOW_TEXT);
      while (walk.nextNode()) {
        const text = walk.currentNode;
        if (text.parentElement.closest("pre, code, script, style, annotation")) continue;
        if (/\\[([]|\\[a-zA-Z]{2,}|\$[^$]+\$/.test(text.data)) wrong.push(`left as TeX: ${text.data.trim().slice(0, 60)}`);
      }
      return wrong;
    }"""
    )


SLIDER = """slider => {
  const shown = [...slider.querySelectorAll(".slider-frame")].filter((frame) => frame.checkVisibility());
  const input = slider.querySelector("input"), picture = shown[0]?.querySelector("[role=img], img");
  return {
    shown: shown.length,
    alt: picture && (picture.getAttribute("aria-label") ?? picture.getAttribute("alt")),
    label: input.labels[0]?.textContent.trim(),
    said: input.getAttribute("aria-valuetext"),
    read: slider.querySelector(".slider-value").textContent,
    place: input.value / input.max,
    height: input.getBoundingClientRect().height,
  };
}"""


def dead_sliders(page):
    """Sliders that keyboard, mouse or (where the page has touch) finger does not move, or that say nothing."""
    wrong = []
    for number, slider in enumerate(page.locator(".slider").all(), 1):
        handle = slider.locator("input")
        handle.scroll_into_view_if_needed()
        box = handle.bounding_box()
        ways = {"the keyboard": press, "the mouse": drag}
        if page.evaluate("navigator.maxTouchPoints"):
            ways["a finger"] = tap
        state = slider.evaluate(SLIDER)
        if not state["label"]:
            wrong.append(f"slider {number} has no label")
        if state["height"] < 24:
            wrong.append(f"slider {number} is {state['height']} px high: less than 24")
        for way, turn in ways.items():
            turn(page, handle, box, to_the_right=state["place"] < 0.5)
            now = slider.evaluate(SLIDER)
            if now["shown"] != 1 or not now["alt"]:
                wrong.append(f"slider {number}, moved by {way}, shows {now['shown']} pictures, text {now['alt']!r}")
            if now["alt"] == state["alt"]:
                wrong.append(f"slider {number}: {way} does not change the picture and its text")
            if now["said"] == state["said"] or now["said"] != now["read"]:
                wrong.append(
                    f"slider {number}: {way} changes the value to {now['read']!r}, but it says {now['said']!r}"
                )
            state = now
    if left := page.locator("script[type*='widget-view'], .jupyter-widgets").count():
        wrong.append(f"{left} widgets are no sliders of the book")
    return wrong


def press(page, handle, box, to_the_right):
    handle.focus()
    page.keyboard.press("ArrowRight" if to_the_right else "ArrowLeft")


def drag(page, handle, box, to_the_right):
    middle, ends = box["y"] + box["height"] / 2, (0.3, 0.9) if to_the_right else (0.7, 0.1)
    start, end = (box["x"] + box["width"] * part for part in ends)
    page.mouse.move(start, middle)
    page.mouse.down()
    page.mouse.move(end, middle, steps=4)
    page.mouse.up()


def tap(page, handle, box, to_the_right):
    page.touchscreen.tap(box["x"] + (box["width"] - 3 if to_the_right else 3), box["y"] + box["height"] / 2)


def barriers(page, *, colours=True):
    """What axe-core finds against WCAG 2.2 A and AA and its own best practices; colours, which take long, on demand."""
    if not page.evaluate("'axe' in window"):
        page.evaluate((npm_assets.unpacked("axe") / "axe.min.js").read_text("utf-8"))
    options = {"runOnly": RULES, "resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": colours}}}
    result = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:160]}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]


def sideways_scroll(page):
    """Whether the page is wider than the window, and what makes it so."""
    return page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
          [`the page is ${document.documentElement.scrollWidth} px wide in a window of ${innerWidth}`]"""
    )


def layout_shift(page):
    """Whether what is on the page moved while it loaded."""
    painted = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 100))))"
    shifted = page.evaluate(f"{painted}.then(() => window.shifted)")  # the browser reports a shift after painting it
    return [f"the layout shifted by {shifted:.4f}"] if shifted > 0.02 else []  # 0.1 is what browsers call good


def missing_without_javascript(page):
    """What a reader without JavaScript does not get: text, figures, one picture of each slider, formulas' source."""
    return page.evaluate(
        r"""() => {
      const wrong = [], seen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
      if (!seen(document.querySelector("article")) || document.querySelector("article").innerText.length < 200)
        wrong.push("no text");
      for (const image of document.querySelectorAll("article img"))
        if (!seen(image) || !image.complete || !image.naturalWidth || !image.alt) wrong.push(`no figure ${image.src}`);
      for (const slider of document.querySelectorAll(".slider")) {
        const frames = [...slider.querySelectorAll(".slider-frame")].filter(seen);
        if (frames.length !== 1 || !frames[0].querySelector("[role=img][aria-label]"))
          wrong.push(`a slider shows ${frames.length} pictures`);
        if (seen(slider.querySelector("input"))) wrong.push("a slider's handle that moves nothing");
      }
      for (const math of document.querySelectorAll("article .math"))
        if (!math.querySelector("annotation")?.textContent.trim()) wrong.push(`a formula without source: ${math.innerText}`);
      return wrong;
    }"""
    )


class _Links(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.links, self.names = [], {""}
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.names |= {attributes.get("id"), attributes.get("name")}
        self.links += [attributes[key] for key in ("href", "src") if attributes.get(key)]
        if tag == "meta" and (attributes.get("http-equiv") or "").lower() == "refresh":
            self.links.append(attributes["content"].partition("url=")[2])


def read_links(path):
    return _Links(path.read_text("utf-8"))


def pages_of(site):
    return sorted(path for path in site.rglob("*.html") if "_static" not in path.relative_to(site).parts)


def broken_links(site):
    """Links within the site, in all of its pages, that lead to no file or to no anchor."""
    wrong, pages = [], {path: read_links(path) for path in pages_of(site)}
    for path, page in pages.items():
        for link in page.links:
            if urlsplit(link).scheme or link.startswith("//"):
                continue
            target, anchor = urldefrag(urljoin(path.as_uri(), link))
            file = Path(unquote(urlsplit(target).path))
            if not file.is_file():
                wrong.append(f"{path.relative_to(site)}: {link} leads to no file")
            elif anchor and file.suffix == ".html" and unquote(anchor) not in pages[file].names:
                wrong.append(f"{path.relative_to(site)}: {link} leads to no anchor")
    return wrong


# What names a repository: GitHub's own pages of it, and those who fetch it from there.
OF_A_REPOSITORY = re.compile(
    r"https://(?:github\.com|raw\.githubusercontent\.com|mybinder\.org/v2/gh|colab\.research\.google\.com/github)/([^/?#]+/[^/?#]+)"
)


def links_to_others(site, name):
    """Links, in all pages of a site, that name another repository than ``name``."""
    return [
        f"{path.relative_to(site)}: {link} names {match[1]}"
        for path in pages_of(site)
        for link in read_links(path).links
        if (match := OF_A_REPOSITORY.match(link)) and match[1] != name
    ]
