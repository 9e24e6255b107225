// La red: una LSTM ya entrenada que lee una letra y puntúa la siguiente.
// Es la misma cuenta que NumpyLSTM, de llm_intro/support/numpy_lstm.py, con las puertas en el
// orden de PyTorch: aprender, recordar, candidata, decir.
// Letras de los tamaños: V símbolos, E embedding, H unidades de memoria.

const sigmoid = (x) => 1 / (1 + Math.exp(-x));

class LSTM {
  /** `weights`: lo que devuelve loadWeights, con los nombres de CervantesLSTM. */
  constructor(weights) {
    this.fc = weights["fc.weight"].values; // (V, H)
    this.fcBias = weights["fc.bias"].values; // (V,)
    this.size = weights["fc.weight"].shape[1]; // H
    this.layers = [];
    const product = ({ shape, values }) => makeProduct(values, shape[1]);
    for (let n = 0; weights[`lstm.weight_hh_l${n}`]; n++) {
      const other = weights[`lstm.bias_hh_l${n}`].values;
      this.layers.push({
        input: product(weights[`lstm.weight_ih_l${n}`]), // (4H, entrada)
        memory: product(weights[`lstm.weight_hh_l${n}`]), // (4H, H)
        bias: weights[`lstm.bias_ih_l${n}`].values.map((value, i) => value + other[i]), // (4H,)
      });
    }
    this.table = this.inputTable(weights["embedding.weight"]);
  }

  /** Lo que cada letra aporta a la primera capa, calculado una sola vez: V filas de (4H,). */
  inputTable({ shape: [symbols, width], values }) {
    const [first] = this.layers;
    return Array.from({ length: symbols }, (_, token) => {
      const gates = first.bias.slice();
      first.input.addTo(gates, values.subarray(token * width, (token + 1) * width));
      return gates;
    });
  }

  /** Memoria en blanco: `h` y `c`, una por capa. */
  start() {
    const blank = () => this.layers.map(() => new Float32Array(this.size));
    return { h: blank(), c: blank() };
  }

  /** Lee un símbolo: devuelve los logits del siguiente, (V,), y la memoria nueva. */
  step(token, state) {
    const next = { h: [], c: [] };
    this.layers.forEach((layer, n) => {
      const gates = n === 0 ? this.table[token].slice() : layer.bias.slice();
      if (n > 0) layer.input.addTo(gates, next.h[n - 1]);
      layer.memory.addTo(gates, state.h[n]);
      const { h, c } = this.remember(gates, state.c[n]);
      next.h.push(h);
      next.c.push(c);
    });
    return { logits: this.score(next.h[next.h.length - 1]), state: next };
  }

  /** Lo que una capa recuerda, `c`, y lo que dice, `h`, según sus puertas. */
  remember(gates, before) {
    const size = this.size;
    const h = new Float32Array(size);
    const c = new Float32Array(size);
    for (let i = 0; i < size; i++) {
      const learned = sigmoid(gates[i]) * Math.tanh(gates[2 * size + i]);
      c[i] = sigmoid(gates[size + i]) * before[i] + learned;
      h[i] = sigmoid(gates[3 * size + i]) * Math.tanh(c[i]);
    }
    return { h, c };
  }

  /** Una puntuación por símbolo, (V,). */
  score(h) {
    return this.fcBias.map((bias, v) => {
      let sum = bias;
      for (let j = 0, k = v * this.size; j < this.size; j++, k++) sum += this.fc[k] * h[j];
      return sum;
    });
  }
}
