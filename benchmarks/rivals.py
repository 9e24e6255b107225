"""Los rivales más duros: compresores que leen train y pagan por lo reservado.

    python benchmarks/rivals.py            # escribe benchmarks/outputs/rivals.json
    python benchmarks/rivals.py --smoke    # segundos, con trozos de texto, sin guardar

Hacen falta pyppmd y zpaq: `pip install -e .[bench]`. Cada letra es un byte (Windows-1252), y la
nota son los bits que añade lo reservado cuando ya se ha leído train. Todos siguen aprendiendo
mientras leen: su rival justo es la red que también lo hace. El orden de PPMd se elige en valid.
paq8px no está en los repositorios de paquetes: sus cifras se midieron aparte y van citadas, con
su orden.
"""

import argparse
import json
import lzma
import time
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from recipes import cpu_name

from llm_intro import load_quijote

OUTPUTS = Path(__file__).parent / "outputs"
ORDERS, MEMORY = (4, 6, 8, 10, 12, 16, 24), 256 << 20
PACKAGES = ("pyppmd", "zpaq")
QUOTED = [  # paq8px v216: tamaño de train + reservado menos el de train
    {"name": "paq8px -8", "bits": 1.5253, "seconds": 294, "made": "citado: paq8px v216 -8"},
    {"name": "paq8px -8L", "bits": 1.4935, "seconds": 602, "made": "citado: paq8px v216 -8L"},
]


def ppmd(data: bytes, order: int) -> int:
    """Lo que ocupa con PPMd, variante I."""
    import pyppmd

    encoder = pyppmd.Ppmd8Encoder(order, MEMORY)
    return len(encoder.encode(data) + encoder.flush())


def zpaq(data: bytes) -> int:
    """Lo que ocupa con zpaq al máximo, en un solo bloque."""
    import zpaq as package

    return len(package.compress(data, level=5, threads=1))


def added_bits(size, before: str, text: str) -> tuple[float, float]:
    """Bits/car. que añade `text` tras `before`, y segundos de CPU de comprimirlo todo."""
    known = size(before.encode("cp1252"))
    begin = time.process_time()
    whole = size((before + text).encode("cp1252"))
    return 8 * (whole - known) / len(text), time.process_time() - begin


def row(name: str, made: str, size, train: str, heldout: str) -> dict:
    """Una fila del marcador."""
    bits, seconds = added_bits(size, train, heldout)
    return {"name": name, "bits": bits, "seconds": round(seconds, 2), "made": made}


def rivals(train: str, valid: str, heldout: str) -> dict:
    """Las filas, y lo que da cada orden de PPMd en valid."""
    tried = {o: added_bits(lambda data, o=o: ppmd(data, o), train, valid)[0] for o in ORDERS}
    best = min(tried, key=tried.get)
    made = "python benchmarks/rivals.py"
    rows = [
        row("xz", made, lambda data: len(lzma.compress(data, preset=9)), train, heldout),
        row("zpaq -m5", made, zpaq, train, heldout),
        row(f"PPMd, orden {best}", made, lambda data: ppmd(data, best), train, heldout),
    ]
    return {"orders": {str(key): value for key, value in tried.items()}, "rows": rows + QUOTED}


def main() -> None:
    """Mide y guarda."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        print(f"faltan {', '.join(missing)}: python -m pip install -e .[bench]")
        return
    corpus, cut = load_quijote(), 3000 if options.smoke else None
    stored = rivals(corpus.train[:cut], corpus.valid[:cut], corpus.heldout[:cut])
    for entry in stored["rows"]:
        print(f"{entry['bits']:.4f} · {entry['name']} · {entry['seconds']} s · {entry['made']}")
    print("PPMd en valid:", {key: round(value, 4) for key, value in stored["orders"].items()})
    stored |= {"machine": f"{cpu_name()}, 1 hilo", "date": date.today().isoformat()}
    if not options.smoke:
        text = json.dumps(stored, ensure_ascii=False, indent=1)
        (OUTPUTS / "rivals.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
