// Dos flechas que se arrastran y su coseno, con la cuenta a la vista.

const SIDE = 340, UNIT = 130, MIDDLE = SIDE / 2; // puntos; UNIT es una flecha de largo 1
const TURN = Math.PI / 36, STRETCH = 0.1, SHORTEST = 0.1, LONGEST = 1.25;

const dot = ([a, b], [x, y]) => a * x + b * y;
const long = (v) => Math.hypot(...v);

/** El coseno: 1 si apuntan igual, 0 si nada que ver, −1 al revés. */
function cosine(one, other) {
  return dot(one, other) / (long(one) * long(other));
}

/** El mismo vector girado y con otro largo, sin salirse del dibujo. */
function turned(v, angle, stretch = 0) {
  const length = Math.min(LONGEST, Math.max(SHORTEST, long(v) + stretch));
  const turn = Math.atan2(v[1], v[0]) + angle;
  return [length * Math.cos(turn), length * Math.sin(turn)];
}

/** El coseno, en palabras. */
function meaning(value) {
  const words = [[0.95, "apuntan casi igual"], [0.3, "apuntan hacia el mismo lado"],
    [-0.3, "no tienen casi nada que ver"], [-0.95, "apuntan a lados contrarios"]];
  return words.find(([least]) => value >= least)?.[1] ?? "son casi opuestas";
}

const x = (v) => MIDDLE + UNIT * v[0];
const y = (v) => MIDDLE - UNIT * v[1];

/** Una flecha con la punta que se agarra; `moved` se entera de su vector nuevo. */
function arrow(name, tone, vector, moved) {
  const line = svg("line", { x1: MIDDLE, y1: MIDDLE, class: `arrow ${tone}` });
  const tip = svg("circle", { r: 11, class: tone });
  const label = svg("text", { "text-anchor": "middle", class: "name" }, name);
  const hand = svg("g", { tabindex: 0, role: "slider", "aria-label": name, class: "hand",
    "aria-valuemin": -180, "aria-valuemax": 180 }, svg("circle", { r: 26, class: "hit" }), tip);
  let v = vector;
  const set = (next) => {
    v = next;
    line.setAttribute("x2", x(v));
    line.setAttribute("y2", y(v));
    hand.setAttribute("transform", `translate(${x(v)} ${y(v)})`);
    label.setAttribute("x", Math.min(SIDE - 40, Math.max(40, x(v))));
    label.setAttribute("y", y(v) + (tone === "tone0" ? 28 : -18));
    const angle = Math.round((Math.atan2(v[1], v[0]) * 180) / Math.PI);
    hand.setAttribute("aria-valuenow", angle);
    hand.setAttribute("aria-valuetext", `${angle} grados, largo ${comma(long(v))}`);
    moved(v);
  };
  hand.addEventListener("keydown", (event) => {
    const change = { ArrowLeft: [TURN], ArrowRight: [-TURN], ArrowUp: [0, STRETCH],
      ArrowDown: [0, -STRETCH] }[event.key];
    if (!change) return;
    event.preventDefault();
    set(turned(v, ...change));
  });
  hand.addEventListener("pointerdown", (event) => hand.setPointerCapture(event.pointerId));
  hand.addEventListener("pointermove", (event) => {
    if (!hand.hasPointerCapture(event.pointerId)) return;
    const box = hand.ownerSVGElement.getBoundingClientRect();
    const scale = Math.min(box.width, box.height) / SIDE;
    const across = (event.clientX - box.left - box.width / 2) / (scale * UNIT);
    const up = -(event.clientY - box.top - box.height / 2) / (scale * UNIT);
    if (Math.hypot(across, up) > 0.01) set(turned([across, up], 0));
  });
  return { parts: [line, label, hand], set };
}

function start(main, { arrows: given, axes }) {
  const now = given.map(([, vector]) => vector);
  const value = el("output", { class: "value" }), told = el("p", { role: "status" });
  const sum = el("p", { class: "soft" });
  const needle = svg("circle", { cy: 22, r: 9, class: "needle" });
  const scale = svg("svg", { viewBox: "0 0 300 62", "aria-hidden": "true" },
    svg("line", { x1: 20, x2: 280, y1: 22, y2: 22, class: "axis" }),
    ...[-1, 0, 1].map((n) => svg("text", { x: 150 + 130 * n, y: 54, "text-anchor": "middle" },
      comma(n, 0))), needle);
  const draw = perFrame(() => {
    const cos = cosine(...now);
    value.textContent = comma(cos);
    told.textContent = meaning(cos);
    const [one, other] = now.map(long);
    sum.textContent = `${comma(dot(...now))} (producto) ÷ ${comma(one)} ÷ ${comma(other)} (largos)`;
    needle.setAttribute("cx", 150 + 130 * cos);
  });
  const arrows = given.map(([name, vector], i) => arrow(name, `tone${i}`, vector, (v) => {
    now[i] = v;
    draw();
  }));
  const board = svg("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, class: "board" },
    svg("line", { x1: 0, x2: SIDE, y1: MIDDLE, y2: MIDDLE, class: "axis" }),
    svg("line", { x1: MIDDLE, x2: MIDDLE, y1: 0, y2: SIDE, class: "axis" }),
    svg("text", { x: SIDE - 4, y: MIDDLE + 18, "text-anchor": "end", class: "dim" }, axes[0]),
    svg("text", { x: MIDDLE + 6, y: 14, class: "dim" }, axes[1]),
    ...arrows.flatMap(({ parts }) => parts));
  arrows.forEach(({ set }, i) => set(given[i][1]));
  main.append(el("style", {}, STYLE),
    el("p", { class: "soft" }, "Arrastra las puntas, o muévelas con las flechas del teclado."),
    el("div", { class: "two" }, board,
      el("div", { class: "side" }, el("p", {}, "coseno = ", value), told, sum, scale)));
}

const STYLE = `
.board { max-height: 340px; background: var(--panel); border-radius: 6px; }
.axis { stroke: var(--line); stroke-width: 1; }
.dim { fill: var(--soft); }
.arrow { stroke-width: 5; }
.tone0 { fill: var(--blue); stroke: var(--blue); }
.tone1 { fill: var(--orange); stroke: var(--orange); }
.name { font-weight: 600; font-size: 16px; }
.hand { cursor: grab; touch-action: none; outline: none; }
.hit { fill: transparent; stroke: none; }
.hand:focus-visible .hit + circle { stroke: var(--ink); stroke-width: 4; }
.side { display: grid; gap: 8px; align-content: center; }
.side p { min-height: 1.4em; }
.value { font-size: 2em; font-weight: 700; font-variant-numeric: tabular-nums; }
.needle { fill: var(--ink); }
`;
