"""Un JupyterLab para las pruebas: en este ordenador, con clave y carpetas propias."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
from jupyterlab_page import Notebook

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS_TO_START = 180
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "extensionmanager-extension/plugin": {"enabled": False},
}
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}


class Lab:
    """Un servidor de JupyterLab en 127.0.0.1, con clave y carpetas propias.

    Args:
        folder: carpeta vacía y temporal; en `folder/cuadernos` queda la copia de los cuadernos.
    """

    def __init__(self, folder: Path):
        self.notebooks = folder / "cuadernos"
        shutil.copytree(ROOT / "notebooks", self.notebooks)
        self.token, self.port = secrets.token_hex(16), free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = (folder / "servidor.log").open("w", encoding="utf-8")
        write_settings(folder / "ajustes")
        self.process = subprocess.Popen(
            self.command(),
            cwd=self.notebooks,
            env=self.environment(folder),
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        self.wait()

    def command(self) -> list[str]:
        """La orden: sin ventana, sin buscar otro puerto y con la aplicación a la vista."""
        root = getattr(os, "geteuid", lambda: 1)() == 0
        return [
            *(sys.executable, "-m", "jupyterlab", "--no-browser"),
            "--ServerApp.ip=127.0.0.1",
            f"--ServerApp.port={self.port}",
            "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={self.token}",
            f"--ServerApp.root_dir={self.notebooks}",
            "--LabApp.expose_app_in_browser=True",
            "--LabApp.extension_manager=readonly",
            *["--allow-root"] * root,
        ]

    def environment(self, folder: Path) -> dict[str, str]:
        """El entorno, sin nada de lo que el usuario tenga puesto en su Jupyter."""
        places = {
            "JUPYTER_CONFIG_DIR": folder / "configuracion",
            "JUPYTER_DATA_DIR": folder / "datos",
            "JUPYTER_RUNTIME_DIR": folder / "ejecucion",
            "JUPYTERLAB_SETTINGS_DIR": folder / "ajustes",
            "JUPYTERLAB_WORKSPACES_DIR": folder / "espacios",
            "IPYTHONDIR": folder / "ipython",
        }
        mine = {name: value for name, value in os.environ.items() if "JUPYTER" not in name}
        return {**mine, **{k: str(v) for k, v in places.items()}, **ENVIRONMENT}

    def wait(self) -> None:
        """Espera a que conteste, o cuenta lo que ha dicho si no arranca."""
        limit = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < limit and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.address}/api?token={self.token}", timeout=5)
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        self.close()
        raise RuntimeError("JupyterLab no arranca:\n" + Path(self.log.name).read_text("utf-8"))

    def close(self) -> None:
        """Apaga el servidor y, con él, sus núcleos."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()

    def write(self, name: str, cells: list[str]) -> str:
        """Guarda un cuaderno con esas celdas de código y devuelve su nombre."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(notebook, self.notebooks / name)
        return name

    def open(self, page, name: str) -> "Notebook":
        """Abre un cuaderno en un espacio de trabajo nuevo y espera a su núcleo."""
        space = secrets.token_hex(4)
        page.goto(
            f"{self.address}/lab/workspaces/{space}/tree/{name}?token={self.token}",
            wait_until="domcontentloaded",
        )
        return Notebook(page, name)


def write_settings(folder: Path) -> None:
    """Los ajustes de JupyterLab: ni noticias ni buscar extensiones, que piden red."""
    for name, values in SETTINGS.items():
        path = folder / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), encoding="utf-8")


def free_port() -> int:
    """Un puerto que nadie usa ahora."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
