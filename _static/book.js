// What the pages do by themselves: predictions, code shown or not, sliders, formulas within a keyboard's reach, the place
// in the contents, focus.
document.addEventListener("DOMContentLoaded", () => {
  "use strict";

  // A slider shows one of the pictures below it.
  for (const slider of document.querySelectorAll(".slider")) {
    const input = slider.querySelector("input");
    const frames = slider.querySelectorAll(".slider-frame");
    const show = () => {
      frames.forEach((frame, index) => { frame.hidden = index !== Number(input.value); });
      const value = frames[input.value].dataset.value;
      slider.querySelector(".slider-value").textContent = value;
      input.setAttribute("aria-valuetext", value);
    };
    input.addEventListener("input", show);
    show();
  }

  // What a reader chose and guessed is kept in this browser alone; where it keeps nothing, for this visit.
  const kept = (key, otherwise) => {
    try { return JSON.parse(localStorage.getItem(key)) ?? otherwise; } catch { return otherwise; }
  };
  const keep = (key, value) => {
    try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* then not */ }
  };

  // A prediction asks before its answer is shown. Its veil opens when the reader commits or gives up, or looks for
  // something under it: by the browser's search, or a link.
  const guesses = kept("guesses", {});
  const hiding = "onbeforematch" in document.body ? "until-found" : "";
  const read = (text) => { // 2,300 and 0,5; −3; 1/4
    const plain = text.replaceAll("−", "-").replace(/(?<=[1-9]\d{0,2}),(?=\d{3}\b)/g, "").replace(",", ".");
    const [top, bottom = "1"] = plain.split("/").map((part) => part.trim() || "nothing");
    return Number(top) / Number(bottom);
  };
  const forms = [...document.querySelectorAll("form.predict")];
  const score = document.querySelector(".score");

  const isRight = (guess, { value, within, tol }) => typeof value === "number"
    ? Math.abs(read(guess) - value) <= within * Math.abs(value) + tol
    : guess.trim().toLowerCase() === String(value).toLowerCase();

  const showScore = () => {
    const made = forms.filter((form) => form.dataset.name in guesses);
    const right = made.filter((form) => isRight(guesses[form.dataset.name], JSON.parse(form.dataset.prediction)));
    if (!score) return;
    score.hidden = made.length === 0;
    const times = made.length === 1 ? "once" : made.length === 2 ? "twice" : `${made.length} times`;
    score.querySelector("span").textContent = `You committed ${times}, ${right.length} right.`;
  };

  for (const form of forms) {
    const { name } = form.dataset, wanted = JSON.parse(form.dataset.prediction);
    const veil = document.getElementById(form.dataset.veil);
    const fields = form.querySelector("fieldset"), said = form.querySelector(".predict-said");
    const input = form.querySelector("input"), code = form.nextElementSibling;

    const close = () => {
      form.hidden = fields.hidden = false;
      veil.setAttribute("hidden", hiding);
      code.hidden = true;
      said.textContent = "";
    };
    const open = () => {
      const guess = guesses[name];
      fields.hidden = true;
      veil.removeAttribute("hidden");
      const measured = Object.assign(document.createElement("strong"), { textContent: wanted.truth });
      if (guess === undefined) said.replaceChildren("You made no guess. Measured: ", measured, ".");
      else {
        const words = Object.assign(document.createElement("em"), { textContent: guess });
        const verdict = isRight(guess, wanted) ? "You were right." : "Your guess was not right.";
        said.replaceChildren("You said ", words, ". Measured: ", measured, `. ${verdict}`);
      }
      showScore();
    };
    const commit = (guess) => {
      guesses[name] = guess;
      keep("guesses", guesses);
      open();
      said.focus();
    };

    for (const choice of form.querySelectorAll("button[value]")) {
      choice.addEventListener("click", () => commit(choice.value));
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (Number.isNaN(read(input.value))) {
        said.textContent = "Type a number, such as 0.5 or 2e-3.";
        input.setAttribute("aria-invalid", "true");
        input.focus();
      } else commit(input.value.trim());
    });
    form.querySelector(".show-me").addEventListener("click", () => {
      open();
      said.focus();
    });
    veil.addEventListener("beforematch", open);
    form.addEventListener("forgotten", close);
    close();
    if (name in guesses) open();
  }
  showScore();

  score?.querySelector("button").addEventListener("click", () => {
    for (const form of forms) {
      delete guesses[form.dataset.name];
      form.dispatchEvent(new Event("forgotten"));
    }
    keep("guesses", guesses);
    showScore();
    forms[0]?.querySelector("button, input").focus();
  });

  // A link to what is folded or veiled opens it.
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const veil = target?.closest(".veil[hidden]"), folds = [];
    for (let part = target; part; part = part.parentElement) if (part.matches("details:not([open])")) folds.push(part);
    for (const fold of folds) fold.open = true;
    veil?.dispatchEvent(new Event("beforematch"));
    if (veil || folds.length) target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();

  // One switch for all code: that of the ideas, as the page comes; all; none.
  const switches = [...document.querySelectorAll(".code-switch button")];
  const choose = (shown) => {
    document.documentElement.dataset.code = shown;
    for (const fold of document.querySelectorAll("article details.code")) fold.open = shown === "all";
    for (const button of switches) button.setAttribute("aria-pressed", String(button.value === shown));
  };
  for (const button of switches) {
    button.addEventListener("click", () => {
      keep("code", button.value);
      choose(button.value);
    });
  }
  if (switches.some((button) => button.value === kept("code"))) choose(kept("code"));

  // A formula or code too wide for its place can be scrolled by keyboard, too. (The theme sees to code when the window
  // changes, but not when the menu beside the text does.)
  const boxes = document.querySelectorAll("div.math, pre");
  new ResizeObserver(() => {
    for (const box of boxes) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  }).observe(document.querySelector("article") ?? document.body);

  // The contents mark the section that one reads: the last that begins in the window's upper third or above. At the
  // page's end it is the last of all, which may be too short to get there.
  const entries = document.querySelectorAll("nav.page-toc .toc-entry"); // one holds those of its subsections
  const links = [...document.querySelectorAll("nav.page-toc a")];
  const sections = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
  const mark = () => {
    const atEnd = scrollY > 0 && scrollY + innerHeight > document.documentElement.scrollHeight - 2;
    const line = atEnd ? innerHeight : innerHeight / 3;
    const reached = sections.filter((section) => section?.getBoundingClientRect().top < line).length;
    const here = links[Math.max(reached - 1, 0)];
    for (const entry of entries) entry.classList.toggle("active", entry.contains(here));
    for (const link of links) {
      if (link === here) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  if (links.length) {
    addEventListener("scroll", () => requestAnimationFrame(mark), { passive: true });
    requestAnimationFrame(mark);
  }

  // The theme takes the focus off a button once it is pressed. Here the button gets it back, when its menu is closed;
  // a menu from which one has chosen a section of the page closes too, and the focus goes there.
  for (const side of ["primary", "secondary"]) {
    const button = document.querySelector(`.${side}-toggle`);
    const menu = document.getElementById(`pst-${side}-sidebar-modal`);
    menu?.addEventListener("click", (event) => {
      if (event.target.closest("a[href^='#']")) menu.close("chosen");
    });
    menu?.addEventListener("close", () => {
      if (menu.returnValue !== "chosen") button?.focus();
      menu.returnValue = "";
    });
    addEventListener("click", (event) => {
      if (button?.contains(event.target)) setTimeout(() => { if (!menu?.open) button.focus(); });
    }, true);
  }
});
