#!/bin/sh
# Prepara .venv con las versiones de requirements.lock y el paquete en modo editable.
# La segunda vez no hace nada: .venv/.listo guarda la huella de las listas, la versión y la carpeta.
# En Linux sin tarjeta de NVIDIA instala el PyTorch sin CUDA: gigabytes menos.
# CPU=1 lo pide siempre y CPU=0, nunca.
set -eu

stamp=.venv/.listo
lists="requirements.lock requirements.txt pyproject.toml"
key=$({ cat $lists; grep '^__version__' llm_intro/__init__.py; pwd; } | cksum)
if [ "$(cat "$stamp" 2>/dev/null)" = "$key" ] && .venv/bin/python -c '' 2>/dev/null; then
    exit 0
fi

find_python() {
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    echo "Hace falta Python 3.11 o posterior y no lo encuentro: instálalo y repite la orden." >&2
    return 1
}

if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
    python=$(find_python)
    echo "Creo el entorno .venv con $("$python" --version)."
    if ! "$python" -m venv --clear .venv; then
        echo "No se pudo crear .venv. En Debian o Ubuntu: sudo apt install python3-venv" >&2
        exit 1
    fi
fi

echo "Instalo las versiones probadas en .venv: la primera vez tarda unos minutos."
install() {
    .venv/bin/python -m pip install --quiet --disable-pip-version-check "$@"
}
locked() {
    sed -n "s/^$1==/$1==/p" requirements.lock
}
has_card() {
    nvidia-smi >/dev/null 2>&1 || [ -d /proc/driver/nvidia ]
}
if [ -z "${CPU:-}" ] && [ "$(uname -s)" = Linux ] && ! has_card; then
    CPU=1
fi
if [ "${CPU:-0}" != 0 ]; then
    # Si no se llega a ese índice (la red de una escuela), se sabe pronto y se sigue
    install --timeout 15 --retries 0 --index-url https://download.pytorch.org/whl/cpu \
        "$(locked torch)" 2>/dev/null ||
        echo "No llego al PyTorch sin CUDA: instalo el habitual, que en Linux ocupa más."
fi
# Con setuptools ya dentro y sin entorno de compilación aparte, repetir no necesita la red.
install "$(locked setuptools)"
install --constraint requirements.lock --no-build-isolation --editable ".[dev]"
printf '%s\n' "$key" >"$stamp"
