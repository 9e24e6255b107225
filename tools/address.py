"""La dirección del curso: una sola, la que dice pyproject.toml.

Manda `[project.urls]`, con la etiqueta o rama de `[tool.course]`. Como se entrega es de muestra:
su cuenta empieza por «_», y GitHub no deja que nadie cree una así.
"""

import re
import tomllib
from dataclasses import dataclass
from urllib.parse import quote

from lessons import ROOT, save

GITHUB = "https://github.com/"
REPO = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*/[\w.-]+")  # GitHub no admite «_» en la cuenta
REF = re.compile(r"[\w.-]+(/[\w.-]+)*")
VERSION = re.compile(r"v(\d+\.\d+\.\d+)")


@dataclass(frozen=True)
class Address:
    """Dónde está el curso: la dirección de git y la etiqueta o rama que se abre."""

    url: str
    ref: str

    @property
    def repo(self) -> str:
        return self.url.removeprefix(GITHUB)

    @property
    def published(self) -> bool:
        return REPO.fullmatch(self.repo) is not None

    @property
    def branch(self) -> str:
        """La rama que se puede volver a bajar: con una etiqueta, el segundo git pull falla."""
        return "main" if VERSION.fullmatch(self.ref) else self.ref

    def fill(self, template: str, name: str = "") -> str:
        """Pone la dirección en una plantilla de enlace."""
        return template.format(
            repo=self.repo,
            ref=self.ref,
            name=name,
            folder=self.repo.rpartition("/")[2],
            quoted_ref=quote(self.ref, safe=""),
            quoted_branch=quote(self.branch, safe=""),
            quoted_url=quote(self.url, safe=""),
        )


def current() -> Address:
    """La dirección que dice pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return Address(project["project"]["urls"]["Repository"], project["tool"]["course"]["ref"])


def set_address(repo: str | None, ref: str | None) -> None:
    """Guarda la dirección en pyproject.toml y, si la etiqueta es una versión, la versión."""
    if repo and not REPO.fullmatch(repo):
        raise SystemExit(f"REPO={repo} no vale: escribe cuenta/nombre, como en GitHub.")
    if ref and not REF.fullmatch(ref):
        raise SystemExit(f"REF={ref} no vale: escribe una etiqueta, v1.0.0, o una rama, main.")
    if repo:
        substitute("pyproject.toml", r'^Repository = ".*"', f'Repository = "{GITHUB}{repo}"')
    if ref:
        substitute("pyproject.toml", r'^ref = ".*"', f'ref = "{ref}"')
    if ref and (version := VERSION.fullmatch(ref)):
        init, line = "llm_intro/__init__.py", f'__version__ = "{version[1]}"'
        substitute(init, r'^__version__ = ".*"', line)


def substitute(name: str, pattern: str, line: str) -> None:
    path = ROOT / name
    text = re.sub(pattern, line, path.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)
    save(path, text)
