// Una celda por dentro: dos redes pequeñas leen una palabra letra a letra, de verdad, y se ve qué
// guarda cada una. Los pesos viajan en centésimas.

const LONGEST = 12, OTHERS = "aeosnrlid", TALL = 44, STEP = 20, EXPECTED = 3, PACE = 1100;
const FLOOR = 0.001, DECADES = 4; // de una milésima de bit a diez
const HIDDEN = { rnn: 1, lstm: 4 }; // filas de pesos por casilla

const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** Suma de productos de dos listas, con la segunda en centésimas. */
function dot(values, weights) {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] * weights[i];
  return total / 100;
}

/** Una red lista para leer: lo que cada símbolo suma a la entrada se calcula la primera vez. */
function network(kind, weights) {
  const table = [];
  const entering = (token) => (table[token] ??= weights.w_x.map((row, i) =>
    (weights.b[i] + dot(weights.embedding[token], row)) / 100));
  return { kind, weights, entering, width: weights.w_h.length / HIDDEN[kind] };
}

/** La memoria en blanco. */
function blank({ width }) {
  return { h: new Array(width).fill(0), c: new Array(width).fill(0) };
}

/** Lee un símbolo: la memoria nueva y, en la LSTM, cómo estaban las puertas. */
function read(net, token, { h, c }) {
  const sums = net.entering(token).map((x, row) => x + dot(h, net.weights.w_h[row]));
  if (net.kind === "rnn") {
    const next = sums.map(Math.tanh);
    return { h: next, c: next };
  }
  const part = (k, squash) => sums.slice(k * net.width, (k + 1) * net.width).map(squash);
  const i = part(0, sigmoid), f = part(1, sigmoid), g = part(2, Math.tanh), o = part(3, sigmoid);
  const next = c.map((old, u) => f[u] * old + i[u] * g[u]);
  return { i, f, g, o, c: next, h: next.map((value, u) => o[u] * Math.tanh(value)) };
}

/** Lo que espera la red después: una probabilidad por símbolo. */
function expects({ weights }, { h }) {
  const scores = weights.fc_w.map((row, s) => dot(h, row) + weights.fc_b[s] / 100);
  const top = Math.max(...scores), parts = scores.map((score) => Math.exp(score - top));
  const total = parts.reduce((a, b) => a + b);
  return parts.map((part) => part / total);
}

/** La memoria antes de la primera letra y tras cada una. */
function states(net, tokens) {
  const all = [blank(net)];
  for (const token of tokens) all.push(read(net, token, all[all.length - 1]));
  return all;
}

/** Bits de más que se pagan por fiarse de `q` cuando la buena es `p`. */
function divergence(p, q) {
  return p.reduce((sum, value, i) => sum + value * Math.log2(value / q[i]), 0);
}

/**
 * Por cada letra leída, cuántos bits cambia lo que la red espera ahora si en su sitio hubiera
 * habido otra: la media con unas cuantas letras corrientes.
 */
function traces(net, tokens, others) {
  const all = states(net, tokens), now = expects(net, all[tokens.length]);
  return tokens.map((token, t) => {
    const swaps = others.filter((other) => other !== token);
    const changes = swaps.map((other) => {
      let state = read(net, other, all[t]);
      for (let k = t + 1; k < tokens.length; k++) state = read(net, tokens[k], state);
      return divergence(now, expects(net, state));
    });
    return changes.reduce((a, b) => a + b) / swaps.length;
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
  const bars = Array.from({ length: width }, (_, u) =>
    svg("rect", { x: u * STEP + 3, width: STEP - 6 }));
  const zero = signed ? TALL / 2 : TALL;
  const drawing = svg("svg", { viewBox: `0 0 ${width * STEP} ${TALL}`, "aria-hidden": "true",
    preserveAspectRatio: "none" },
    svg("rect", { class: "field", width: width * STEP, height: TALL }), ...bars,
    svg("line", { x1: 0, x2: width * STEP, y1: zero, y2: zero, class: "mark" }));
  const move = (values) => bars.forEach((bar, u) => {
    const high = ((signed ? TALL / 2 : TALL) * values[u]) / Math.max(1, ...values.map(Math.abs));
    bar.setAttribute("y", zero - Math.max(0, high));
    bar.setAttribute("height", Math.max(0.8, Math.abs(high)));
    bar.setAttribute("class", high < 0 ? "under" : "over");
  });
  return { box: el("li", {}, el("span", {}, el("b", {}, letter), ` ${name}`), drawing), move };
}

/** Lo que ocupa una barra, de 0 a 1: cada cuarto es diez veces más. */
function length(bits) {
  return Math.min(1, Math.log10(Math.max(bits, FLOOR) / FLOOR) / DECADES);
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
  let tokens = [], at = 0, timer = 0;

  const draw = perFrame(() => {
    const before = tokens.slice(0, at), here = states(nets.lstm, before)[at];
    for (const { letter, move } of strips) move(here[letter] ?? blank(nets.lstm).h);
    const marks = { lstm: traces(nets.lstm, before, others), rnn: traces(nets.rnn, before, others) };
    left.replaceChildren(...tokens.map((token, t) => el("li", t < at ? {} : { class: "soft" },
      el("b", { class: "mono" }, seen(symbols[token])),
      ...["lstm", "rnn"].flatMap((kind) => [
        el("span", { class: `bar ${kind}` },
          el("i", { style: `width:${100 * length(marks[kind][t] ?? 0)}%` })),
        el("span", { class: "number" }, t < at ? comma(marks[kind][t], 3) : "")]))));
    told.textContent = at
      ? `Al leer «${seen(symbols[tokens[at - 1]])}», la LSTM conserva de media el ` +
        `${percent(mean(here.f))} del cuaderno y apunta el ${percent(mean(here.i))} de lo nuevo.`
      : "Aún no ha leído nada: el cuaderno está en blanco.";
    next.textContent = `Espera la LSTM: ${hopes(nets.lstm, here, symbols)}. ` +
      `La simple: ${hopes(nets.rnn, states(nets.rnn, before)[at], symbols)}.`;
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
  take();
  control.set(1); // que la respuesta no esté puesta antes de preguntarla
}

const STYLE = `
input[type="text"] { width: 9.5em; }
[role="status"] { min-height: 4.2em; }
@media (min-width: 640px) { [role="status"] { min-height: 1.4em; } }
.strips, .left { list-style: none; margin: 4px 0 0; padding: 0; }
.strips li { margin-bottom: 5px; line-height: 1.25; }
.strips svg { height: 26px; }
.field { fill: var(--panel); }
.mark { stroke: var(--line); }
.over { fill: var(--blue); }
.under { fill: var(--orange); }
.left { min-height: 17.6em; }
.left li { display: grid; grid-template-columns: 1.3em 1fr 3em 1fr 3em; gap: 6px;
  align-items: center; line-height: 1.45; }
.bar { background-image: linear-gradient(90deg, transparent calc(100% - 1px), var(--line) 0);
  background-size: 25% 100%; }
.bar { height: 0.8em; background-color: var(--panel); border-radius: 3px; overflow: hidden; }
.bar i { display: block; height: 100%; }
.number { font-variant-numeric: tabular-nums; font-size: 0.9em; }
.bar.lstm i { background: var(--blue); }
.bar.rnn i { background: repeating-linear-gradient(0deg, var(--orange) 0 3px, var(--panel) 3px 5px); }
.keys { display: grid; grid-template-columns: 1fr 1fr; gap: 6px; padding-left: 1.7em; }
.keys .lstm { color: var(--blue); }
.keys .rnn { color: var(--orange); }
`;
