// Quien escribe: lleva la cuenta de lo leído y lo escrito. No sabe nada de la pantalla.

const MAX_PROMPT = 1000; // letras de comienzo: leer más dejaría esperando a un móvil
const MAX_NAMED = 12; // símbolos desconocidos que nombra un aviso

/** Un ajuste o un comienzo que no vale; su mensaje se enseña tal cual a quien lee. */
class Refused extends Error {}

/** El comienzo como números, en minúsculas si el modelo no conoce las mayúsculas. */
function encodePrompt(text, symbols) {
  const capitals = symbols.some((symbol) => symbol !== symbol.toLowerCase());
  if (!capitals) text = text.toLowerCase();
  // NFC: «é» es un símbolo, nunca «e» más una tilde suelta; un salto de línea es un espacio
  const letters = Array.from(text.normalize("NFC").replace(/\s/g, " "));
  if (letters.length === 0) {
    throw new Refused("El comienzo está vacío: escribe al menos una letra.");
  }
  if (letters.length > MAX_PROMPT) {
    throw new Refused(
      `El comienzo tiene ${thousands(letters.length)} letras y aquí caben ` +
        `${thousands(MAX_PROMPT)}: quita algunas.`,
    );
  }
  const unknown = [...new Set(letters)].filter((letter) => !symbols.includes(letter));
  if (unknown.length > 0) throw new Refused(unknownMessage(unknown, symbols));
  return letters.map((letter) => symbols.indexOf(letter));
}

function unknownMessage(unknown, symbols) {
  const named = unknown.slice(0, MAX_NAMED).map((letter) => `«${letter}»`).join(", ");
  const more = unknown.length > MAX_NAMED ? ` y ${unknown.length - MAX_NAMED} más` : "";
  const absent = unknown.length === 1 ? "no sale" : "no salen";
  return (
    `La red no conoce ${named}${more}: ${absent} en su libro. ` +
    `Usa solo sus ${symbols.length} símbolos: el espacio y ${symbols.join("").trim()}`
  );
}

/** Un entero con espacio de millares, a la española. */
function thousands(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, "\u00a0");
}

class Writer {
  /** `model` tiene start() y step(); `symbols` es la lista de sus letras, en orden. */
  constructor(model, symbols) {
    this.model = model;
    this.symbols = symbols;
    this.prompt = []; // números del comienzo
    this.trail = []; // lo que devolvió step tras cada letra leída
    this.restart(0);
  }

  /** Cambia el comienzo. De lo ya leído se aprovecha la parte que no cambia. */
  setPrompt(ids) {
    let same = 0;
    while (same < this.trail.length && this.prompt[same] === ids[same]) same++;
    this.trail.length = same;
    this.prompt = ids;
  }

  /** Vuelve al final del comienzo, con los números al azar de esa semilla desde el primero. */
  restart(seed) {
    this.draws = new Draws(seed);
    this.last = null; // lo que devolvió step tras la última letra escrita
    this.written = 0;
  }

  get pending() {
    return this.prompt.length - this.trail.length;
  }

  /** Lee una letra más del comienzo. */
  readOne() {
    const at = this.trail.length;
    const state = at > 0 ? this.trail[at - 1].state : this.model.start();
    this.trail.push(this.model.step(this.prompt[at], state));
  }

  /** La letra siguiente, antes y después de cortar: { whole, kept }. */
  probs(settings) {
    return nextProbs(this.now.logits, settings);
  }

  /** Escribe una letra y la devuelve. Con los mismos ajustes y semilla, siempre la misma. */
  writeOne(settings) {
    const token = pick(this.probs(settings).kept, this.draws.next());
    this.last = this.model.step(token, this.now.state);
    this.written++;
    return this.symbols[token];
  }

  /** Dónde va: tras la última letra escrita o, si no hay, tras el comienzo. */
  get now() {
    return this.last ?? this.trail[this.trail.length - 1];
  }
}
