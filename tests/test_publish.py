"""La dirección del curso: una sola, y todo lo demás sale de ella."""

import subprocess
import sys

import pytest
import sample_lesson as sample

import address
import badges
import lessons
import llm_intro
import publish
from address import Address

PLACEHOLDER = Address("https://github.com/_nadie_/un-curso", "v0.1.0")
FORK = Address("https://github.com/otra-cuenta/mi.curso", "main")


def source(item: lessons.Lesson, cell_id: str) -> str:
    return lessons.source(item.cell(cell_id))


def test_generated_places_are_up_to_date():
    """Insignias, arranques, imágenes, README y colab_badge.md dicen lo que pyproject."""
    assert publish.outdated(address.current()) == []


def test_the_placeholder_is_no_account_name():
    """GitHub no admite «_» en una cuenta: nadie puede ocupar la dirección de muestra."""
    assert not PLACEHOLDER.published
    assert FORK.published


def test_badges_open_that_copy_and_that_version(tmp_path):
    """Cada insignia lleva la cuenta, el repositorio, la etiqueta y el cuaderno."""
    item = publish.refreshed(sample.lesson(tmp_path, *sample.good_cells()), FORK)
    head = source(item, "insignia")
    assert "colab.research.google.com/github/otra-cuenta/mi.curso/blob/main/notebooks/00_" in head
    assert "mybinder.org/v2/gh/otra-cuenta/mi.curso/main?urlpath=lab/tree/notebooks/00_" in head
    assert head.startswith("# Sumar\n")


def test_the_bootstrap_is_the_same_in_every_notebook(tmp_path):
    """El arranque depende de la dirección y de nada más, y es Python válido."""
    cells = [sample.code("arranque", "pass", "nbval-ignore-output")]
    first, second = (
        source(publish.refreshed(sample.lesson(tmp_path, *some), FORK), "arranque")
        for some in (cells, sample.good_cells())
    )
    assert first == second
    assert f'REPO, REF = "{FORK.url}", "main"' in first
    compile(first, "arranque", "exec")
    assert len([line for line in first.splitlines() if line.strip()]) <= 25


def test_publishing_twice_leaves_no_trace_of_the_first(tmp_path):
    """De una dirección a otra y vuelta: queda lo mismo que había."""
    cells = [*sample.good_cells(), sample.markdown("foto", "![una](../imgs/a.png)")]
    start = publish.refreshed(sample.lesson(tmp_path, *cells), PLACEHOLDER)
    there = publish.refreshed(start, FORK)
    assert "_nadie_" not in lessons.as_text(there.nb)
    assert publish.refreshed(there, PLACEHOLDER).nb == start.nb


def test_images_are_relative_until_there_is_an_address(tmp_path):
    """Colab no ve imágenes relativas: con dirección se escriben completas."""
    item = sample.lesson(tmp_path, sample.markdown("foto", "![una](../imgs/a.png)"))
    assert source(publish.with_images(item, PLACEHOLDER), "foto") == "![una](../imgs/a.png)"
    there = source(publish.with_images(item, FORK), "foto")
    assert there == "![una](https://raw.githubusercontent.com/otra-cuenta/mi.curso/main/imgs/a.png)"


def test_without_an_address_there_are_no_badges(tmp_path):
    """Sin publicar abrirían la dirección de nadie, y sin red serían imágenes rotas."""
    item = sample.lesson(tmp_path, *sample.good_cells())
    told = source(badges.with_badges(item, PLACEHOLDER), "insignia")
    assert told.startswith("# Sumar\n") and "make publish" in told
    for text in (told, publish.table(PLACEHOLDER), badges.page(PLACEHOLDER)):
        assert "![" not in text and "colab.research" not in text
    assert "![Abrir en Colab]" in publish.table(FORK)


def test_the_first_way_of_the_readme_is_true(monkeypatch):
    """Sin dirección, el README no manda pulsar una insignia que no hay."""
    for where, said in ((PLACEHOLDER, "todavía no tiene dirección"), (FORK, "Pulsa la insignia")):
        assert said in publish.generated(where)[lessons.ROOT / "README.md"]


def test_publishing_needs_nothing_installed():
    """Un Python sin ningún paquete basta para poner la dirección."""
    bare = [sys.executable, "-S", "-E", "tools/publish.py", "--check"]
    done = subprocess.run(bare, cwd=lessons.ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_notebook_is_written_as_nbformat_writes_it(tmp_path):
    """Texto, figura, JSON y flujo: las mismas líneas que con la biblioteca de Jupyter."""
    nbformat = pytest.importorskip("nbformat")
    cell = sample.code("varias", "a = 1\na", shows="1\n2")
    data = {"image/png": "QUJD\n", "application/x+json": {"text": "a\nb"}, "text/html": "<b>\n"}
    shown = {"output_type": "display_data", "metadata": {}, "data": data}
    cell["outputs"] += [shown, {"output_type": "stream", "name": "stdout", "text": "uno\ndos\n"}]
    nb = sample.lesson(tmp_path, cell, sample.markdown("vacia", "")).nb
    joined = nbformat.from_dict(nb)
    expected = nbformat.writes(nbformat.v4.rwbase.rejoin_lines(joined), version=4)
    assert lessons.as_text(joined) == expected + "\n"


def test_a_branch_with_a_slash_is_escaped_for_binder():
    """Binder separa con barras: la de una rama va escapada."""
    branch = Address(FORK.url, "curso/2026")
    assert "/curso%2F2026?" in badges.buttons(branch, "00_a.ipynb")


@pytest.fixture
def copy_of_the_course(tmp_path, monkeypatch):
    """Los dos archivos que `make publish` cambia, en una carpeta aparte."""
    for name in ("pyproject.toml", "llm_intro/__init__.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((lessons.ROOT / name).read_bytes())
    monkeypatch.setattr(address, "ROOT", tmp_path)
    return tmp_path


def test_a_version_tag_sets_the_version_too(copy_of_the_course):
    """REF=v2.0.1 cambia la dirección, la etiqueta y la versión del módulo; una rama no."""
    address.set_address("otra-cuenta/mi.curso", "v2.0.1")
    assert address.current() == Address(FORK.url, "v2.0.1")
    init = copy_of_the_course / "llm_intro" / "__init__.py"
    assert '__version__ = "2.0.1"' in init.read_text(encoding="utf-8")
    address.set_address(None, "main")
    assert address.current() == FORK
    assert '__version__ = "2.0.1"' in init.read_text(encoding="utf-8")


@pytest.mark.parametrize("repo", ["sin-barra", "_nadie/curso", "-a/curso", "a/b/c", "a b/c"])
def test_a_bad_repo_is_refused_before_writing(repo, copy_of_the_course):
    """Una dirección que GitHub no admite no llega a pyproject."""
    before = address.current()
    with pytest.raises(SystemExit, match="cuenta/nombre"):
        address.set_address(repo, "v9.9.9")
    assert address.current() == before


def test_an_interrupted_publish_is_finished_by_the_next_one(tmp_path, monkeypatch):
    """Si algo la corta a mitad de un archivo, todos siguen enteros y repetirla lo acaba."""
    files = {tmp_path / f"{n}.md": f"nuevo {n}" for n in range(3)}
    for path in files:
        path.write_text("viejo", encoding="utf-8")
    monkeypatch.setattr(publish, "ROOT", tmp_path)
    monkeypatch.setattr(publish, "generated", lambda where: files)
    moves, replace = [], lessons.os.replace

    def fail_at_the_second(*paths):
        moves.append(paths)
        if len(moves) == 2:
            raise KeyboardInterrupt
        replace(*paths)

    monkeypatch.setattr(lessons.os, "replace", fail_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        publish.update(FORK)
    assert [path.read_text(encoding="utf-8") for path in files] == ["nuevo 0", "viejo", "viejo"]
    assert sorted(tmp_path.iterdir()) == sorted(files)
    publish.update(FORK)
    assert publish.outdated(FORK) == []


def test_the_citation_follows_the_address_and_the_version():
    """CITATION.cff dice la dirección y la versión, cada una en su línea."""
    text = publish.citation(FORK)
    assert f'repository-code: "{FORK.url}"' in text.splitlines()
    assert f"version: {llm_intro.__version__}" in text.splitlines()
    assert PLACEHOLDER.repo not in text


def test_minutes_come_from_the_lesson(tmp_path):
    """La tabla del README lee los minutos de «Clase:» y «Cálculo:»."""
    text = "Clase: 90 minutos.\nCálculo: unos 3 minutos en una CPU de dos núcleos."
    item = sample.lesson(tmp_path, sample.markdown("objetivos", text))
    assert publish.minutes(item, "Clase") == "90 minutos"
    assert publish.minutes(item, "Cálculo") == "unos 3 minutos"
    for said in ("un minuto y medio", "unos segundos"):
        item = sample.lesson(tmp_path, sample.markdown("objetivos", f"Cálculo: {said} sin red."))
        assert publish.minutes(item, "Cálculo") == said


def run_bootstrap(folder, where: Address, *, needed: str | None = None):
    """Ejecuta el arranque en un IPython limpio, sin el módulo instalado."""
    item = sample.lesson(folder, sample.code("arranque", "pass"))
    code = source(publish.with_bootstrap(item, where), "arranque")
    if needed:
        code = code.replace('"torch"', f'"{needed}"')
    (folder / "celda.ipy").write_text(code, encoding="utf-8")
    hide = "import sys; sys.path = [p for p in sys.path if p != ROOT]; sys.meta_path = [f for f in"
    hide += " sys.meta_path if 'editable' not in str(f).lower()]"
    start = f"ROOT = {str(lessons.ROOT)!r}; {hide}"
    ipython = "from IPython import start_ipython; start_ipython(['--quick', 'celda.ipy'])"
    command = [sys.executable, "-c", f"{start}; {ipython}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8")
    return done.stdout + done.stderr


def fake_clone(folder):
    """Una carpeta que parece una copia del curso, con su subcarpeta de cuadernos."""
    (folder / "llm_intro").mkdir()
    (folder / "llm_intro" / "__init__.py").write_text("__version__ = '7.7.7'", encoding="utf-8")
    (folder / "notebooks").mkdir()
    return folder / "notebooks"


def test_the_bootstrap_finds_a_clone_by_walking_up(tmp_path):
    """Desde notebooks/ encuentra el módulo en la carpeta de arriba, sin red."""
    assert "llm_intro 7.7.7, listo." in run_bootstrap(fake_clone(tmp_path), PLACEHOLDER)


def test_the_bootstrap_refuses_the_placeholder_with_one_line(tmp_path):
    """Sin módulo y sin dirección: un mensaje claro y ninguna pila de llamadas."""
    said = run_bootstrap(tmp_path, PLACEHOLDER)
    assert "Alto: esta copia no tiene dirección" in said
    assert "Traceback" not in said


def test_the_bootstrap_names_what_is_missing(tmp_path):
    """Dice qué paquete falta y qué escribir para tenerlo."""
    said = run_bootstrap(fake_clone(tmp_path), PLACEHOLDER, needed="no_existe")
    assert "%pip install no_existe" in said


def test_the_bootstrap_says_when_it_cannot_install(tmp_path):
    """Si pip no puede, una línea nombra la dirección y qué comprobar, sin el inglés de pip."""
    nowhere = Address((tmp_path / "no-hay-nada").as_uri(), "main")
    said = run_bootstrap(tmp_path, nowhere)
    assert "Alto: no se pudo instalar" in said and "Kaggle" in said and "ERROR" not in said
