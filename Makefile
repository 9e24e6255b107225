# Órdenes del curso. Sin Make (Windows), el README trae las mismas paso a paso.
# Solo rutas relativas: la carpeta puede llamarse como quieras, con espacios, eñes o emojis.

PYTHON := .venv/bin/python
ONLY ?=
# Para lo que no necesita el entorno: el primero que sea 3.11 o posterior
ANY_PYTHON = $(or $(shell for p in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; \
  do $$p -c 'import tomllib' 2>/dev/null && echo $$p && break; done),$(error Hace falta Python 3.11 o posterior))

# Solo en este ordenador; sin pantalla no se abre un navegador, y root tiene que decir que lo es
SCREEN = $(DISPLAY)$(WAYLAND_DISPLAY)$(filter Darwin,$(shell uname -s))
LAB = --ServerApp.ip=127.0.0.1 --LabApp.default_url=/lab/tree/notebooks/00_empieza_aqui.ipynb \
  --ServerApp.log_level=ERROR --LabApp.log_level=ERROR \
  $(if $(SCREEN),,--no-browser) $(if $(filter 0,$(shell id -u)),--allow-root)

.DEFAULT_GOAL := help
.PHONY: help env lab demo site web test check notebooks claims publish bench clean

help: ## Enseña esta lista
	@sed -n 's/^\([a-z]*\):.*## /  make \1|/p' Makefile | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

env: ## Prepara .venv con las versiones probadas (CPU=1 o CPU=0: sin CUDA o con ella)
	@CPU="$(CPU)" sh tools/env.sh

lab: env ## Abre el curso en JupyterLab
	@echo "JupyterLab se abrirá en tu navegador; si no, copia en él la última dirección que diga."
	@echo "Para cerrarlo, pulsa Ctrl-C dos veces en esta ventana."
	@JUPYTER_CONFIG_PATH="$$PWD/tools/jupyter$${JUPYTER_CONFIG_PATH:+:$$JUPYTER_CONFIG_PATH}" \
	  $(PYTHON) -m jupyterlab $(LAB)

demo: env ## Proyecta «Demo en clase» (toda la clase puede entrar: HOST=0.0.0.0; oscuro: THEME=dark)
	@HOST="$(if $(filter command,$(origin HOST)),$(HOST))" PORT="$(PORT)" THEME="$(THEME)" $(PYTHON) tools/demo.py

site: env ## El curso como un sitio que se lee sin Jupyter ni red, con buscador (en papel también: PDF=1)
	@PDF="$(PDF)" $(PYTHON) tools/website.py

web: env ## Hace la página del escritor: el modelo dentro de un solo archivo HTML, sin red
	@$(PYTHON) tools/writer_page.py

test: env ## Todas las pruebas: el módulo y los cuadernos
	@$(PYTHON) tools/suite.py

check: env ## Lo rápido, antes de cada commit: estilo, reglas de los cuadernos y pruebas cortas
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) tools/hygiene.py
	$(PYTHON) tools/publish.py --check
	$(PYTHON) benchmarks/results.py --check
	$(PYTHON) -m pytest -q -m "not slow" --ignore=tests/browser tests

notebooks: env ## Ejecuta y guarda los cuadernos (uno solo: ONLY=04)
	@$(PYTHON) tools/notebooks.py $(ONLY)

claims: env ## Reúne las afirmaciones en AFIRMACIONES.md y las figuras del README, sin ejecutar nada
	@$(PYTHON) tools/claims.py
	@$(PYTHON) tools/pictures.py

publish: ## Pone la dirección del curso en todas partes: REPO=cuenta/nombre REF=v1.0.0
	@$(ANY_PYTHON) tools/publish.py $(if $(REPO),--repo "$(REPO)") $(if $(REF),--ref "$(REF)")

bench: env ## Las comparaciones, en su versión corta; enteras, cada una con su orden
	@bash .ci/run bench

clean: ## Borra el entorno y las cachés; los cuadernos y tus modelos se quedan
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis build ./*.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
