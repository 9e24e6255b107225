// Reparte las celdas en pantallas, una por título, y deja pasarlas con AvPág, RePág o los botones.
(() => {
  const cells = [...document.querySelectorAll("#rendered_cells [cell-index]")];
  const screens = [];
  for (const cell of cells) {
    if (!screens.length || cell.querySelector("h2")) {
      const screen = document.createElement("section");
      screen.className = screens.length ? "pantalla" : "pantalla portada";
      cell.before(screen);
      screens.push(screen);
    }
    screens.at(-1).append(cell);
  }
  // Un enlace a otro cuaderno no lleva a ninguna parte desde aquí: queda su texto.
  for (const link of document.querySelectorAll('a[href$=".ipynb"]')) link.removeAttribute("href");

  // Una figura se llama como su pantalla, para quien la oye. Voilà las pone cuando quiere.
  document.addEventListener("load", ({ target }) => {
    if (target.tagName === "IMG") target.alt = target.closest(".pantalla").querySelector("h2").innerText;
  }, true);

  const bar = document.createElement("nav");
  bar.className = "paso";
  bar.setAttribute("aria-label", "Pantallas");
  bar.innerHTML = '<button aria-label="Pantalla anterior">‹</button><span></span>' +
    '<button aria-label="Pantalla siguiente">›</button>';
  document.body.append(bar);
  const [back, on] = bar.querySelectorAll("button");
  const here = () => {
    const tops = screens.map((screen) => Math.abs(screen.getBoundingClientRect().top));
    return tops.indexOf(Math.min(...tops));
  };
  const go = (step) => {
    const target = Math.max(0, Math.min(screens.length - 1, here() + step));
    screens[target].scrollIntoView();
  };
  const count = () => { bar.querySelector("span").textContent = `${here() + 1} / ${screens.length}`; };
  back.onclick = () => go(-1);
  on.onclick = () => go(1);
  addEventListener("scroll", count, { passive: true, capture: true });
  count();
  // Los mandos a distancia mandan AvPág y RePág: pasan pantalla siempre, antes de que los oiga nadie.
  // El mando que tenía el foco lo suelta: si no, las flechas moverían lo que ya no se ve.
  addEventListener("keydown", (event) => {
    const step = { PageDown: 1, PageUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    document.activeElement.blur();
    go(step);
  }, true);
})();
