// What the pages do by themselves: sliders, and formulas within a keyboard's reach.
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

  // A formula too wide for its place can be scrolled by keyboard, too.
  const formulas = document.querySelectorAll("div.math");
  new ResizeObserver(() => {
    for (const formula of formulas) {
      if (formula.scrollWidth > formula.clientWidth) formula.tabIndex = 0;
      else formula.removeAttribute("tabindex");
    }
  }).observe(document.body);
});
