// Cinco preguntas, de una en una: cada respuesta dice por qué sí o por qué no.

/** Cuántas se acertaron a la primera; `first` guarda la primera respuesta de cada una. */
function score(questions, first) {
  return questions.filter((one, i) => first[i] === one.right).length;
}

/** Lo que se dice al acabar. */
function farewell(right, all) {
  const told = `A la primera, ${right} de ${all}.`;
  if (right === all) return `${told} Puedes seguir.`;
  return `${told} Vuelve sobre las otras: la respuesta está en la lección.`;
}

/** Cuántas faltan por contestar, y cuáles. */
function missing(first) {
  const left = first.flatMap((one, i) => (one === null ? [`la ${i + 1}`] : []));
  const many = left.length === 1 ? "falta una pregunta" : `faltan ${left.length} preguntas`;
  return `Para la nota ${many}: ${new Intl.ListFormat("es").format(left)}.`;
}

/** Lo que lleva delante una opción: ✓ o ✗ si ya se ha pulsado, una letra si no. */
function sign(question, option, pressed) {
  if (!pressed.includes(option)) return "abc"[option];
  return option === question.right ? "✓" : "✗";
}

function start(main, questions) {
  const first = questions.map(() => null), pressed = questions.map(() => []);
  let now = 0;
  const ask = el("p", { class: "ask", tabindex: "-1" });
  const said = el("p", { class: "said", role: "status" });
  const options = questions[0].options.map((_, i) => {
    const mark = el("b", { "aria-hidden": "true" }), text = el("span");
    const button = el("button", { type: "button", onclick: () => answer(i) }, mark, text);
    return { button, mark, text };
  });
  const place = el("span", { class: "soft" });
  const back = el("button", { type: "button", onclick: () => go(now - 1) }, "Anterior");
  const next = el("button", { type: "button", onclick: () => go(now + 1) });

  function answer(option) {
    first[now] ??= option;
    pressed[now].push(option);
    const right = option === questions[now].right;
    said.className = `said ${right ? "good" : "bad"}`;
    said.textContent = `${right ? "Sí." : "No."} ${questions[now].options[option].why}`;
    draw();
  }

  function go(where) {
    const all = questions.length, pending = first.indexOf(null);
    if (where < 0) return;
    said.className = "said";
    if (where < all) said.textContent = "";
    else said.textContent = pending < 0 ? farewell(score(questions, first), all) : missing(first);
    now = where < all ? where : pending < 0 ? all - 1 : pending;
    draw();
    ask.focus();
  }

  function draw() {
    const question = questions[now];
    ask.textContent = question.ask;
    options.forEach(({ button, mark, text }, i) => {
      mark.textContent = sign(question, i, pressed[now]);
      text.textContent = question.options[i].text;
      button.setAttribute("aria-pressed", pressed[now].includes(i));
      button.className = pressed[now].includes(i) ? (i === question.right ? "yes" : "no") : "";
    });
    const answered = first.filter((one) => one !== null).length;
    place.textContent = `Pregunta ${now + 1} de ${questions.length} · ${answered} contestada${answered === 1 ? "" : "s"}`;
    next.textContent = now === questions.length - 1 ? "Ver la nota" : "Siguiente";
  }

  main.append(
    el("style", {}, STYLE), place, ask,
    el("div", { class: "options" }, ...options.map(({ button }) => button)),
    said, el("div", { class: "row" }, back, next));
  draw();
}

const STYLE = `
.ask { font-weight: 600; min-height: 2.8em; }
.ask:focus { outline: none; }
.options { display: grid; gap: 8px; }
.options button { display: flex; gap: 12px; align-items: center; text-align: left; line-height: 1.25; }
.options button[aria-pressed="true"] { background: var(--panel); color: var(--ink); border-width: 2px; }
.options .yes[aria-pressed="true"] { border-color: var(--good); }
.options .no[aria-pressed="true"] { border-color: var(--bad); }
.options .yes b { color: var(--good); }
.options .no b { color: var(--bad); }
.said { min-height: 4.4em; font-weight: 400; }
@media (min-width: 640px) { .said { min-height: 2.9em; } .ask { min-height: 0; } }
`;
