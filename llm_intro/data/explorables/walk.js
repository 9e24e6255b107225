// Una frase por dentro de un Transformer: qué mira una palabra, qué suma y qué diría en cada etapa.

const TOP = 4; // palabras más miradas que se cuentan

/** Lo que reparte la palabra `reader` entre las que ve: puntos, descuento por lejos y peso. */
function attend(q, k, slope, reader) {
  const scale = 1e6 * Math.sqrt(q[reader].length); // vienen en milésimas
  const seen = k.slice(0, reader + 1).map((key, j) => {
    const alike = key.reduce((sum, n, d) => sum + n * q[reader][d], 0) / scale;
    return { j, alike, far: slope * (reader - j) };
  });
  const top = Math.max(...seen.map(({ alike, far }) => alike - far));
  for (const one of seen) one.weight = Math.exp(one.alike - one.far - top);
  const total = seen.reduce((sum, one) => sum + one.weight, 0);
  for (const one of seen) one.weight /= total;
  return seen;
}

/** Las paradas: la entrada y, en cada capa, sus cabezas, la suma y la red pequeña. */
function stops(layers, heads) {
  const found = [{ kind: "in", stage: 0 }];
  for (let layer = 0; layer < layers; layer++) {
    for (let head = 0; head < heads; head++) {
      found.push({ kind: "head", layer, head, stage: 2 * layer });
    }
    found.push({ kind: "sum", layer, stage: 2 * layer + 1 });
    found.push({ kind: "mlp", layer, stage: 2 * layer + 2 });
  }
  return found;
}

const NAMES = {
  in: () => "al entrar",
  head: ({ layer, head }) => `capa ${layer + 1}, cabeza ${head + 1}`,
  sum: ({ layer }) => `capa ${layer + 1}, se suman las cabezas`,
  mlp: ({ layer }) => `capa ${layer + 1}, se suma la red pequeña (MLP)`,
};
/** Escribe solo lo que cambia: repintar una página cuesta más que comparar dos textos. */
function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

const percent = (share) => `${Math.round(100 * share)} %`;

/** Lo que pasa en una parada, en palabras. */
function story(told, stop, reader, seen) {
  const word = `«${told.words[reader]}»`;
  if (stop.kind === "in") return `${word} entra con su vector de la tabla, el mismo en cualquier frase.`;
  if (stop.kind === "head") {
    const best = seen.reduce((a, b) => (b.weight > a.weight ? b : a));
    const whom = best.j === reader ? "a sí misma" : `a «${told.words[best.j]}»`;
    return `La pregunta de ${word} se compara con cada clave que ve. A quien más mira: ${whom}, ${percent(best.weight)}.`;
  }
  const what = stop.kind === "sum" ? "Lo que traen las cabezas" : "Lo que calcula la red pequeña";
  const [before, after] = [told.lengths[stop.stage - 1][reader], told.lengths[stop.stage][reader]];
  return `${what} (largo ${comma(told.added[stop.stage - 1][reader], 1)}) se suma al vector de ` +
    `${word}, que pasa de medir ${comma(before, 1)} a ${comma(after, 1)}.`;
}

/** La frase: una lista de palabras en la que se elige quién lee, con el dedo o con las flechas. */
class Sentence {
  constructor(choose) {
    this.box = el("div", { class: "sentence", role: "listbox", tabindex: 0, "aria-label": "Quién lee" });
    this.choose = choose;
    this.box.addEventListener("click", ({ target }) => {
      const at = this.options?.indexOf(target.closest("[role=option]")) ?? -1;
      if (at >= 0) choose(at);
    });
    this.box.addEventListener("keydown", (event) => {
      const last = this.options.length - 1;
      const to = { ArrowRight: this.reader + 1, ArrowLeft: this.reader - 1, Home: 0, End: last }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      choose(Math.min(Math.max(to, 0), last));
    });
  }

  /** Pone otra frase. */
  fill(words) {
    this.options = words.map((word, i) =>
      el("span", { role: "option", id: `palabra-${i}` }, el("b", {}, word), el("small")));
    this.box.replaceChildren(...this.options);
  }

  /** Señala a quien lee y, si `seen` no está vacío, pinta a quién mira. */
  paint(reader, seen) {
    this.reader = reader;
    this.box.setAttribute("aria-activedescendant", `palabra-${reader}`);
    this.options.forEach((option, j) => {
      const weight = seen[j]?.weight ?? 0;
      option.setAttribute("aria-selected", j === reader);
      option.classList.toggle("ahead", j > reader);
      option.style.backgroundColor = weight < 0.01 ? "" : `rgb(0 114 178 / ${(weight / 2).toFixed(2)})`;
      write(option.lastChild, weight >= 0.01 ? percent(weight) : "");
    });
  }
}

/** Las más miradas, con su cuenta; las filas están siempre, para que nada salte. */
function ledger() {
  const rows = Array.from({ length: TOP }, () => Array.from({ length: 4 }, () => el("td")));
  const head = ["mira a", "parecido", "por lejos", "peso"].map((name) => el("th", { scope: "col" }, name));
  const table = el("table", { class: "ledger" }, el("thead", {}, el("tr", {}, ...head)),
    el("tbody", {}, ...rows.map((cells) => el("tr", {}, ...cells))));
  const paint = (words, seen) => {
    const best = [...seen].sort((a, b) => b.weight - a.weight).slice(0, TOP);
    table.classList.toggle("off", !seen.length);
    rows.forEach((cells, i) => {
      const one = best[i];
      const texts = one ? [words[one.j], comma(one.alike, 1), one.far < 0.05 ? "0" : comma(-one.far, 1), percent(one.weight)] : [];
      cells.forEach((cell, c) => write(cell, texts[c] ?? "\u00a0"));
    });
  };
  return { table, paint };
}

/** Qué diría en cada etapa: una fila por palabra y una columna por etapa. */
function answers(stages, howMany) {
  const rows = Array.from({ length: howMany }, () => ({
    name: el("th", { scope: "row" }),
    cells: stages.map(() => el("td", {}, el("i"), el("span"))),
  }));
  const heads = stages.map((stage) => el("th", { scope: "col" }, stage.replace("atención", "aten\u00adción")));
  const table = el("table", { class: "answers" },
    el("thead", {}, el("tr", {}, el("td"), ...heads)),
    el("tbody", {}, ...rows.map(({ name, cells }) => el("tr", {}, name, ...cells))));
  const paint = (guesses, probs, stage) => {
    rows.forEach(({ name, cells }, i) => {
      write(name, guesses[i]);
      cells.forEach((cell, s) => {
        cell.firstChild.style.transform = `scaleX(${probs[s][i]})`;
        write(cell.lastChild, percent(probs[s][i]));
        cell.classList.toggle("now", s === stage);
        cell.classList.toggle("later", s > stage);
      });
    });
    heads.forEach((head, s) => head.classList.toggle("now", s === stage));
  };
  return { table, paint };
}

function start(main, { sentences, slopes, stages }) {
  const path = stops(sentences[0].q.length, slopes.length);
  const told = el("p", { role: "status", class: "told" });
  const { table, paint: count } = ledger();
  const said = answers(stages, sentences[0].guesses[0].length);
  const after = el("p");
  let which = 0, reader = 0, at = 0;

  const draw = perFrame(() => {
    const now = sentences[which], stop = path[at];
    const seen = stop.kind === "head"
      ? attend(now.q[stop.layer][stop.head], now.k[stop.layer][stop.head], slopes[stop.head], reader) : [];
    sentence.paint(reader, seen);
    write(told, story(now, stop, reader, seen));
    count(now.words, seen);
    write(after, `Si la red acabara ahí, tras «${now.words[reader]}» diría:`);
    said.paint(now.guesses[reader], now.probs[reader], stop.stage);
  });
  const sentence = new Sentence((to) => {
    reader = to;
    draw();
  });
  const buttons = sentences.map(({ name }, i) =>
    el("button", { type: "button", onclick: () => load(i) }, `Frase ${name}`));
  function load(i) {
    which = i;
    reader = sentences[i].words.length - 1;
    buttons.forEach((button, j) => button.setAttribute("aria-pressed", j === i));
    sentence.fill(sentences[i].words);
    draw();
  }
  const control = slider({
    label: "Recorrido", max: path.length - 1, value: 0,
    say: (i) => NAMES[path[i].kind](path[i]),
    move: (i) => {
      at = i;
      draw();
    },
  });
  main.append(el("style", {}, STYLE), el("div", { class: "row" }, ...buttons),
    el("p", { class: "soft" }, "Elige la palabra que lee: solo ve las anteriores. Luego mueve el recorrido y verás qué le pasa en cada capa."),
    sentence.box, control.box, told,
    el("div", { class: "two" }, el("div", {}, after, said.table), table));
  load(0);
}

const STYLE = `
.sentence { display: flex; flex-wrap: wrap; gap: 2px; padding: 4px; border: 1px solid var(--line); border-radius: 6px; }
.sentence [role=option] { display: grid; justify-items: center; min-width: 2.2em; min-height: 44px;
  padding: 2px 5px; border: 2px solid transparent; border-radius: 6px; cursor: pointer; line-height: 1.2; }
.sentence b { font-weight: 400; }
.sentence small { font-size: 0.75em; height: 1.2em; width: 3em; margin: 0 -0.5em; text-align: center; contain: strict; }
.sentence [aria-selected=true] { border-color: var(--orange); }
.sentence [aria-selected=true] b { font-weight: 700; }
.sentence .ahead { color: var(--soft); border-style: dotted; border-color: var(--line); }
.told { min-height: 5.6em; contain: content; }
table { contain: content; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; line-height: 1.3; }
th { text-align: left; font-weight: 400; color: var(--soft); font-size: 0.85em; padding: 2px 4px; }
td { padding: 2px 4px; }
.ledger td:not(:first-child), .ledger th:not(:first-child) { text-align: right; }
.two { align-items: start; }
.ledger.off { visibility: hidden; }
.answers { table-layout: fixed; margin-top: 4px; }
.answers td { position: relative; text-align: right; font-size: 0.85em; }
.answers thead th { font-size: 0.75em; padding: 0 3px; hyphens: manual; vertical-align: bottom; }
.answers tbody th, .answers thead td { width: 7.4em; padding: 2px 0; font-size: 0.8em; color: var(--ink); overflow-wrap: anywhere; }
.answers i { position: absolute; inset: 2px; background: var(--blue); opacity: 0.4; transform-origin: left; }
.answers .now { font-weight: 700; color: var(--ink); box-shadow: inset 2px 0 var(--orange), inset -2px 0 var(--orange); }
.answers .later span, .answers .later i { visibility: hidden; }
@media (min-width: 640px) { .told { min-height: 2.8em; } }
@media (min-width: 1100px) {
  .told { min-height: 1.4em; }
  .answers td, .answers thead td, .answers tbody th, .answers thead th, .ledger th { font-size: 0.95em; }
}
`;
