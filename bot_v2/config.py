"""The bot's configuration: one YAML file. Where the exchange is, and the keys, stand in the environment alone.

::

    time_scale: 1.0                # real seconds per nominal second, for every duration of the bot
    symbols: [BTC-USD]
    risk:
      max_position: {BTC-USD: 1.0}       # base currency
      max_order_size: {BTC-USD: 0.1}     # base currency; may be left out
      max_exposure: 100000               # quote currency, all positions together
      max_daily_loss: 1000               # quote currency
      max_price_age: 5                   # nominal seconds
    strategy:                            # may be left out: then the bot trades nothing by itself
      BTC-USD: {quantity: 0.01, lowest: 0, highest: 0.5}
    interval: 2                    # nominal seconds between two decisions
    state: bot.sqlite              # may be left out: then everything is forgotten at the end
    metrics: {port: 9100}          # may be left out
    log_level: info
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from bot_v2.features.live_trade.risk import RiskLimits
from bot_v2.orchestration.strategy import ReversionSettings

_LARGEST: Final = 1 << 20  # bytes of a configuration: one that is larger is something else

Path_ = tuple[str | int, ...]


class ConfigError(Exception):
    """What is wrong with the configuration, one problem a line: file, line, key, what is allowed."""

    exit_code: Final = 2


def _no_switch(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("Input should be a number")
    return value


Amount = Annotated[Decimal, BeforeValidator(_no_switch), Field(gt=0, allow_inf_nan=False)]
Level = Annotated[Decimal, BeforeValidator(_no_switch), Field(allow_inf_nan=False)]
Seconds = Annotated[float, BeforeValidator(_no_switch), Field(gt=0, allow_inf_nan=False)]
Share = Annotated[float, BeforeValidator(_no_switch), Field(ge=0, lt=1)]
Symbol = Annotated[str, Field(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)+$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Risk(_Part):
    """See `RiskLimits`."""

    max_position: dict[Symbol, Amount]
    max_order_size: dict[Symbol, Amount] = {}
    max_exposure: Amount
    max_daily_loss: Amount
    max_price_age: Seconds = 5.0

    def limits(self) -> RiskLimits:
        """Return the limits."""
        return RiskLimits(
            max_position=self.max_position,
            max_order_size=self.max_order_size,
            max_exposure=self.max_exposure,
            max_daily_loss=self.max_daily_loss,
            max_price_age=self.max_price_age,
        )


class StrategyOf(_Part):
    """See `ReversionSettings`; `half_life` in nominal seconds."""

    quantity: Amount
    lowest: Level
    highest: Level
    half_life: Seconds = 20.0
    band: Share = 0.0
    slippage: Share = 0.005
    price_increment: Amount = Decimal("0.01")

    @model_validator(mode="after")
    def _has_room(self) -> Self:
        if self.highest - self.lowest < self.quantity:
            raise ValueError("highest must be at least one quantity above lowest")
        return self

    def settings(self, time_scale: float) -> ReversionSettings:
        """Return the settings, in real seconds."""
        return ReversionSettings(
            quantity=self.quantity,
            lowest=self.lowest,
            highest=self.highest,
            half_life=self.half_life * time_scale,
            band=self.band,
            slippage=self.slippage,
            price_increment=self.price_increment,
        )


class MetricsPage(_Part):
    """Where Prometheus finds the metrics. Whoever reaches the host can read them."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, strict=True)]


class BotConfig(_Part):
    """Everything of the file."""

    time_scale: Seconds = 1.0
    symbols: tuple[Symbol, ...]
    risk: Risk
    strategy: dict[Symbol, StrategyOf] = {}
    interval: Seconds = 2.0
    state: Path | None = None
    metrics: MetricsPage | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not self.symbols:
            raise _misfit("there must be at least one", "symbols")
        if len(set(self.symbols)) != len(self.symbols):
            raise _misfit("each is named once", "symbols")
        for symbol in self.symbols:
            if symbol not in self.risk.max_position:
                raise _misfit(f"{symbol} has none", "risk", "max_position")
        for symbol, strategy in self.strategy.items():
            if symbol not in self.symbols:
                raise _misfit("it is not among the symbols", "strategy", symbol)
            limit = self.risk.max_position[symbol]
            if max(abs(strategy.lowest), abs(strategy.highest)) > limit:
                raise _misfit(f"its range is beyond its limit of {limit}", "strategy", symbol)
        return self


def _misfit(problem: str, *path: str) -> PydanticCustomError:
    return PydanticCustomError("misfit", "{problem}", {"problem": problem, "path": path})


def load(path: Path) -> BotConfig:
    """Read a configuration.

    Raises:
        ConfigError: it cannot be read, or something in it is wrong.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise ConfigError(f"{path}: is larger than {_LARGEST} bytes: that is no configuration")
        return parse(data.decode("utf-8"), str(path))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8") from None


def parse(text: str, name: str) -> BotConfig:
    """Read the text of a configuration.

    Args:
        text: YAML.
        name: of the file, for messages.

    Raises:
        ConfigError: something in it is wrong; every problem has its line.
    """
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        if not isinstance(root, yaml.MappingNode):
            raise ConfigError(f"{name}:1: expected keys and values: {_keys()}")
        lines = dict(_lines(root, ()))
        content = loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise ConfigError(f"{name}:{line}: {error.problem or error.context}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(f"{name}:1: is no YAML: {str(error).splitlines()[0]}") from None
    try:
        return BotConfig.model_validate(content)
    except ValidationError as error:
        problems = sorted(_problem(found, lines) for found in error.errors())
        raise ConfigError("\n".join(f"{name}:{line}: {text}" for line, text in problems)) from None


def _lines(node: yaml.Node, path: Path_) -> Iterator[tuple[Path_, int]]:
    """Yield the line of every key, by the path to it.

    Raises:
        MarkedYAMLError: a key stands twice, or is no word.
    """
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _marked("a key is a word", key)
            if key.value in seen:
                raise _marked(f"{key.value}: stands here for the second time", key)
            seen.add(key.value)
            yield (*path, key.value), key.start_mark.line + 1
            yield from _lines(value, (*path, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield (*path, index), value.start_mark.line + 1
            yield from _lines(value, (*path, index))


class _Loader(yaml.SafeLoader):
    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Refuse aliases: nothing here needs one, and a few of them make a file endless."""
        if self.check_event(yaml.AliasEvent):
            mark = self.get_mark()
            raise yaml.MarkedYAMLError(problem="aliases are not allowed", problem_mark=mark)
        return super().compose_node(parent, index)


def _marked(problem: str, node: yaml.Node) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)


def _problem(found: Mapping[str, Any], lines: Mapping[Path_, int]) -> tuple[int, str]:
    """Return the line and the words for one problem."""
    path = tuple(part for part in found["loc"] if part != "[key]")
    path += tuple(found.get("ctx", {}).get("path", ()))
    heads = (path[:length] for length in range(len(path), 0, -1))
    line = next((lines[head] for head in heads if head in lines), 1)
    message = found["msg"].removeprefix("Value error, ")
    if found["type"] == "extra_forbidden":
        message = "there is no such key"
        if len(path) == 1:
            message += f"; there are {_keys()}"
    elif found["type"] == "missing":
        message = "is missing"
    name = ".".join(str(part) for part in path)
    return line, f"{name}: {message}" if name else message


def _keys() -> str:
    return ", ".join(BotConfig.model_fields)


PROFILES: Final[Mapping[str, BotConfig]] = {
    "test": BotConfig(
        symbols=("BTC-USD", "ETH-USD"),
        risk=Risk(
            max_position={"BTC-USD": Decimal(1), "ETH-USD": Decimal(10)},
            max_exposure=Decimal(1_000_000),
            max_daily_loss=Decimal(10_000),
        ),
    ),
}
"""Configurations by name. ``test``: small limits, no strategy, nothing is kept."""
