"""Abre JupyterLab en la lección 00 y dice su dirección.

Sin pantalla no intenta abrir un navegador. Siempre en este ordenador (127.0.0.1) y con una
clave; `--allow-root` solo se añade cuando quien lo arranca es root.
"""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
import webbrowser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START = "lab/tree/notebooks/00_empieza_aqui.ipynb"


def has_browser() -> bool:
    """Si hay un navegador con ventana que abrir."""
    if sys.platform.startswith("linux"):
        screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        if not screen and not shutil.which("wslview"):
            return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def command() -> list[str]:
    """La orden completa de JupyterLab, según quién y dónde la arranque."""
    options = [
        "--ServerApp.root_dir=.",
        "--ServerApp.ip=127.0.0.1",
        f"--LabApp.default_url=/{START}",
        "--ServerApp.log_level=WARN",
        "--LabApp.log_level=WARN",
    ]
    if not has_browser():
        options.append("--no-browser")
    if getattr(os, "geteuid", lambda: 1)() == 0:
        options.append("--allow-root")
    return [sys.executable, "-m", "jupyter", "lab", *options, *sys.argv[1:]]


def settings() -> list[str]:
    """Dónde busca ajustes: los del curso, que quitan los avisos de JupyterLab, y los que haya."""
    before = os.environ.get("JUPYTER_CONFIG_PATH")
    return [str(ROOT / "tools" / "jupyter"), *([before] if before else [])]


def address(server: subprocess.Popen) -> str | None:
    """Espera a que el servidor anuncie su dirección; None si termina antes."""
    from jupyter_server.serverapp import list_running_servers

    while server.poll() is None:
        for info in list_running_servers():
            if info["pid"] == server.pid:
                return f"{info['url']}{START}?token={info['token']}"
        time.sleep(0.2)
    return None


def main() -> int:
    """Arranca el servidor y espera hasta que se cierre con Ctrl-C."""
    os.environ.setdefault("JUPYTER_TOKEN", secrets.token_hex(24))
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(settings())
    server = subprocess.Popen(command(), cwd=ROOT)
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    try:
        if url := address(server):
            print(f"JupyterLab está en marcha. Ábrelo en tu navegador:\n\n    {url}\n")
            print("Para cerrarlo, pulsa Ctrl-C dos veces en esta ventana.", flush=True)
        return server.wait()
    except KeyboardInterrupt:  # Jupyter también lo recibe y pregunta si cerrar
        return wait_to_close(server)


def wait_to_close(server: subprocess.Popen) -> int:
    """Deja que Jupyter cierre a su manera; los Ctrl-C siguientes son para él."""
    while True:
        try:
            server.wait()
            return 0
        except KeyboardInterrupt:
            continue


if __name__ == "__main__":
    sys.exit(main())
