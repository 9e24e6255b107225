// Nace una red: lo que escribe, lo que espera y lo que paga, en cada foto de su entrenamiento.

const BARS = 8, WIDTH = 380, HEIGHT = 170, PACE = 900; // ms entre fotos
const BOX = { left: 34, right: WIDTH - 14, top: 12, bottom: HEIGHT - 34, low: 1, high: 6 };

/** Las letras que en alguna foto se llevan más, por orden alfabético: así las barras no bailan. */
function contenders(photos, symbols, howMany) {
  const best = symbols.map((_, i) => Math.max(...photos.map((photo) => photo.probs[i])));
  const order = [...symbols.keys()].sort((a, b) => best[b] - best[a] || a - b);
  return order.slice(0, howMany).sort((a, b) => a - b);
}

/** Dónde cae una medida en el dibujo: a lo ancho, el logaritmo de los pasos. */
function place({ step, bits }, last) {
  const x = Math.log10(Math.max(step, 3) / 3) / Math.log10(last / 3);
  const y = (bits - BOX.low) / (BOX.high - BOX.low);
  return [BOX.left + x * (BOX.right - BOX.left), BOX.bottom - y * (BOX.bottom - BOX.top)];
}

const steps = (photo) => (photo.step === 1 ? "1 paso" : `${thousands(photo.step)} pasos`);
const paid = (photo) => `${comma(photo.bits)} bits/car.`;

/** La curva entera, con sus marcas; devuelve el dibujo y lo que mueve el punto. */
function curve(photos) {
  const last = photos[photos.length - 1].step;
  const points = photos.map((photo) => place(photo, last));
  const marks = [2, 4, 6].map((bits) => {
    const y = place({ step: 0, bits }, last)[1];
    return svg("g", {}, svg("line", { x1: BOX.left, x2: BOX.right, y1: y, y2: y, class: "mark" }),
      svg("text", { x: BOX.left - 8, y: y + 5, "text-anchor": "end" }, String(bits)));
  });
  const ticks = [10, 100, 1000, 10000].map((step) =>
    svg("text", { x: place({ step, bits: 1 }, last)[0], y: HEIGHT - 16, "text-anchor": "middle" },
      thousands(step)));
  const zero = svg("text", { x: BOX.left, y: HEIGHT - 16, "text-anchor": "middle" }, "0");
  const dot = svg("circle", { r: 7, class: "dot" });
  const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" },
    ...marks, ...ticks, zero,
    svg("text", { x: (BOX.left + BOX.right) / 2, y: HEIGHT - 1, "text-anchor": "middle" }, "pasos"),
    svg("polyline", { points: points.map((point) => point.join(",")).join(" "), class: "curve" }),
    dot);
  const move = (i) => {
    dot.setAttribute("cx", points[i][0]);
    dot.setAttribute("cy", points[i][1]);
  };
  return { drawing, move };
}

/** Una fila por letra; devuelve la lista y lo que la pone al día. */
function bars(letters, symbols) {
  const rows = letters.map((i) => ({ i, fill: el("i"), value: el("span", { class: "soft" }) }));
  const list = el("ul", { class: "bars" }, ...rows.map(({ i, fill, value }) =>
    el("li", {}, el("b", {}, seen(symbols[i])), el("span", {}, fill), value)));
  const move = (probs) => {
    for (const { i, fill, value } of rows) {
      fill.style.transform = `scaleX(${probs[i]})`;
      value.textContent = `${Math.round(100 * probs[i])} %`;
    }
  };
  return { list, move };
}

/** El botón que pasa las fotos solas, hasta la última o hasta que se pare. */
function player(go, where, last) {
  let timer = 0;
  const button = el("button", { type: "button", "aria-pressed": "false" }, "▶ Ver crecer");
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    button.setAttribute("aria-pressed", "false");
    button.textContent = "▶ Ver crecer";
  };
  button.addEventListener("click", () => {
    if (timer) return stop();
    go(where() === last ? 0 : where() + 1);
    timer = setInterval(() => (where() < last ? go(where() + 1) : stop()), PACE);
    button.setAttribute("aria-pressed", "true");
    button.textContent = "❚❚ Parar";
  });
  return { button, stop };
}

function start(main, { photos, symbols: alphabet, opening, asked }) {
  const symbols = Array.from(alphabet), last = photos.length - 1;
  const text = el("span", { class: "mono" });
  const expected = bars(contenders(photos, symbols, BARS), symbols);
  const { drawing, move } = curve(photos);
  let now = 0;
  const draw = perFrame(() => {
    const photo = photos[now];
    text.textContent = photo.text;
    expected.move(photo.probs);
    move(now);
  });
  const control = slider({
    label: "Entrenamiento", max: last, value: 0,
    say: (i) => `${steps(photos[i])} · ${paid(photos[i])}`,
    move: (i) => {
      now = i;
      draw();
    },
  });
  const { button, stop } = player(control.set, () => now, last);
  for (const hand of ["pointerdown", "keydown"]) control.input.addEventListener(hand, stop);
  main.append(
    el("style", {}, STYLE),
    el("div", { class: "row" }, button, control.box),
    el("p", { class: "written" }, el("span", { class: "soft mono" }, opening), text),
    el("div", { class: "two" },
      el("div", {}, el("p", {}, "Tras «", el("span", { class: "mono" }, asked), "», espera:"),
        expected.list),
      el("div", {}, el("p", {}, "Bits por carácter: menos es mejor"), drawing)));
  draw();
}

const STYLE = `
.written { min-height: 10.9em; padding: 8px 12px; background: var(--panel); border-radius: 6px;
  overflow-wrap: anywhere; }
@media (min-width: 640px) { .written { min-height: 5.4em; } }
.bars { list-style: none; margin: 4px 0 0; padding: 0; }
.bars li { display: grid; grid-template-columns: 1.4em 1fr 3.4em; gap: 8px; line-height: 1.2;
  padding: 1px 0; }
.bars li > span:nth-child(2) { background: var(--panel); border-radius: 3px; overflow: hidden; }
.bars i { display: block; height: 100%; background: var(--blue); transform-origin: left; }
.bars li > span:last-child { text-align: right; font-variant-numeric: tabular-nums; }
@media (prefers-reduced-motion: no-preference) { .bars i { transition: transform 0.25s; } }
.curve { fill: none; stroke: var(--blue); stroke-width: 2.5; }
.mark { stroke: var(--line); stroke-width: 0.5; }
.dot { fill: var(--orange); }
`;
