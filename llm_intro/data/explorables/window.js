// Una ventana recorre una frase y llena, casilla a casilla, la tabla de compañías.

/** Las parejas que suma la palabra `i`: su puesto, el de la compañera y cuánto vale. */
function pairs(words, i, reach) {
  const found = [];
  for (let d = 1; d <= reach; d++) {
    for (const j of [i - d, i + d]) if (j >= 0 && j < words.length) found.push([i, j, 1 / d]);
  }
  return found;
}

/** La tabla tras leer las `read` primeras palabras: table[a][b], por orden alfabético. */
function table(words, names, read, reach) {
  const counts = names.map(() => names.map(() => 0));
  for (let i = 0; i < read; i++) {
    for (const [a, b, worth] of pairs(words, i, reach)) {
      counts[names.indexOf(words[a])][names.indexOf(words[b])] += worth;
    }
  }
  return counts;
}

const vocabulary = (words) => [...new Set(words)].sort((a, b) => (a < b ? -1 : 1));

function start(main, { words, window: first }) {
  const names = vocabulary(words);
  const pieces = words.map((word) => el("span", { class: "word" }, word));
  const cells = names.map(() => names.map(() => el("td", {})));
  const heads = names.map((name) => el("th", { scope: "row" }, name));
  const told = el("p", { role: "status" });
  const state = { read: 0, reach: first };

  const draw = perFrame(() => {
    const counts = table(words, names, state.read, state.reach);
    const i = state.read - 1;
    const fresh = i < 0 ? [] : pairs(words, i, state.reach);
    pieces.forEach((piece, j) => {
      const near = fresh.some(([, other]) => other === j);
      piece.className = `word ${j === i ? "center" : near ? "near" : ""}`;
    });
    names.forEach((_, a) => {
      heads[a].className = i >= 0 && names[a] === words[i] ? "on" : "";
      names.forEach((_, b) => {
        const worth = counts[a][b];
        const now = fresh.some(([one, other]) =>
          words[one] === names[a] && words[other] === names[b]);
        cells[a][b].textContent = worth ? comma(worth, worth % 1 ? 1 : 0) : "·";
        cells[a][b].className = now ? "now" : worth ? "some" : "";
      });
    });
    const list = fresh.map(([, j, worth]) => `${words[j]} +${comma(worth, worth % 1 ? 1 : 0)}`);
    told.textContent = i < 0 ? "La tabla está vacía." : `«${words[i]}»: ${list.join(", ")}`;
  });
  const position = slider({
    label: "Palabra leída", max: words.length, value: 0,
    say: (i) => (i ? `${i} de ${words.length}: «${words[i - 1]}»` : "ninguna"),
    move: (i) => {
      state.read = i;
      draw();
    },
  });
  const reach = slider({
    label: "Ventana", min: 1, max: 3, value: first, say: String,
    move: (i) => {
      state.reach = i;
      draw();
    },
  });
  main.append(el("style", {}, STYLE),
    el("p", { class: "sentence" }, ...pieces.flatMap((piece) => [piece, " "])),
    el("div", { class: "row" }, position.box, reach.box), told,
    el("div", { class: "scroll" }, el("table", {},
      el("thead", {}, el("tr", {}, el("td", {}), ...names.map((name) =>
        el("th", { scope: "col" }, name)))),
      el("tbody", {}, ...names.map((_, a) => el("tr", {}, heads[a], ...cells[a]))))));
  draw();
}

const STYLE = `
.sentence { line-height: 2; }
.word { padding: 4px 7px; border-radius: 6px; border: 2px solid transparent; }
.word.center { background: var(--blue); color: var(--on-blue); }
.word.near { border-color: var(--orange); }
[role="status"] { min-height: 2.8em; }
@media (min-width: 640px) { [role="status"] { min-height: 1.4em; } }
table { border-collapse: collapse; width: 100%; max-width: 34rem; table-layout: fixed; }
th, td { border: 1px solid var(--line); padding: 5px 2px; text-align: center; font-size: 0.95em; }
th { font-weight: 400; color: var(--soft); }
th.on { color: var(--blue); font-weight: 700; }
td { color: var(--soft); font-variant-numeric: tabular-nums; }
td.some { color: var(--ink); }
td.now { background: var(--orange); color: var(--paper); font-weight: 700; }
thead td { border: 0; }
@media (max-width: 480px) { th, td { font-size: 0.82em; } }
`;
