"""Lo que se cuenta de un entrenamiento mientras corre: medidas, historia y barra."""

import math
import time
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
        return min(self.events, key=lambda event: (math.isnan(event.valid_bits), event.valid_bits))


class Budget:
    """Las cuentas de un entrenamiento: lo gastado, lo aprendido y cuándo toca medir.

    Args:
        config: su receta, con `steps` o `minutes`, `evals` y `patience`.
    """

    def __init__(self, config):
        self.config, self.history = config, History()
        self.step, self.seconds, self.chars = 0, 0.0, 0
        self.loss_sum, self.loss_steps, self.evals_done, self.stale = 0.0, 0, 0, 0
        self.last = dict.fromkeys(("tick", "save"), time.monotonic())

    @property
    def progress(self) -> float:
        """Fracción del presupuesto ya gastada."""
        if self.config.steps:
            return self.step / self.config.steps
        return self.seconds / (60 * self.config.minutes)

    @property
    def done(self) -> bool:
        """Se acabó el presupuesto, o la paciencia."""
        return self.progress >= 1 or self.stale >= (self.config.patience or math.inf)

    def event(self, valid_bits: float | None = None) -> Event:
        """Cómo va, ahora mismo."""
        train_bits = self.loss_sum / max(self.loss_steps, 1) / math.log(2)
        return Event(self.step, self.progress, self.seconds, self.chars, train_bits, valid_bits)

    def eval_due(self) -> bool:
        """Si toca medir (y lo da por hecho): las medidas se reparten por el presupuesto."""
        before = self.evals_done
        self.evals_done = int(min(self.progress, 1.0) * self.config.evals + 1e-9)
        return self.evals_done > before

    def overdue(self, what: str, every: float) -> bool:
        """Si han pasado `every` segundos de reloj desde la última vez (y la apunta)."""
        late = time.monotonic() - self.last[what] >= every
        if late:
            self.last[what] = time.monotonic()
        return late


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
