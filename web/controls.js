// Los mandos: lo que valen, cómo se leen y cómo se dice lo que no vale.

const $ = (id) => document.getElementById(id);

/** Los ajustes del sorteo, como están ahora los deslizadores. */
function readSettings() {
  const [temperature, topK, topP] = ["temperatura", "top-k", "top-p"].map((id) =>
    Number($(id).value),
  );
  return { temperature, topK, topP };
}

/** Escribe al lado de cada deslizador lo que vale, y con palabras cuando no corta. */
function showSettings({ temperature, topK, topP }) {
  const all = topK >= Number($("top-k").max);
  const best = topK === 1 ? "solo la mejor" : `las ${topK} mejores`;
  show("temperatura", temperature === 0 ? "0, siempre la primera" : comma(temperature));
  show("top-k", all ? "sin cortar" : best);
  show("top-p", topP === 1 ? "sin cortar" : comma(topP));
}

function show(id, text) {
  $(`${id}-valor`).textContent = text;
  $(id).setAttribute("aria-valuetext", text); // lo que dice un lector de pantalla
}

/** Qué hará «Escribir» y, si ya no cabe nada, que está apagado: sin `disabled`, que quita el foco. */
function showButtons(busy, full) {
  $("escribir").textContent = busy ? "Pausa" : "Escribir";
  for (const id of ["escribir", "una"]) $(id).setAttribute("aria-disabled", full);
}

/** La semilla como número. */
function readSeed(text) {
  const seed = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(seed) || seed < 0) {
    throw new Refused("La semilla no vale: escribe un número entero, de 0 en adelante.");
  }
  return seed;
}

/** Lee una casilla y la marca según valga o no. */
function check(id, read) {
  $(id).setAttribute("aria-invalid", "true");
  const value = read($(id).value);
  $(id).removeAttribute("aria-invalid");
  return value;
}
