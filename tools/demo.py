"""Enseña la lección 07 con Voilà: lo que se proyecta, sin código y con los mandos vivos.

    make demo [HOST=0.0.0.0] [PORT=8866] [THEME=dark]

Solo se ve en este ordenador, salvo que HOST diga otra cosa. La primera vez instala Voilà; si ya
está, no hace falta red.
"""

import ipaddress
import os
import signal
import socket
import subprocess
import sys
import time
import webbrowser
from importlib.util import find_spec
from pathlib import Path

from lab import has_browser

ROOT = Path(__file__).resolve().parent.parent
LESSON = "notebooks/07_demo_en_clase.ipynb"
TEMPLATES = ROOT / "tools" / "demo_template"
PORT = 8866
WARNING = (
    "Atención: con HOST={host}, quien esté en tu red puede abrir la clase y mover los mandos.\n"
    "No puede ejecutar otro código, pero cada visita arranca un Python en este ordenador.\n"
    "Hazlo solo en una red de confianza, y ciérralo al acabar."
)
MISSING = (
    "Falta Voilà y no se ha podido instalar: la primera vez hace falta red.\n"
    "Mientras tanto, abre la lección 07 con «make lab»: es la misma, con los mismos mandos."
)


def is_local(host: str) -> bool:
    """Si solo se llega a esa dirección desde este ordenador."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def ready() -> bool:
    """Si Voilà está; si no, lo instala con el extra «demo» de pyproject.toml."""
    if find_spec("voila"):
        return True
    print("Instalo Voilà: solo la primera vez.", flush=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    extra = ["-c", "requirements.lock", "--no-build-isolation", "-e", ".[demo]"]
    return subprocess.run([*pip, *extra], cwd=ROOT).returncode == 0


def free_port(host: str, wanted: int) -> int:
    """El puerto pedido o, si está ocupado, uno que no lo esté."""
    for port in (wanted, 0):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                door.bind((host, port))
            except OSError as error:
                problem = error
            else:
                return door.getsockname()[1]
    raise SystemExit(f"HOST={host} no vale en este ordenador: {problem.strerror or problem}.")


def command(host: str, port: int, theme: str) -> list[str]:
    """La orden completa de Voilà. El cuaderno se ejecuta antes de que llegue nadie."""
    return [
        *(sys.executable, "-m", "voila", LESSON, "--no-browser", f"--port={port}"),
        *(f"--Voila.ip={host}", "--Voila.log_level=ERROR", f"--theme={theme}"),
        *("--template=clase", "--HTMLExporter.language_code=es", "--preheat_kernel=True"),
        "--pool_size=2",  # dos ya preparadas: abrir la página y recargarla
        "--MappingKernelManager.cull_interval=60",  # el Python de quien se fue se cierra a la hora
        "--MappingKernelManager.cull_idle_timeout=3600",
    ]


def address(host: str, port: int) -> str:
    """La dirección que se escribe en el navegador."""
    if host in ("0.0.0.0", "::"):
        host = own_ip()
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def own_ip() -> str:
    """La de este ordenador en su red; sin red, la de siempre. No envía nada."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # reservada para ejemplos
            return probe.getsockname()[0]
        except OSError:
            return "127.0.0.1"


def listening(server: subprocess.Popen, host: str, port: int) -> bool:
    """Espera a que atienda; falso si termina antes."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    while server.poll() is None:
        try:
            socket.create_connection((host, port), timeout=1).close()
            return True
        except OSError:
            time.sleep(0.1)
    return False


def main() -> int:
    """Avisa, arranca, dice la dirección y espera a Ctrl-C."""
    host = os.environ.get("HOST") or "127.0.0.1"
    wanted = os.environ.get("PORT") or str(PORT)
    if not wanted.isdecimal() or not 0 < int(wanted) < 65536:
        raise SystemExit(f"PORT={wanted} no vale: escribe un número del 1 al 65535.")
    if not is_local(host):
        print(WARNING.format(host=host), flush=True)
    if not ready():
        print(MISSING)
        return 1
    port = free_port(host, int(wanted))
    env = {**os.environ, "JUPYTER_PATH": str(TEMPLATES), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    theme = os.environ.get("THEME") or "light"
    server = subprocess.Popen(command(host, port, theme), cwd=ROOT, env=env)
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    try:
        if listening(server, host, port):
            url = address(host, port)
            print(f"La clase está en:\n\n    {url}\n\nPara cerrarla, pulsa Ctrl-C.", flush=True)
            if has_browser():
                webbrowser.open(url)
        return server.wait()
    except KeyboardInterrupt:  # Voilà también lo recibe, y cierra
        return server.wait() and 0


if __name__ == "__main__":
    sys.exit(main())
