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
  // Los mandos a distancia de las presentaciones mandan AvPág y RePág.
  addEventListener("keydown", (event) => {
    if (document.activeElement.closest("input, select, textarea, [role=slider]")) return;
    const step = { PageDown: 1, PageUp: -1 }[event.key];
    if (step) { event.preventDefault(); go(step); }
  });
})();
