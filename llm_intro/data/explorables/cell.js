// Una celda por dentro: dos redes pequeñas leen una palabra letra a letra, de verdad, y se ve qué
// guarda cada una. Los pesos viajan en centésimas.

const LONGEST = 10, OTHERS = "aeos", TALL = 44, STEP = 20, EXPECTED = 3, PACE = 1100;
const FLOOR = 0.001, DECADES = 4; // de una milésima de bit a diez
const PER_UNIT = { rnn: 1, lstm: 4 }; // filas de pesos por casilla

const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** Una tabla de centésimas como una sola lista de números. */
function flat(rows) {
  return Float64Array.from(rows.flat(), (whole) => whole / 100);
}

/** `sums` más una tabla plana por una lista. */
function affine(sums, table, values) {
  const out = new Float64Array(sums.length);
  for (let row = 0, k = 0; row < out.length; row++) {
    let total = sums[row];
    for (let i = 0; i < values.length; i++) total += table[k++] * values[i];
    out[row] = total;
  }
  return out;
}

/** Una red lista para leer: lo que cada símbolo suma a la entrada se calcula la primera vez. */
function network(kind, weights) {
  const wx = flat(weights.w_x), wh = flat(weights.w_h), bias = flat(weights.b), table = [];
  const entering = (token) => (table[token] ??= affine(bias, wx, flat(weights.embedding[token])));
  const out = [flat(weights.fc_b), flat(weights.fc_w)];
  return { kind, entering, wh, out, width: weights.w_h.length / PER_UNIT[kind] };
}

/** La memoria en blanco. */
function blank({ width }) {
  return { h: new Float64Array(width), c: new Float64Array(width) };
}

/** Lee un símbolo: la memoria nueva y, en la LSTM, cómo estaban las puertas (i, f, g, o). */
function read(net, token, { h, c }) {
  const n = net.width, sums = affine(net.entering(token), net.wh, h);
  if (net.kind === "rnn") {
    const next = sums.map(Math.tanh);
    return { h: next, c: next };
  }
  const next = new Float64Array(n), said = new Float64Array(n);
  for (let u = 0; u < 4 * n; u++) {
    sums[u] = u >= 2 * n && u < 3 * n ? Math.tanh(sums[u]) : sigmoid(sums[u]);
  }
  for (let u = 0; u < n; u++) {
    next[u] = sums[n + u] * c[u] + sums[u] * sums[2 * n + u];
    said[u] = sums[3 * n + u] * Math.tanh(next[u]);
  }
  return { gates: sums, c: next, h: said };
}

/** Todo lo que hay en una memoria, por su letra; en blanco, también las puertas. */
function parts({ width }, { gates = new Float64Array(4 * width), c, h }) {
  const [i, f, g, o] = [0, 1, 2, 3].map((k) => gates.subarray(k * width, (k + 1) * width));
  return { i, f, g, o, c, h };
}

/** Lo que espera la red después: el logaritmo de una probabilidad por símbolo. */
function logProbs({ out: [bias, table] }, { h }) {
  const scores = affine(bias, table, h);
  let top = -Infinity, total = 0;
  for (const score of scores) top = Math.max(top, score);
  for (const score of scores) total += Math.exp(score - top);
  const norm = top + Math.log(total);
  for (let s = 0; s < scores.length; s++) scores[s] -= norm;
  return scores;
}

const expects = (net, state) => logProbs(net, state).map(Math.exp);

/** La memoria antes de la primera letra y tras cada una. */
function states(net, tokens) {
  const all = [blank(net)];
  for (const token of tokens) all.push(read(net, token, all[all.length - 1]));
  return all;
}

/**
 * Por cada letra leída, cuántos bits cambia lo que la red espera ahora si en su sitio hubiera
 * habido otra: la media con unas cuantas letras corrientes.
 */
function traces(net, tokens, others, all = states(net, tokens)) {
  const now = logProbs(net, all[tokens.length]), p = now.map(Math.exp);
  return tokens.map((token, t) => {
    const swaps = others.filter((other) => other !== token);
    let sum = 0;
    for (const other of swaps) {
      let state = read(net, other, all[t]);
      for (let k = t + 1; k < tokens.length; k++) state = read(net, tokens[k], state);
      const then = logProbs(net, state);
      for (let s = 0; s < p.length; s++) sum += p[s] * (now[s] - then[s]); // Kullback-Leibler
    }
    return sum / swaps.length / Math.LN2;
  });
}

const ROWS = [
  ["f", "puerta de olvido: cuánto conserva", false], ["i", "puerta de entrada: cuánto apunta", false],
  ["g", "candidato: qué apuntaría", true], ["c", "cuaderno", true],
  ["o", "puerta de salida: cuánto dice", false], ["h", "lo que dice", true],
];

/** Una fila de barritas, una por casilla: de 0 a 1 desde abajo, o de −1 a 1 desde el medio. Si algo
 * pasa de 1, que en el cuaderno puede ser, se encoge la fila entera. */
function strip(letter, name, signed, width) {
  const zero = signed ? TALL / 2 : TALL, over = svg("path", { class: "over" });
  const under = svg("path", { class: "under" });
  const drawing = svg("svg", { viewBox: `0 0 ${width * STEP} ${TALL}`, "aria-hidden": "true",
    preserveAspectRatio: "none" },
    svg("rect", { class: "field", width: width * STEP, height: TALL }), over, under,
    svg("line", { x1: 0, x2: width * STEP, y1: zero, y2: zero, class: "mark" }));
  const move = (values) => {
    const unit = zero / values.reduce((a, b) => Math.max(a, Math.abs(b)), 1), lines = ["", ""];
    values.forEach((value, u) => {
      const high = Math.sign(value) * Math.max(0.8, unit * Math.abs(value));
      lines[Number(value < 0)] += `M${u * STEP + 3} ${zero}v${-high.toFixed(1)}h${STEP - 6}V${zero}z`;
    });
    over.setAttribute("d", lines[0]);
    under.setAttribute("d", lines[1]);
  };
  return { box: el("li", {}, el("span", {}, el("b", {}, letter), ` ${name}`), drawing), move };
}

/** Lo que ocupa una barra, de 0 a 1: cada cuarto es diez veces más. */
function length(bits) {
  return Math.min(1, Math.log10(Math.max(bits, FLOOR) / FLOOR) / DECADES);
}

/** Una letra con sus dos barras, la de cada red. */
function letterRow() {
  const letter = el("b", { class: "mono" });
  const bars = ["lstm", "rnn"].map((kind) =>
    ({ kind, fill: el("i"), number: el("span", { class: "number" }) }));
  const item = el("li", {}, letter,
    ...bars.flatMap(({ kind, fill, number }) => [el("span", { class: `bar ${kind}` }, fill), number]));
  return { item, letter, bars };
}

const percent = (share) => `${Math.round(100 * share)} %`;
const mean = (values) => values.reduce((a, b) => a + b) / values.length;

/** Las letras que más espera la red, en palabras. */
function hopes(net, state, symbols) {
  const probs = expects(net, state), order = [...probs.keys()].sort((a, b) => probs[b] - probs[a]);
  return order.slice(0, EXPECTED).map((s) => `${seen(symbols[s])} ${percent(probs[s])}`).join(", ");
}

function start(main, data) {
  const symbols = Array.from(data.symbols);
  const nets = { lstm: network("lstm", data.lstm), rnn: network("rnn", data.rnn) };
  const others = Array.from(OTHERS, (letter) => symbols.indexOf(letter));
  const strips = ROWS.map(([letter, name, signed]) =>
    ({ letter, ...strip(letter, name, signed, nets.lstm.width) }));
  const told = el("p", { role: "status" }), left = el("ol", { class: "left" });
  const next = el("p", { class: "soft" });
  const rows = Array.from({ length: LONGEST }, letterRow);
  let tokens = [], at = 0, timer = 0;

  const done = new Map(); // lo ya leído, para que ir y volver no cueste
  const reading = (before) => {
    const key = before.join();
    if (!done.has(key)) {
      const marks = {}, now = {};
      for (const kind of ["lstm", "rnn"]) {
        const all = states(nets[kind], before);
        marks[kind] = traces(nets[kind], before, others, all);
        now[kind] = all[before.length];
      }
      done.set(key, { marks, now });
    }
    return done.get(key);
  };
  const draw = perFrame(() => {
    const { marks, now } = reading(tokens.slice(0, at)), here = parts(nets.lstm, now.lstm);
    for (const { letter, move } of strips) move(here[letter]);
    rows.forEach(({ item, letter, bars }, t) => {
      item.hidden = t >= tokens.length;
      if (item.hidden) return;
      letter.textContent = seen(symbols[tokens[t]]);
      item.classList.toggle("soft", t >= at);
      for (const { kind, fill, number } of bars) {
        fill.style.transform = `scaleX(${t < at ? length(marks[kind][t]) : 0})`;
        number.textContent = t < at ? comma(marks[kind][t], 3) : "";
      }
    });
    told.textContent = at
      ? `Al leer «${seen(symbols[tokens[at - 1]])}», la LSTM conserva de media el ` +
        `${percent(mean(here.f))} del cuaderno y apunta el ${percent(mean(here.i))} de lo nuevo.`
      : "Aún no ha leído nada: el cuaderno está en blanco.";
    next.textContent = `Espera la LSTM: ${hopes(nets.lstm, here, symbols)}. ` +
      `La simple: ${hopes(nets.rnn, now.rnn, symbols)}.`;
  });
  const control = slider({
    label: "Letras leídas", max: 1, value: 1,
    say: (n) => `${n} de ${tokens.length}`,
    move: (n) => {
      at = n;
      draw();
    },
  });
  const word = el("input", { type: "text", id: "palabra", value: data.word, maxlength: LONGEST,
    autocomplete: "off", autocapitalize: "none", spellcheck: "false", oninput: () => take() });
  function take() {
    const known = Array.from(word.value.toLowerCase(), (char) => symbols.indexOf(char));
    tokens = known.filter((token) => token >= 0).slice(0, LONGEST);
    control.input.max = tokens.length;
    control.set(tokens.length);
  }
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    button.textContent = "▶ Leer";
    button.setAttribute("aria-pressed", "false");
  };
  const button = el("button", { type: "button", "aria-pressed": "false", onclick: () => {
    if (timer) return stop();
    control.set(0);
    timer = setInterval(() => (at < tokens.length ? control.set(at + 1) : stop()), PACE);
    button.textContent = "❚❚ Parar";
    button.setAttribute("aria-pressed", "true");
  } }, "▶ Leer");
  for (const hand of ["pointerdown", "keydown"]) control.input.addEventListener(hand, stop);
  main.append(el("style", {}, STYLE),
    el("div", { class: "row" }, el("label", { for: "palabra" }, "Palabra"), word, button, control.box),
    told,
    el("div", { class: "two" },
      el("div", {}, el("p", {}, `Dentro de la LSTM: sus ${nets.lstm.width} casillas`),
        el("ul", { class: "strips" }, ...strips.map(({ box }) => box))),
      el("div", {}, el("p", {}, "Qué queda de cada letra: si fuera otra, cuántos bits cambiaría lo que espera ahora (cada cuarto de barra, diez veces más)"),
        el("p", { class: "keys" }, el("span", { class: "lstm" }, "■ LSTM"),
          el("span", { class: "rnn" }, "▤ red simple")),
        left, next)));
  left.append(...rows.map(({ item }) => item));
  take();
  control.set(1); // que la respuesta no esté puesta antes de preguntarla
}

const STYLE = `
input[type="text"] { width: 9.5em; }
[role="status"] { min-height: 4.2em; }
@media (min-width: 640px) { [role="status"] { min-height: 1.4em; } }
.strips, .left { list-style: none; margin: 4px 0 0; padding: 0; contain: content; }
.strips li { margin-bottom: 4px; line-height: 1.2; }
.strips svg { height: 24px; }
@media (min-width: 1100px) { .strips svg { height: 1.8em; } }
.field { fill: var(--panel); }
.mark { stroke: var(--line); }
.over { fill: var(--blue); }
.under { fill: var(--orange); }
.left { min-height: 14.6em; }
.left li:not([hidden]) { display: grid; grid-template-columns: 1.3em 1fr 3em 1fr 3em; gap: 6px;
  align-items: center; line-height: 1.45; }
.bar { height: 0.8em; background-color: var(--panel); }
.bar i { display: block; height: 100%; transform-origin: left; }
.number { font-variant-numeric: tabular-nums; }
.bar.lstm i { background: var(--blue); }
.bar.rnn i { background: repeating-linear-gradient(0deg, var(--orange) 0 3px, var(--panel) 3px 5px); }
.keys { display: grid; grid-template-columns: 1fr 1fr; gap: 6px; padding-left: 1.7em; }
.keys .lstm { color: var(--blue); }
.keys .rnn { color: var(--orange); }
`;
