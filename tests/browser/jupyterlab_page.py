"""Un cuaderno abierto en JupyterLab: ejecutarlo y leer lo que ha salido."""

from widget_box import Box

PATIENCE = 300_000  # ms; solo los gasta una máquina muy ocupada
EXCERPT = "Sigo con el extracto incluido"  # sin red ni libro, es lo que hay que decir
# Avisos del propio JupyterLab en una máquina sin red: no son del curso.
NOT_OURS = ("net::ERR_FAILED", "status of 404", "favicon")


class Notebook:
    """Un cuaderno abierto en una página de JupyterLab."""

    READY = """() => {
        const panel = window.jupyterapp?.shell?.currentWidget;
        const session = panel?.context?.sessionContext;
        return panel?.content?.widgets?.length && session?.session?.kernel?.status === 'idle';
    }"""
    # Los movimientos que el núcleo aún no ha terminado de atender.
    LISTEN = """() => {
        const {kernel} = jupyterapp.shell.currentWidget.context.sessionContext.session;
        window.unanswered = new Set();
        kernel.anyMessage.connect((_, {msg, direction}) => {
            const id = msg.parent_header.msg_id;
            if (direction === 'send' && msg.header.msg_type === 'comm_msg')
                unanswered.add(msg.header.msg_id);
            if (msg.header.msg_type === 'status' && msg.content.execution_state === 'idle')
                unanswered.delete(id);
        }); }"""
    RUNNING = """i => jupyterapp.shell.currentWidget.content.widgets[i]
        .promptNode?.textContent.includes('*') ?? false"""
    CELLS = """() => jupyterapp.shell.currentWidget.content.model.sharedModel.toJSON().cells"""

    def __init__(self, page, name: str):
        self.page, self.name = page, name
        page.wait_for_function(self.READY, timeout=PATIENCE)
        page.evaluate(self.LISTEN)
        self.command("application:toggle-left-area")

    def command(self, name: str, **arguments) -> None:
        """Una orden de JupyterLab, como si se eligiera en su menú."""
        self.page.evaluate("([n, a]) => jupyterapp.commands.execute(n, a)", [name, arguments])

    def start(self) -> None:
        """«Ejecutar todo», sin esperar."""
        self.page.evaluate(
            """() => { window.courseDone = false;
            jupyterapp.commands.execute('notebook:run-all-cells')
                .then(() => { window.courseDone = true; }); }"""
        )

    def wait(self, seconds: float) -> None:
        """Espera a que acabe lo que empezó `start`."""
        self.page.wait_for_function("() => window.courseDone", timeout=1000 * seconds)

    def run(self, seconds: float = 300) -> None:
        """«Ejecutar todo» y esperar."""
        self.start()
        self.wait(seconds)

    def theme(self, dark: bool) -> None:
        """Pone el tema claro o el oscuro."""
        name = "JupyterLab Dark" if dark else "JupyterLab Light"
        self.command("apputils:change-theme", theme=name)
        self.page.wait_for_selector(f"body[data-jp-theme-name='{name}']", state="attached")

    def shutdown(self) -> None:
        """Apaga el núcleo."""
        self.page.evaluate("() => jupyterapp.shell.currentWidget.context.sessionContext.shutdown()")

    def errors(self) -> list[str]:
        """Lo que hay en rojo en las salidas: excepciones y lo escrito en stderr."""
        found = []
        for cell in self.page.evaluate(self.CELLS):
            for output in cell.get("outputs", []):
                if output["output_type"] == "error":
                    found.append(f"{cell['id']}: {output['ename']}: {output['evalue']}")
                elif output.get("name") == "stderr" and EXCERPT not in output["text"]:
                    found.append(f"{cell['id']}: {output['text']}")
        return found

    def faults(self) -> list[str]:
        """Los errores de JavaScript y los diálogos que no son cosa de JupyterLab."""
        return [f for f in self.page.faults if not any(known in f for known in NOT_OURS)]

    def run_cell(self, index: int, wait: bool = True) -> None:
        """Ejecuta una celda; sin esperar, queda en marcha."""
        self.page.evaluate(
            """([i, wait]) => {
                jupyterapp.shell.currentWidget.content.activeCellIndex = i;
                const done = jupyterapp.commands.execute('notebook:run-cell');
                return wait ? done.then(() => null) : null; }""",
            [index, wait],
        )

    def running(self, index: int) -> bool:
        """Si la celda está en marcha: su número es un asterisco."""
        return self.page.evaluate(self.RUNNING, index)

    def clear(self, index: int) -> None:
        """Borra la salida de una celda."""
        self.page.evaluate(
            """i => { jupyterapp.shell.currentWidget.content.activeCellIndex = i;
            return jupyterapp.commands.execute('notebook:clear-cell-output'); }""",
            index,
        )

    def boxes(self) -> list[Box]:
        """Los controles del cuaderno, en orden: uno por salida con un mando dentro."""
        found = self.page.locator(".jp-OutputArea-output:has(.jupyter-widgets)")
        names = found.evaluate_all("all => all.map((e, i) => (e.dataset.control = i))")
        return [Box(self.page, self.page.locator(f"[data-control='{i}']")) for i in names]
