// Las barras: una tabla de verdad, que también se puede leer en voz alta.

const SHOWN = 10; // letras que se enseñan
const VISIBLE = { " ": "␣" };
const SPOKEN = {
  " ": "espacio", ",": "coma", ".": "punto", ";": "punto y coma", ":": "dos puntos",
  "-": "guion", "—": "raya", "¿": "abre interrogación", "?": "cierra interrogación",
  "¡": "abre exclamación", "!": "cierra exclamación", "«": "abre comillas",
  "»": "cierra comillas", '"': "comillas", "'": "apóstrofo", "(": "abre paréntesis",
  ")": "cierra paréntesis", "]": "cierra corchete",
};

/** Un número con coma decimal. */
function comma(number, digits = 2) {
  return number.toFixed(digits).replace(".", ",");
}

/** Un tanto por ciento; lo que no llega a una décima no se enseña como cero. */
function percent(share) {
  return share > 0 && share < 0.1 ? "< 0,1 %" : `${comma(share, 1)} %`;
}

function spoken(letter) {
  return SPOKEN[letter] ?? letter;
}

class Bars {
  /** `body`: el tbody donde van. Las filas se crean una vez y después solo se reescriben. */
  constructor(body, symbols) {
    this.body = body;
    this.symbols = symbols;
    this.rows = Array.from({ length: Math.min(SHOWN, symbols.length) }, () => newRow(body));
  }

  /** Las más probables antes de cortar; las que quedan fuera, rayadas, tachadas y con «fuera». */
  draw({ whole, kept }) {
    const order = ranking(whole);
    this.body.style.visibility = "visible";
    this.rows.forEach((row, place) => {
      const token = order[place];
      const out = kept[token] === 0;
      const share = 100 * (out ? whole[token] : kept[token]);
      const letter = this.symbols[token];
      row.line.className = out ? "fuera" : "";
      row.seen.textContent = VISIBLE[letter] ?? letter;
      row.said.textContent = spoken(letter);
      row.bar.style.width = `${share}%`;
      row.value.textContent = out ? "fuera" : percent(share);
    });
  }

  /** Sin barras que enseñar ni que leer; el hueco se queda, para que nada salte. */
  clear() {
    this.body.style.visibility = "hidden";
  }
}

/** Una fila vacía: la letra como se ve y como se dice, su barra y su tanto por ciento. */
function newRow(body) {
  const line = body.insertRow();
  const name = document.createElement("th");
  name.scope = "row";
  line.append(name);
  const seen = name.appendChild(document.createElement("span"));
  seen.setAttribute("aria-hidden", "true");
  const said = name.appendChild(document.createElement("span"));
  said.className = "hablado";
  const bar = line.insertCell().appendChild(document.createElement("div"));
  bar.className = "barra";
  return { line, seen, said, bar, value: line.insertCell() };
}

/** Lo que dicen las barras, en palabras. */
function describe({ kept }, symbols) {
  const bits = entropyBits(kept);
  const left = kept.filter((p) => p > 0).length;
  return {
    bits: `${comma(bits)} bits`,
    doubt: bits < 0.05 ? "(apenas duda)" : `(como dudar entre ${comma(2 ** bits, 1)} iguales)`,
    left: `${left === 1 ? "queda" : "quedan"} ${left} de ${symbols.length}`,
    best: `${spoken(symbols[ranking(kept)[0]])}, ${percent(100 * Math.max(...kept))}`,
  };
}
