"""Crawl archives: where their records begin and end, whoever wrote them, and what an HTTP response holds."""
