"""What datatrove's PIIFormatter replaces in texts, and its CPU seconds; run by ``pii.py`` with the peer's Python."""

import json
import sys
import time
from pathlib import Path

from datatrove.pipeline.formatters import PIIFormatter

formatter = PIIFormatter()
texts = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
begun = time.process_time()
for text in texts:
    formatter.format(text)
seconds = time.process_time() - begun
found = []
for text in texts:
    spans = []
    for kind, replacer in (("email", formatter.emails_replacer), ("ip", formatter.ip_replacer)):
        matches = (match for match in replacer.regex.finditer(text))
        spans += [(*match.span(), kind) for match in matches if not replacer.validator or replacer.validator(match[0])]
    found.append(spans)
Path(sys.argv[2]).write_text(json.dumps({"spans": found, "seconds": seconds}), encoding="utf-8")
