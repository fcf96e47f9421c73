"""What both embedded services need: ports, pid files, waiting, room on the disk."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from infra.errors import ActionNeeded

MINIMUM_FREE_BYTES = 3 * 1024**3


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def require_free_port(port: int, variable: str) -> None:
    if is_listening(port):
        raise ActionNeeded(f"port {port} is in use by another program: stop it, or give another port in {variable}")


def require_tool(name: str, package: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise ActionNeeded(f"{name} is not installed: install it (Debian: apt-get install {package})")
    return path


def require_disk_space(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < MINIMUM_FREE_BYTES:
        raise ActionNeeded(
            f"{folder} has {free / 1024**3:.1f} GiB free and needs {MINIMUM_FREE_BYTES / 1024**3:.0f}: "
            "free some space, or give another folder in PULSSI_HOME"
        )


def run_in_background(log: Path, *command: str) -> int:
    """Start a program that outlives this one, its output appended to *log*; return its process id."""
    shell = 'log=$1; shift; exec 3>&1; "$@" >>"$log" 2>&1 3>&- </dev/null & echo $! >&3'
    started = subprocess.run(
        ["setsid", "sh", "-c", shell, "sh", str(log), *command], capture_output=True, text=True, check=True
    )
    return int(started.stdout)


def running_pid(pid_file: Path, argument: Path) -> int | None:
    """The process a pid file speaks of, if it lives and was given *argument*: pids are reused, by other homes too."""
    try:
        pid = int(pid_file.read_text().split()[0])
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return pid if os.fsencode(argument) in arguments and not _is_zombie(pid) else None
    except (OSError, ValueError, IndexError):
        return None


def stop(pid: int, seconds: float = 60) -> None:
    """Ask a process to stop and wait until it has; raise ActionNeeded when it does not."""
    os.kill(pid, signal.SIGTERM)
    wait_until(
        lambda: has_ended(pid), seconds, f"process {pid} did not stop in {seconds:.0f} s: stop it with kill -9 {pid}"
    )


def has_ended(pid: int) -> bool:
    """Of a process of ours, which nobody else's can have followed yet: its arguments cannot be read while it starts."""
    return not Path(f"/proc/{pid}").exists() or _is_zombie(pid)


def wait_until(is_done: Callable[[], bool], seconds: float, complaint: str) -> None:
    deadline = time.monotonic() + seconds
    while not is_done():
        if time.monotonic() > deadline:
            raise ActionNeeded(complaint)
        time.sleep(0.05)


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True
