"""What the last step of `migrations` adds for a charger's certificates, cards and files."""

CHARGER_TABLES = """
    ALTER TABLE charge_point ADD COLUMN log_status TEXT;
    ALTER TABLE chargers ADD COLUMN certificate_until INTEGER;
    ALTER TABLE reservations ADD COLUMN transaction_id TEXT;
    ALTER TABLE connectors ADD COLUMN availability TEXT;
"""
