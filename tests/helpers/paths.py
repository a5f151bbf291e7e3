"""Where this Glas lies, whatever folder a test stands in."""

from pathlib import Path

import core

ROOT = Path(core.__file__).resolve().parent.parent
