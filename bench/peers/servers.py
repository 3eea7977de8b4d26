"""The servers that engines lean on: whether they answer, a place of our own on each, and the CPU they spend for us."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from bench import stage

POSTGRES = "postgresql://postgres@127.0.0.1:5432"
REDIS = ("127.0.0.1", 6379)
REDIS_NUMBER = 9
REDIS_URL = f"redis://{REDIS[0]}:{REDIS[1]}/{REDIS_NUMBER}"


def redis(*commands: str) -> bytes:
    """Give Redis some commands; what it answered to all of them. Raises OSError."""
    lines = "".join(f"{command}\r\n" for command in (f"SELECT {REDIS_NUMBER}", *commands, "QUIT"))
    with socket.create_connection(REDIS, timeout=5) as connection:
        connection.sendall(lines.encode())
        answer = b""
        while part := connection.recv(65536):
            answer += part
    return answer


def missing(kinds: set[str]) -> str:
    """What stands in the way of a run, in a sentence; '' when nothing does."""
    if "redis" in kinds:
        try:
            if b":0\r\n" not in redis("DBSIZE"):
                return f"Redis database {REDIS_NUMBER} is not empty, and a run would empty it."
        except OSError:
            return (
                f"No Redis answers on {REDIS[0]}:{REDIS[1]}. Start one, or leave out its engines (--engines)."
            )
    if "postgres" in kinds:
        try:
            psycopg.connect(f"{POSTGRES}/postgres", connect_timeout=2).close()
        except psycopg.OperationalError:
            return "No PostgreSQL answers on 127.0.0.1:5432. Start one, or leave out its engines (--engines)."
    return ""


@contextmanager
def database(name: str) -> Iterator[str]:
    """The address of an empty PostgreSQL database that is dropped afterwards."""
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        admin.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield f"{POSTGRES}/{name}"
        finally:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())


@contextmanager
def redis_database() -> Iterator[str]:
    """The address of our Redis database, emptied before and after."""
    redis("FLUSHDB")
    try:
        yield REDIS_URL
    finally:
        redis("FLUSHDB")


def redis_pids() -> list[int]:
    """The server's process, where it runs on this machine."""
    for line in redis("INFO server").decode().splitlines():
        if line.startswith("process_id:") and Path(f"/proc/{line[11:].strip()}").exists():
            return [int(line[11:])]
    return []


def postgres_pids(name: str) -> list[int]:
    """The server's processes that serve one database: those of its connections."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with suppress(OSError):
                words = Path(f"/proc/{entry}/cmdline").read_bytes().decode(errors="replace").split()
                if words[:1] == ["postgres:"] and name in words:
                    found.append(int(entry))
    return found


def cpu_seconds(pids: list[int]) -> dict[int, float]:
    """CPU of each process so far; those that have ended are left out."""
    spent = {}
    for pid in pids:
        with suppress(OSError):
            spent[pid] = stage.cpu_seconds(pid)
    return spent
