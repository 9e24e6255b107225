// De las puntuaciones a la letra: las mismas reglas que llm_intro/sampling.py.

/**
 * Las probabilidades de la letra siguiente, dos veces: `whole`, antes de cortar, y `kept`,
 * después. Las dos suman 1; en `kept`, lo que top-k o top-p dejan fuera vale 0.
 */
function nextProbs(logits, { temperature, topK, topP }) {
  const whole = softmax(logits, temperature);
  return { whole, kept: temperature === 0 ? whole : cut(whole, topK, topP) };
}

/** Menos temperatura concentra, más aplana; con 0 se lo lleva todo la primera. */
function softmax(logits, temperature) {
  const top = Math.max(...logits);
  const probs = new Float64Array(logits.length);
  if (temperature === 0) {
    probs[logits.indexOf(top)] = 1;
    return probs;
  }
  logits.forEach((logit, i) => (probs[i] = Math.exp((logit - top) / temperature)));
  return normalized(probs);
}

function normalized(values) {
  const total = values.reduce((sum, value) => sum + value, 0);
  return values.map((value) => value / total);
}

/** Los símbolos, del más al menos probable; los empates, por orden alfabético. */
function ranking(probs) {
  return Array.from(probs.keys()).sort((a, b) => probs[b] - probs[a] || a - b);
}

/** Deja los `topK` mejores y, de esos, los que hacen falta para juntar `topP`. */
function cut(probs, topK, topP) {
  const best = ranking(probs).slice(0, topK);
  const target = topP * best.reduce((sum, i) => sum + probs[i], 0) * (1 - 1e-12);
  const kept = new Float64Array(probs.length);
  let sum = 0;
  for (const i of best) {
    kept[i] = probs[i];
    sum += probs[i];
    if (topP < 1 && sum >= target) break;
  }
  return normalized(kept);
}

/** La letra en cuyo tramo cae `u`, de [0, 1), si cada una ocupa lo que vale su probabilidad. */
function pick(probs, u) {
  const target = u * probs.reduce((sum, p) => sum + p, 0);
  let sum = 0;
  for (let i = 0; i < probs.length; i++) {
    sum += probs[i];
    if (sum > target) return i;
  }
  return probs.length - 1;
}

/** Cuánto duda, en bits: 0 si solo queda una letra, 1 si duda entre dos iguales. */
function entropyBits(probs) {
  return probs.reduce((bits, p) => (p > 0 ? bits - p * Math.log2(p) : bits), 0);
}
