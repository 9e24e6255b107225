// El papel: el comienzo y lo que se va escribiendo detrás.

const AT_END = 2; // píxeles: lo que puede faltar, por redondeo, cuando se está abajo del todo

class Paper {
  constructor() {
    this.box = $("papel");
    this.text = $("escrito").appendChild(document.createTextNode(""));
    this.unseen = ""; // lo que aún no ha llegado a la pantalla
  }

  get written() { return this.text.data; }

  /** Un papel nuevo, con su comienzo y nada más. */
  restart(start) {
    $("principio").textContent = start;
    this.text.data = this.unseen = "";
    this.toEnd();
  }

  /** Enseña lo que aún no se ve y baja hasta ello, salvo que se esté leyendo más arriba. */
  show() {
    if (!this.unseen) return;
    const { scrollHeight, scrollTop, clientHeight } = this.box;
    this.text.appendData(this.unseen);
    this.unseen = "";
    if (scrollHeight - scrollTop - clientHeight < AT_END) this.toEnd();
  }

  toEnd() { this.box.scrollTop = this.box.scrollHeight; }
}
