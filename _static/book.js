// What the pages do by themselves: sliders, formulas within a keyboard's reach, the place in the contents, focus.
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
