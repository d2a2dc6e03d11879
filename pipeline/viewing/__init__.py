"""A finished run in the browser: its documents, filtered, and what other thresholds would do."""
