"""Enseña «Demo en clase» con Voilà: lo que se proyecta, sin código y con los mandos vivos.

    make demo [HOST=0.0.0.0] [PORT=8866] [THEME=dark]

Solo se ve en este ordenador, salvo que HOST diga otra cosa. La primera vez instala Voilà; si ya
está, no hace falta red.
"""

import os
import re
import signal
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
(LESSON,) = (str(path.relative_to(ROOT)) for path in ROOT.glob("notebooks/*_demo_en_clase.ipynb"))
WARNING = (
    "Atención: con HOST={host}, quien esté en tu red puede abrir la clase y mover los mandos.\n"
    "No puede ejecutar otro código, pero cada visita arranca un Python en este ordenador.\n"
    "Hazlo solo en una red de confianza, y ciérralo al acabar."
)
MISSING = (
    "Falta Voilà y no se ha podido instalar: la primera vez hace falta red.\n"
    "Mientras tanto, abre «Demo en clase» con «make lab»: es la misma, con los mismos mandos."
)
READY = "La clase está en:\n\n    {}\n\nPara cerrarla, pulsa Ctrl-C."
ADDRESS = re.compile(r"http://.+:(\d+)/")
CHATTER = re.compile(r"\[\w+\] (?!ERROR|CRITICAL)")  # lo que Voilà cuenta y no es un error


def ready() -> bool:
    """Si Voilà está; si no, lo instala con el extra «demo» de pyproject.toml."""
    if find_spec("voila"):
        return True
    print("Instalo Voilà: solo la primera vez.", flush=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    extra = ["-c", "requirements.lock", "--no-build-isolation", "-e", ".[demo]"]
    return subprocess.run([*pip, *extra], cwd=ROOT).returncode == 0


def asked() -> tuple[str, str, str]:
    """HOST, PORT y THEME; SystemExit si Voilà no podría atender ahí."""
    host = os.environ.get("HOST") or "127.0.0.1"
    port = os.environ.get("PORT") or "8866"
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise SystemExit(f"PORT={port} no vale: escribe un número del 1 al 65535.")
    try:
        socket.create_server((host, 0), family=socket.getaddrinfo(host, 0)[0][0]).close()
    except OSError as error:
        reason = error.strerror or error
        raise SystemExit(f"HOST={host} no vale en este ordenador: {reason}.") from None
    return host, port, os.environ.get("THEME") or "light"


def command(host: str, port: str, theme: str) -> list[str]:
    """La orden completa de Voilà. El cuaderno se ejecuta antes de que llegue nadie."""
    screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    hidden = sys.platform.startswith("linux") and not screen
    return [
        *(sys.executable, "-m", "voila", LESSON, *["--no-browser"] * hidden, f"--port={port}"),
        *(f"--Voila.ip={host}", f"--theme={theme}", "--Voila.log_level=INFO"),
        *("--template=classroom", "--HTMLExporter.language_code=es", "--preheat_kernel=True"),
        "--pool_size=2",  # dos ya preparadas: abrir la página y recargarla
        "--MappingKernelManager.cull_interval=60",  # el Python de quien se fue se cierra a la hora
        "--MappingKernelManager.cull_idle_timeout=3600",
    ]


def retold(line: str, host: str) -> str:
    """Lo que se enseña de una línea de Voilà: los errores y, en español, la dirección."""
    if found := ADDRESS.match(line):
        name = own_ip() if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
        return READY.format(f"http://{name}:{found[1]}/")
    return "" if CHATTER.match(line) else line.rstrip()


def own_ip() -> str:
    """La de este ordenador en su red; sin red, la de siempre. No envía nada."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # reservada para ejemplos
            return probe.getsockname()[0]
        except OSError:
            return "127.0.0.1"


def main() -> int:
    """Avisa, arranca Voilà, dice la dirección y espera a Ctrl-C."""
    host, port, theme = asked()
    if host not in ("127.0.0.1", "localhost", "::1"):
        print(WARNING.format(host=host), flush=True)
    if not ready():
        print(MISSING)
        return 1
    env = {**os.environ, "JUPYTER_PATH": "tools/demo_template"}
    env |= {"PYTHONUNBUFFERED": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    order = command(host, port, theme)
    server = subprocess.Popen(order, cwd=ROOT, env=env, stderr=subprocess.PIPE, encoding="utf-8")
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C es para Voilà, que cierra
    for line in server.stderr:
        if said := retold(line, host):
            print(said, flush=True)
    return server.wait()


if __name__ == "__main__":
    sys.exit(main())
