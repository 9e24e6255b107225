// ¿Copia o crea? Lo que escribe cada autor, con los trozos que están tal cual en el libro.

/** Qué letras van en un trozo copiado de `least` letras o más; `longest`, el mayor desde cada una. */
function covered(longest, least) {
  let end = 0;
  return longest.map((size, i) => {
    if (size >= least) end = Math.max(end, i + size);
    return i < end;
  });
}

/** El texto en tramos seguidos, copiados o no. */
function runs(text, inside) {
  const found = [];
  text.forEach((char, i) => {
    const last = found[found.length - 1];
    if (last && last.copied === inside[i]) last.text += char;
    else found.push({ text: char, copied: inside[i] });
  });
  return found;
}

/** El trozo copiado más largo de un texto. */
function record(text, longest) {
  const size = Math.max(...longest), from = longest.indexOf(size);
  return text.slice(from, from + size).join("").trim();
}

const percent = (value) => `${Math.round(value)} %`;

/** Un botón por autor con su barra: qué parte de sus letras va en un trozo copiado. */
function choice({ name }, pick) {
  const fill = el("i"), value = el("span", { class: "value" });
  const button = el("button", { type: "button", onclick: pick }, el("span", {}, name),
    el("span", { class: "rail", "aria-hidden": "true" }, fill), value);
  const draw = (share, chosen) => {
    fill.style.transform = `scaleX(${share / 100})`;
    value.textContent = percent(share);
    button.setAttribute("aria-pressed", chosen);
  };
  return { button, draw };
}

function start(main, { sizes, writers, least }) {
  const texts = writers.map(({ text }) => Array.from(text));
  const page = el("p"), told = el("p", { role: "status" });
  let who = writers.findIndex(({ name }) => name.startsWith("10")), size = least;
  const choices = writers.map((writer, i) => choice(writer, () => {
    who = i;
    draw();
  }));
  const draw = perFrame(() => {
    choices.forEach((one, i) => one.draw(writers[i].share[size - sizes[0]], i === who));
    const { name, longest } = writers[who], inside = covered(longest, size);
    page.replaceChildren(...runs(texts[who], inside).map(({ text, copied }) =>
      copied ? el("mark", {}, text) : text));
    const here = (100 * inside.filter(Boolean).length) / inside.length;
    told.textContent = `${name}, en este texto: ${percent(here)}.` +
      (here ? ` El más largo de una sola vez: «${record(texts[who], longest)}».` : "");
  });
  const control = slider({
    label: "Cuenta los trozos de", min: sizes[0], max: sizes[sizes.length - 1], value: size,
    say: (n) => `${n} letras o más`,
    move: (n) => {
      size = n;
      draw();
    },
  });
  main.append(el("style", {}, STYLE), control.box,
    el("div", { class: "two" },
      el("div", { class: "who", role: "group", "aria-label": "Quién escribe" },
        ...choices.map(({ button }) => button)),
      el("div", {}, told,
        el("div", { class: "page", tabindex: 0, role: "region", "aria-label": "El texto" }, page))),
    el("p", { class: "soft" },
      "Barras: de veinte textos de cada uno, qué parte va en un trozo que está igual en lo estudiado. " +
      "De Cervantes, su final, que no se estudió. Dos trozos que se pisan se ven como uno."));
  draw();
}

const STYLE = `
.who { display: grid; gap: 4px; align-content: start; }
.who button { display: grid; grid-template-columns: 7.6em 1fr 3.2em; gap: 8px; align-items: center;
  min-height: 44px; text-align: left; padding: 2px 10px; }
.who button[aria-pressed="true"] { background: var(--panel); color: var(--ink);
  border: 3px solid var(--blue); font-weight: 700; padding: 0 8px; }
.rail { height: 0.9em; background: var(--paper); border-radius: 3px; overflow: hidden; }
.rail i { display: block; height: 100%; background: var(--orange); transform-origin: left; }
.value { text-align: right; font-variant-numeric: tabular-nums; }
[role="status"] { min-height: 4.2em; }
.page { height: 13em; overflow-y: auto; contain: strict; padding: 6px 10px; background: var(--panel);
  border-radius: 6px; overflow-wrap: anywhere; }
mark { background: rgb(230 159 0 / 40%); color: inherit; text-decoration: underline 3px var(--orange); }
@media (min-width: 640px) { [role="status"] { min-height: 2.8em; } .page { height: 17em; } }
`;
