// What a screen reader needs and neither the widgets nor the theme say. Widgets appear late, so this looks again
// whenever the page has grown.
(() => {
  "use strict";

  // A slider's handle is a bare div: give it the name and the value that stand beside it.
  const labelSliders = () => {
    for (const row of document.querySelectorAll(".widget-inline-hbox")) {
      const handle = row.querySelector(".noUi-handle:not([aria-label])");
      const label = row.querySelector(".widget-label");
      const readout = row.querySelector(".widget-readout");
      if (!handle || !label) continue;
      handle.setAttribute("aria-label", label.textContent);
      if (!readout) continue;
      const say = () => {
        if (handle.getAttribute("aria-valuetext") !== readout.textContent) {
          handle.setAttribute("aria-valuetext", readout.textContent);
        }
      };
      say();
      new MutationObserver(say).observe(readout, { childList: true, characterData: true, subtree: true });
      new MutationObserver(say).observe(handle, { attributeFilter: ["aria-valuetext"] });
      readout.setAttribute("aria-hidden", "true");
    }
  };

  // The theme labels some buttons with other words than they show; what is shown wins.
  const trustVisibleText = () => {
    for (const element of document.querySelectorAll(":is(button, a, label, summary)[aria-label]")) {
      const shown = element.innerText.trim().toLowerCase();
      if (shown && !element.getAttribute("aria-label").toLowerCase().includes(shown)) {
        element.removeAttribute("aria-label");
      }
    }
  };

  const mend = () => {
    labelSliders();
    trustVisibleText();
    for (const entry of document.querySelectorAll("[role=doc-biblioentry]")) entry.setAttribute("role", "listitem");
    const home = document.querySelector(".sidebar-primary-item:has(> .navbar-brand):not([role])");
    home?.setAttribute("role", "navigation");
    home?.setAttribute("aria-label", "Home");
  };

  document.addEventListener("DOMContentLoaded", () => {
    mend();
    new MutationObserver(mend).observe(document.body, { childList: true, subtree: true });
  });
})();
