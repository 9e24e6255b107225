"""Cuántos alumnos caben: un JupyterHub de verdad en esta máquina, y N que trabajan a la vez.

    python aula/load_test.py 1 2 4 8          # una fila por número de alumnos
    python aula/load_test.py 2 --moves 5      # corta

Cada alumno entra, recibe el curso con nbgitpuller, ejecuta el camino corto de la lección 04 (con
su minuto de entrenamiento) y después mueve el mando de la temperatura. Se mide desde que sale el
movimiento hasta que vuelve la primera imagen nueva de las barras, y la memoria de cada alumno: su
servidor y su núcleo, repartiendo lo compartido. Todo va por 127.0.0.1 y acaba solo.

Hacen falta, en el Python con que se ejecuta: jupyterhub, nbgitpuller, jupyterhub-idle-culler,
psutil, websockets y el curso; y configurable-http-proxy en el PATH.
"""

import argparse
import asyncio
import os
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import requests
from student import Student

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent


class Hub:
    """Un JupyterHub en un puerto libre de 127.0.0.1, con su carpeta y su clave."""

    def __init__(self, aula: Path):
        self.aula, self.token = aula, secrets.token_hex(16)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.headers = {"Authorization": f"token {self.token}"}

    def call(self, method: str, path: str, **options) -> requests.Response:
        """Una petición a la API, con la clave de la prueba."""
        there = self.url + path
        answer = requests.request(method, there, headers=self.headers, timeout=180, **options)
        answer.raise_for_status()
        return answer

    @contextmanager
    def running(self):
        """El servidor en marcha; al salir se apaga con todo lo que lanzó."""
        env = {**os.environ, "AULA": str(self.aula), "AULA_URL": self.url}
        env |= {"AULA_PRUEBA": self.token, "AULA_BIN": str(Path(sys.executable).parent)}
        env |= {"AULA_CLAVE": secrets.token_hex(16)}
        command = [sys.executable, "-m", "jupyterhub", "-f", HERE / "jupyterhub_config.py"]
        with open(self.aula / "hub.log", "w") as log:
            process = subprocess.Popen(command, cwd=self.aula, env=env, stdout=log, stderr=log)
        try:
            self.wait(process)
            yield
        except BaseException:
            print((self.aula / "hub.log").read_text()[-3000:], file=sys.stderr)
            raise
        finally:
            family = [process]
            with suppress(psutil.NoSuchProcess):
                family += psutil.Process(process.pid).children(recursive=True)
            for end in ("terminate", "kill"):
                for member in family:
                    with suppress(psutil.NoSuchProcess, ProcessLookupError):
                        getattr(member, end)()
                psutil.wait_procs(family[1:], timeout=10)

    def wait(self, process: subprocess.Popen) -> None:
        """Hasta que conteste, o hasta que se vea que no va a hacerlo."""
        for _ in range(240):
            try:
                self.call("GET", "/hub/api/")
                return
            except requests.RequestException:
                if process.poll() is not None:
                    break
                time.sleep(0.5)
        raise SystemExit((self.aula / "hub.log").read_text()[-3000:])


async def lesson(hub: Hub, students: int, moves: int) -> list[Student]:
    """Todos a la vez: entran, estudian y juegan."""
    group = [Student(hub, number) for number in range(students)]
    for step in (Student.enter, Student.connect, Student.study):
        await asyncio.gather(*[step(student) for student in group])
    await asyncio.gather(*[student.play(moves) for student in group])
    return group


def trial(students: int, moves: int) -> str:
    """Una fila de la tabla."""
    with tempfile.TemporaryDirectory(prefix="aula-") as folder:
        aula = Path(folder)
        for name in ("alumnos", *(f"alumnos/ana{number}" for number in range(students))):
            (aula / name).mkdir()
        clone = ["git", "-c", "safe.directory=*", "clone", "-q", str(ROOT), str(aula / "curso")]
        subprocess.run(clone, check=True)
        if book := os.environ.get("LLM_INTRO_QUIJOTE"):
            shutil.copy(book, aula / "pg2000.txt")
        hub = Hub(aula)
        with hub.running():
            begin = time.perf_counter()
            group = asyncio.run(lesson(hub, students, moves))
            total = time.perf_counter() - begin
            memory = statistics.mean(student.memory() for student in group)
    delays = sorted(delay for student in group for delay in student.delays)
    p95 = delays[max(0, -(-len(delays) * 95 // 100) - 1)]
    entry = max(student.start for student in group)
    return (
        f"| {students} | {len(delays)} | {statistics.median(delays):.2f} | {p95:.2f} "
        f"| {delays[-1]:.2f} | {memory:.0f} | {entry:.0f} | {total:.0f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("students", nargs="+", type=int)
    parser.add_argument("--moves", type=int, default=30)
    options = parser.parse_args()
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{os.cpu_count()} núcleos; carga de la máquina antes de empezar: {load}\n")
    print("| alumnos | movimientos | mediana, s | p95, s | peor, s | MB por alumno "
          "| entrar, s | todo, s |")  # fmt: skip
    print("|---" * 8 + "|")
    for students in options.students:
        print(trial(students, options.moves), flush=True)


if __name__ == "__main__":
    main()
