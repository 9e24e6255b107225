// Cuántas letras van, y cuántas salen por segundo de verdad.

const METER_MS = 500; // cada cuánto se mide la velocidad

class Meter {
  constructor(written) {
    this.restart(written);
  }

  restart(written) {
    this.since = performance.now();
    this.written = written;
  }

  /** Cuántas van y cuántas por segundo desde la última vez; nada si aún es pronto. */
  read(now, written, full) {
    const elapsed = now - this.since;
    if (elapsed < METER_MS) return "";
    const pace = (1000 * (written - this.written)) / elapsed;
    this.restart(written);
    return `${tally(written, full)} ${thousands(Math.round(pace))} por segundo.`;
  }
}

function tally(written, full) {
  if (full) return `${thousands(written)} letras: hasta aquí. Bórralas para seguir.`;
  return written === 1 ? "1 letra escrita." : `${thousands(written)} letras escritas.`;
}
