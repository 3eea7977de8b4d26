"""Start-up time and memory of each process, with made-up history in the database."""

import time

from bench import stage

READY = {"simulator": "control/stats", "gateway": "healthz", "console": "_stcore/health"}
PORTS = {"simulator": "LUXE_SIMULATOR_PORT", "gateway": "LUXE_GATEWAY_PORT", "console": "LUXE_CONSOLE_PORT"}
SETTLE_SECONDS = 5


def main() -> None:
    """Print seconds until each answers, and its resident memory a little later."""
    with stage.home() as folder:
        env = stage.settings_env(folder, stage.free_port())
        stage.luxe(env, "migrate")
        stage.luxe(env, "seed")
        stage.luxe(env, "demo", "--patients", "1000", "--months", "3", "--seed", "1")
        for name, path in READY.items():
            url = f"http://127.0.0.1:{env[PORTS[name]]}/{path}"
            with stage.process(name, env=env, log=folder / "log") as process:
                seconds = stage.wait_until(name, lambda url=url: stage.answers(url), 120)
                time.sleep(SETTLE_SECONDS)
                print(f"{name}: answers after {seconds:.1f} s, {stage.rss_mb(process.pid):.0f} MB")
        with stage.process("scheduler", env=env, log=folder / "scheduler.log") as process:
            started = "scheduler_started"
            log = folder / "scheduler.log"
            seconds = stage.wait_until("scheduler", lambda: log.exists() and started in log.read_text(), 120)
            time.sleep(SETTLE_SECONDS)
            before = stage.cpu_seconds(process.pid)
            time.sleep(10)
            idle = (stage.cpu_seconds(process.pid) - before) * 10
            memory = stage.rss_mb(process.pid)
            print(f"scheduler: works after {seconds:.1f} s, {memory:.0f} MB, {idle:.1f} % of a core idle")


if __name__ == "__main__":
    main()
