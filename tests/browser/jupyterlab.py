"""JupyterLab on loopback, begun and ended."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
TOKEN = "for-this-test-only"
PATIENCE = 180  # seconds; ten times what a slow machine with two busy cores needs
POLL = 0.25  # seconds


@dataclass(frozen=True, slots=True)
class Lab:
    """A running JupyterLab."""

    address: str
    token: str = TOKEN


def wait_until(what: str, probe: Callable[[], Any]) -> Any:
    """Return what the probe finds, as soon as it finds something."""
    end = time.monotonic() + PATIENCE
    while not (found := probe()):
        if time.monotonic() > end:
            raise AssertionError(f"waited {PATIENCE} s in vain for {what}")
        time.sleep(POLL)
    return found


@contextmanager
def jupyterlab(root: Path, home: Path, log: Path) -> Iterator[Lab]:
    """Serve a folder, with a newcomer's settings, except that nobody is asked about news."""
    port = free_port()
    turn_news_off(home / "jupyter_config_dir")
    folders = {
        name: str(home / name.lower())
        for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    }
    with log.open("w", encoding="utf-8") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options(root, port)],
            env={**os.environ, **folders},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until(f"JupyterLab to listen (see {log})", lambda: listens(server, port, log))
            yield Lab(f"http://{HOST}:{port}")
        finally:
            end(server)


def options(root: Path, port: int) -> list[str]:
    return [
        "--no-browser",
        "--expose-app-in-browser",
        f"--ServerApp.ip={HOST}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={root}",
        f"--IdentityProvider.token={TOKEN}",
        "--ServerApp.allow_root=True",  # containers
    ]


def turn_news_off(config: Path) -> None:
    folder = config / "lab" / "user-settings" / "@jupyterlab" / "apputils-extension"
    folder.mkdir(parents=True)
    settings = folder / "notification.jupyterlab-settings"
    settings.write_text('{"fetchNews": "false", "checkForUpdates": false}', encoding="utf-8")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


def listens(server: subprocess.Popen[bytes], port: int, log: Path) -> bool:
    if server.poll() is not None:
        raise AssertionError(f"JupyterLab ended at once:\n{log.read_text(encoding='utf-8')}")
    with socket.socket() as client:
        return client.connect_ex((HOST, port)) == 0


def end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()  # JupyterLab ends its kernels
    try:
        server.wait(timeout=30)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
