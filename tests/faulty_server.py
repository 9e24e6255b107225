"""Un servidor HTTP de verdad, en esta máquina, que sirve el libro bien y de todas las formas malas.

Cada ruta es una avería: `FaultyServer(book).url("goteo")`. `hits` cuenta las peticiones.
"""

import gzip
import threading
from collections import Counter
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORTAL = b"<html><body>Acepta las condiciones de la wifi</body></html>"


class FaultyServer:
    """Sirve `book` (texto con saltos LF) en un puerto libre hasta que se llama a `close`."""

    def __init__(self, book: str):
        self.book = book
        self.hits = Counter()
        self.closing = threading.Event()
        handler = type("Handler", (_Handler,), {"owner": self})
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.http.server_port}/{path}"

    def close(self):
        self.closing.set()
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


class _Handler(BaseHTTPRequestHandler):
    owner: FaultyServer

    def do_GET(self):
        path = self.path.strip("/")
        self.owner.hits[path] += 1
        with suppress(BrokenPipeError, ConnectionResetError):  # el cliente puede cansarse
            getattr(self, path.replace("-", "_"))(self.owner.book)

    def reply(self, body=b"", status=200, kind="text/plain", length=None, **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def bueno_crlf(self, book):
        self.reply(b"\xef\xbb\xbf" + book.replace("\n", "\r\n").encode())

    def bueno_lf(self, book):
        self.reply(book.encode())

    def bueno_gzip(self, book):
        self.reply(gzip.compress(book.encode(), 1), Content_Encoding="gzip")

    def desvio(self, book):
        self.reply(status=302, Location="/bueno-lf")

    def no_esta(self, book):
        self.reply(b"no hay", status=404)

    def demasiadas(self, book):
        self.reply(b"despacio", status=429)

    def siempre_500(self, book):
        self.reply(b"uf", status=500)

    def dos_500(self, book):
        if self.owner.hits["dos-500"] <= 2:
            self.reply(b"uf", status=500)
        else:
            self.bueno_lf(book)

    def cuelga(self, book):
        self.owner.closing.wait(10)

    def goteo(self, book):
        self.reply(length=len(book.encode()))
        for letter in book.encode()[:1000]:  # 20 s: si nadie corta, la prueba lo nota
            self.wfile.write(bytes([letter]))
            if self.owner.closing.wait(0.02):
                return

    def cortado(self, book):
        body = book.encode()
        self.reply(body[: len(body) // 2], length=len(body))
        self.close_connection = True

    def sin_cola(self, book):
        """Se corta después del libro, dentro de la licencia, y sin decir cuánto medía."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(book[: len(book) - 40].encode())

    def tercio(self, book):
        self.reply(book[: len(book) // 3].encode())

    def tercio_con_marcas(self, book):
        """Un tercio, el último capítulo y la licencia: solo la longitud lo delata."""
        self.reply((book[: len(book) // 3] + book[book.index("Capítulo LXXIV") :]).encode())

    def portal(self, book):
        self.reply(PORTAL, kind="text/html")

    def libro_en_html(self, book):
        self.reply(book.replace("\n\n", "</p>\n<p>").encode(), kind="text/html")

    def latin1(self, book):
        self.reply(book.encode("latin-1", "ignore"), kind="text/plain; charset=ISO-8859-1")

    def vacio(self, book):
        self.reply()

    def sin_fin(self, book):
        self.send_response(200)
        self.end_headers()
        while not self.owner.closing.is_set():
            self.wfile.write(b"a" * 65_536)

    def log_message(self, *args):
        pass
