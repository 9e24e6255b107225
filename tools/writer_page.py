"""El escritor en una página: la LSTM del curso dentro de un solo archivo HTML, sin red.

    python tools/writer_page.py [salida.html]

La plantilla, el estilo y el código están en web/; las cifras salen de la ficha del modelo y
la dirección del curso, de pyproject.toml. Los pesos van tal cual, en base64.
"""

import base64
import hashlib
import html
import json
import math
import re
import sys
from pathlib import Path

import address
from address import Address
from lessons import ROOT
from llm_intro.models.pretrained import SCALE, load_card
from llm_intro.support.text import comma

SOURCES = Path(__file__).resolve().parent.parent / "web"
SCRIPTS = ["weights", "product", "network", "sampling", "random", "writer", "bars", "controls"]
SCRIPTS += ["share", "meter", "paper", "next", "page"]
WEIGHTS = ROOT / "llm_intro" / "data" / "cervantes.safetensors"
OUTPUT = ROOT / "paginas" / "escritor.html"
MAX_BYTES = 6_000_000
MONTHS = ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre"]
MONTHS += ["octubre", "noviembre", "diciembre"]


def read(name: str) -> str:
    return (SOURCES / name).read_text(encoding="utf-8")


def script() -> str:
    """Todo el código, en el orden en que se necesita."""
    return '"use strict";\n' + "\n".join(read(f"{name}.js") for name in SCRIPTS)


def policy(code: str, style: str) -> str:
    """Lo único que el navegador dejará hacer: ese código y ese estilo; nada de red.

    `wasm-unsafe-eval` deja a ese mismo código preparar el producto rápido, en WebAssembly.
    """
    scripts = f"{sha(code)} 'wasm-unsafe-eval'"
    return f"default-src 'none'; img-src data:; script-src {scripts}; style-src {sha(style)}"


def sha(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def embedded(card: dict) -> str:
    """Lo que el código necesita de la ficha, sin nada que cierre su etiqueta."""
    needed = {"symbols": list(card["tokenizer"]["symbols"]), "scale_suffix": SCALE}
    needed["date"] = card["date"]
    return json.dumps(needed, ensure_ascii=False).replace("<", "\\u003c")


def facts(card: dict) -> dict[str, str]:
    """Las cifras de la página, todas de la ficha, como se escriben en español."""
    symbols, config = len(card["tokenizer"]["symbols"]), card["config"]
    layers = "una capa" if config["num_layers"] == 1 else f"{config['num_layers']} capas"
    return {
        "SYMBOLS": str(symbols),
        "PARAMETERS": f"{card['parameters']:,}".replace(",", "\u00a0"),
        "BITS": comma(card["bits_per_char"]["heldout"]),
        "UNIFORM": comma(math.log2(symbols)),
        "DATA": html.escape(card["data"]),
        "NETWORK": f"LSTM, {layers} de {config['hidden_size']} unidades",
        "DATE": spanish_date(card["date"]),
    }


def spanish_date(text: str) -> str:
    """«2026-05-01» → «1 de mayo de 2026»."""
    year, month, day = map(int, text.split("-"))
    return f"{day} de {MONTHS[month - 1]} de {year}"


def course(where: Address) -> str:
    """El enlace al curso; mientras no tenga dirección, solo su nombre."""
    name = "«Introducción a los LLM»"
    if not where.published:
        return f"Esta página sale del curso {name}, que aún no está publicado."
    return f'Esta página sale del curso <a href="{html.escape(where.url)}">{name}</a>.'


def page(card: dict, weights: bytes, where: Address) -> str:
    """La página entera. ValueError si pesa demasiado o si a la plantilla le falta algo."""
    code, style = script(), read("style.css")
    values = {
        **facts(card),
        "POLICY": policy(code, style),
        "STYLE": style,
        "SCRIPT": code,
        "CARD": embedded(card),
        "WEIGHTS": base64.b64encode(weights).decode(),
        "COURSE": course(where),
    }
    text = re.sub("@([A-Z]+)@", lambda found: values[found[1]], read("template.html"))
    if (size := len(text.encode())) > MAX_BYTES:
        raise ValueError(
            f"la página pesa {comma(size / 1e6)} MB y no debe pasar de {comma(MAX_BYTES / 1e6)}: "
            "entrena una red menor o guarda los pesos con menos bits."
        )
    return text


def main(output: str = "") -> int:
    """Escribe la página y dice dónde."""
    path = Path(output).resolve() if output else OUTPUT
    path.parent.mkdir(parents=True, exist_ok=True)
    text = page(load_card(), WEIGHTS.read_bytes(), address.current())
    path.write_text(text, encoding="utf-8", newline="\n")
    print(f"{path}: {comma(path.stat().st_size / 1e6)} MB. Ábrela con cualquier navegador.")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
