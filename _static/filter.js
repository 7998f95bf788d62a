// Filters the entries of a page as one types. Without it all of them are shown.
// An entry fits if it holds every word, or, where the page ranks, those entries come first that hold most of them.
let sought = ""; // by who comes from the book's search, which is forgotten once the page has marked it
try { sought = localStorage.getItem("sphinx_highlight_terms") ?? ""; } catch { /* then nothing */ }

document.addEventListener("DOMContentLoaded", () => {
  "use strict";
  const MOST = 10; // entries of a ranked answer
  // A word's stem: no plural, no -ing, -ed, -er, -ation; one spelling of -ise and -ize.
  const stem = (word) => {
    const short = word.replace(/(?<=\w{3})(?<![su])s$/, "").replace(/(?<=\w{4})(?:ing|ed|er|ation|e)$/, "");
    return short.replace(/iz/g, "is");
  };
  const COMMON = new Set(("a an and any are as at be because but by can could did do does doesn don for from get go had has have "
    + "how i if in into is isn it its just me my of on or should so than that the their then there they this to was what when "
    + "where which who why will with would you your").split(" ").map(stem)); // words that say nothing about a question
  // A long word may be any part of another, a short one its beginning, one or two letters are a word.
  const fits = (word) => (other) => {
    if (word.length < 3) return other === word;
    return word.length < 5 ? other.startsWith(word) : other.includes(word);
  };
  const holds = (words, word) => words.some(fits(word));

  for (const form of document.querySelectorAll("form.filter")) {
    const field = form.querySelector("[type=search]"), said = form.querySelector("[role=status]");
    const ranked = "ranked" in form.dataset && form.appendChild(document.createElement("ul"));
    const split = (text) => { // where entries are ranked, batch norm is one word, however it is written
      const name = /batch[-_ ]?norm(ali[sz]ation)?(?![a-z])|\bbn\b/g, lower = text.toLowerCase();
      return ((ranked ? lower.replace(name, " batchnorm ") : lower).match(/[\p{L}\p{N}]+/gu) ?? []).map(stem);
    };
    const entries = [...document.querySelectorAll(form.dataset.items)].map((item) => (
      { item, words: split(item.textContent), sentence: split(item.querySelector("strong")?.textContent ?? "") }
    ));
    const groups = [...document.querySelectorAll("article section section")];

    const rank = (typed) => {
      const scores = new Map();
      for (const word of typed) {
        const those = entries.filter((entry) => holds(entry.words, word));
        const weight = Math.log((1 + entries.length) / those.length); // what few entries hold says more,
        for (const entry of those) { // and twice as much in the sentence that names the entry
          scores.set(entry, (scores.get(entry) ?? 0) + weight * (holds(entry.sentence, word) ? 2 : 1));
        }
      }
      const order = (one, other) => scores.get(other) - scores.get(one) || one.words.length - other.words.length;
      const best = [...scores.keys()].sort(order).slice(0, MOST);
      ranked.replaceChildren(...best.map(({ item }) => item.cloneNode(true)));
      for (const group of groups) group.hidden = typed.length > 0;
      return best.length;
    };

    const narrow = (typed) => {
      const chosen = [...form.querySelectorAll("select, :checked:not(option)")].map((choice) => choice.value);
      for (const { item, words } of entries) {
        item.hidden = !chosen.every((selector) => item.matches(selector)) || !typed.every((word) => holds(words, word));
      }
      const left = entries.filter(({ item }) => !item.hidden);
      for (const group of groups) group.hidden = !left.some(({ item }) => group.contains(item));
      return left.length;
    };

    const update = () => {
      const typed = [...new Set(split(field.value))];
      const count = ranked ? rank(typed.filter((word) => !COMMON.has(word))) : narrow(typed);
      if (!ranked) said.textContent = `${count} of ${entries.length}`;
      else if (!typed.length) said.textContent = "";
      else said.textContent = count ? `The ${count} of ${entries.length} that fit best:` : "None fits. Try other words.";
    };
    form.addEventListener("input", update);
    form.addEventListener("submit", (event) => event.preventDefault());
    addEventListener("hashchange", () => { // a link to what may be hidden
      form.reset();
      update();
      document.querySelector(":target")?.scrollIntoView();
    });
    if (ranked) field.value = sought;
    update();
  }
});
