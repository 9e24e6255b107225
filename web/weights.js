// Los pesos del curso, leídos aquí mismo. La página lleva dentro, en base64, el archivo
// safetensors tal cual: ocho bytes con el tamaño de la cabecera, la cabecera en JSON (qué
// números hay, de qué tipo y dónde) y los números seguidos.

/** De base64 a bytes. */
function bytesFromBase64(text) {
  const binary = atob(text.trim());
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** Un número de 16 bits (1 de signo, 5 de exponente, 10 de fracción) como número corriente. */
function fromFloat16(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = (bits & 0x3ff) / 1024;
  if (exponent === 0) return sign * fraction * 2 ** -14; // los más pequeños, sin el 1 delante
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction) * 2 ** (exponent - 15);
}

const READERS = {
  F32: (buffer) => new Float32Array(buffer),
  F16: (buffer) => Float32Array.from(new Uint16Array(buffer), fromFloat16),
  I8: (buffer) => Float32Array.from(new Int8Array(buffer)),
};

/** Todos los números del archivo: nombre → { shape, values }, en 32 bits. */
function readSafetensors(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 8 + Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start)));
  delete header.__metadata__;
  const tensors = {};
  for (const [name, { dtype, shape, data_offsets: [from, to] }] of Object.entries(header)) {
    if (!READERS[dtype]) throw new Error(`no sé leer números de tipo ${dtype} (${name})`);
    // slice copia: un Float32Array solo puede empezar en múltiplos de cuatro bytes
    tensors[name] = { shape, values: READERS[dtype](bytes.slice(start + from, start + to).buffer) };
  }
  return tensors;
}

/**
 * Los pesos por nombre. Una matriz de 8 bits lleva al lado, con el mismo nombre y `suffix`,
 * una escala por fila: el peso es el entero por la escala de su fila.
 */
function loadWeights(bytes, suffix) {
  const tensors = readSafetensors(bytes);
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    const scale = tensors[name + suffix];
    if (!scale) continue;
    const columns = shape[1];
    for (let i = 0; i < values.length; i++) values[i] *= scale.values[Math.floor(i / columns)];
  }
  return tensors;
}
