// Los mismos números al azar que np.random.default_rng(semilla).random(): así una semilla
// escribe aquí el mismo texto que en los cuadernos.
// Es el generador PCG64 (O'Neill, 2014), que lleva la cuenta en un entero de 128 bits.

const MASK_64 = (1n << 64n) - 1n;
const MASK_128 = (1n << 128n) - 1n;
const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;

class Draws {
  /** `seed`: un entero, de 0 a Number.MAX_SAFE_INTEGER. */
  constructor(seed) {
    const [a, b, c, d] = seedWords(seed, 4);
    this.increment = ((((c << 64n) | d) << 1n) | 1n) & MASK_128;
    this.state = 0n;
    this.turn();
    this.state = (this.state + ((a << 64n) | b)) & MASK_128;
    this.turn();
  }

  turn() {
    this.state = (this.state * MULTIPLIER + this.increment) & MASK_128;
  }

  /** El número siguiente, de [0, 1), con 53 bits. */
  next() {
    this.turn();
    const mixed = (this.state >> 64n) ^ (this.state & MASK_64);
    const shift = this.state >> 122n;
    const rotated = ((mixed >> shift) | (mixed << (64n - shift))) & MASK_64;
    return Number(rotated >> 11n) / 2 ** 53;
  }
}

/**
 * Reparte la semilla en `count` enteros de 64 bits, para que semillas vecinas no den números
 * parecidos. Es el SeedSequence de NumPy: un fondo de cuatro enteros de 32 bits que se
 * revuelven unos con otros.
 */
function seedWords(seed, count) {
  const pool = [seed % 2 ** 32, Math.floor(seed / 2 ** 32), 0, 0];
  const stir = hasher(0x43b0d7e5, 0x931e8875);
  pool.forEach((word, i) => (pool[i] = stir(word)));
  for (let from = 0; from < pool.length; from++) {
    for (let to = 0; to < pool.length; to++) {
      if (from !== to) pool[to] = blend(pool[to], stir(pool[from]));
    }
  }
  const draw = hasher(0x8b51f9dd, 0x58f38ded);
  const halves = Array.from({ length: 2 * count }, (_, i) => BigInt(draw(pool[i % pool.length])));
  return Array.from({ length: count }, (_, i) => halves[2 * i] | (halves[2 * i + 1] << 32n));
}

/** Una función que revuelve enteros de 32 bits, cada vez con otra constante. */
function hasher(constant, factor) {
  return (word) => {
    const before = constant;
    constant = Math.imul(constant, factor);
    return fold(Math.imul(word ^ before, constant));
  };
}

function blend(x, y) {
  return fold(Math.imul(x, 0xca01f9dd) - Math.imul(y, 0x4973f715));
}

/** Mezcla la mitad alta con la baja; >>> 0 deja el entero sin signo. */
function fold(word) {
  return (word ^ (word >>> 16)) >>> 0;
}
