"""Las claves de los servicios: de dónde se leen y cómo no se dejan ver."""

import getpass
import os

HIDDEN = "«clave oculta»"


class Key:
    """Una clave que no se deja ver: al imprimirla sale «clave oculta».

    ValueError, sin enseñarla, si tiene espacios o letras que no van en una clave.
    """

    def __init__(self, text: str):
        text = text.strip()
        if not (text.isascii() and (text.isprintable() and " " not in text)):
            text = ""  # que no quede ni en las variables del error
            raise ValueError(
                "la clave tiene espacios o letras que no son de una clave: cópiala bien."
            )
        self._reveal = lambda: text  # en una función: ni vars() ni pickle la enseñan

    def __repr__(self) -> str:
        return HIDDEN

    def __bool__(self) -> bool:
        return bool(self._reveal())

    def hide_in(self, text: str) -> str:
        """El texto sin la clave, por si el servicio la repite en un error."""
        return text.replace(self._reveal(), HIDDEN) if self else text

    def __call__(self, request):
        """Firma una petición: es lo que `requests` llama al enviarla."""
        if self:
            request.headers["Authorization"] = f"Bearer {self._reveal()}"
        return request


def find_key(name: str = "OPENAI_API_KEY") -> Key:
    """La clave llamada `name`: de los secretos de Colab, del entorno o, si no, de teclado."""
    return Key(_colab_secret(name) or os.environ.get(name) or getpass.getpass(f"{name}: "))


def _colab_secret(name: str) -> str | None:
    try:
        from google.colab import userdata

        return userdata.get(name)
    except Exception:  # fuera de Colab, o sin ese secreto, o sin permiso para verlo
        return None
