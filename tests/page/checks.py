"""What every page must be. Each check lists what is wrong with one page, or with a folder of them."""

import re
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import measure
import npm_assets

FORK = "a-fork/of-the.book"  # a made-up fork, from which the pages are built for the tests
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
WATCH_SHIFTS = """
window.shifts = [];
window.shiftObserver = new PerformanceObserver((list) => window.shifts.push(...list.getEntries()));
window.shiftObserver.observe({ type: "layout-shift", buffered: true });
"""
# Resolves when nothing is under way: two frames are painted, what they caused has run, and what moved has arrived.
PAINTED = """async () => {
  const ends = (animation) => animation.playState === "running" && animation.effect.getComputedTiming().endTime < Infinity;
  let moving;
  do {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))));
    moving = document.getAnimations().filter(ends);
    await Promise.all(moving.map((animation) => animation.finished.catch(() => {})));
  } while (moving.length);
}"""
STILL = "* { transition: none !important; }"  # what is looked for is where things arrive, and each frame costs
SHOWN = "(element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true })"
CONTROLS = "a[href], button, input, select, textarea, summary, [tabindex='0']"
# Of the thousands of coloured words in a page's code, axe need see but one of each colour: the others become plain text.
ALIKE = """() => {
  const seen = new Set();
  for (const word of document.querySelectorAll("pre span[class]")) {
    const look = [word.className, word.closest("pre").closest("[class*='cell_'], article")?.className].join(" in ");
    if (!seen.has(look)) seen.add(look);
    else if (!word.childElementCount) word.replaceWith(word.textContent);
  }
}"""
NAME = """(element) => {
  const { tagName, className, ariaLabel, title, innerText } = element;
  return `${tagName.toLowerCase()}.${className} (${(ariaLabel || title || innerText || "").trim().slice(0, 40)})`;
}"""


@contextmanager
def visit(browser, address, *, width=1280, height=900, **options):
    """A page that has come to rest. What it asked for at other hosts and what it complained about are its ``outside``
    and ``complaints``. Visits with the same options share a tab, for a new one costs more than most pages."""
    options |= {"viewport": {"width": width, "height": height}}
    tabs = browser.__dict__.setdefault("tabs_kept", {})
    if (key := repr(options)) not in tabs:
        tabs[key] = _tab(browser, options)
    page = tabs[key]
    page.outside, page.complaints, page.under_way = [], [], set()
    page.home = ("{0.scheme}://{0.netloc}/".format(urlsplit(address)), "data:", "blob:")
    try:
        page.goto(address)
        settle(page)
        yield page
    finally:
        page.emulate_media(media="null", color_scheme=options.get("color_scheme", "light"))
        page.mouse.move(-1, -1)  # where it lies on nothing
        page.goto("about:blank")


def _tab(browser, options):
    page = browser.new_context(**options).new_page()
    page.scripted = options.get("java_script_enabled", True)
    page.add_init_script(WATCH_SHIFTS)
    page.set_default_timeout(300_000)  # milliseconds: for what will never come, not for a busy machine
    page.on("request", lambda request: request.url.startswith(page.home) or page.outside.append(request.url))
    page.on("request", lambda request: page.under_way.add(request))
    for end in ("requestfinished", "requestfailed"):
        page.on(end, lambda request: page.under_way.discard(request))
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on(
        "response", lambda reply: page.complaints.append(f"{reply.status} {reply.url}") if reply.status > 399 else 0
    )
    return page


def settle(page):
    """Wait until what a page has begun is done: painted, arrived, answered. How long that takes decides nothing."""
    if page.scripted:  # without scripts a page begins nothing once it is loaded
        page.evaluate(PAINTED)
        while page.under_way:
            for request in list(page.under_way):
                request.response()
            page.evaluate(PAINTED)


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


def lasting_veils(page):
    """Predictions that do not show their answer when asked to. From here on all answers are shown."""
    page.evaluate(measure.SHOW_ANSWERS)
    settle(page)
    return page.evaluate(
        f"""() => {{
      const shown = {SHOWN}, veils = [...document.querySelectorAll(".veil")];
      const wrong = veils.filter((veil) => !shown(veil)).map((veil) => `${{veil.id}} stays closed`);
      for (const form of document.querySelectorAll("form.predict")) {{
        const said = form.querySelector(".predict-said");
        if (shown(form) && !said?.innerText.includes("Measured")) wrong.push(`${{form.dataset.name}} does not say what was measured`);
      }}
      return wrong;
    }}"""
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


def covered_controls(page):
    """Controls that something else lies on: scrolled to, they are not what the pointer meets at their own middle.

    The link that skips to the text is off the screen until it has the focus."""
    return page.evaluate(
        f"""() => {{
      const wrong = [], shown = {SHOWN}, name = {NAME};
      for (const control of document.querySelectorAll("{CONTROLS}")) {{
        if (!shown(control) || control.closest(".skip-link")) continue;
        control.scrollIntoView({{ block: "center", inline: "center", behavior: "instant" }});
        const box = control.getClientRects()[0];
        const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
        if (!control.contains(top)) wrong.push(`${{name(control)}} lies under ${{top ? name(top) : "the window's edge"}}`);
      }}
      scrollTo({{ top: 0, behavior: "instant" }});
      return wrong;
    }}"""
    )


def controls_without_focus_mark(page):
    """Controls that look the same with the keyboard's focus as without it, and so do those around and in them."""
    page.add_style_tag(content=STILL)
    page.keyboard.press("Tab")  # from now on the browser marks the focus as for the keyboard
    return page.evaluate(
        f"""() => {{
      const wrong = [], shown = {SHOWN}, name = {NAME};
      const look = (control) => [control, control.parentElement, control.firstElementChild].map((element) => {{
        const style = element && getComputedStyle(element);
        const lines = style && ["outline", "border-bottom"].map((line) =>
          style[`${{line}}-style`] === "none" || style[`${{line}}-width`] === "0px" ? "" : style[line]);
        return style && [...lines, style.boxShadow, style.backgroundColor, style.textDecorationLine];
      }}).join();
      for (const control of document.querySelectorAll("{CONTROLS}")) {{
        document.activeElement.blur();
        if (!shown(control) || control.tabIndex < 0) continue;
        const before = look(control);
        control.focus({{ preventScroll: true }});
        if (document.activeElement !== control) wrong.push(`${{name(control)}} takes no focus`);
        else if (look(control) === before) wrong.push(`${{name(control)}} does not show that it has the focus`);
      }}
      document.activeElement.blur();
      return wrong;
    }}"""
    )


def dead_menus(page):
    """Buttons of the menu and of the contents that mouse or keyboard does not open and close."""
    wrong = []
    page.add_style_tag(content=STILL)
    for side, beside in {"primary": page.viewport_size["width"] - 5, "secondary": 5}.items():
        links = page.locator(f":is(#pst-{side}-sidebar, #pst-{side}-sidebar-modal) a")
        button = page.locator(f"button.{side}-toggle:visible")
        if not links.count() or (button.count() == 0 and links.first.is_visible()):
            continue
        if button.count() != 1:
            wrong.append(f"{button.count()} buttons show the {side} menu")
            continue
        for way in ("the mouse", "the keyboard"):
            page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
            before = links.first.is_visible()
            _use(page, button, way)
            if links.first.is_visible() == before:
                wrong.append(f"{way} on the button does nothing to the {side} menu")
                continue
            if not page.locator("dialog[open]").count():
                _use(page, button, way)
            elif way == "the mouse":
                page.mouse.click(beside, page.viewport_size["height"] / 2)
            else:
                page.keyboard.press("Escape")
            settle(page)
            if links.first.is_visible() != before:
                wrong.append(f"{way} does not undo what it did to the {side} menu")
            if way == "the keyboard" and not button.evaluate("(button) => button === document.activeElement"):
                wrong.append(f"the button of the {side} menu does not get the focus back")
    return wrong


def _use(page, button, way):
    """Press a button, whatever lies on it, and see it through."""
    box = button.bounding_box()
    if way == "the mouse":
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    else:
        button.focus()
        page.keyboard.press("Enter")
    settle(page)


def lost_place(page):
    """Places in the text for which the contents mark another section: each section, then the end, then the beginning.

    Where a section opens with a subsection, that may be marked: both stand at the top of the screen.
    """
    return page.evaluate(
        """async () => {
      const wrong = [], links = [...document.querySelectorAll("nav.page-toc a")];
      const check = async (where, scroll, expected) => {
        scroll();
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        const marked = links.filter((link) => link.matches("[aria-current], .active"));
        const first = expected.closest("li").querySelector(":scope li a");
        const right = marked.length === 1 && (marked[0] === expected || marked[0] === first);
        if (!right) wrong.push(`at ${where} the contents mark "${marked.map((link) => link.innerText)}"`);
      };
      const atEnd = () => scrollY + innerHeight > document.documentElement.scrollHeight - 2;
      for (const link of links) {
        const section = document.getElementById(decodeURIComponent(link.hash.slice(1)));
        section.scrollIntoView({ behavior: "instant" });
        if (!atEnd()) await check(`"${link.innerText}"`, () => {}, link);
      }
      if (links.length) {
        await check("the end", () => scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" }), links.at(-1));
        await check("the beginning", () => scrollTo({ top: 0, behavior: "instant" }), links[0]);
      }
      return wrong;
    }"""
    )


def cut_formulas(page):
    """Formulas whose beginning is not to be seen when the page opens."""
    return page.evaluate(
        """() => [...document.querySelectorAll("div.math")].filter((math) => math.checkVisibility() &&
          math.querySelector("mjx-math").getBoundingClientRect().left < math.getBoundingClientRect().left - 1)
          .map((math) => `the beginning is cut off: ${math.querySelector("annotation").textContent.slice(0, 60)}`)"""
    )


def crowded_details(page):
    """What can be unfolded, with no room between it and what follows."""
    return page.evaluate(
        """() => [...document.querySelectorAll("article details:not(.hide)")].filter((details) => {
        const next = details.nextElementSibling;
        return next?.checkVisibility() && details.checkVisibility() &&
          next.getBoundingClientRect().top - details.getBoundingClientRect().bottom < 8;
      }).map((details) => `"${details.innerText.trim().slice(0, 40)}" sticks to what follows`)"""
    )


def distorted_pictures(page):
    """Pictures whose sides are not in the proportion in which they were drawn."""
    return page.evaluate(
        """() => [...document.querySelectorAll("article img[width][height]")].filter((img) => {
        const drawn = img.getAttribute("width") / img.getAttribute("height"), look = getComputedStyle(img);
        const [top, right, bottom, left] = ["Top", "Right", "Bottom", "Left"].map((side) => parseFloat(look[`padding${side}`]));
        return Math.abs((img.clientWidth - left - right) / (img.clientHeight - top - bottom) / drawn - 1) > 0.02;
      }).map((img) => `${img.clientWidth} by ${img.clientHeight} pixels: ${img.alt.slice(0, 60)}`)"""
    )


def covered_code(page):
    """Code boxes whose first line lies under the button that copies them."""
    return page.evaluate(
        f"""() => {{
      const wrong = [], shown = {SHOWN};
      for (const button of document.querySelectorAll("button.copybtn")) {{
        const code = button.parentElement.querySelector("pre"), line = document.createRange();
        if (!shown(button)) continue;
        line.setStart(code, 0);
        const walk = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
        while (walk.nextNode() && !walk.currentNode.data.includes("\\n")) line.setEndAfter(walk.currentNode);
        const end = line.getBoundingClientRect().right, from = button.getBoundingClientRect().left;
        if (end > from) wrong.push(`a button covers ${{String(line).slice(0, 60)}}`);
      }}
      return wrong;
    }}"""
    )


def covered_typing(page):
    """Fields to search with whose icon lies where one types."""
    return page.evaluate(
        f"""() => [...document.querySelectorAll("form.bd-search input")].filter({SHOWN}).filter((input) => {{
        const typed = input.getBoundingClientRect().left + parseFloat(getComputedStyle(input).paddingLeft);
        return input.form.querySelector("i, svg").getBoundingClientRect().right > typed;
      }}).map((input) => `the icon of ${{input.placeholder}} lies where one types`)"""
    )


def doubled_title(page):
    """A title that says the same twice."""
    parts = page.title().split(" — ")
    return [] if len(set(parts)) == len(parts) else [f"the title is {page.title()}"]


def barriers(page, *, within=None, rules=None):
    """What axe-core finds against WCAG 2.2 A and AA and its own best practices: on the page or ``within`` parts of it,
    with all rules or those named."""
    if not page.evaluate("'axe' in window"):
        page.evaluate((npm_assets.unpacked("axe") / "axe.min.js").read_text("utf-8"))
    page.evaluate(ALIKE)
    chosen = {"type": "rule", "values": rules} if rules else RULES
    options = {"runOnly": chosen, "resultTypes": ["violations"]}
    result = page.evaluate("([within, options]) => axe.run(within ?? document, options)", [within, options])
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
    settle(page)  # the browser reports a shift when it paints it
    shifted = page.evaluate(
        """() => [...window.shifts, ...window.shiftObserver.takeRecords()]
          .reduce((sum, entry) => sum + (entry.hadRecentInput ? 0 : entry.value), 0)"""
    )
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
    """Links, in all pages of a site, that name another repository than ``name``, but for issues that are cited."""
    return [
        f"{path.relative_to(site)}: {link} names {match[1]}"
        for path in pages_of(site)
        for link in read_links(path).links
        if (match := OF_A_REPOSITORY.match(link)) and match[1] != name and not re.search(r"/issues/\d+$", link)
    ]
