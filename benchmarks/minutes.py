"""Los minutos que anuncia cada lección: lo que dice `lesson_minutes`, y lo que tarda de verdad.

    python benchmarks/minutes.py             # ejecuta las lecciones con todos los núcleos
    python benchmarks/minutes.py --cores 1   # con uno (solo en Linux)
    python benchmarks/minutes.py --save      # además, guarda lo medido en data/durations.json
    python benchmarks/minutes.py --smoke     # una lección corta, sin guardar

Lo que no depende de la máquina, como el minuto de entrenamiento, se cuenta aparte.
"""

import argparse
import json
import os
import time
from datetime import date
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from recipes import cpu_name

from llm_intro.start.diagnosis import training_speed

ROOT = Path(__file__).parents[1]
DURATIONS = ROOT / "llm_intro" / "data" / "durations.json"
FIXED = {"00": 3, "04": 72}  # segundos de reloj que la lección gasta en cualquier máquina


def lasts(path: Path) -> float:
    """Segundos de «Ejecutar todo», con el núcleo de Jupyter en marcha; nada se guarda."""
    nb = nbformat.read(path, as_version=4)
    client = NotebookClient(nb, timeout=600, resources={"metadata": {"path": str(path.parent)}})
    with client.setup_kernel():
        begin = time.perf_counter()
        for index, cell in enumerate(nb.cells):
            client.execute_cell(cell, index)
        return time.perf_counter() - begin


def announced(times: dict, stored: dict, speed: float) -> float:
    """La cuenta de `lesson_minutes`, en segundos."""
    return times["fixed"] + times["scaled"] * stored["speed"] / speed


def main() -> None:
    """Mide, compara y, si se pide, guarda."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cores", type=int)
    parser.add_argument("--save", action="store_true")
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    if options.cores:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-options.cores :])
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    stored, speed = json.loads(DURATIONS.read_text(encoding="utf-8")), training_speed()
    print(f"{cpu_name()}, núcleos: {cores}; {speed:.0f} car./s de entrenamiento\n")
    print("| lección | anunciado, s | medido, s | razón |\n|---|---|---|---|")
    for name, times in stored["lessons"].items():
        number = name[:2]
        if options.smoke and name != list(stored["lessons"])[-1]:
            continue
        (path,) = (ROOT / "notebooks").glob(f"{number}_*.ipynb")
        told, real = announced(times, stored, speed), lasts(path)
        print(f"| {name} | {told:.0f} | {real:.0f} | {real / told:.2f} |", flush=True)
        fixed = FIXED.get(number, 0)
        times.update(fixed=fixed, scaled=max(1, round(real - fixed)))
    if options.save:
        stored.update(command="python benchmarks/minutes.py --save", speed=round(speed, -2),
                      hardware=f"{cpu_name()}, núcleos: {cores}",
                      date=date.today().isoformat())  # fmt: skip
        DURATIONS.write_text(json.dumps(stored, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
