"""El recuadro de la lección 04: adónde llega el plan del curso en cada tarjeta medida.

    python benchmarks/cards.py    # lee outputs/accelerator_*.json; guarda data/cards.json

De cada tarjeta, la fila que se entrenó hasta su mejor medida y, de varias, la que menos paga. La
T4, la que presta Colab, está siempre: mientras nadie la mida, sin cifras.
"""

import json
from pathlib import Path

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent / "llm_intro" / "data" / "cards.json"
LENT = "Tesla T4"


def run(stored: dict) -> dict:
    """La fila de una tarjeta: su nombre, los segundos de entrenamiento y lo que paga en valid."""
    rows = [row["events"] for name, row in stored.items() if "hasta su mejor" in name]
    best = min((e for events in rows for e in events), key=lambda event: event["valid_bits"])
    return {"hardware": stored["hardware"], "seconds": round(best["seconds"]),
            "valid_bits": round(best["valid_bits"], 3), "date": stored["date"]}  # fmt: skip


def main() -> None:
    """Reúne lo medido y lo guarda."""
    files = sorted((HERE / "outputs").glob("accelerator_*.json"))
    runs = [run(json.loads(file.read_text(encoding="utf-8"))) for file in files]
    if not any(LENT in one["hardware"] for one in runs):
        runs.append({"hardware": LENT, "seconds": None, "valid_bits": None, "date": None})
    card = {"command": "python benchmarks/accelerator.py", "runs": runs}
    RESULTS.write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
