// El mapa de palabras: al tocar una, sus vecinas de verdad, las de los cien números. Y, si trae
// analogías, el paralelogramo que forman y lo que le falta para acertar.

const WIDTH = 640, HEIGHT = 520, EDGE = 46, NEAR = 5;

/** Las `k` de mayor coseno con la palabra `i`, de más a menos. */
function neighbours(cosines, i, k) {
  const others = cosines[i].map((cos, j) => [j, cos]).filter(([j]) => j !== i);
  return others.sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, k);
}

/** El coseno de a − b + c con cada palabra; el de las tres de la pregunta no cuenta. */
function completed(cosines, [a, b, c]) {
  const long = Math.sqrt(3 + 2 * (cosines[a][c] - cosines[a][b] - cosines[b][c]));
  return cosines.map((row, j) =>
    [a, b, c].includes(j) ? -2 : (row[a] - row[b] + row[c]) / long);
}

/** Adónde se llega desde c con el paso que va de b a a. */
const corner = (points, [a, b, c]) =>
  [0, 1].map((axis) => points[a][axis] - points[b][axis] + points[c][axis]);

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
    const width = 0.6 * size * word.length, height = size;
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

/** Una flecha de un sitio a otro. */
function arrow([x, y], [u, v]) {
  const turn = (Math.atan2(v - y, u - x) * 180) / Math.PI;
  return svg("g", { class: "arrow" }, svg("line", { x1: x, y1: y, x2: u, y2: v }),
    svg("path", { d: "M0 0l-20 9v-18z", transform: `translate(${u} ${v}) rotate(${turn})` }));
}

function start(main, { words, points, cosines, groups, questions = [] }) {
  const corners = questions.map((question) => corner(points, question));
  const every = fitted([...points, ...corners]);
  const at = every.slice(0, words.length);
  const threads = svg("g", { class: "threads" });
  const nodes = words.map((word, i) => svg("g", { class: "node",
    transform: `translate(${at[i][0]} ${at[i][1]})`, onclick: () => choose(i) },
  svg("circle", { r: 22, class: "hit" }), svg("circle", { r: 6, class: `g${groups[i]}` }),
  svg("text", { "text-anchor": "middle", "dominant-baseline": "central" }, word)));

  // Al abrirse, el marco puede no tener aún su ancho: los rótulos se colocan otra vez al pintarse
  // y cada vez que la página pasa de ancha a estrecha o al revés.
  const narrow = matchMedia("(max-width: 480px)");
  function place() {
    const size = narrow.matches ? 23 : 17;
    labels(at, words, size).forEach(([x, y], i) => {
      nodes[i].setAttribute("font-size", size);
      nodes[i].lastChild.setAttribute("x", x);
      nodes[i].lastChild.setAttribute("y", y);
    });
  }
  place();
  requestAnimationFrame(place);
  narrow.addEventListener("change", place);

  const list = el("ol", {}), told = el("p", { role: "status" });
  const menu = el("select", { onchange: () => choose(menu.selectedIndex) },
    ...words.map((word) => el("option", {}, word)));

  const asked = el("select", { onchange: () => asked.selectedIndex
    ? ask(asked.selectedIndex - 1) : choose(menu.selectedIndex) }, el("option", {}, "ninguna"),
  ...questions.map(([a, b, c]) => el("option", {}, `${words[a]} − ${words[b]} + ${words[c]}`)));
  const title = el("p", {});

  function show(ordered, drawn, kinds) {
    threads.replaceChildren(...drawn);
    nodes.forEach((node, j) => node.setAttribute("class", `node ${kinds(j)}`));
    list.replaceChildren(...ordered.map(([j, cos]) =>
      el("li", {}, `${words[j]} `, el("span", { class: "soft" }, comma(cos)))));
  }

  function ask(n) {
    const [a, b, c, answer] = questions[n], cross = every[words.length + n];
    const values = completed(cosines, questions[n]);
    const ordered = values.map((cos, j) => [j, cos]).sort((x, y) => y[1] - x[1]);
    const first = ordered[0][0];
    const miss = ([x, y]) => svg("line", { x1: cross[0], y1: cross[1], x2: x, y2: y, class: "miss" });
    show(ordered.slice(0, NEAR), [arrow(at[b], at[a]), arrow(at[c], cross), miss(at[answer]),
      svg("path", { d: "M-9 -9L9 9M-9 9L9 -9", class: "cross",
        transform: `translate(${cross[0]} ${cross[1]})` })],
    (j) => (j === first ? "center" : [a, b, c, answer].includes(j) ? "near" : ""));
    title.textContent = "Las más cercanas a la cruz, con los cien números:";
    told.textContent = first === answer
      ? `Acierta: la más cercana es «${words[answer]}». La raya es lo que falta en el dibujo.`
      : `Falla: gana «${words[first]}», y «${words[answer]}» tiene coseno ${comma(values[answer])}. ` +
        "La raya es lo que falta en el dibujo.";
  }

  function choose(i) {
    asked.selectedIndex = 0;
    menu.selectedIndex = i;
    const near = neighbours(cosines, i, NEAR), drawn = closest(points, i);
    show(near, near.map(([j, cos]) => svg("line", { x1: at[i][0], y1: at[i][1],
      x2: at[j][0], y2: at[j][1], "stroke-width": 1 + 8 * Math.max(cos, 0) })),
    (j) => (j === i ? "center" : near.some(([one]) => one === j) ? "near" : ""));
    title.textContent = "Vecinas por coseno, con los cien números:";
    const right = near[0][0] === drawn;
    told.textContent = `En el dibujo, la más cercana es «${words[drawn]}», con coseno ` +
      `${comma(cosines[i][drawn])}. ${right ? "También lo es de verdad." : "De verdad no lo es."}`;
  }

  main.append(el("style", {}, STYLE),
    el("div", { class: "row" },
      el("label", {}, "Toca una palabra o elígela: ", menu),
      ...(questions.length ? [el("label", {}, "Analogía: ", asked)] : [])),
    el("div", { class: "wide" },
      svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" }, threads, ...nodes),
      el("div", {}, title, list, told)));
  if (questions.length) {
    asked.selectedIndex = 1;
    ask(0);
  } else choose(Math.max(0, words.indexOf("vino")));
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
.threads > line { stroke: var(--orange); opacity: 0.75; }
.arrow line { stroke: var(--blue); stroke-width: 5; }
.arrow path { fill: var(--blue); }
.threads > line.miss { stroke-width: 4; stroke-dasharray: 9 7; opacity: 1; }
.cross { stroke: var(--orange); stroke-width: 6; }
.g0 { fill: #0072b2; } .g1 { fill: #e69f00; } .g2 { fill: #009e73; }
.g3 { fill: #d55e00; } .g4 { fill: #cc79a7; } .g5 { fill: #8a8a8a; }
ol { margin: 4px 0 8px; padding-left: 1.4em; }
[role="status"] { min-height: 4.2em; }
`;
