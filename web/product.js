// Matriz por vector, que es casi todo lo que cuesta una letra. Un navegador multiplica cuatro
// números a la vez si se lo pide WebAssembly, así que aquí se escribe, byte a byte, el programa
// más corto que lo hace: cuatro filas de la matriz contra un vector. Donde no lo haya, o el
// tamaño no sea múltiplo de cuatro, la misma cuenta va en JavaScript.

const LANES = 4; // números que caben en un v128
const FLOAT = 4; // bytes de un Float32
const PAGE = 65536; // bytes de una página de memoria

// Lo que se usa del juego de instrucciones (webassembly.github.io/spec/core/binary).
const CODE = {
  loop: 0x03, branchIf: 0x0d, end: 0x0b, get: 0x20, set: 0x21, tee: 0x22,
  loadFloat: 0x2a, storeFloat: 0x38, int: 0x41, addInt: 0x6a, subtractInt: 0x6b, addFloat: 0x92,
};
const VECTOR = { load: 0x00, lane: 0x1f, add: 0xe4, multiply: 0xe6 };
const TYPE = { int: 0x7f, vector: 0x7b, nothing: 0x40, function: 0x60 };

/** Un entero como lo escribe WebAssembly: siete bits por byte, los bajos delante (LEB128). */
function integer(value) {
  const bytes = [];
  for (;;) {
    const low = value & 0x7f;
    value >>= 7;
    // el bit 6 hace de signo: si está puesto en el último byte, hace falta otro
    if (value === 0 && !(low & 0x40)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

const unsigned = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >> 7)]);
const sized = (bytes) => [...unsigned(bytes.length), ...bytes];
const section = (id, ...items) => [id, ...sized([items.length, ...items.flat()])];
const name = (text) => sized([...text].map((letter) => letter.charCodeAt(0)));
const vector = (code) => [0xfd, ...unsigned(code)];
const get = (local) => [CODE.get, local];
const advance = (local, code, bytes) => [...get(local), CODE.int, ...integer(bytes), code];

/**
 * fourRows(weights, x, out): out[i] += fila i · x, para cuatro filas seguidas de `columns`
 * números. Locales: 0 weights, 1 x, 2 out, 3 bytes que quedan, 4 un trozo de x, 5-8 las sumas.
 */
function fourRows(columns) {
  const rows = [0, 1, 2, 3];
  const width = columns * FLOAT;
  const accumulate = rows.flatMap((row) => [
    ...get(5 + row), ...get(4),
    ...get(0), ...vector(VECTOR.load), 2, ...unsigned(row * width),
    ...vector(VECTOR.multiply), ...vector(VECTOR.add), CODE.set, 5 + row,
  ]);
  const finish = rows.flatMap((row) => [
    ...get(2), ...get(2), CODE.loadFloat, 2, row * FLOAT,
    ...[0, 1, 2, 3].flatMap((lane) => [
      ...get(5 + row), ...vector(VECTOR.lane), lane, CODE.addFloat,
    ]),
    CODE.storeFloat, 2, row * FLOAT,
  ]);
  const body = [
    2, 1, TYPE.int, 5, TYPE.vector,
    CODE.int, ...integer(width), CODE.set, 3,
    CODE.loop, TYPE.nothing,
    ...get(1), ...vector(VECTOR.load), 2, 0, CODE.set, 4,
    ...accumulate,
    ...advance(0, CODE.addInt, LANES * FLOAT), CODE.set, 0,
    ...advance(1, CODE.addInt, LANES * FLOAT), CODE.set, 1,
    ...advance(3, CODE.subtractInt, LANES * FLOAT), CODE.tee, 3,
    CODE.branchIf, 0, CODE.end,
    ...finish, CODE.end,
  ];
  return sized(body);
}

/** El programa entero: una memoria de `pages` páginas y la función de arriba. */
function program(columns, pages) {
  return new Uint8Array([
    0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, [TYPE.function, 3, TYPE.int, TYPE.int, TYPE.int, 0]),
    ...section(3, [0]),
    ...section(5, [0, ...unsigned(pages)]),
    ...section(7, [...name("fourRows"), 0, 0], [...name("memory"), 2, 0]),
    ...section(10, fourRows(columns)),
  ]);
}

/** La cuenta en JavaScript: cada x[j] se lee una vez para cuatro filas, y va casi al doble. */
class PlainProduct {
  constructor(values, columns) {
    Object.assign(this, { values, columns });
  }

  /** out += matriz · x. */
  addTo(out, x) {
    const { values, columns } = this;
    const quarter = out.length / 4;
    const jump = quarter * columns;
    for (let i = 0, k = 0; i < quarter; i++) {
      let a = 0, b = 0, c = 0, d = 0;
      for (let j = 0; j < columns; j++, k++) {
        const value = x[j];
        a += values[k] * value;
        b += values[k + jump] * value;
        c += values[k + 2 * jump] * value;
        d += values[k + 3 * jump] * value;
      }
      out[i] += a;
      out[i + quarter] += b;
      out[i + 2 * quarter] += c;
      out[i + 3 * quarter] += d;
    }
  }
}

/** La misma, con cuatro multiplicaciones a la vez. La matriz se copia a su memoria. */
class FastProduct {
  constructor(values, columns) {
    const rows = values.length / columns;
    const bytes = (values.length + columns + rows) * FLOAT;
    const module = new WebAssembly.Module(program(columns, Math.ceil(bytes / PAGE)));
    const { fourRows, memory } = new WebAssembly.Instance(module).exports;
    const place = (from, length) => new Float32Array(memory.buffer, from * FLOAT, length);
    place(0, values.length).set(values);
    this.x = place(values.length, columns);
    this.out = place(values.length + columns, rows);
    Object.assign(this, { fourRows, width: columns * FLOAT });
  }

  addTo(out, x) {
    this.x.set(x);
    this.out.set(out);
    for (let i = 0; i < out.length; i += 4) {
      this.fourRows(i * this.width, this.x.byteOffset, this.out.byteOffset + i * FLOAT);
    }
    out.set(this.out);
  }
}

/** La mejor de las dos que se pueda aquí. `values`: la matriz, por filas; cuatro o sus múltiplos. */
function makeProduct(values, columns) {
  const fits = columns % LANES === 0 && (values.length / columns) % 4 === 0;
  try {
    return fits ? new FastProduct(values, columns) : new PlainProduct(values, columns);
  } catch {
    return new PlainProduct(values, columns); // sin WebAssembly, o sin sus vectores
  }
}
