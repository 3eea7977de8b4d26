"""Runs a command that dies with its parent: `python -I -S bound.py PARENT_PID COMMAND...`.

A supervisor that is killed can't stop its children; left behind they would hold the ports. Linux ends them for us
(prctl(2), PR_SET_PDEATHSIG, kept across exec); elsewhere this is a plain exec. Standard library only: it is run
without site-packages, in a few milliseconds.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            sys.exit(0)
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main()
