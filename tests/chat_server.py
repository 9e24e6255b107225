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


def saying(content) -> dict:
    """La respuesta del protocolo que lleva ese contenido."""
    return {"choices": [{"message": {"content": content}}]}


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

    def drip(self, head: bytes):
        """Una cabecera y, después, un byte cada poco, sin acabar nunca."""
        self.wfile.write(head)
        while not self.owner.closing.wait(0.05):
            self.wfile.write(b"a")

    def bien(self, tries):
        self.reply({"error": None, **saying(ANSWER)})

    def en_partes(self, tries):
        parts = [{"type": "text", "text": ANSWER[:5]}, {"type": "text", "text": ANSWER[5:]}]
        self.reply({"choices": [{"delta": None, "message": {"content": parts}}]})

    def con_bom(self, tries):
        self.reply(b"\xef\xbb\xbf" + json.dumps(saying(ANSWER)).encode())

    def dictado(self, tries):
        self.reply(self.owner.body, self.owner.status)

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
        self.reply(saying(f"tu clave es {self.headers.get('Authorization')}"))

    def chismoso_largo(self, tries):
        said = "x" * 280 + self.headers.get("Authorization", "")
        self.reply({"error": {"message": said}}, 400)

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

    def hondo(self, tries):
        self.reply(b"[" * 100_000)

    def error_sin_codigo(self, tries):
        said = f"sin memoria para {self.headers.get('Authorization')}"
        self.reply({"error": {"message": said}})

    def sin_fin(self, tries):
        self.reply(b"a" * 1_100_000)

    def cortado(self, tries):
        self.reply(b'{"choices"', length=500)
        self.close_connection = True

    def cuelga(self, tries):
        self.owner.closing.wait(10)

    def gotea_cabeceras(self, tries):
        self.drip(b"HTTP/1.1 200 OK\r\nX-A: ")

    def gotea_cuerpo(self, tries):
        self.drip(b"HTTP/1.1 200 OK\r\n\r\n")

    def gotea_error(self, tries):
        self.drip(b"HTTP/1.1 500 Uf\r\n\r\n")

    def log_message(self, *args):
        pass
