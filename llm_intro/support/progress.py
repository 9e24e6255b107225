"""Lo que se cuenta de un entrenamiento mientras corre: medidas, historia y barra."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Event:
    """Una foto del entrenamiento.

    Attributes:
        step: pasos dados.
        progress: fracción del presupuesto gastada.
        seconds: segundos entrenando (medir en valid no cuenta).
        chars: caracteres leídos.
        train_bits: bits/car. en train, media desde la medida anterior.
        valid_bits: bits/car. en valid, o None si en este momento no tocaba medir.
    """

    step: int
    progress: float
    seconds: float
    chars: int
    train_bits: float
    valid_bits: float | None = None


@dataclass
class History:
    """Las medidas de un entrenamiento, en orden, y si alguien lo interrumpió."""

    events: list[Event] = field(default_factory=list)
    interrupted: bool = False

    @property
    def best(self) -> Event:
        """La medida con menos bits/car. en valid: de ella son los pesos que se quedan."""
        if not self.events:
            raise ValueError(
                "aún no hay ninguna medida: el entrenamiento paró antes de la primera. "
                "Sigue con resume=True, o entrena más."
            )
        return min(self.events, key=lambda event: event.valid_bits)


class ProgressBar:
    """Barra de tqdm: bits/car. en train y valid, caracteres por segundo y tiempo que queda."""

    def __init__(self):
        self.bar, self.valid = None, "—"

    def __call__(self, event: Event) -> None:
        """Pone la barra donde va el entrenamiento."""
        from tqdm.auto import tqdm

        done = min(event.progress, 1.0)
        if self.bar is None:  # `initial`: lo hecho antes de reanudar no cuenta como velocidad
            shape = "{percentage:3.0f} %|{bar}| faltan {remaining}{postfix}"
            self.bar = tqdm(total=1.0, initial=done, bar_format=shape)
        if event.valid_bits is not None:
            self.valid = f"{event.valid_bits:.2f}"
        speed = f"{event.chars / max(event.seconds, 1e-9):,.0f}".replace(",", " ")
        self.bar.set_postfix_str(
            f"train {event.train_bits:.2f} · valid {self.valid} bits/car. · {speed} car./s",
            refresh=False,
        )
        self.bar.n = done
        self.bar.refresh()

    def close(self) -> None:
        """Deja la barra como quedó."""
        if self.bar is not None:
            self.bar.close()
        self.bar, self.valid = None, "—"
