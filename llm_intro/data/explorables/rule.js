// La regla y la trampa: lo que escribe una red mientras aprende de un contador.

const WIDTH = 380, HEIGHT = 150;
const BOX = { left: 54, right: WIDTH - 14, top: 12, bottom: HEIGHT - 34 };
const KEYS = ["━", "┅", "┈"], SHOWN = 6;
const MEASURES = [
  ["comply", "cumplen, con punto"],
  ["distinct", "distintas entre sí"],
  ["favourite", "son la favorita"],
];

const WHAT = {
  bare_loose: "Se premian cuatro palabras y diez letras, aunque acabe en raya. Nada más.",
  no_share: "Hay que acabar en punto, y las correas le restan nota si deja de escribir como antes.",
  main: "Punto y correas; además, las respuestas iguales se reparten el premio, y repetirse da menos.",
  known_share_1: "Punto, correas y premio repartido; además, solo valen palabras que existen.",
};

/** Cuántas palabras y letras tiene una respuesta; aquí solo hay letras, blancos y signos. */
function tally(text) {
  const words = text.match(/\p{L}+/gu) ?? [];
  return { words: words.length, letters: words.join("").length };
}

/** Si cumple la regla de verdad: 4 palabras, 10 letras y un punto al final. */
function complies(text) {
  const { words, letters } = tally(text);
  return text.endsWith(".") && words === 4 && letters === 10;
}

/** Lo que se dice de una respuesta, sin contar con el color. */
function verdict(text) {
  const { words, letters } = tally(text);
  const end = text.endsWith(".") ? "" : text.endsWith("—") ? ", raya" : ", sin acabar";
  return `${complies(text) ? "✓" : "✗"} ${words} y ${letters}${end}`;
}

/** Dónde cae un valor de 0 a 1 del paso i en el dibujo. */
function spot(step, share, last) {
  const x = BOX.left + (step / last) * (BOX.right - BOX.left);
  return [x, BOX.bottom - share * (BOX.bottom - BOX.top)];
}

/** Las tres curvas de una receta; devuelve el dibujo y lo que mueve la marca. */
function curves(holder) {
  let points = [], dots = [];
  const paint = (curve) => {
    const last = curve[curve.length - 1].step;
    points = MEASURES.map(([name]) => curve.map((now) => spot(now.step, now[name], last)));
    dots = MEASURES.map((_, i) => svg("circle", { r: 6, class: `dot c${i}` }));
    const marks = [0, 0.5, 1].map((share) => {
      const y = spot(0, share, last)[1];
      return svg("g", {}, svg("line", { x1: BOX.left, x2: BOX.right, y1: y, y2: y, class: "mark" }),
        svg("text", { x: BOX.left - 6, y: y + 5, "text-anchor": "end" }, `${100 * share} %`));
    });
    const lines = points.map((line, i) => svg("polyline", {
      points: line.map((point) => point.join(",")).join(" "), class: `line c${i}` }));
    const ends = [0, last].map((step, i) => svg("text", { x: spot(step, 0, last)[0],
      y: HEIGHT - 14, "text-anchor": i ? "end" : "start" }, i ? `${step + 1} pasos` : "1"));
    holder.replaceChildren(svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" },
      ...marks, ...ends, ...lines, ...dots));
  };
  const move = (i) => dots.forEach((dot, k) => {
    dot.setAttribute("cx", points[k][i][0]);
    dot.setAttribute("cy", points[k][i][1]);
  });
  return { paint, move };
}

function start(main, recipes) {
  const values = MEASURES.map(() => el("b"));
  const shown = el("ul", { class: "said" }), told = el("p", { class: "soft" });
  const favourite = el("span", { class: "mono" }), what = el("p", { class: "what" });
  const holder = el("div"), { paint, move } = curves(holder);
  let recipe = 0, now = 0;
  const draw = perFrame(() => {
    const { curve, samples } = recipes[recipe], photo = curve[now];
    MEASURES.forEach(([name], i) => (values[i].textContent = `${Math.round(100 * photo[name])} %`));
    const [best, ...texts] = samples[now].map((text) => text.trim());
    favourite.textContent = best;
    shown.replaceChildren(...texts.slice(0, SHOWN).map((text) => el("li", {},
      el("span", { class: "mono" }, text),
      el("span", { class: complies(text) ? "good" : "soft" }, verdict(text)))));
    told.textContent = `El libro le cuesta ${comma(photo.bits)} bits por carácter. A la red de antes del ` +
      `premio, una respuesta suya le costaría ${comma(photo.kl / Math.LN2, 1)} bits más.`;
    move(now);
  });
  const last = Math.max(...recipes.map(({ curve }) => curve.length)) - 1;
  const control = slider({
    label: "Entrenamiento", max: last, value: 0,
    say: (i) => `paso ${recipes[recipe].curve[i].step + 1}`,
    move: (i) => {
      now = i;
      draw();
    },
  });
  const buttons = recipes.map(({ name }, i) => el("button", { type: "button",
    "aria-pressed": String(i === 0), onclick: () => choose(i) }, name));
  function choose(i) {
    recipe = i;
    buttons.forEach((button, k) => button.setAttribute("aria-pressed", String(k === i)));
    what.textContent = WHAT[recipes[i].variant];
    paint(recipes[i].curve);
    draw();
  }
  main.append(
    el("style", {}, STYLE),
    el("div", { class: "row", role: "group", "aria-label": "Receta" }, ...buttons),
    what, control.box,
    el("div", { class: "two" },
      el("div", {}, el("p", {}, "La favorita: ", favourite),
        el("p", { class: "soft" }, "Otras, con sus palabras y sus letras:"), shown),
      el("div", {}, el("ul", { class: "key" }, ...MEASURES.map(([, label], i) =>
        el("li", {}, el("i", { class: `c${i}` }, KEYS[i]), values[i], ` ${label}`))), holder, told)));
  choose(0);
}

const STYLE = `
.said, .key { list-style: none; margin: 6px 0 0; padding: 0; }
.said { background: var(--panel); border-radius: 6px; padding: 6px 12px; min-height: 10.4em; }
.said li { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 12px; min-height: 1.6em; }
.key b { display: inline-block; min-width: 3.4em; text-align: right; font-variant-numeric: tabular-nums; }
.key i { font-style: normal; font-weight: 900; }
.what { min-height: 4.2em; }
@media (min-width: 640px) { .what { min-height: 2.8em; } }
@media (min-width: 1100px) { .what { min-height: 1.4em; } }
.c0 { color: var(--blue); stroke: var(--blue); }
.c1 { color: var(--good); stroke: var(--good); }
.c2 { color: var(--orange); stroke: var(--orange); }
i.c0, i.c1, i.c2 { stroke: none; }
.line { fill: none; stroke-width: 2.5; }
.line.c1 { stroke-dasharray: 7 4; }
.line.c2 { stroke-dasharray: 2 4; }
.dot { fill: var(--paper); stroke-width: 3; }
.mark { stroke: var(--line); stroke-width: 0.5; }
`;
