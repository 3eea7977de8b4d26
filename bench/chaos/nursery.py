"""Starts processes in a moment: everything is imported once, and each process is a fork of that.

Importing takes seconds on a busy machine, and a run of a thousand kills would mostly import. This process opens no
database, no socket and no thread; one line of JSON on standard input starts one process and is answered by its pid.
"""

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from bench.chaos import worker
from gateway import main as gateway


def run(order: dict[str, Any]) -> int:
    """Become the process that was ordered; its exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.environ.update(order["env"])
    if order["what"] == "gateway":
        return gateway.main()
    return worker.main(order["grace"], order["without"])


def main() -> None:
    """Fork until standard input ends: whoever ordered is gone, and so must be what still runs."""
    assert threading.active_count() == 1, "a fork would copy half a thread"
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them: they leave no zombies
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    children = []
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                code = run(json.loads(line)) or 0
            except SystemExit as stop:
                code = int(stop.code or 0)
            finally:
                sys.stderr.flush()
                os._exit(code)
        children.append(child)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
    for child in children:
        if is_ours(child):
            os.kill(child, signal.SIGKILL)


def is_ours(pid: int) -> bool:
    """Whether it lives and is our child: another process may have its number by now."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return False
    return int(fields[1]) == os.getpid()


if __name__ == "__main__":
    main()
