// El mapa de palabras: al tocar una, sus vecinas de verdad, las de los cien números.

const WIDTH = 640, HEIGHT = 520, EDGE = 46, NEAR = 5;

/** Las `k` de mayor coseno con la palabra `i`, de más a menos. */
function neighbours(cosines, i, k) {
  const others = cosines[i].map((cos, j) => [j, cos]).filter(([j]) => j !== i);
  return others.sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, k);
}

/** La que cae más cerca en el dibujo. */
function closest(points, i) {
  const far = ([x, y]) => Math.hypot(x - points[i][0], y - points[i][1]);
  const others = points.map((point, j) => [j, far(point)]).filter(([j]) => j !== i);
  return others.sort((a, b) => a[1] - b[1])[0][0];
}

/** Los puntos, de sus unidades a las del dibujo. */
function fitted(points) {
  const [across, up] = [0, 1].map((axis) => points.map((point) => point[axis]));
  const place = (value, all, size) => {
    const low = Math.min(...all), high = Math.max(...all);
    return EDGE + ((value - low) / (high - low)) * (size - 2 * EDGE);
  };
  return points.map((p) => [place(p[0], across, WIDTH), HEIGHT - place(p[1], up, HEIGHT)]);
}

const overlap = (one, other) =>
  Math.max(0, Math.min(one[2], other[2]) - Math.max(one[0], other[0])) *
  Math.max(0, Math.min(one[3], other[3]) - Math.max(one[1], other[1]));

/** Dónde va cada rótulo, respecto a su punto, para pisar a los demás lo menos posible. */
function labels(at, words, size) {
  const taken = at.map(([x, y]) => [x - 7, y - 7, x + 7, y + 7]);
  return words.map((word, i) => {
    const width = 0.56 * size * word.length, height = size;
    let best = [Infinity];
    for (const far of [10, 22, 36, 52]) {
      for (let turn = 0; turn < 8; turn++) {
        const angle = (turn * Math.PI) / 4;
        const x = at[i][0] + Math.cos(angle) * (far + width / 2);
        const y = at[i][1] + Math.sin(angle) * (far + height / 2);
        const box = [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
        const outside = box[0] < 0 || box[1] < 0 || box[2] > WIDTH || box[3] > HEIGHT;
        const cost = taken.reduce((sum, other) => sum + overlap(box, other), outside ? 1e4 : far);
        if (cost < best[0]) best = [cost, x - at[i][0], y - at[i][1], box];
      }
    }
    taken.push(best[3]);
    return best.slice(1, 3);
  });
}

function start(main, { words, points, cosines, groups }) {
  const at = fitted(points);
  const size = matchMedia("(max-width: 480px)").matches ? 23 : 17;
  const shift = labels(at, words, size);
  const threads = svg("g", { class: "threads" });
  const nodes = words.map((word, i) => svg("g", { class: "node",
    "font-size": size, transform: `translate(${at[i][0]} ${at[i][1]})`, onclick: () => choose(i) },
  svg("circle", { r: 22, class: "hit" }), svg("circle", { r: 6, class: `g${groups[i]}` }),
  svg("text", { x: shift[i][0], y: shift[i][1], "text-anchor": "middle",
    "dominant-baseline": "central" }, word)));
  const list = el("ol", {}), told = el("p", { role: "status" });
  const menu = el("select", { id: "palabra", onchange: () => choose(menu.selectedIndex) },
    ...words.map((word) => el("option", {}, word)));

  function choose(i) {
    menu.selectedIndex = i;
    const near = neighbours(cosines, i, NEAR), drawn = closest(points, i);
    threads.replaceChildren(...near.map(([j, cos]) => svg("line", { x1: at[i][0], y1: at[i][1],
      x2: at[j][0], y2: at[j][1], "stroke-width": 1 + 8 * Math.max(cos, 0) })));
    nodes.forEach((node, j) => {
      const kind = j === i ? "center" : near.some(([one]) => one === j) ? "near" : "";
      node.setAttribute("class", `node ${kind}`);
    });
    list.replaceChildren(...near.map(([j, cos]) =>
      el("li", {}, `${words[j]} `, el("span", { class: "soft" }, comma(cos)))));
    const right = near[0][0] === drawn;
    told.textContent = `En el dibujo, la más cercana es «${words[drawn]}», con coseno ` +
      `${comma(cosines[i][drawn])}. ${right ? "También lo es de verdad." : "De verdad no lo es."}`;
  }

  main.append(el("style", {}, STYLE),
    el("div", { class: "row" }, el("label", { for: "palabra" }, "Toca una palabra o elígela:"), menu),
    el("div", { class: "wide" },
      svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" }, threads, ...nodes),
      el("div", {}, el("p", {}, "Vecinas por coseno, con los cien números:"), list, told)));
  choose(words.indexOf("vino"));
}

const STYLE = `
.wide { display: grid; gap: 12px 24px; }
@media (min-width: 640px) { .wide { grid-template-columns: 3fr 2fr; } }
.wide svg { max-height: 460px; background: var(--panel); border-radius: 6px; }
.node { cursor: pointer; }
.node text { fill: var(--soft); font-size: inherit; }
.node.near text, .node.center text { fill: var(--ink); font-weight: 700; }
.node.center circle:nth-child(2) { r: 10; }
.hit { fill: transparent; }
.threads line { stroke: var(--orange); opacity: 0.75; }
.g0 { fill: #0072b2; } .g1 { fill: #e69f00; } .g2 { fill: #009e73; }
.g3 { fill: #d55e00; } .g4 { fill: #cc79a7; } .g5 { fill: #8a8a8a; }
ol { margin: 4px 0 8px; padding-left: 1.4em; }
[role="status"] { min-height: 4.2em; }
`;
