"""RESULTS.md: las cifras medidas, cada una junto a la orden que la hizo.

    python benchmarks/results.py              # la escribe con lo guardado
    python benchmarks/results.py --check      # falla si no está al día
    python benchmarks/results.py run sampler  # corre esa comparación y guarda lo que imprime

Las tablas que una lección lee viven en llm_intro/data/; las demás, en benchmarks/outputs/.
"""

import argparse
import json
import statistics
import subprocess
import sys
from datetime import date
from pathlib import Path

from llm_intro.support.data import load_results as load

HERE = Path(__file__).parent
DATA, OUTPUTS, PAGE = HERE.parent / "llm_intro" / "data", HERE / "outputs", HERE / "RESULTS.md"
LIVE = {
    "ngram_vs_nltk": "N-gramas, y los de NLTK",
    "loop": "El bucle que entrena",
    "sampler": "Escribir letra a letra",
    "memory": "¿Copia o crea?",
    "scaling": "Cuánto cuesta más texto",
    "two_processes": "Repartir un entrenamiento entre dos procesos",
}


def table(head: list[str], rows) -> str:
    """Una tabla de Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def spread(values, digits: int = 3) -> str:
    """Mediana y extremos: 1.917 [1.917, 1.940]."""
    low, middle, high = min(values), statistics.median(values), max(values)
    if low == high:
        return f"{middle:.{digits}f}"
    return f"{middle:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"


def made(entry: dict) -> str:
    """La orden, la fecha y la máquina de una parte de recipes.json."""
    return f"`{entry['command']}` · {entry['date']} · {entry['hardware']} · torch {entry['torch']}"


def recipes() -> str:
    """La receta de partida, la del curso con cada presupuesto y las ablaciones."""
    stored = load("recipes")
    start = stored["starting"]
    figures = f"{start['best_seconds']:.0f}", f"{start['valid']:.3f}", f"{start['heldout']:.3f}"
    rows = [["de partida, en su mejor vuelta", *figures, start["parameters"], 1]]
    for budget, runs in stored["course"].items():
        rows.append([
            f"del curso, {budget} s", f"{statistics.median(r['seconds'] for r in runs):.0f}",
            spread([r["valid"] for r in runs]), spread([r["heldout"] for r in runs]),
            runs[0]["parameters"], len(runs),
        ])  # fmt: skip
    rows.append(["6-grama, para comparar", "", "", f"{stored['ngram']['heldout']:.3f}", "", ""])
    head = ["receta", "CPU, s", "valid", "reservado", "números", "semillas"]
    parts = [made(stored["made"][part]) for part in ("starting", "course")]
    return "\n\n".join([*parts, table(head, rows)])


def beaten() -> str:
    """A / B: cuánto menos cómputo le hace falta a la receta del curso."""
    stored = load("recipes")
    start = stored["starting"]
    for runs in stored["course"].values():
        if statistics.median(r["heldout"] for r in runs) < start["heldout"]:
            seconds = statistics.median(r["seconds"] for r in runs)
            return (
                f"A = {start['best_seconds']:.0f} s de CPU hasta {start['heldout']:.3f} bits/car.; "
                f"B = {seconds:.1f} s para bajar de ahí (mediana de {len(runs)}): "
                f"A/B = {start['best_seconds'] / seconds:.0f}."
            )
    return "Ningún presupuesto medido la bate."


def ablation() -> str:
    """Una decisión devuelta a la de partida en cada fila, a igual cómputo."""
    stored = load("recipes")
    rows = [
        [name, spread([r["heldout"] for r in runs]), spread([r["seconds"] for r in runs], 1)]
        for name, runs in stored["ablation"].items()
    ]
    head = ["receta", "reservado", "CPU, s"]
    parts = [made(stored["made"]["ablation"]), table(head, rows)]
    if "streams" in stored:
        rows = [
            [steps, name, spread([r["heldout"] for r in runs])]
            for steps, names in stored["streams"].items()
            for name, runs in names.items()
        ]
        parts += [made(stored["made"]["streams"]), table(["pasos", "receta", "reservado"], rows)]
    return "\n\n".join(parts)


def reported() -> str:
    """Las diez pérdidas de la lección de partida y las nuestras, en nats."""
    stored = load("recipes")
    pairs = zip(stored["reported"]["losses"], stored["reported"]["reported"], strict=True)
    rows = [
        [i, f"{theirs:.4f}", f"{ours:.4f}", f"{ours - theirs:+.4f}"]
        for i, (ours, theirs) in enumerate(pairs, start=1)
    ]
    head = ["vuelta", "publicada", "aquí", "diferencia"]
    return "\n\n".join([made(stored["made"]["reported"]), table(head, rows)])


def shipped() -> str:
    """Los modelos que viajan con el curso, según sus fichas."""
    rows = []
    for path in sorted(DATA.glob("*.json")):
        card = load(path.stem)
        if "bits_per_char" not in card:
            continue
        bits = card["bits_per_char"]
        weights = next(p for p in DATA.glob(f"{path.stem}.*") if p.suffix != ".json")
        rows.append([
            path.stem, card["parameters"], whole_seconds(card["cpu_seconds"]),
            *(f"{bits[part]:.4f}" for part in ("train", "valid", "heldout", "excerpt_lxxiv")),
            cost_of_8_bits(card),
            f"{weights.stat().st_size / 1e6:.2f}", f"`{card['command']}` · {card['date']}",
        ])  # fmt: skip
    head = ["modelo", "números", "CPU, s", "train", "valid", "reservado", "LXXIV (extracto)",
            "pérdida por 8 bits, en lo reservado (la LSTM, en valid)", "MB", "orden"]  # fmt: skip
    return f"{table(head, rows)}\n\n{calibrated('transformer')}"


def calibrated(name: str) -> str:
    """La temperatura que una red lleva dentro, y lo que pagaba sin ella."""
    card = load(name)
    told = card["calibration"]
    before, after = (bits["heldout"] for bits in (told["bits_before"], card["bits_per_char"]))
    return (
        f"`{name}` lleva dentro una temperatura de {told['temperature']}, elegida en valid "
        f"(`{told['made']}` · {told['date']}): en lo reservado, {before:.4f} sin ella y "
        f"{after:.4f} con ella. `cervantes` no lleva ninguna."
    )


def whole_seconds(seconds: float | None) -> str:
    """Segundos de CPU sin decimales, o un hueco si no se midieron."""
    return "" if seconds is None else f"{seconds:.0f}"


def cost_of_8_bits(card: dict) -> str:
    """Bits/car. que cuesta guardar los pesos en 8 bits, antes de darles temperatura."""
    bits = card.get("calibration", {}).get("bits_before", card["bits_per_char"])
    for part, key in (("valid", "unpacked_valid"), ("heldout", "unpacked_bits")):
        if key in card:
            return f"{bits[part] - card[key]:+.4f}"
    return ""


def scoreboard() -> str:
    """Las filas del marcador que costaron minutos, de peor a mejor."""
    rows = []
    for row in sorted(load("scoreboard")["rows"], key=lambda row: -row["bits"]):
        size, weight = row["parameters"] or "", row["megabytes"]
        rows.append([row["name"], f"{row['bits']:.4f}", "sí" if row.get("adaptive") else "",
                     size, whole_seconds(row["seconds"]), f"{weight:.2f}" if weight else "",
                     f"`{row['made']}`"])  # fmt: skip
    head = ["modelo", "reservado", "aprende al leer", "números", "CPU, s", "MB", "orden"]
    return table(head, rows)


def mixtures() -> str:
    """Las mezclas, sumando probabilidades o multiplicándolas, con lo que ganan."""
    stored = json.loads((OUTPUTS / "mixtures.json").read_text(encoding="utf-8"))
    rows = []
    for row in stored["rows"]:
        low, high = row["gain_95"]
        several = len(row["parts"]) > 1
        compared = several or "aprendiendo" in row["parts"][0]
        weights = ", ".join(f"{weight:.2f}" for weight in row["weights"])
        rows.append([
            " + ".join(row["parts"]), row["how"] if several else "", weights if several else "",
            *(f"{row['bits'][part]:.4f}" for part in ("valid", "heldout", "extracto")),
            f"{row['gain']:.4f} [{low:.4f}, {high:.4f}]" if compared else "",
        ])  # fmt: skip
    head = ["partes", "cómo", "pesos, de valid", "valid", "reservado", "LXXIV (extracto)",
            "gana a su mejor parte, o a no aprender [95 %]"]  # fmt: skip
    rates = ", ".join(f"{k}: {v:.4f}" for k, v in stored["dynamic"]["rates"].items())
    note = (
        f"`{stored['made']}` · {stored['date']} · {stored['machine']}. La red que aprende al "
        f"leer da un paso tras cada trozo de 64 letras; tasa {stored['dynamic']['rate']}, elegida "
        f"en las primeras 40 000 letras de valid ({rates})."
    )
    return f"{note}\n\n{table(head, rows)}"


def scaling_law() -> str:
    """Los 24 entrenamientos pequeños, la curva y su prueba."""
    stored = load("scaling")
    budgets = sorted({row["seconds"] for row in stored["rows"]})
    by_size = {}
    for row in stored["rows"]:
        by_size.setdefault(row["parameters"], {})[row["seconds"]] = row["bits"]
    rows = [[n, *(f"{bits[s]:.3f}" for s in budgets)] for n, bits in sorted(by_size.items())]
    law, unseen = stored["law"], stored["unseen"]
    told = (
        f"bits = {law['floor']:.3f} + e^{law['log_a']:.2f} / parámetros^{law['alpha']:.3f} + "
        f"e^{law['log_b']:.2f} / letras^{law['beta']:.3f}; la peor de las 24 se aparta "
        f"{stored['worst_miss']:.3f}. Para la red de 150 minutos, que no entró en el ajuste "
        f"({unseen['parameters']} parámetros, {unseen['chars']} letras), espera "
        f"{unseen['predicted']:.4f}; hizo {unseen['bits']:.4f}."
    )
    made = f"`{stored['command']}` · {stored['date']} · {stored['machine']}"
    head = ["parámetros", *(f"{s:.0f} s de CPU" for s in budgets)]
    return f"{made}\n\nBits/car. en valid, una semilla.\n\n{table(head, rows)}\n\n{told}"


def distilled() -> str:
    """Los maestros, con su peso, y las alumnas de dos anchuras que aprendieron de ellos."""
    stored = json.loads((OUTPUTS / "distill.json").read_text(encoding="utf-8"))
    pupils, before = stored["students"], stored["before"]
    rows = [
        [name, f"{weight:.2f}", f"{stored['teachers_bits'][name]:.4f}",
         *told(stored["teachers"].get(name))]
        for name, weight in stored["weights"].items()
    ]  # fmt: skip
    rows.append(["los cuatro, juntos", "", f"{stored['teachers_bits']['todos']:.4f}", *told(None)])
    rows += [[f"alumna, 1 × {width}", "", "", *told(one)] for width, one in pupils.items()]
    gain = pupils["768"]["valid"] - pupils["952"]["valid"]
    note = (
        f"`{stored['made']}` · {stored['date']} · {stored['device']}, una semilla. `lstm_150` y "
        "`transformer_150` son las dos redes que costaron 150 minutos de CPU cada una. Las alumnas "
        f"aprendieron a la vez, y viaja la de 768: la ancha solo ganaba {gain:.3f}."
    )
    first = (
        f"Antes hubo un intento con {len(before['first_teachers'])} maestros de unos 200 s de "
        f"tarjeta y las dos redes de entonces: juntos pagaban {before['teachers_bits']:.4f}, y la "
        f"alumna, de 960, {before['student_960']['valid']:.4f}."
    )
    head = ["red", "peso", "valid, 40 000 letras", "parámetros", "M de letras",
            "segundos en la tarjeta", "valid, al entrenar"]  # fmt: skip
    return f"{note}\n\n{table(head, rows)}\n\n{first}"


def told(run: dict | None) -> list[str]:
    """Parámetros, millones de letras, segundos y bits de un entrenamiento; huecos si no se sabe."""
    if run is None:
        return [""] * 4
    chars, seconds = f"{run['chars'] / 1e6:.0f}", f"{run['seconds']:.0f}"
    return [run["parameters"], chars, seconds, f"{run['valid']:.4f}"]


def live(name: str) -> str:
    """Lo que imprimió una comparación la última vez que se guardó."""
    return (OUTPUTS / f"{name}.md").read_text(encoding="utf-8").strip()


def page() -> str:
    """RESULTS.md entera."""
    from cards import section

    sections = {
        "Cuánto cómputo cuesta cada receta": f"{recipes()}\n\n{beaten()}",
        "Qué aporta cada decisión": ablation(),
        "Las diez vueltas de la lección de partida": reported(),
        "Los modelos que viajan con el curso": shipped(),
        "Los ajustes del Transformer que se probaron": live("explore"),
        "El marcador": scoreboard(),
        "Mezclar modelos": mixtures(),
        "Más parámetros y más letras": scaling_law(),
        "Aprender de otras redes": distilled(),
        "En una tarjeta": section(),
        **{title: live(name) for name, title in LIVE.items()},
    }
    note = (
        "Generado por `python benchmarks/results.py`: no lo edites a mano.\n"
        "Bits por carácter; menos es mejor. Con varias semillas, la mediana y los extremos."
    )
    body = "\n\n".join(f"## {title}\n\n{text}" for title, text in sections.items())
    return f"# Lo medido\n\n{note}\n\n{body}\n"


def run(name: str) -> None:
    """Corre una comparación y guarda lo que imprime, con su orden y su fecha."""
    file = HERE / f"{name}.py"
    done = subprocess.run([sys.executable, file], stdout=subprocess.PIPE, text=True, check=True)
    from recipes import cpu_name

    head = f"`python benchmarks/{name}.py` · {date.today().isoformat()} · {cpu_name()}, 1 hilo"
    OUTPUTS.mkdir(exist_ok=True)
    (OUTPUTS / f"{name}.md").write_text(f"{head}\n\n{done.stdout.strip()}\n", encoding="utf-8")


def main() -> int:
    """Hace lo que se pida; 1 si la página no está al día."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("action", nargs="?", choices=["write", "run"], default="write")
    parser.add_argument("name", nargs="?", choices=list(LIVE))
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if options.action == "run":
        run(options.name or parser.error("di qué comparación: " + ", ".join(LIVE)))
    if options.check:
        current = PAGE.exists() and PAGE.read_text(encoding="utf-8") == page()
        if not current:
            print("RESULTS.md no está al día: python benchmarks/results.py")
        return int(not current)
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
