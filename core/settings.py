"""Settings: what the environment and the settings file say about this server, checked at start.

The file is `.env` in the working folder, or the one that GLAS_SETTINGS names: lines `NAME=value`, as shells, systemd
and containers read them too. What the environment says goes before it.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from core.errors import SettingWrong

NAMES = ("PORT", "GLAS_URL", "GLAS_DATABASE_URL", "GLAS_DATA_DIR", "GLAS_KEY_DIR", "DEMO", "GLAS_LANG")
_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,40}")


@dataclass(frozen=True, slots=True)
class Settings:
    """Where this server is, and where it keeps what it keeps."""

    url: str
    port: int
    database_url: str
    data_dir: Path
    key_dir: Path
    demo: bool

    @property
    def secure(self) -> bool:
        """Return whether cookies travel over https only."""
        return self.url.startswith("https://")

    @property
    def loopback(self) -> bool:
        """Return whether only this computer can reach the server."""
        return _is_loopback(urlsplit(self.url).hostname or "")


@cache
def settings() -> Settings:
    """Return the settings of this process. Raises SettingWrong."""
    return read(environment())


def file() -> Path:
    """Return where the settings file is, or would be."""
    return Path(os.environ.get("GLAS_SETTINGS") or ".env")


def environment() -> dict[str, str]:
    """Return what is set, by name: in the environment, else in the settings file. Raises SettingWrong with its line."""
    return {**_of_file(file()), **{name: value for name in NAMES if (value := os.environ.get(name))}}


def write_file(told: Mapping[str, str]) -> Path | None:
    """Write the settings file with these lines where there is none, and return where; None where it stays as it is.

    Only its owner can read it, for the address of a database may hold a password.
    """
    path = file()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:
        return None
    with open(handle, "w", encoding="utf-8") as written:
        written.writelines(f"{name}={value}\n" for name, value in told.items())
    return path


def _of_file(path: Path) -> dict[str, str]:
    """Return what a settings file says, nothing where there is none."""
    try:
        lines = path.read_text("utf-8-sig").splitlines() if path.is_file() else []
    except (OSError, UnicodeDecodeError) as error:
        raise SettingWrong(name=str(path), value="", problem="unreadable") from error
    found: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        told = line.strip().removeprefix("export ").lstrip()
        if not told or told.startswith("#"):
            continue
        name, equals, value = (part.strip() for part in told.partition("="))
        # What stands behind the sign may be a password, and so may all of a line that is no setting: not repeated.
        if not equals or name not in NAMES:
            told_name = name if equals and _NAME.fullmatch(name) else ""
            raise SettingWrong(name=f"{path}:{number}", value=told_name, problem="line")
        if name in found:
            raise SettingWrong(name=f"{path}:{number}", value=name, problem="twice")
        quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
        found[name] = value[1:-1] if quoted else value
    return found


def read(env: Mapping[str, str]) -> Settings:
    """Return the settings that `env` gives. Raises SettingWrong with the variable's name."""
    port = _port(env.get("PORT") or "8501")
    data_dir = Path(env.get("GLAS_DATA_DIR") or "data").expanduser().resolve()
    key_dir = Path(env.get("GLAS_KEY_DIR") or data_dir.parent / "keys").expanduser().resolve()
    # Backups hold the data directory; with the keys in it they would tell who voted for what.
    if key_dir == data_dir or data_dir in key_dir.parents:
        raise SettingWrong(name="GLAS_KEY_DIR", value=str(key_dir), problem="inside_data")
    return Settings(
        url=_url(env.get("GLAS_URL") or f"http://127.0.0.1:{port}"),
        port=port,
        database_url=_database(env.get("GLAS_DATABASE_URL") or f"sqlite:///{data_dir / 'glas.db'}"),
        data_dir=data_dir,
        key_dir=key_dir,
        demo=_yes("DEMO", env.get("DEMO") or "1"),
    )


def _port(text: str) -> int:
    if not text.isascii() or not text.isdecimal():
        raise SettingWrong(name="PORT", value=text, problem="number")
    if not 1 <= int(text) <= 65_535:
        raise SettingWrong(name="PORT", value=text, problem="range")
    return int(text)


def _url(text: str) -> str:
    """Return the address without a slash at its end: https, or http on this computer."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise SettingWrong(name="GLAS_URL", value=text, problem="format") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.path.strip("/"):
        raise SettingWrong(name="GLAS_URL", value=text, problem="format")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise SettingWrong(name="GLAS_URL", value=text, problem="insecure")
    return f"{parts.scheme}://{parts.netloc}"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _database(text: str) -> str:
    if not text.startswith(("sqlite:///", "postgresql://", "postgres://", "postgresql+psycopg://")):
        # The address may hold a password, so only its scheme is repeated.
        raise SettingWrong(name="GLAS_DATABASE_URL", value=text.split(":", 1)[0], problem="scheme")
    return text


def _yes(name: str, text: str) -> bool:
    answer = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(text.lower())
    if answer is None:
        raise SettingWrong(name=name, value=text, problem="choice")
    return answer
