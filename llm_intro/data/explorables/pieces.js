// En qué piezas se parte un texto: letras, nuestro BPE (unión a unión) y palabras; y, al lado,
// cómo parten unas frases los vocabularios de modelos conocidos.

const BLANK = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const LETTER = "\\p{L}\\p{Nl}\\p{No}";
const SIGN = `[^\\p{L}\\p{N}${BLANK}]`;
/** Los mismos trozos que llm_intro.models.bpe.WORD: una palabra se lleva el espacio de delante. */
const CHUNK = new RegExp(
  ` ?[${LETTER}]+| ?\\p{Nd}+| ?${SIGN}+|[${BLANK}]+(?![^${BLANK}])|[${BLANK}]+`, "gu");

const LONGEST = 64; // caracteres de quien escribe: más no caben a la vista

const code = (a, b) => a * 65536 + b;

/** Qué número de unión es cada par. */
const ranks = (pairs) => new Map(pairs.map(([a, b], i) => [code(a, b), i]));

/** Las piezas de un texto con las `most` primeras uniones, y qué uniones se han usado. */
function encode(text, pairs, most = pairs.length, known = ranks(pairs)) {
  const ids = [], used = new Set(), utf8 = new TextEncoder();
  for (const [word] of text.matchAll(CHUNK)) {
    let pieces = Array.from(utf8.encode(word));
    for (;;) {
      let oldest = most;
      for (let i = 1; i < pieces.length; i++) {
        oldest = Math.min(oldest, known.get(code(pieces[i - 1], pieces[i])) ?? most);
      }
      if (oldest === most) break;
      used.add(oldest);
      pieces = join(pieces, pairs[oldest], 256 + oldest);
    }
    for (const piece of pieces) ids.push(piece);
  }
  return { ids, used: [...used].sort((a, b) => a - b) };
}

/** Pone `made` en el sitio de cada par, de izquierda a derecha. */
function join(pieces, [left, right], made) {
  const after = [];
  for (const piece of pieces) {
    const last = after.length - 1;
    if (piece === right && after[last] === left) after[last] = made;
    else after.push(piece);
  }
  return after;
}

/** Los bytes de cada pieza. */
function spell(pairs) {
  const bytes = Array.from({ length: 256 }, (_, i) => [i]);
  for (const [a, b] of pairs) bytes.push([...bytes[a], ...bytes[b]]);
  return bytes;
}

const HALF = "½", decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Una pieza como se ve; lo que no llega a ser un carácter entero, «½». */
function shown(bytes) {
  return decoder.decode(Uint8Array.from(bytes)).replaceAll("\ufffd", HALF);
}

/** Lo guardado trae los bytes sueltos como «\xc2». */
const stored = (pieces) => pieces.map((piece) => piece.replace(/(\\x[0-9a-f]{2})+/g, HALF));

const words = (text) => text.split(new RegExp(`[${BLANK}]+`, "u")).filter(Boolean);
const said = (n, [one, many]) => `${n} ${n === 1 ? one : many}`;
const PIECES = ["pieza", "piezas"], CHARS = ["carácter", "caracteres"];

/** Una fila: su nombre, cuántas van y una caja por pieza; `draw` la pone al día. */
function row(name, unit = PIECES) {
  const total = el("span", { class: "soft" });
  const boxes = el("p", { class: unit === CHARS ? "chars mono" : "pieces" });
  let before = null;
  const draw = (pieces, fresh) => {
    const now = `${pieces.join("|")}|${fresh}`;
    if (now === before) return;
    before = now;
    total.textContent = said(pieces.length, unit);
    const visible = pieces.map((piece) => piece.replaceAll(" ", "␣"));
    if (unit === CHARS) boxes.textContent = visible.join("");
    else {
      boxes.replaceChildren(...visible.map((piece, i) =>
        el("b", pieces[i] === fresh ? { class: "fresh" } : {}, piece)));
    }
  };
  return { box: el("div", {}, el("p", {}, name, " ", total), boxes), draw };
}

/** El texto de quien lee, de tres maneras, con un mando que repite las uniones. */
function bench(pairs, bytes) {
  const input = el("input", { type: "text", id: "texto", maxlength: LONGEST, autocomplete: "off",
    autocapitalize: "off", spellcheck: "false" });
  const rows = [row("Letras:", CHARS), row("Nuestro BPE:"),
    row("Palabras:", ["palabra", "palabras"])];
  const known = ranks(pairs);
  let used = [];
  const piece = (id) => shown(bytes[id]);
  const told = (n) => {
    if (n === 0) return "ninguna: bytes sueltos";
    const [a, b] = pairs[used[n - 1]].map(piece);
    return `${used[n - 1] + 1}.ª de ${pairs.length}: «${a}» + «${b}»`.replaceAll(" »", "␣»")
      .replaceAll("« ", "«␣");
  };
  const paint = () => {
    const n = Number(control.input.value), most = n ? used[n - 1] + 1 : 0;
    rows[1].draw(encode(input.value, pairs, most, known).ids.map(piece), n ? piece(255 + most) : null);
    rows[0].draw(Array.from(input.value));
    rows[2].draw(words(input.value));
  };
  const control = slider({ label: "Uniones", max: 1, value: 0, say: told,
    move: perFrame(paint) });
  const write = (given) => {
    const text = Array.from(given).slice(0, LONGEST).join("");
    if (input.value !== text) input.value = text;
    used = encode(text, pairs, pairs.length, known).used;
    control.input.max = used.length;
    control.set(used.length);
  };
  input.addEventListener("input", () => write(input.value));
  const [letters, bpe, whole] = rows.map(({ box }) => box);
  const box = el("div", { class: "bench" }, el("label", { for: "texto" }, "Escribe un texto"),
    input, letters, bpe, control.box, whole);
  return { box, write, paint };
}

/** Una frase guardada según cada vocabulario, en español y, si la hay, en inglés. */
function shelf(real, split, write) {
  const names = [...Object.keys(real.pieces), "el nuestro"];
  const pieces = (name, key) =>
    real.pieces[name] ? stored(real.pieces[name][key]) : split(real.sentences[key]);
  const phrases = Object.keys(real.sentences).filter((key) => !key.endsWith("-en"));
  const rows = [row("Español:"), row("Inglés:")];
  const told = el("p", { role: "status" });
  let who = names[0], key = phrases[0];
  const buttons = names.map((name) => el("button", { type: "button", onclick: () => {
    who = name;
    draw();
  } }));
  const draw = () => {
    const english = real.sentences[key.replace("-es", "-en")] && key.endsWith("-es");
    const keys = english ? [key, key.replace("-es", "-en")] : [key];
    const counts = (name) => keys.map((one) => pieces(name, one).length);
    buttons.forEach((button, i) => {
      button.textContent = `${names[i]}: ${counts(names[i]).join(" y ")}`;
      button.setAttribute("aria-pressed", names[i] === who);
    });
    rows.forEach(({ box, draw: fill }, i) => {
      box.hidden = !keys[i];
      if (keys[i]) fill(pieces(who, keys[i]));
    });
    const [spanish, other] = counts(who);
    told.textContent = english
      ? `Con ${who}, el español cuesta ${comma(spanish / other, 1)} veces lo que el inglés.`
      : `Con ${who}, ${said(spanish, PIECES)} para ${said(real.sentences[key].length, CHARS)}.`;
  };
  const menu = el("select", { "aria-label": "Frase guardada", onchange: () => {
    key = menu.value;
    draw();
    write(real.sentences[key]);
  } }, ...phrases.map((one) => el("option", { value: one }, real.sentences[one])));
  const open = (name) => {
    menu.value = key = name;
    draw();
  };
  const box = el("div", { class: "bench" }, el("p", {}, "¿Y los modelos conocidos?"), menu,
    el("div", { class: "row" }, ...buttons), told, ...rows.map(({ box: one }) => one));
  return { box, open };
}

function start(main, { pairs, real, phrase }) {
  const bytes = spell(pairs), { box, write, paint } = bench(pairs, bytes);
  const split = (text) => encode(text, pairs).ids.map((id) => shown(bytes[id]));
  const known = shelf(real, split, write);
  main.append(el("style", {}, STYLE), el("div", { class: "two" }, box, known.box),
    el("p", { class: "soft" }, "␣: espacio. ½: un trozo de carácter, que se guarda en varios bytes."));
  write(real.sentences[phrase]);
  paint(); // lo primero, sin esperar al fotograma
  known.open(phrase);
}

const STYLE = `
.bench { display: grid; gap: 8px; align-content: start; grid-template-columns: minmax(0, 1fr); }
.bench input[type="text"], select { width: 100%; }
.pieces { min-height: 1.9em; line-height: 1.75; }
.pieces b { padding: 1px 3px; border: 1px solid var(--line); border-radius: 4px; margin-right: 2px;
  font-weight: 500; background: rgb(0 114 178 / 16%); display: inline-block; line-height: 1.2;
  max-width: 100%; }
.pieces b:nth-child(even) { background: rgb(230 159 0 / 24%); }
.chars { min-height: 1.9em; line-height: 1.6; overflow-wrap: anywhere; word-break: break-all;
  letter-spacing: 0.5ch; padding-left: 0.25ch; background: repeating-linear-gradient(90deg,
    rgb(0 114 178 / 16%) 0 1.5ch, rgb(230 159 0 / 24%) 1.5ch 3ch); }
.pieces b.fresh { border: 2px solid var(--ink); font-weight: 700; }
.bench .row { gap: 6px; }
.bench button { padding: 4px 8px; flex: 1 1 auto; }
[role="status"] { min-height: 1.4em; font-weight: 600; }
`;
