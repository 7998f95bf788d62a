// Typesets formulas with MathJax: the first argument is its folder, formulas come in and HTML goes out as JSON.
// In: [[tex, displayed], …]. Out: {"html": […], "css": "…"}, or {"error": "…"} for a formula that is none.
const folder = process.argv[2];
const formulas = JSON.parse(require("fs").readFileSync(0, "utf-8"));

const typeset = ([tex, displayed]) => {
  const adaptor = MathJax.startup.adaptor;
  const html = adaptor.outerHTML(MathJax.tex2chtml(tex, { display: displayed, em: 16, ex: 8 }));
  const source = tex.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  return html // the source goes along as MathML has it, for whoever copies or edits the formula
    .replace(/(<math [^>]*>)/, "$1<semantics><mrow>")
    .replace("</math>", `</mrow><annotation encoding="application/x-tex">${source}</annotation></semantics></math>`);
};

require(`${folder}/node-main.js`)
  .init({
    loader: {
      paths: { mathjax: folder },
      load: ["input/tex-full", "output/chtml", "a11y/assistive-mml", "adaptors/liteDOM"],
      versionWarnings: false,
    },
    tex: {
      packages: { "[-]": ["noerrors", "noundefined"] },
      formatError: (_, error) => { throw new Error(error.message); },
    },
    chtml: { fontURL: "FONTS", adaptiveCSS: true },
  })
  .then(() => {
    const html = formulas.map((formula) => {
      try {
        return typeset(formula);
      } catch (error) {
        throw new Error(`${error.message} In ${formula[0]}`);
      }
    });
    const css = MathJax.startup.adaptor.textContent(MathJax.chtmlStylesheet());
    console.log(JSON.stringify({ html, css }));
  })
  .catch((error) => console.log(JSON.stringify({ error: error.message ?? String(error) })));
