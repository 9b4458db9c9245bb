"""The bot's command line: ``python -m bot_v2 --config FILE``."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import math
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bot_v2.config import BotConfig, ConfigError, MetricsPage, load
from bot_v2.logs import log_to_stderr
from bot_v2.metrics import MetricsCollector
from bot_v2.orchestration.perps_bot import PerpsBot
from bot_v2.orchestration.perps_bot_builder import PerpsBotBuilder

logger = logging.getLogger("bot_v2")

LAST_MOMENT: Final = 4.5
"""Real seconds after the signal to end, at which the process ends whatever still hangs in it."""

_COUNT_EVERY: Final = 1.0  # real seconds
_TERMINATED: Final = 128 + signal.SIGTERM


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bot until SIGTERM or SIGINT, and return the exit code: 2 for a wrong configuration."""
    parser = argparse.ArgumentParser(prog="python -m bot_v2", description="A trading bot.")
    parser.add_argument("--config", type=Path, required=True, help="the configuration, a YAML file")
    parser.add_argument(
        "--time-scale",
        type=_time_scale,
        help="real seconds per nominal second, instead of what the configuration says",
    )
    parser.add_argument(
        "--metrics-port",
        type=_port,
        help="where Prometheus finds the metrics on this machine, instead of what the configuration says",
    )
    parser.add_argument(
        "--check", action="store_true", help="only say whether configuration and environment fit"
    )
    given = parser.parse_args(arguments)
    metrics = MetricsCollector()
    try:
        config = load(given.config)
        if given.metrics_port is not None:
            config = config.model_copy(update={"metrics": MetricsPage(port=given.metrics_port)})
        builder = PerpsBotBuilder().with_config(config).with_metrics(metrics)
        if given.time_scale is not None:
            builder.with_time_scale(given.time_scale)
        bot = builder.build()
        if given.check:
            asyncio.run(bot.shutdown())
            return 0
        log_to_stderr(config.log_level)
        return asyncio.run(_serve(bot, config, metrics))
    except ConfigError as error:
        for line in str(error).splitlines():
            sys.stderr.write(f"bot_v2: {line}\n")
        return error.exit_code


def _time_scale(text: str) -> float:
    value = float(text)
    if not (value > 0 and math.isfinite(value)):
        raise argparse.ArgumentTypeError(f"must be above 0, not {text}")
    return value


def _port(text: str) -> int:
    value = int(text)
    if not 0 <= value < 1 << 16:
        raise argparse.ArgumentTypeError(f"must be between 0 and 65535, not {text}")
    return value


async def _serve(bot: PerpsBot, config: BotConfig, metrics: MetricsCollector) -> int:
    page = config.metrics
    with contextlib.ExitStack() as stack:
        if page is not None:
            try:
                port = stack.enter_context(metrics.serve(page.port, page.host))
            except OSError as error:
                raise ConfigError(f"metrics: {page.host}:{page.port}: {error.strerror}") from None
            logger.info("metrics on %s:%d", page.host, port, extra={"metrics_port": port})
        return await _run(bot, metrics)


async def _run(bot: PerpsBot, metrics: MetricsCollector) -> int:
    """Trade until a signal comes or the bot ends by itself, which it should not."""
    asked_to_end = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _end, number, asked_to_end)
    running = asyncio.create_task(bot.run(), name="bot")
    waiting = asyncio.create_task(asked_to_end.wait(), name="signal")
    counting = asyncio.create_task(_count_tasks(metrics), name="task count")
    logger.info("the bot begins")
    await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
    crashed = running.done() and not asked_to_end.is_set()
    if crashed:
        logger.critical("the bot crashed", exc_info=running.exception())
        threading.Thread(target=_end_anyway, daemon=True).start()
    await bot.shutdown()
    for task in (running, waiting, counting):
        task.cancel()
    await asyncio.wait({running, waiting, counting})
    return 1 if crashed else 0


async def _count_tasks(metrics: MetricsCollector) -> None:
    """Show how many tasks there are: what the system does not see of a process that grows."""
    while True:
        metrics.set_gauge("tasks", len(asyncio.all_tasks()))
        await asyncio.sleep(_COUNT_EVERY)


def _end(number: signal.Signals, asked_to_end: asyncio.Event) -> None:
    logger.info("%s: shutting down", number.name)
    if not asked_to_end.is_set():
        threading.Thread(target=_end_anyway, daemon=True).start()
    asked_to_end.set()


def _end_anyway() -> None:
    """End the process if something hangs: whatever is open is in the store, as after a crash."""
    threading.Event().wait(LAST_MOMENT)
    logger.critical("something hangs: ending without it")
    os._exit(_TERMINATED)


if __name__ == "__main__":
    sys.exit(main())
