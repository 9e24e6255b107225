// La página: atiende los mandos, mueve al escritor y enseña lo que pasa.
// Todo texto ajeno entra con textContent: nunca se interpreta como HTML.

const WORK_MS = 30; // cuánto trabaja seguido: después se atiende a los mandos
const REDRAW_MS = 100; // mientras escribe deprisa, la pantalla cambia diez veces por segundo
const MAX_WRITTEN = 10000; // letras seguidas antes de pararse
const CALM_MS = 500; // lo que lleva este rato quieto se dice en voz alta
const WIDE = 800; // píxeles: en una pantalla así caben todos los mandos
const SAID = ["principio", "bits", "duda", "quedan", "cuenta", "voz"]; // lo que se dice del texto

class Page {
  /** `card`: los símbolos y cómo vienen los pesos; `bytes`: los pesos. */
  constructor(card, bytes) {
    this.symbols = card.symbols;
    this.writer = new Writer(new LSTM(loadWeights(bytes, card.scale_suffix)), card.symbols);
    this.bars = new Bars($("barras"), card.symbols);
    this.text = $("escrito").appendChild(document.createTextNode(""));
    this.ready = false; // hay un comienzo y una semilla que valen
    this.playing = false;
    this.drawn = 0; // cuándo cambió la pantalla
    this.net = card.date; // qué red es, para quien abra la dirección
    $("ajustes").open = innerWidth >= WIDE;
    this.listen();
    this.follow();
  }

  /** Desde el principio, con lo que pida la dirección de la página. */
  follow() {
    const { letters, other } = readAddress(this.net);
    showSettings(readSettings());
    this.begin();
    this.promised = Math.min(letters, MAX_WRITTEN); // letras que se escriben solas
    if (other) $("hecho").textContent = "Esta dirección es de otra red: el texto no será el mismo.";
  }

  listen() {
    for (const id of ["temperatura", "top-k", "top-p"]) {
      $(id).addEventListener("input", () => this.retune());
    }
    $("semilla").addEventListener("input", () => this.begin());
    $("escribir").addEventListener("click", () => (this.playing ? this.pause() : this.play()));
    const stopping = (target, kind, action) => target.addEventListener(kind, () => {
      this.pause();
      action();
    });
    stopping($("comienzo"), "input", () => this.begin());
    stopping($("borrar"), "click", () => this.begin());
    stopping($("una"), "click", () => this.write(1));
    stopping($("copiar"), "click", () => copyPage(this.text.data));
    stopping($("compartir"), "click", () => sharePage(this.writer.written, this.net, this.moved));
    stopping(window, "hashchange", () => this.follow());
  }

  /** Desde el comienzo, que se lee otra vez; lo escrito se borra. */
  begin() {
    this.ready = false;
    this.moved = false; // los mandos, después de empezar a escribir
    this.promised = 0;
    this.text.data = this.unseen = ""; // lo escrito, y lo que aún no ha llegado a la pantalla
    $("hecho").textContent = "";
    try {
      const seed = check("semilla", readSeed);
      const ids = check("comienzo", (text) => encodePrompt(text, this.symbols));
      this.writer.setPrompt(ids);
      this.writer.restart(seed);
      $("principio").textContent = ids.map((id) => this.symbols[id]).join("");
      $("aviso").textContent = "";
      this.ready = true;
      this.meter = new Meter(this.writer.written);
      this.ask();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.refuse(error.message);
    }
  }

  /** No se puede seguir: lo dice y no deja a la vista nada que ya no corresponda. */
  refuse(message) {
    this.pause();
    this.bars.clear();
    for (const id of SAID) $(id).textContent = "";
    $("aviso").textContent = message;
  }

  play() {
    if (!this.ready || this.full) return;
    this.playing = true;
    this.promised = 0;
    this.owed = 1; // letras que tocan ya, según el ritmo
    this.before = performance.now();
    this.meter = new Meter(this.writer.written);
    $("escribir").textContent = "Pausa";
    this.ask();
  }

  pause() {
    this.playing = false;
    this.promised = 0;
    $("escribir").textContent = "Escribir";
    if (this.canWrite) this.draw();
  }

  /** Otros ajustes: las barras se rehacen al momento; lo ya escrito se queda como está. */
  retune() {
    showSettings(readSettings());
    this.moved ||= this.writer.written > 0;
    this.promised = 0;
    if (this.canWrite) this.draw();
  }

  get canWrite() { return this.ready && this.writer.pending === 0; }

  get full() { return this.writer.written >= MAX_WRITTEN; }

  /** Pide seguir dentro de `wait` milisegundos. */
  ask(wait = 0) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.advance(), wait);
  }

  /** Un rato de trabajo: lee lo que quede del comienzo o escribe lo que toque. */
  advance() {
    if (!this.ready) return;
    const deadline = performance.now() + WORK_MS;
    while (!this.canWrite && performance.now() < deadline) this.writer.readOne();
    if (!this.canWrite) {
      $("cuenta").textContent = `Leyendo el comienzo: faltan ${this.writer.pending} letras.`;
      this.ask();
    } else if (this.playing) {
      this.keepPace(deadline);
    } else if (this.promised > this.writer.written) {
      this.write(this.promised - this.writer.written, deadline);
      this.ask();
    } else {
      this.draw();
    }
  }

  /** Escribe las letras que tocan ya, o las que dé tiempo, y pide seguir cuando toque otra. */
  keepPace(deadline) {
    const pace = Number($("ritmo").value); // letras por segundo
    const now = performance.now();
    this.owed = Math.min(this.owed + ((now - this.before) * pace) / 1000, pace);
    this.before = now;
    this.owed -= this.write(Math.floor(this.owed), deadline);
    const told = this.playing && this.meter.read(now, this.writer.written, this.full);
    if (told) $("cuenta").textContent = told;
    if (this.playing) this.ask(Math.max(0, (1000 * (1 - this.owed)) / pace));
  }

  /** Escribe hasta `count` letras, y una al menos aunque no dé tiempo; devuelve cuántas. */
  write(count, deadline = Infinity) {
    const settings = readSettings();
    let written = 0;
    while (this.canWrite && !this.full && written < count) {
      if (written > 0 && performance.now() >= deadline) break;
      this.unseen += this.writer.writeOne(settings);
      written++;
    }
    const done = written === count;
    const late = performance.now() - this.drawn >= REDRAW_MS;
    if (this.full) this.pause();
    else if (late || (done && !this.playing)) this.draw();
    else if (done) this.showText(); // al día: cada letra se ve al escribirse
    return written;
  }

  /** Enseña lo que aún no se ve y baja hasta ello, salvo que se esté leyendo más arriba. */
  showText() {
    if (!this.unseen) return;
    const paper = $("papel");
    const atEnd = paper.scrollHeight - paper.scrollTop - paper.clientHeight < 40;
    this.text.appendData(this.unseen);
    this.unseen = "";
    if (atEnd) paper.scrollTop = paper.scrollHeight;
  }

  /** El texto, las barras y la entropía de ahora. */
  draw() {
    if (!this.canWrite) return;
    this.showText();
    const probs = this.writer.probs(readSettings());
    const words = describe(probs, this.symbols);
    this.drawn = performance.now();
    this.bars.draw(probs);
    $("bits").textContent = words.bits;
    $("duda").textContent = words.doubt;
    $("quedan").textContent = words.left;
    if (!this.playing) $("cuenta").textContent = tally(this.writer.written, this.full);
    clearTimeout(this.calm);
    this.calm = setTimeout(() => this.say(words), CALM_MS);
  }

  /** Para quien oye la página: no se habla encima de lo que se está escribiendo. */
  say({ best, bits, left }) {
    if (!this.ready || this.playing) return;
    $("voz").textContent = `La más probable: ${best}. Entropía: ${bits}; ${left}.`;
  }
}

let page = null;
try {
  page = new Page(JSON.parse($("ficha").textContent), bytesFromBase64($("pesos").textContent));
} catch (error) {
  $("aviso").textContent = `No se pudo abrir el modelo en este navegador: ${error.message}`;
}
