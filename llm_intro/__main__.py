"""La puerta de la terminal: `python -m llm_intro "En un lugar de la Mancha"`."""

import sys

from .face.terminal import main

if __name__ == "__main__":
    sys.exit(main())
