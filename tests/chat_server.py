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


class ChatServer:
    """Escucha en un puerto libre hasta que se llama a `close`."""

    def __init__(self):
        self.seen, self.closing = [], threading.Event()
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
        self.owner.seen.append((self.path, self.headers.get("Authorization"), body))
        tries = sum(seen[2]["model"] == body["model"] for seen in self.owner.seen)
        with suppress(BrokenPipeError, ConnectionResetError):
            getattr(self, body["model"].replace("-", "_"))(tries)

    def reply(self, body, status=200, kind="application/json", length=None, **headers):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def events(self, pieces, end=True):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.end_headers()
        for piece in pieces:
            event = {"choices": [{"delta": {"content": piece}, "finish_reason": None}]}
            self.wfile.write(b": sigo aqui\n\ndata: " + json.dumps(event).encode() + b"\n\n")
        if end:
            self.wfile.write(b'data: {"choices": []}\n\ndata: [DONE]\n\n')

    def bien(self, tries):
        self.events([ANSWER[:5], ANSWER[5:]])

    def entera(self, tries):
        self.reply({"choices": [{"message": {"content": ANSWER}}]})

    def ocupado(self, tries):
        if tries <= 2:
            self.reply({"error": {"message": "espera"}}, 429, Retry_After="0")
        else:
            self.bien(tries)

    def ocupado_con_fecha(self, tries):
        if tries == 1:
            self.reply({}, 503, Retry_After=formatdate(time.time() + 1, usegmt=True))
        else:
            self.bien(tries)

    def ocupado_mucho(self, tries):
        self.reply({}, 429, Retry_After="3600")

    def roto(self, tries):
        self.reply(b"<html>uf</html>", 500, Retry_After="0")

    def clave_mala(self, tries):
        said = f"clave incorrecta: {self.headers.get('Authorization')}"
        self.reply({"error": {"message": said}}, 401)

    def chismoso(self, tries):
        self.events([f"tu clave es {self.headers.get('Authorization')}"])

    def no_existe(self, tries):
        self.reply({"error": "no hay"}, 404)

    def desvia(self, tries):
        self.reply({}, 302, Location=self.owner.url + "/otra")

    def json_roto(self, tries):
        self.reply(b'{"choices": [')

    def otra_forma(self, tries):
        self.reply({"respuesta": ANSWER})

    def lista(self, tries):
        self.reply([ANSWER])

    def trozo_roto(self, tries):
        self.events([ANSWER[:5]], end=False)
        self.wfile.write(b"data: {{{\n\n")

    def trozo_raro(self, tries):
        self.events([], end=False)
        self.wfile.write(b'data: {"choices": ["hola"]}\n\n')

    def error_a_medias(self, tries):
        self.events([ANSWER[:5]], end=False)
        said = {"error": {"message": f"sin memoria para {self.headers.get('Authorization')}"}}
        self.wfile.write(b"data: " + json.dumps(said).encode() + b"\n\n")

    def cortado(self, tries):
        self.events([ANSWER[:5]], end=False)

    def cortado_json(self, tries):
        self.reply(b'{"choices"', length=500)
        self.close_connection = True

    def cuelga(self, tries):
        self.owner.closing.wait(10)

    def gotea(self, tries):
        self.events([], end=False)
        while not self.owner.closing.wait(0.02):
            self.wfile.write(b": sigo aqui\n")

    def log_message(self, *args):
        pass
