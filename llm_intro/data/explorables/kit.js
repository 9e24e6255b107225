// Lo que comparten todas las figuras que se mueven: crear piezas, números y mandos.

/** Un elemento de la página con sus atributos; los que empiezan por «on» son avisos. */
function el(tag, attributes = {}, ...children) {
  return dress(document.createElement(tag), attributes, children);
}

/** Lo mismo dentro de un dibujo. */
function svg(tag, attributes = {}, ...children) {
  return dress(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function dress(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** Un número con coma decimal. */
function comma(number, digits = 2) {
  return number.toFixed(digits).replace(".", ",").replace(/^-/, "−");
}

/** 10000 → «10 000». */
function thousands(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, "\u00a0");
}

const SEEN = { " ": "␣", "\n": "↵" };
const seen = (letter) => SEEN[letter] ?? letter;

/** `draw` como mucho una vez por fotograma, con lo último que se pidió. */
function perFrame(draw) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      draw();
    });
  };
}

/** Un deslizador con nombre. `say` dice en palabras lo que vale; `move` se entera del cambio. */
function slider({ label, max, value, say, move, min = 0, step = 1 }) {
  const input = el("input", { type: "range", min, max, step, value, "aria-label": label });
  const told = el("span", { class: "soft" });
  const tell = () => {
    told.textContent = say(Number(input.value));
    input.setAttribute("aria-valuetext", told.textContent);
  };
  input.addEventListener("input", () => {
    tell();
    move(Number(input.value));
  });
  tell();
  const box = el("div", { class: "slider" }, el("span", {}, label), told, input);
  const set = (next) => {
    input.value = next;
    tell();
    move(next);
  };
  return { box, input, set };
}

/** Pone en marcha la figura con los datos que viajan con ella. */
function begin() {
  const data = JSON.parse(document.getElementById("datos").textContent);
  start(document.querySelector("main"), data);
}
