"""textmill: raw text in; clean, deduplicated, scrubbed, tokenised Parquet shards out."""
