"""Records with fields: JSON, Parquet, Arrow, CSV, and lines of text."""
