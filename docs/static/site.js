// El avance de quien lee, en su navegador y en ningún otro sitio: lecciones y ejercicios hechos.
// Y lo que salió tras una predicción, tapado hasta que se toca.
"use strict";

(() => {
  const KEY = "introduccion-a-los-llm";
  // Abierto como archivo, el navegador no deja leer otras páginas: el buscador da solo los títulos
  if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

  /** Lo guardado: número de lección → lo hecho en ella. Sin permiso para guardar, nada. */
  function load() {
    try {
      return JSON.parse(localStorage.getItem(KEY)) ?? {};
    } catch {
      return {};
    }
  }

  function save(progress) {
    try {
      localStorage.setItem(KEY, JSON.stringify(progress));
    } catch {
      // navegación privada: se pierde al cerrar, y no pasa nada
    }
  }

  const done = (lesson) => load()[lesson] ?? [];

  function toggle(lesson, what) {
    const progress = load(), before = progress[lesson] ?? [];
    progress[lesson] = before.includes(what) ? before.filter((one) => one !== what) : [...before, what];
    save(progress);
    show();
  }

  /** Un botón que dice si algo está hecho, y lo cambia. */
  function mark(lesson, what, label) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "hecho", role: "checkbox" });
    Object.assign(button.dataset, { leccion: lesson, hecho: what, texto: label });
    button.addEventListener("click", () => toggle(lesson, what));
    return button;
  }

  /** «Hecho» bajo cada ejercicio y al acabar la lección. */
  function place(lesson) {
    for (const title of document.querySelectorAll("article h3")) {
      const number = title.textContent.match(/^Ejercicio (\d+)/)?.[1];
      if (number) title.after(mark(lesson, number, `Ejercicio ${number} hecho`));
    }
    const end = mark(lesson, "fin", "Lección terminada");
    end.classList.add("fin");
    document.querySelector("article")?.append(end);
  }

  /** Si lo que hay encima de una celda pide predecir; antes de otra celda o de un título. */
  function asks(cell) {
    let one = cell.previousElementSibling;
    for (; one && !one.matches(".cell, h1, h2, h3"); one = one.previousElementSibling) {
      if (one.textContent.startsWith("Predice antes")) return true;
    }
    return false;
  }

  /** Lo que salió tras un «Predice antes», y lo que se dice de ello, se destapa al tocarlo. */
  function cover() {
    for (const output of document.querySelectorAll("article .cell > .cell_output")) {
      if (output.querySelector("iframe") || !asks(output.parentElement)) continue;
      const box = document.createElement("details"), label = document.createElement("summary");
      box.className = "apuesta";
      label.textContent = "Ya he predicho: ver qué sale";
      const told = output.parentElement.nextElementSibling; // el párrafo que dice la respuesta
      output.before(box);
      box.append(label, output, ...(told?.matches("p") ? [told] : []));
    }
    addEventListener("beforeprint", () => {
      for (const box of document.querySelectorAll(".apuesta")) box.open = true;
    });
  }

  /** Pone al día los botones, la tabla de la portada y el índice. */
  function show() {
    for (const button of document.querySelectorAll(".hecho")) {
      const is = done(button.dataset.leccion).includes(button.dataset.hecho);
      button.setAttribute("aria-checked", is);
      button.textContent = `${is ? "☑" : "☐"} ${button.dataset.texto}`;
    }
    for (const cell of document.querySelectorAll(".avance")) {
      const list = done(cell.dataset.leccion), exercises = list.filter((one) => one !== "fin").length;
      const parts = [list.includes("fin") ? "✓ terminada" : "", exercises ? `${exercises} ej.` : ""];
      cell.textContent = parts.filter(Boolean).join(" · ");
    }
    const erase = document.getElementById("borrar-avance");
    if (erase) erase.hidden = !Object.values(load()).flat().length;
  }

  /** Las figuras miran el tema del sistema; si el sitio lleva otro, se les cambia la pregunta. */
  function paint() {
    const dark = document.documentElement.dataset.theme === "dark";
    const same = dark === matchMedia("(prefers-color-scheme: dark)").matches;
    const query = same ? "prefers-color-scheme: dark" : dark ? "min-width: 0" : "max-width: 0";
    for (const frame of document.querySelectorAll(".explorable iframe")) {
      const old = /@media \((prefers-color-scheme: dark|m..-width: 0)\)/;
      const page = frame.srcdoc.replace(old, `@media (${query})`);
      if (page !== frame.srcdoc) frame.srcdoc = page;
    }
  }

  /** El escritor pesa más que toda la página: se trae cuando quien lee llega a él. */
  function fetchWriter() {
    const near = new IntersectionObserver((seen) => {
      for (const { target } of seen.filter((one) => one.isIntersecting)) {
        target.src = target.dataset.src;
        near.unobserve(target);
      }
    }, { rootMargin: "300px" });
    document.querySelectorAll("iframe.escritor").forEach((one) => near.observe(one));
  }

  document.addEventListener("DOMContentLoaded", () => {
    fetchWriter();
    new MutationObserver(paint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    paint();
    const lesson = location.pathname.match(/\/(\d\d)_\w+\.html$/)?.[1];
    if (lesson) place(lesson);
    cover();
    const erase = document.getElementById("borrar-avance");
    erase?.addEventListener("click", () => {
      save({});
      show();
    });
    show();
  });
})();
