// Una página coloreada por una casilla de la memoria: la caza de la que sabe algo.

const INK = 0.55, FAR = 40, LATE = 5, UP = "#0072b2", DOWN = "#e69f00";

/** Los estados que viajan en base64, un byte por letra: una lista por casilla. */
function unpack(code, letters) {
  const bytes = Int8Array.from(atob(code), (char) => (char.charCodeAt(0) << 24) >> 24);
  const units = bytes.length / letters;
  return Array.from({ length: units }, (_, u) => bytes.subarray(u * letters, (u + 1) * letters));
}

/** Lo que se puede preguntar de cada letra: un sí o un no por letra. */
const QUESTIONS = {
  "dentro de ¿…? o de ¡…!": (text) => {
    let wanted = "";
    return Array.from(text, (char) => {
      if ("¿¡".includes(char)) wanted = { "¿": "?", "¡": "!" }[char];
      else if (char === wanted) wanted = "";
      return wanted !== "";
    });
  },
  "lejos de la última coma o punto": (text) => {
    let since = 0;
    return Array.from(text, (char) => {
      since = ",;.:?!".includes(char) ? 0 : since + 1;
      return since >= FAR;
    });
  },
  "en la quinta letra de la palabra, o después": (text) => {
    let place = 0;
    return Array.from(text, (char) => {
      place = /\p{L}/u.test(char) ? place + 1 : 0;
      return place >= LATE;
    });
  },
  "en una vocal": (text) => Array.from(text, (char) => "aeiouáéíóúü".includes(char)),
};

/** De cada 100 parejas «un sí y un no», cuántas ordena bien la casilla (o bien al revés): 50-100. */
function separates(states, truth) {
  const counts = { true: new Array(256).fill(0), false: new Array(256).fill(0) };
  states.forEach((value, i) => (counts[truth[i]][value + 128] += 1));
  let below = 0, wins = 0, yes = 0;
  for (let v = 0; v < 256; v++) {
    wins += counts.true[v] * (below + counts.false[v] / 2);
    below += counts.false[v];
    yes += counts.true[v];
  }
  const share = wins / (yes * below);
  return 100 * Math.max(share, 1 - share);
}

/**
 * La página: el texto, y debajo un lienzo con el color de cada letra. Cambiar el estilo de mil
 * letras tarda más del doble que pintar mil rectángulos.
 */
class Page {
  constructor(text) {
    this.letters = Array.from(text, (char) => el("i", {}, char));
    this.canvas = el("canvas", { "aria-hidden": "true" });
    this.sheet = el("div", { class: "sheet" }, this.canvas, ...this.letters);
    new ResizeObserver(() => this.measure()).observe(this.sheet);
  }

  /** Apunta dónde ha caído cada letra. */
  measure() {
    const { left, top, width, height } = this.sheet.getBoundingClientRect();
    const scale = devicePixelRatio || 1;
    this.canvas.width = width * scale;
    this.canvas.height = height * scale;
    this.brush = this.canvas.getContext("2d");
    this.brush.scale(scale, scale);
    this.places = this.letters.map((letter) => {
      const box = letter.getBoundingClientRect();
      return [box.left - left, box.top - top, box.width, box.height];
    });
    this.paint(this.states);
  }

  /** Azul hacia arriba, naranja hacia abajo; más color, más lejos del cero. */
  paint(states) {
    this.states = states;
    if (!this.brush) return;
    this.brush.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.places.forEach((place, i) => {
      this.brush.globalAlpha = (INK * Math.abs(states[i])) / 127;
      this.brush.fillStyle = states[i] < 0 ? DOWN : UP;
      this.brush.fillRect(...place);
    });
  }
}

/** La mejor casilla para una pregunta: su puesto y lo que separa. */
function best(all, truth) {
  const scores = all.map((states) => separates(states, truth));
  const top = Math.max(...scores);
  return { place: scores.indexOf(top), score: top };
}

function start(main, { text, states }) {
  const all = unpack(states, Array.from(text).length);
  const page = new Page(text);
  const names = Object.keys(QUESTIONS), caught = new Set();
  const told = el("p", { role: "status" });
  const score = el("span", { class: "soft" });
  let now = 0, asked = 0, tries = 0, truth = [];

  const paint = perFrame(() => page.paint(all[now]));
  const total = () => {
    score.textContent = `${caught.size} de ${names.length} cazadas en ${tries} ` +
      `${tries === 1 ? "intento" : "intentos"}`;
  };
  const choose = (i) => {
    asked = i;
    truth = QUESTIONS[names[i]](text);
    told.textContent = "Recorre las casillas y busca la que cambia, de color o de fuerza, a la vez que la respuesta.";
    mark(false);
  };
  const show = el("button", { type: "button", onclick: () => mark(!shown()) }, "Subrayar los síes");
  const shown = () => show.getAttribute("aria-pressed") === "true";
  function mark(on) {
    show.setAttribute("aria-pressed", on);
    page.letters.forEach((letter, i) => letter.toggleAttribute("data-yes", on && truth[i]));
  }
  const guess = () => {
    const mine = separates(all[now], truth), top = best(all, truth);
    tries += 1;
    if (top.place === now) caught.add(asked);
    told.textContent = `Con una letra de un sí y otra de un no, acierta cuál es cuál ` +
      `${Math.round(mine)} de cada 100 veces; el azar, 50. ${top.place === now ? "¡Cazada! Es la mejor." : "Hay otra mejor: sigue."}`;
    total();
  };
  const control = slider({
    label: "Casilla", min: 1, max: all.length, value: 1,
    say: (i) => `${i} de ${all.length}`,
    move: (i) => {
      now = i - 1;
      paint();
    },
  });
  const menu = el("select", { id: "caza", onchange: () => choose(menu.selectedIndex) },
    ...names.map((name) => el("option", {}, name)));
  main.append(el("style", {}, STYLE),
    el("div", { class: "row" }, el("label", { for: "caza" }, "¿Cuál sabe si está…"), menu),
    el("div", { class: "row" }, control.box,
      el("button", { type: "button", onclick: guess }, "Es esta"), show),
    told,
    el("p", { class: "soft" }, "Tras cada letra, la casilla está ", el("b", { class: "up" }, "alta"), " o ",
      el("b", { class: "down" }, "baja"), ": por encima o por debajo de 0, y más lejos cuanto más color."),
    el("div", { class: "page", tabindex: 0, role: "region", "aria-label": "La página" }, page.sheet),
    score);
  choose(0);
  total();
  page.paint(all[now]);
}

const STYLE = `
.page { height: 25em; overflow-y: auto; contain: strict; line-height: 1.55; padding: 4px 8px;
  border: 1px solid var(--line); border-radius: 6px; }
.sheet { position: relative; isolation: isolate; }
.sheet canvas { position: absolute; inset: 0; z-index: -1; width: 100%; height: 100%; }
.up { background: color-mix(in srgb, ${UP} ${100 * INK}%, transparent); }
.down { background: color-mix(in srgb, ${DOWN} ${100 * INK}%, transparent); }
.up, .down { color: var(--ink); font-weight: 400; padding: 2px 6px; }
.page i { font-style: normal; }
.page i[data-yes] { text-decoration: underline 3px var(--ink); }
[role="status"] { min-height: 4.2em; }
@media (min-width: 640px) { [role="status"] { min-height: 2.8em; } .page { height: 17em; } }
@media (min-width: 1100px) { .page { height: 15em; } }
select { max-width: 100%; }
`;
