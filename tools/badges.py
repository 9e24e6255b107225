"""Las insignias: lo que se pulsa para abrir una lección en Colab, Kaggle o Binder.

Las pone `make publish`, que es quien sabe la dirección (`address.py`).
"""

from pathlib import Path

import lessons
from address import Address
from lessons import BADGE, MARK, Lesson, replaced

NOT_YET = "Cuando publiques tu copia, `make publish` pone aquí las insignias."
BUTTONS = {
    "Abrir en Colab": (
        "https://colab.research.google.com/assets/colab-badge.svg",
        "https://colab.research.google.com/github/{repo}/blob/{ref}/notebooks/{name}",
    ),
    "Abrir en Kaggle": (
        "https://kaggle.com/static/images/open-in-kaggle.svg",
        "https://kaggle.com/kernels/welcome?src=https://github.com/{repo}/blob/{ref}/notebooks/{name}",
    ),
    "Abrir en Binder": (
        "https://mybinder.org/badge_logo.svg",
        "https://mybinder.org/v2/gh/{repo}/{quoted_ref}?urlpath=lab/tree/notebooks/{name}",
    ),
}
HUB = (
    "https://HUB/hub/user-redirect/git-pull?repo={quoted_url}&branch={quoted_branch}"
    "&urlpath=lab/tree/{folder}/notebooks/00_empieza_aqui.ipynb"
)


def buttons(address: Address, name: str) -> str:
    """Las insignias de un cuaderno, en Markdown; sin publicar no abrirían nada."""
    return "\n".join(
        f"[![{label}]({image})]({address.fill(link, name)})"
        for label, (image, link) in BUTTONS.items()
    )


def with_badges(lesson: Lesson, address: Address) -> Lesson:
    """Otro cuaderno con sus insignias bajo el título."""
    head = lessons.source(lesson.cell(BADGE) or {"source": f"# {lesson.title}"})
    below = f"{NOT_YET} [Cómo se hace](../colab_badge.md)."
    if address.published:
        below = buttons(address, lesson.path.name)
    return replaced(lesson, BADGE, source=f"{head.split(MARK)[0].rstrip()}\n\n{MARK}\n{below}")


def page(address: Address) -> str:
    """colab_badge.md, con cada insignia en Markdown y en HTML."""
    image, link = BUTTONS["Abrir en Colab"]
    parts = []
    for lesson in lessons.all_lessons():
        target = address.fill(link, lesson.path.name)
        parts.append(
            f"### {lesson.number} · {lesson.title}\n\n```markdown\n"
            f"[![Abrir en Colab]({image})]({target})\n```\n\n```html\n"
            f'<a href="{target}"><img src="{image}" alt="Abrir en Colab"></a>\n```'
        )
    state = f"Esta copia abre `{address.repo}` en `{address.ref}`."
    if not address.published:
        state, parts = "Esta copia aún no tiene dirección.", [NOT_YET]
    text = Path(__file__).with_name("badges_template.md").read_text(encoding="utf-8")
    text = text.replace("@STATE@", state).replace("@HUB@", address.fill(HUB))
    return text.replace("@BADGES@", "\n\n".join(parts))
