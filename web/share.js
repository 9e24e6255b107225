// Lo que se comparte: el texto y su dirección. En ella van el comienzo, los ajustes y cuántas
// letras se han escrito, detrás de «#»: quien la abre ve escribirse el mismo texto, y nada sale
// de su aparato.

const FIELDS = { c: "comienzo", s: "semilla", t: "temperatura", k: "top-k", p: "top-p" };

/** La dirección de esta misma página con lo que hay ahora. `net`: la fecha de la red. */
function addressOf(letters, net) {
  const parts = new URLSearchParams(
    Object.entries(FIELDS).map(([key, id]) => [key, $(id).value]));
  parts.set("n", letters);
  parts.set("red", net);
  return `${location.href.split("#")[0]}#${parts}`;
}

/** Pone los mandos como pide la dirección. Devuelve qué letras hay que escribir y si la red es otra. */
function readAddress(net) {
  const parts = new URLSearchParams(location.hash.slice(1));
  for (const [key, id] of Object.entries(FIELDS)) {
    if (parts.has(key)) $(id).value = parts.get(key); // un deslizador ajusta solo lo que no vale
  }
  const letters = Number(parts.get("n"));
  const other = parts.has("red") && parts.get("red") !== net;
  return { letters: Number.isSafeInteger(letters) && letters > 0 ? letters : 0, other };
}

/** Deja la dirección en la barra, para que también valga el «compartir» del navegador. */
function showAddress(address) {
  try {
    history.replaceState(null, "", address);
  } catch {
    // algún navegador no lo deja en un archivo: la dirección se copia igual
  }
}

/** Copia un texto. Dice si se pudo. */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const box = document.body.appendChild(document.createElement("textarea"));
    box.value = text;
    box.select();
    const done = document.execCommand("copy"); // donde no hay portapapeles moderno
    box.remove();
    return done;
  }
}

/** El texto con lo que hace falta para repetirlo; si los mandos se movieron, `moved`, lo dice. */
function signedText(written, moved) {
  const { temperature, topK, topP } = readSettings();
  const how = [`semilla ${$("semilla").value}`, `temperatura ${comma(temperature)}`];
  if (topK < Number($("top-k").max)) how.push(`top-k ${topK}`);
  if (topP < 1) how.push(`top-p ${comma(topP)}`);
  const warning = moved ? "; los mandos se movieron a mitad" : "";
  return `${$("principio").textContent}${written}\n\n(La red del curso, ${how.join(", ")}${warning}.)`;
}

/** Dice qué se ha hecho y, si los mandos se movieron a mitad, que con los de ahora no se repite. */
function tell(done, moved) {
  $("hecho").textContent = done && moved
    ? `${done.split(/[:.;]/)[0]}. Ojo: moviste los mandos a mitad, y con los de ahora saldrá otro texto.`
    : done;
}

/** Copia el texto y dice si se pudo. */
async function copyPage(written, moved) {
  const done = await copyText(signedText(written, moved));
  tell(done ? "Texto copiado." : "No se pudo copiar: selecciónalo tú.", moved);
}

/** Abre el «compartir» del móvil; donde no lo hay, copia la dirección. Devuelve qué ha pasado. */
async function shareAddress(address) {
  if (navigator.share) {
    try {
      await navigator.share({ title: document.title, url: address });
      return "Compartido.";
    } catch (error) {
      if (error.name === "AbortError") return ""; // quien lee ha dicho que no
    }
  }
  return (await copyText(address))
    ? "Dirección copiada: quien la abra verá escribirse este texto."
    : "No se pudo copiar; la dirección está en la barra del navegador.";
}

/** Comparte lo que hay. */
async function sharePage(letters, net, moved) {
  const address = addressOf(letters, net);
  showAddress(address);
  tell(await shareAddress(address), moved);
}
