"""Un servidor de verdad, en esta máquina, que habla el protocolo de OpenAI bien y mal.

Cada modelo es un comportamiento: `ChatClient(server.url, "bien")`. `seen` guarda lo que llega.
"""

import json
import threading
import time
from contextlib import suppress
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ANSWER = "Yo no voy mal."
PARTS = [{"type": "text", "text": ANSWER[:5]}, {"type": "text", "text": ANSWER[5:]}]


def saying(content) -> dict:
    """La respuesta del protocolo que lleva ese contenido."""
    return {"choices": [{"message": {"content": content}}]}


# Lo que responde siempre igual: cuerpo, código y cabeceras; %KEY% es la firma que llegó.
REPLIES = {
    "bien": ({"error": None, **saying(ANSWER)},),
    "en-partes": ({"choices": [{"delta": None, "message": {"content": PARTS}}]},),
    "con-bom": (b"\xef\xbb\xbf" + json.dumps(saying(ANSWER)).encode(),),
    "ocupado-mucho": ({}, 429, {"Retry-After": "3600"}),
    "roto": (b"<html>uf</html>", 500, {"Retry-After": "0"}),
    "clave-mala": ({"error": {"message": "clave incorrecta: %KEY%"}}, 401),
    "chismoso": (saying("tu clave es %KEY%"),),
    "chismoso-largo": ({"error": {"message": "x" * 280 + "%KEY%"}}, 400),
    "no-existe": ({"error": "no hay"}, 404),
    "desvia": ({}, 302, {"Location": "/v1/otra"}),
    "json-roto": (b'{"choices": [',),
    "otra-forma": ({"respuesta": ANSWER},),
    "lista": ([ANSWER],),
    "hondo": (b"[" * 100_000,),
    "error-sin-codigo": ({"error": {"message": "sin memoria para %KEY%"}},),
    "sin-fin": (b"a" * 1_100_000,),
    "cortado": (b'{"choices"', 200, {"Content-Length": "500"}),
}
DRIPS = {  # lo que dice antes de gotear
    "gotea-cabeceras": b"HTTP/1.1 200 OK\r\nX-A: ",
    "gotea-cuerpo": b"HTTP/1.1 200 OK\r\n\r\n",
    "gotea-error": b"HTTP/1.1 500 Uf\r\n\r\n",
}


class ChatServer:
    """Escucha en un puerto libre hasta que se llama a `close`."""

    def __init__(self):
        self.seen, self.closing = [], threading.Event()
        self.body, self.status = b"", 200  # lo que responde «dictado»
        handler = type("Handler", (_Handler,), {"owner": self})
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/v1"
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def close(self):
        self.closing.set()
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


class _Handler(BaseHTTPRequestHandler):
    owner: ChatServer

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        model, key = body["model"], self.headers.get("Authorization")
        self.owner.seen.append((self.path, key, body))
        tries = sum(seen[2]["model"] == model for seen in self.owner.seen)
        with suppress(BrokenPipeError, ConnectionResetError):
            if model == "cuelga":
                self.owner.closing.wait(10)
            elif model in DRIPS:
                self.wfile.write(DRIPS[model])
                while not self.owner.closing.wait(0.05):
                    self.wfile.write(b"a")
            elif model == "dictado":
                self.reply(self.owner.body, self.owner.status)
            elif model == "ocupado" and tries <= 2:
                self.reply({"error": {"message": "espera"}}, 429, {"Retry-After": "0"})
            elif model == "ocupado-con-fecha" and tries == 1:
                soon = formatdate(time.time() + 1, usegmt=True)
                self.reply({}, 503, {"Retry-After": soon})
            else:
                self.reply(*REPLIES.get(model, REPLIES["bien"]))

    def reply(self, body, status=200, headers=()):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        body = body.replace(b"%KEY%", str(self.headers.get("Authorization")).encode())
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | dict(headers)).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, *args):
        pass
