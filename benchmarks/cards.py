"""Lo que dio cada tarjeta medida: su parte de RESULTS.md, y el recuadro de la lección 04.

    python benchmarks/cards.py    # lee outputs/accelerator_*.json; guarda data/cards.json

accelerator.py lo hace al acabar. El recuadro dice, de cada tarjeta, hasta dónde llegó la base. La
T4, la que presta Colab, está siempre: mientras nadie la mida, sin cifras.
"""

import json
from pathlib import Path

from llm_intro.support.text import comma

HERE = Path(__file__).resolve().parent
OUTPUTS = HERE / "outputs"
RESULTS = HERE.parent / "llm_intro" / "data" / "cards.json"
LENT = "Tesla T4"
BASE, FP16 = "la base (plan_for), hasta su mejor", "en fp16, como en una T4"
GOALS = (1.80, 1.70, 1.60, 1.55)  # bits/car. en valid
HEAD = ["fila", "car./s", *(f"s hasta {goal:.2f}" for goal in GOALS), "mejor", "uso", "MB"]


def stored() -> list[dict]:
    """Lo guardado de cada tarjeta."""
    files = sorted(OUTPUTS.glob("accelerator_*.json"))
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


def best(row: dict) -> dict:
    """La medida en que esa fila pagó menos en valid."""
    return min(row["events"], key=lambda event: event["valid_bits"])


def speed(row: dict) -> float:
    """Letras por segundo de entrenamiento."""
    return row["events"][-1]["chars"] / row["events"][-1]["seconds"]


def cells(row: dict) -> list[str]:
    """Las celdas de una fila, detrás de su nombre."""
    if "failed" in row:
        return [row["failed"], *["—"] * (len(HEAD) - 2)]
    reached = [[e["seconds"] for e in row["events"] if e["valid_bits"] <= goal] for goal in GOALS]
    return [
        f"{speed(row):.0f}",
        *(f"{seconds[0]:.0f}" if seconds else "no llegó" for seconds in reached),
        f"{best(row)['valid_bits']:.3f} ({best(row)['seconds']:.0f} s)",
        "sin medir" if row["use"] is None else f"{row['use']} %",
        "sin medir" if row["megabytes"] is None else str(row["megabytes"]),
    ]


def line(row: list[str]) -> str:
    """Una línea de una tabla de Markdown."""
    return "| " + " | ".join(row) + " |"


def section() -> str:
    """Las tarjetas medidas, y por qué la lección no va tan deprisa como ellas."""
    measured = stored()
    pupil = json.loads((OUTPUTS / "distill.json").read_text(encoding="utf-8"))["students"]["768"]
    parts = [part for card in measured for part in told(card)]
    parts.append(
        "La lección se queda con la base porque la tarjeta que presta Colab entrena en fp16, que "
        "se salta pasos y no se puede grabar. La alumna de `distill.py`, en "
        f"{pupil['seconds']:.0f} segundos, hizo {pupil['valid']:.3f}."
    )
    if not any(LENT in card["hardware"] for card in measured):
        parts += map(guessed, measured)
    return "\n\n".join(parts)


def told(card: dict) -> list[str]:
    """Los párrafos de una tarjeta: su orden, su tabla y lo que se lee en ella."""
    share = "" if card["share"] == 1 else f" --share {card['share']}"
    made = (
        f"`python benchmarks/accelerator.py{share}` · {card['date']} · {card['hardware']} · "
        f"torch {card['torch']} · precisión «auto»: {card['auto']}"
    )
    note = [card["note"]] if "note" in card else []
    rows = [[name, *cells(row)] for name, row in card["rows"].items()]
    done = [row for row in card["rows"].values() if "events" in row]
    seconds = [row["events"][-1]["seconds"] for row in done]
    top = min(best(row)["valid_bits"] for row in done)
    read = (
        f"La fila más corta duró {min(seconds):.0f} segundos y la más larga, {max(seconds):.0f}: "
        "las cortas sirven para comparar la velocidad, no hasta dónde llegan. Quince minutos "
        f"seguidos no se han medido. Una semilla por fila. Lo mejor de la tabla es {top:.3f}."
    )
    table = "\n".join(map(line, [HEAD, ["---"] * len(HEAD), *rows]))
    return [made, *note, table, *faster(card["rows"]), read]


def faster(rows: dict) -> list[str]:
    """Cuántas veces más deprisa va cada cosa, si se midieron todas."""
    if any("failed" in row for row in rows.values()):
        return []
    speeds = {name: speed(row) for name, row in rows.items()}
    base, cpu = speeds[BASE], speeds["la receta de la CPU"]
    recorded = comma(speeds["grabando el paso (grafo de CUDA)"] / base, 1)
    many = comma(speeds["lotes de 256, grabando el paso"] / base, 1)
    return [
        f"Grabar el paso multiplica la velocidad por {recorded}, y con lotes de 256, por {many}; "
        "frente a la receta de la CPU en la misma tarjeta, la base va "
        f"{comma(base / cpu, 1)} veces más deprisa y lo más rápido, "
        f"{max(speeds.values()) / cpu:.0f}."
    ]


def guessed(card: dict) -> str:
    """La cuenta de una T4, que está por medir, con lo que dio otra tarjeta."""
    base, half = card["rows"][BASE], card["rows"][FP16]
    if "failed" in base or not half.get("use"):
        return "En una T4, sin medir."
    top, chars = best(base), speed(half)
    thousands = f"{round(chars, -3):_.0f}".replace("_", " ")
    return (
        f"En una T4, sin medir: en fp16 la {card['hardware']} leyó {thousands} letras por segundo, "
        f"ocupada el {half['use']} % del tiempo; si una T4 leyera la mitad, en cinco minutos "
        f"serían {chars / 2 * 300 / 1e6:.0f} millones, y la base había leído "
        f"{top['chars'] / 1e6:.0f} cuando pagó {top['valid_bits']:.3f}. Es una cuenta, no una "
        "medida."
    )


def run(card: dict) -> dict:
    """Una tarjeta en el recuadro: su nombre, los segundos de entrenamiento y lo que paga."""
    top = best(card["rows"][BASE])
    return {"hardware": card["hardware"], "seconds": round(top["seconds"]),
            "valid_bits": round(top["valid_bits"], 3), "date": card["date"]}  # fmt: skip


def main() -> None:
    """Reúne lo medido y lo guarda."""
    runs = [run(card) for card in stored() if "events" in card["rows"][BASE]]
    if not any(LENT in one["hardware"] for one in runs):
        runs.append({"hardware": LENT, "seconds": None, "valid_bits": None, "date": None})
    card = {"command": "python benchmarks/accelerator.py", "runs": runs}
    RESULTS.write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
