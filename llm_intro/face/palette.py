"""Los colores del curso, y las marcas que los acompañan: el color nunca va solo.

Son los de Okabe e Ito (2008): se distinguen también sin ver bien los colores.
"""

from collections.abc import Iterator
from itertools import cycle

BLUE, RED, GREEN, ORANGE = "#0072B2", "#D55E00", "#009E73", "#E69F00"
PINK, GREY = "#CC79A7", "#8A8A8A"
COLORS, MARKS = (BLUE, RED, GREEN, ORANGE, PINK, GREY), "os^DvP*"


def looks() -> Iterator[tuple[str, str]]:
    """Un color y una marca por serie, sin fin; las 42 primeras parejas son distintas."""
    return zip(cycle(COLORS), cycle(MARKS), strict=False)
