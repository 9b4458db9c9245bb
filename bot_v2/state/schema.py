"""The tables of the store. Figures are text, exactly as they were told; instants are seconds since 1970."""

from __future__ import annotations

import sqlite3
from typing import Final

from bot_v2.state.errors import StoreTooNew, StoreUnreadable

VERSION: Final = 1
"""Kept in ``user_version``; 0 is a file in which nothing was ever kept."""

APPLICATION: Final = 0x626F7432
"""Kept in ``application_id``: whose file it is."""

_TABLES: Final = """
CREATE TABLE intents (
    client_order_id TEXT PRIMARY KEY,
    symbol TEXT NOT NULL,
    side TEXT NOT NULL,
    quantity TEXT NOT NULL,
    limit_price TEXT,
    post_only INTEGER NOT NULL,
    created_at REAL NOT NULL,
    state TEXT NOT NULL,
    order_id TEXT,
    filled TEXT NOT NULL DEFAULT '0',
    cost TEXT NOT NULL DEFAULT '0',
    status TEXT,
    reason TEXT
) STRICT;
CREATE INDEX intents_open ON intents (created_at) WHERE state NOT IN ('refused', 'over');
CREATE INDEX intents_by_order ON intents (order_id);
CREATE INDEX intents_by_time ON intents (created_at);

CREATE TABLE fills (
    order_id TEXT NOT NULL,
    fill_id TEXT NOT NULL,
    symbol TEXT NOT NULL,
    side TEXT NOT NULL,
    quantity TEXT NOT NULL,
    price TEXT NOT NULL,
    fee TEXT NOT NULL,
    at REAL NOT NULL,
    ours INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (order_id, fill_id)
) STRICT;
CREATE INDEX fills_by_time ON fills (at);

CREATE TABLE positions (
    symbol TEXT PRIMARY KEY,
    quantity TEXT NOT NULL,
    told INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE day (date TEXT NOT NULL, fees TEXT NOT NULL) STRICT;
CREATE TABLE day_positions (
    symbol TEXT PRIMARY KEY,
    quantity TEXT NOT NULL,
    price TEXT NOT NULL,
    spent TEXT NOT NULL DEFAULT '0'
) STRICT;

CREATE TABLE agreed (at REAL NOT NULL) STRICT;
"""


def prepare(db: sqlite3.Connection, name: str) -> None:
    """Make the tables in a new file, or see to it that an old one can be used.

    Args:
        db: the file, outside of any transaction.
        name: of the file, for messages.

    Raises:
        StoreTooNew: a newer version wrote it.
        StoreUnreadable: it is something else, or damaged.
    """
    version = db.execute("PRAGMA user_version").fetchone()[0]
    owner = db.execute("PRAGMA application_id").fetchone()[0]
    empty = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
    if version == 0 and empty:
        db.executescript(
            f"BEGIN IMMEDIATE; {_TABLES} PRAGMA application_id = {APPLICATION};"
            f"PRAGMA user_version = {VERSION}; COMMIT;"
        )
        return
    if owner != APPLICATION:
        raise StoreUnreadable(f"{name} is a database, but none of this bot's")
    if version > VERSION:
        raise StoreTooNew(
            f"{name} has schema version {version}, and this bot knows versions up to {VERSION}:"
            " start a newer version of the bot, or name another file"
        )
    problem = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if problem != "ok":
        raise StoreUnreadable(f"{name} is damaged: {problem}")
