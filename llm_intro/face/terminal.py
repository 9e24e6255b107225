"""Escribir en la terminal, letra a letra; lo que hace `python -m llm_intro`."""

import argparse
import sys

from ..models.pretrained import NAMES, load_fast
from ..sampling import stream


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Las opciones, con su ayuda en español."""
    parser = argparse.ArgumentParser(
        prog="python -m llm_intro",
        description="Escribe a continuación de un comienzo, letra a letra, como Cervantes.",
        add_help=False,
    )
    parser._positionals.title, parser._optionals.title = "comienzo", "opciones"
    add = parser.add_argument
    add("prompt", nargs="?", default="En un lugar de la Mancha", metavar="TEXTO",
        help="el comienzo (por defecto, «%(default)s»)")  # fmt: skip
    add("--length", type=int, default=300, metavar="N", help="letras nuevas (%(default)s)")
    add("--temperature", type=float, default=0.7, metavar="T",
        help="0, siempre lo más probable; más de 1, disparates (%(default)s)")  # fmt: skip
    add("--top-k", type=int, default=None, metavar="K", help="solo las K letras más probables")
    add("--top-p", type=float, default=None, metavar="P", help="solo las que juntan P, en (0, 1]")
    add("--seed", type=int, default=None, metavar="S", help="repite el mismo texto")
    add("--model", choices=NAMES, default="cervantes", help="qué modelo escribe (%(default)s)")
    add("-h", "--help", action="help", help="enseña esta ayuda")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Escribe y devuelve 0; si algo no vale, lo dice y devuelve 2."""
    options = vars(parse(arguments))
    try:
        letters = stream(load_fast(options.pop("model")), **options)
    except ValueError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    if hasattr(sys.stdout, "reconfigure"):  # una terminal sin «ñ» enseña «?», y no cae
        sys.stdout.reconfigure(errors="replace")
    print(options["prompt"], end="", flush=True)
    try:
        for letter in letters:
            print(letter, end="", flush=True)
    except KeyboardInterrupt:  # parar a media frase es lo normal
        pass
    print()
    return 0
