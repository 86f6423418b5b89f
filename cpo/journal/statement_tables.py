"""The tables for what sessions cost."""

STATEMENT_TABLES = """
    ALTER TABLE transactions ADD COLUMN cost TEXT;
    CREATE TABLE session_prices (
        number INTEGER NOT NULL, at INTEGER NOT NULL, price TEXT NOT NULL, feed_in TEXT NOT NULL,
        is_fallback INTEGER NOT NULL, energy_wh REAL NOT NULL, sun_wh REAL NOT NULL, nano INTEGER NOT NULL,
        PRIMARY KEY (number, at, price, feed_in)
    ) WITHOUT ROWID;
    """
