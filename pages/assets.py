"""Where the assets lie: styles, scripts, templates, fonts and texts."""

from pathlib import Path

ASSETS = Path(__file__).resolve().parent.parent / "assets"
COMPONENTS = ASSETS / "components"
FONTS = ASSETS / "fonts"
SHELL = ASSETS / "shell"
