// La página: atiende los mandos, mueve al escritor y enseña lo que pasa.
// Todo texto ajeno entra con textContent: nunca se interpreta como HTML.

const WORK_MS = 30; // cuánto trabaja seguido: después se atiende a los mandos
const REDRAW_MS = 100; // mientras escribe deprisa, la pantalla cambia diez veces por segundo
const MAX_WRITTEN = 10000; // letras seguidas antes de pararse
const WIDE = 800; // píxeles: en una pantalla así caben todos los mandos

class Page {
  /** `card`: los símbolos y cómo vienen los pesos; `bytes`: los pesos. */
  constructor(card, bytes) {
    this.symbols = card.symbols;
    this.writer = new Writer(new LSTM(loadWeights(bytes, card.scale_suffix)), card.symbols);
    this.next = new Next(card.symbols);
    this.paper = new Paper();
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
    this.promise(letters);
    if (other) $("hecho").textContent = "Esta dirección es de otra red: el texto no será el mismo.";
  }

  listen() {
    for (const id of ["temperatura", "top-k", "top-p"]) {
      $(id).addEventListener("input", () => this.retune());
    }
    $("semilla").addEventListener("input", () => this.begin());
    $("escribir").addEventListener("click", () => (this.busy ? this.pause() : this.play()));
    const stopping = (target, kind, action) => target.addEventListener(kind, () => {
      $("hecho").textContent = "";
      this.pause();
      action();
    });
    stopping($("comienzo"), "input", () => this.begin());
    stopping($("borrar"), "click", () => this.begin());
    stopping($("una"), "click", () => this.write(1) || this.promise(1));
    const giving = (id, action) => stopping($(id), "click", () => {
      if (this.ready) action();
      else $("hecho").textContent = "Arregla antes lo que dice el aviso.";
    });
    giving("copiar", () => copyPage(this.paper.written, this.moved));
    giving("compartir", () => sharePage(this.writer.written, this.net, this.moved));
    stopping(window, "hashchange", () => this.follow());
  }

  /** Desde el comienzo, que se lee otra vez; lo escrito se borra. */
  begin() {
    this.ready = false;
    this.moved = false; // los mandos, después de empezar a escribir
    this.promised = 0; // hasta qué letra escribe sola
    $("hecho").textContent = "";
    try {
      const seed = check("semilla", readSeed);
      const ids = check("comienzo", (text) => encodePrompt(text, this.symbols));
      this.writer.setPrompt(ids);
      this.writer.restart(seed);
      this.paper.restart(ids.map((id) => this.symbols[id]).join(""));
      $("aviso").textContent = "";
      this.ready = true;
      this.meter = new Meter(this.writer.written);
      showButtons(this.busy, this.full);
      this.ask();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.refuse(error.message);
    }
  }

  /** No se puede seguir: lo dice y no deja a la vista nada que ya no corresponda. */
  refuse(message) {
    this.writer.restart(0);
    this.paper.restart("");
    this.next.clear();
    $("cuenta").textContent = "";
    $("aviso").textContent = message;
    this.pause();
  }

  play() {
    if (!this.ready || this.full) return;
    $("hecho").textContent = "";
    this.playing = true;
    this.owed = 1; // letras que tocan ya, según el ritmo
    this.before = performance.now();
    this.meter = new Meter(this.writer.written);
    showButtons(this.busy, this.full);
    this.ask();
  }

  /** Escribirá sola hasta la letra `letters`, cuando acabe de leer. */
  promise(letters) {
    if (!this.ready || this.full) return;
    this.promised = Math.min(letters, MAX_WRITTEN);
    showButtons(this.busy, this.full);
  }

  pause() {
    this.playing = false;
    this.promised = 0;
    showButtons(this.busy, this.full);
    this.draw();
  }

  /** Otros ajustes: las barras se rehacen al momento; lo ya escrito se queda como está. */
  retune() {
    showSettings(readSettings());
    this.moved ||= this.writer.written > 0;
    if (this.playing) this.draw();
    else this.pause(); // lo prometido ya no saldría igual
  }

  get busy() { return this.playing || this.promised > 0; }

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
      this.next.clear();
      $("cuenta").textContent = `Leyendo el comienzo: faltan ${this.writer.pending} letras.`;
      this.ask();
    } else if (this.playing) {
      this.keepPace(deadline);
    } else if (this.promised > this.writer.written) {
      this.write(this.promised - this.writer.written, deadline);
      this.ask();
    } else {
      this.pause();
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
      this.paper.unseen += this.writer.writeOne(settings);
      written++;
    }
    const done = written === count;
    const late = performance.now() - this.drawn >= REDRAW_MS;
    if (this.full) this.pause();
    else if (late || (done && !this.playing)) this.draw();
    else if (done) this.paper.show(); // al día: cada letra se ve al escribirse
    return written;
  }

  /** El texto, las barras y la entropía de ahora. */
  draw() {
    if (!this.canWrite) return;
    this.paper.show();
    this.next.draw(this.writer.probs(readSettings()));
    this.drawn = performance.now();
    if (!this.playing) $("cuenta").textContent = tally(this.writer.written, this.full);
  }
}

let page = null;
try {
  page = new Page(JSON.parse($("ficha").textContent), bytesFromBase64($("pesos").textContent));
} catch (error) {
  $("aviso").textContent = `No se pudo abrir el modelo en este navegador: ${error.message}`;
}
