// Cuenta palabras y letras mientras se escribe: la misma cuenta que llm_intro.support.text.

const ORDINAL = "ªº", JOINERS = "-‐‑'’", NUMERIC = ".,:";

/** Qué es un carácter para quien cuenta. */
function kind(char) {
  if (ORDINAL.includes(char)) return "ordinal";
  if (/\p{L}/u.test(char)) return "letter";
  if (/\p{N}/u.test(char)) return "digit";
  if (/[\p{M}\p{Cf}]/u.test(char)) return "silent";
  return JOINERS.includes(char) ? "joiner" : NUMERIC.includes(char) ? "numeric" : "other";
}

/** La cuenta tras un carácter más. `mode`: out, letters, digits, joining o number. */
function advance({ words, letters, mode }, what) {
  if (what === "letter" || what === "ordinal") {
    const same = !["out", "number"].includes(mode) || (what === "ordinal" && mode === "number");
    return { words: words + !same, letters: letters + 1, mode: "letters" };
  }
  if (what === "digit") return { words: words + (mode === "out"), letters, mode: "digits" };
  if (what === "silent") return { words, letters, mode };
  if (what === "joiner") {
    return { words, letters, mode: ["letters", "digits"].includes(mode) ? "joining" : "out" };
  }
  return { words, letters, mode: what === "numeric" && mode === "digits" ? "number" : "out" };
}

/** Cuántas palabras y letras hay, y a qué palabra (0, ninguna) pertenece cada carácter. */
function count(text) {
  let now = { words: 0, letters: 0, mode: "out" };
  const marks = Array.from(text.normalize("NFC"), (char) => {
    const what = kind(char);
    now = advance(now, what);
    const inside = ["letter", "ordinal", "digit"].includes(what);
    return { char, letter: what === "letter" || what === "ordinal", word: inside ? now.words : 0 };
  });
  return { words: now.words, letters: now.letters, marks };
}

/** «4 palabras ✓» o «5 palabras ✗ sobra 1». */
function verdict(found, wanted, one, many) {
  const said = `${found} ${found === 1 ? one : many}`;
  const gap = Math.abs(found - wanted);
  if (gap === 0) return { good: true, text: `${said} ✓` };
  const verb = found > wanted ? "sobra" : "falta";
  return { good: false, text: `${said} ✗ ${verb}${gap === 1 ? "" : "n"} ${gap}` };
}

/** Cada palabra en su caja con sus letras; los signos, fuera y en gris. */
function chips(marks) {
  const pieces = [];
  let box = null, word = 0;
  marks.forEach(({ char, letter, word: now }, place) => {
    const joins = !now && word && marks.slice(place).find((mark) => mark.word)?.word === word;
    if (!now && !joins) {
      if (char.trim()) pieces.push(el("span", { class: "sign" }, char));
      word = 0;
      return;
    }
    if (now && now !== word) {
      const letters = marks.filter((mark) => mark.word === now && mark.letter).length;
      box = el("span", { class: `chip tone${now % 2}` }, el("small", {}, String(letters)));
      pieces.push(box);
      word = now;
    }
    box.insertBefore(el("b", letter ? {} : { class: "mute" }, char), box.lastChild);
  });
  return pieces;
}

function start(main, { replies, words, letters }) {
  const input = el("input", { type: "text", id: "respuesta", maxlength: 120, autocomplete: "off" });
  const view = el("div", { class: "chips", "aria-hidden": "true" });
  const told = el("p", { class: "told", role: "status" });
  const goals = { words, letters };

  function draw() {
    const found = count(input.value);
    view.replaceChildren(...chips(found.marks));
    const both = [
      verdict(found.words, goals.words, "palabra", "palabras"),
      verdict(found.letters, goals.letters, "letra", "letras"),
    ];
    told.replaceChildren(
      ...both.map((one) => el("span", { class: one.good ? "good" : "bad" }, one.text)));
  }

  const goal = (name, label) => {
    const box = el("input", { type: "number", min: 1, max: 99, value: goals[name],
      oninput: () => {
        goals[name] = Number(box.value);
        draw();
      } });
    return el("label", {}, `${label} `, box);
  };
  const examples = el("select", { "aria-label": "Respuestas de ejemplo",
    onchange: () => {
      input.value = examples.value;
      draw();
    } }, ...replies.map((reply) => el("option", {}, reply)));
  main.append(
    el("style", {}, STYLE),
    el("label", { for: "respuesta" }, "Responde a «¿Qué tal estás?»"),
    input, view, told,
    el("div", { class: "row" }, goal("words", "Palabras"), goal("letters", "Letras")),
    el("label", { class: "soft" }, "O prueba con: ", examples));
  input.value = replies[0];
  input.addEventListener("input", draw);
  draw();
}

const STYLE = `
#respuesta { width: 100%; font-size: 1.15em; }
.chips { display: flex; flex-wrap: wrap; gap: 6px; align-items: flex-start; min-height: 3.6em;
  max-height: 7.2em; overflow-y: auto; font-size: 1.1em; }
.chip { text-align: center; border-bottom: 4px solid var(--blue); white-space: nowrap; }
.chip.tone0 { border-color: var(--orange); }
.chip b { font-size: 1.3em; letter-spacing: 0.06em; }
.chip b.mute, .sign { color: var(--soft); font-weight: 400; }
.sign { font-size: 1.3em; }
.chip small { display: block; }
.told { display: flex; flex-wrap: wrap; gap: 4px 24px; font-size: 1.25em; }
input[type="number"] { width: 5em; }
select { max-width: 100%; }
`;
