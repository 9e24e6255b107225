// La letra siguiente: sus barras, cuánto duda y, cuando todo está quieto, lo mismo en voz alta.

const CALM_MS = 500; // lo que lleva este rato quieto se dice en voz alta

class Next {
  constructor(symbols) {
    this.symbols = symbols;
    this.bars = new Bars($("barras"), symbols);
    this.clear();
  }

  draw(probs) {
    const { bits, doubt, left, best } = describe(probs, this.symbols);
    this.bars.draw(probs);
    this.tell(bits, doubt, left);
    this.calm = setTimeout(() => {
      $("voz").textContent = `La más probable: ${best}. Entropía: ${bits}; ${left}.`;
    }, CALM_MS);
  }

  /** Nada: o no la hay, o todavía no se sabe. */
  clear() {
    this.bars.clear();
    this.tell("", "", "");
    $("voz").textContent = "";
  }

  tell(bits, doubt, left) {
    clearTimeout(this.calm); // no se habla encima de lo que está cambiando
    $("bits").textContent = bits;
    $("duda").textContent = doubt;
    $("quedan").textContent = left;
  }
}
