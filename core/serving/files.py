"""How many files this process may have open: every connection is one, and the database needs its own."""

import resource

ENOUGH = 4096
WANTED = 16_384
KEPT = 256  # for the database, scripts and pictures, when every other file is a connection


def raise_limit() -> int:
    """Take as many as the machine allows, up to WANTED: what a service manager gives at first is 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(hard, WANTED)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return soft
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


def places() -> int:
    """How many connections may be open at once: as many files as the machine allows, but for our own."""
    return max(KEPT, raise_limit() - KEPT)


def allowed() -> int:
    """As many as `raise_limit` will get."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return WANTED if hard == resource.RLIM_INFINITY else hard
