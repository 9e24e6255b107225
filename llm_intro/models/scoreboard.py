"""El marcador: todos los modelos del curso en bits/car. sobre el mismo texto reservado.

Lo barato se calcula al momento; lo que costó horas se lee de `data/*.json`, donde cada cifra
dice qué orden y qué máquina la hicieron.
"""

import io
import lzma
import math
import time
from dataclasses import dataclass
from statistics import median

import numpy as np

from ..sampling import bits_per_char, generate
from ..support.data import load_results
from ..support.tables import Table
from ..support.text import comma
from ..tokenizers import CharTokenizer
from .ngram import NGramModel

PROMPT, LETTERS, TEMPERATURE = "en un lugar de la mancha", 120, 0.7  # la misma muestra para todos


@dataclass(frozen=True)
class Row:
    """Una línea del marcador.

    Attributes:
        bits: bits/car. en lo reservado.
        parameters: números ajustados o cuentas guardadas, si los hay.
        seconds: de CPU para entrenar.
        megabytes: lo que ocupa guardado.
        sample: lo que escribe, con el comienzo, la temperatura y la semilla de todos.
        made: "ahora", o la orden que lo calculó antes.
        adaptive: si sigue aprendiendo mientras lee lo reservado; los demás, no.
    """

    name: str
    bits: float
    parameters: int | None = None
    seconds: float | None = None
    megabytes: float | None = None
    sample: str = ""
    made: str = "ahora"
    adaptive: bool = False


def compressed_bits(corpus, compress) -> float:
    """Bits/car. que un compresor añade por lo reservado, cuando ya ha visto train.

    Vale con los que recuerdan todo lo leído, como xz; bz2 olvida cada 900 kB.
    """
    before = len(compress(corpus.train.encode()))
    after = len(compress((corpus.train + corpus.heldout).encode()))
    return 8 * (after - before) / len(corpus.heldout)


def cheap_rows(corpus, orders=range(1, 7)) -> list[Row]:
    """Lo que se calcula en segundos: repartir por igual, un compresor y los n-gramas."""
    rows = [Row("al azar", math.log2(len(set(corpus.text))))]
    rows += [Row("xz", compressed_bits(corpus, lzma.compress), adaptive=True)]
    tokenizer = CharTokenizer.from_text(corpus.text)  # train no tiene todas las letras raras
    for order in orders:
        begin = time.process_time()
        model = NGramModel(order=order).fit(corpus.train, tokenizer)
        rows.append(score(f"{order}-grama", model, corpus, time.process_time() - begin))
    return rows


def score(name: str, model, corpus, seconds: float | None = None) -> Row:
    """Mide un modelo en lo reservado, lo pesa y le pide la muestra de todos.

    Args:
        model: cualquiera con `tokenizer`, `start` y `step`.
    """
    bits, (size, megabytes) = bits_per_char(model, corpus.heldout), weigh(model)
    return Row(name, bits, size, seconds, megabytes, sample_text(model))


def weigh(model) -> tuple[int | None, float | None]:
    """Cuántos números tiene un modelo y cuántos MB ocupan guardados, si él lo sabe."""
    if hasattr(model, "parameters"):  # una red: cuatro bytes por número
        size = sum(p.numel() for p in model.parameters())
        return size, 4 * size / 1e6
    if hasattr(model, "to_arrays"):
        np.savez_compressed(file := io.BytesIO(), **model.to_arrays())
        return model.size, file.tell() / 1e6
    return None, None


def sample_text(model) -> str:
    """Lo que escribe un modelo con el comienzo, la temperatura y la semilla de todos."""
    return generate(model, PROMPT, LETTERS, temperature=TEMPERATURE)[len(PROMPT) :]


def stored_rows(part: str = "bits") -> list[Row]:
    """Lo que se entrenó antes, con el libro entero, y su orden.

    Args:
        part: "bits", en lo reservado del libro, o "excerpt_bits", en lo del extracto.
    """
    rows = load_results("scoreboard")["rows"]
    keys = ("name", "parameters", "seconds", "megabytes", "sample", "made", "adaptive")
    return [Row(bits=r[part], **{k: r[k] for k in keys}) for r in rows if r.get(part) is not None]


def story_rows() -> list[Row]:
    """El camino en pocas filas y sin calcular nada: al azar, contar y lo que se entrenó antes.

    Sin los que siguen aprendiendo mientras leen: juegan a otra cosa.
    """
    card = load_results("ngram")
    chance = math.log2(len(card["tokenizer"]["symbols"]))
    counted = card["bits_per_char"]["heldout"]
    rows = [Row("al azar", chance, made="antes"), Row("6-grama", counted, made=card["command"])]
    rows += [row for row in stored_rows() if not row.adaptive]
    return sorted(rows, key=lambda row: -row.bits)


def scoreboard(corpus, models: dict | None = None) -> list[Row]:
    """Todas las filas, de peor a mejor.

    Args:
        corpus: el de `load_quijote`.
        models: los tuyos, {nombre: modelo}, medidos ahora.
    """
    mine = [score(name, model, corpus) for name, model in (models or {}).items()]
    before = stored_rows("excerpt_bits" if corpus.source == "extracto" else "bits")
    return sorted(cheap_rows(corpus) + before + mine, key=lambda row: -row.bits)


def show_scoreboard(rows: list[Row]) -> Table:
    """El marcador como tabla."""
    return Table(
        ["modelo", "bits/car.", "al leer", "números", "segundos", "MB", "calculado", "escribe"],
        [[row.name, comma(row.bits), "aprende" if row.adaptive else "",
          f"{row.parameters:_}".replace("_", " ") if row.parameters else "",
          "" if row.seconds is None else comma(row.seconds, 1),
          "" if row.megabytes is None else comma(row.megabytes), row.made, row.sample]
         for row in rows])  # fmt: skip


def show_ablation(results: dict) -> Table:
    """Qué cuesta quitar cada decisión de la receta: mediana y extremos de las semillas."""
    bits = {
        name: sorted(run["heldout"] for run in runs) for name, runs in results["ablation"].items()
    }
    base, rows = median(bits["receta del curso"]), []
    for name, values in sorted(bits.items(), key=lambda pair: median(pair[1])):
        worse = f"{median(values) - base:+.2f}".replace(".", ",") if median(values) != base else ""
        spread = f"[{comma(values[0])}, {comma(values[-1])}]"
        rows.append([name, comma(median(values)), spread, worse])
    return Table(["receta", "bits/car.", "[mejor, peor]", "diferencia"], rows)


def bootstrap_interval(bits, block: int = 500, draws: int = 2000, seed: int = 0):
    """Entre qué valores queda la media de `bits` el 95 % de las veces: (bajo, alto).

    Los símbolos vecinos se parecen: se sortean bloques seguidos, no símbolos sueltos.

    Args:
        bits: (N,); para comparar dos modelos, la resta de los bits de cada símbolo.
        block: símbolos por bloque.
    Raises:
        ValueError: si no caben dos bloques.
    Fuente: Künsch (1989), «The Jackknife and the Bootstrap for General Stationary
        Observations».
    """
    bits = np.asarray(bits, dtype=float)
    if len(bits) < 2 * block:
        raise ValueError(f"{len(bits)} símbolos no dan para dos bloques de {block}: usa más texto.")
    totals = np.append(0, np.cumsum(bits))
    means = (totals[block:] - totals[:-block]) / block  # (N-block+1,), de cada bloque posible
    picked = np.random.default_rng(seed).integers(len(means), size=(draws, len(bits) // block))
    low, high = np.quantile(means[picked].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)
