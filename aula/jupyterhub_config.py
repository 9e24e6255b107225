"""JupyterHub para un grupo en una sola máquina. Cómo se prepara: README.md, en esta carpeta.

Todos leen el mismo curso y el mismo libro, que no pueden cambiar; cada cual tiene su carpeta, con
su copia de los cuadernos. Al entrar, nbgitpuller la pone al día sin pisar lo que haya escrito.
"""

import os
import sys
from pathlib import Path
from urllib.parse import urlencode

AULA = Path(os.environ.get("AULA", "/srv/aula"))
COURSE, BOOK, STUDENTS = AULA / "curso", AULA / "pg2000.txt", AULA / "alumnos"
BIN = Path(os.environ.get("AULA_BIN", COURSE / ".venv" / "bin"))
TRIAL = os.environ.get("AULA_PRUEBA")  # la clave de load_test.py; en clase no está
MEMORY, CPU = "1G", 1.0  # por alumno; README.md dice de dónde salen

c = get_config()  # noqa: F821 - la pone JupyterHub

c.JupyterHub.bind_url = os.environ.get("AULA_URL", "http://127.0.0.1:8000")
c.JupyterHub.db_url = f"sqlite:///{AULA}/hub.sqlite"
c.JupyterHub.cookie_secret_file = f"{AULA}/hub.secreto"
c.ConfigurableHTTPProxy.pid_file = f"{AULA}/proxy.pid"

# Quien tiene la clave de la clase entra con el nombre que quiera.
PASSWORD = os.environ.get("AULA_CLAVE", "")
if len(PASSWORD) < 8:
    raise SystemExit("Falta la clave de la clase: AULA_CLAVE, con ocho letras o más.")
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = PASSWORD
c.Authenticator.allow_all = True

# En clase, systemd hace cumplir los límites; la prueba usa procesos sueltos en esta máquina.
c.JupyterHub.spawner_class = "simple" if TRIAL else "systemd"
c.SimpleLocalProcessSpawner.home_dir_template = f"{STUDENTS}/{{username}}"
c.SystemdSpawner.dynamic_users = True
c.SystemdSpawner.isolate_tmp = True
c.SystemdSpawner.readonly_paths = [str(COURSE), str(BOOK)]
c.Spawner.mem_limit, c.Spawner.cpu_limit = MEMORY, CPU
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120
c.Spawner.cmd = [str(BIN / "jupyterhub-singleuser")]
c.Spawner.args = ["--allow-root"] * (os.geteuid() == 0 and bool(TRIAL))

pull = {"repo": str(COURSE), "targetPath": "curso", "urlpath": "lab/tree/curso/notebooks"}
c.Spawner.default_url = f"/git-pull?{urlencode(pull)}"
c.Spawner.environment = {
    "JUPYTER_CONFIG_PATH": str(COURSE / "tools" / "jupyter"),  # sin avisos de JupyterLab
    "OMP_NUM_THREADS": "1",  # con varios hilos por alumno, los hilos se esperan unos a otros
    "GIT_CONFIG_COUNT": "1",  # el curso es de otro usuario: git pide que se diga que vale
    "GIT_CONFIG_KEY_0": "safe.directory",
    "GIT_CONFIG_VALUE_0": "*",
    **({"LLM_INTRO_QUIJOTE": str(BOOK)} if BOOK.exists() else {}),
}

# Quien se va deja de ocupar memoria: su servidor se apaga a la hora, y sus archivos se quedan.
c.JupyterHub.services = [
    {
        "name": "apaga",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600"],
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "apaga",
        "services": ["apaga"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    }
]
if TRIAL:
    c.JupyterHub.services.append({"name": "prueba", "api_token": TRIAL})
    scopes = ["admin:users", "admin:servers", "access:servers"]
    c.JupyterHub.load_roles.append({"name": "prueba", "services": ["prueba"], "scopes": scopes})
