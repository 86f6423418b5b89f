"""What a step of `migrations` adds to the journal for the household's cards."""

CARD_TABLES = """
    ALTER TABLE id_tags ADD COLUMN name TEXT NOT NULL DEFAULT '';
    ALTER TABLE id_tags ADD COLUMN person TEXT NOT NULL DEFAULT '';
    ALTER TABLE id_tags ADD COLUMN mode TEXT;
    ALTER TABLE id_tags ADD COLUMN limit_a REAL;
    ALTER TABLE id_tags ADD COLUMN hours TEXT;
    ALTER TABLE id_tags ADD COLUMN allowance_kwh REAL;
    ALTER TABLE id_tags ADD COLUMN after_allowance TEXT NOT NULL DEFAULT 'say';
    ALTER TABLE id_tags ADD COLUMN goal TEXT;
    ALTER TABLE transactions ADD COLUMN card TEXT;
    ALTER TABLE transactions ADD COLUMN person TEXT;
    CREATE TABLE seen_tags (
        key TEXT PRIMARY KEY, id_tag TEXT NOT NULL, status TEXT NOT NULL, at INTEGER NOT NULL
    ) WITHOUT ROWID;
    """
