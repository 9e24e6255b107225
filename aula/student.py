"""Un alumno de mentira que hace lo que haría uno de verdad, por los mismos caminos."""

import asyncio
import json
import random
import time
import uuid

import psutil
import websockets

LESSON = "04_escribir_como_cervantes.ipynb"
SHORT = ("arranque", "cargar", "ida-y-vuelta-libro", "bits-a-mano", "n-gramas", "entrenar",
         "temperatura-a-mano", "next-probs", "deslizador")  # fmt: skip
BEFORE = {  # lo que esas celdas toman de otras que aquí se saltan
    "ida-y-vuelta-libro": "import torch; from llm_intro import CharTokenizer",
    "entrenar": "from llm_intro import generate",
    "temperatura-a-mano": "import numpy as np",
}
IDS = "{'slider': box.children[0].model_id, 'screen': box.children[-1].model_id}"


class Student:
    """Un alumno: su servidor, su núcleo y lo que tarda en ver moverse las barras."""

    def __init__(self, hub, number: int):
        self.hub, self.name = hub, f"ana{number}"
        self.base, self.session = f"/user/{self.name}", uuid.uuid4().hex
        self.delays, self.start = [], 0.0

    async def blocking(self, function, *arguments, **options):
        return await asyncio.to_thread(function, *arguments, **options)

    async def enter(self) -> None:
        """Arranca su servidor y recibe el curso."""
        begin = time.perf_counter()
        await self.blocking(self.hub.call, "POST", f"/hub/api/users/{self.name}")
        await self.blocking(self.hub.call, "POST", f"/hub/api/users/{self.name}/server")
        while not await self.ready():
            await asyncio.sleep(0.5)
        wanted = {"repo": str(self.hub.aula / "curso"), "targetpath": "curso"}
        done = await self.blocking(self.hub.call, "GET", f"{self.base}/git-pull/api", params=wanted)
        assert '"phase": "finished"' in done.text, done.text[-500:]
        self.start = time.perf_counter() - begin

    async def ready(self) -> bool:
        answer = await self.blocking(self.hub.call, "GET", f"/hub/api/users/{self.name}")
        return bool(answer.json()["servers"].get("", {}).get("ready"))

    async def connect(self) -> None:
        """Abre un núcleo y su canal."""
        where = {"name": "python3", "path": "curso/notebooks"}
        made = await self.blocking(self.hub.call, "POST", f"{self.base}/api/kernels", json=where)
        self.kernel = made.json()["id"]
        there = f"{self.hub.url.replace('http', 'ws')}{self.base}/api/kernels/{self.kernel}"
        self.channel = await websockets.connect(
            f"{there}/channels?session_id={self.session}",
            additional_headers=self.hub.headers,
            max_size=None,
            open_timeout=120,
            ping_interval=None,  # con la máquina llena, una respuesta tardía no es una avería
        )

    async def send(self, kind: str, content: dict) -> str:
        message = uuid.uuid4().hex
        header = {"msg_id": message, "msg_type": kind, "username": self.name, "version": "5.3"}
        header |= {"session": self.session, "date": "2026-01-01T00:00:00Z"}
        whole = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        await self.channel.send(json.dumps({**whole, "channel": "shell", "buffers": []}))
        return message

    async def heard(self, seconds: float) -> dict:
        return json.loads(await asyncio.wait_for(self.channel.recv(), seconds))

    async def run(self, code: str, **expressions) -> dict:
        """Ejecuta una celda; un error es un error de la prueba."""
        ask = {"code": code, "silent": False, "user_expressions": expressions}
        message = await self.send("execute_request", {**ask, "store_history": False})
        while True:
            told = await self.heard(600)
            mine = told["parent_header"].get("msg_id") == message
            if mine and told["msg_type"] == "execute_reply":
                assert told["content"]["status"] == "ok", told["content"]
                return told["content"]["user_expressions"]

    async def study(self) -> None:
        """El camino corto de la lección 04, celda a celda."""
        path = self.hub.aula / "alumnos" / self.name / "curso" / "notebooks" / LESSON
        cells = {
            cell["id"]: "".join(cell["source"]) for cell in json.loads(path.read_text())["cells"]
        }
        for name in SHORT:
            await self.run(f"{BEFORE.get(name, '')}\n{cells[name]}")

    async def play(self, moves: int) -> None:
        """Mueve el mando y apunta lo que tarda la primera respuesta de cada movimiento."""
        told = (await self.run("", ids=IDS))["ids"]["data"]["text/plain"]
        ids, draw = json.loads(told.replace("'", '"')), random.Random(self.name)
        for number in range(moves):
            await asyncio.sleep(draw.uniform(0.5, 2.0))
            # una mitad del mando cada vez: repetir el valor no movería nada
            value = round(draw.uniform(0.01, 0.69) + number % 2, 2)
            state = {"method": "update", "state": {"value": value}}
            begin = time.perf_counter()
            message = await self.send(
                "comm_msg", {"comm_id": ids["slider"], "data": {**state, "buffer_paths": []}}
            )
            while not shows(await self.heard(120), message, ids["screen"]):
                pass
            self.delays.append(time.perf_counter() - begin)

    def memory(self) -> float:
        """MB de su servidor y su núcleo; lo que comparten con otros, repartido."""
        mine = [p for p in psutil.process_iter() if self.name == environment(p)]
        return sum(p.memory_full_info().pss for p in mine) / 1e6


def environment(process: psutil.Process) -> str:
    try:
        return process.environ().get("JUPYTERHUB_USER", "")
    except (psutil.AccessDenied, psutil.NoSuchProcess, psutil.ZombieProcess):
        return ""


def shows(told: dict, message: str, screen: str) -> bool:
    """Si es la primera imagen nueva que responde a ese movimiento."""
    content = told["content"]
    mine = told["parent_header"].get("msg_id") == message and content.get("comm_id") == screen
    return mine and "value" in content.get("data", {}).get("state", {})
