"""Personal data by Dolma's ``pii_regex_with_counts_fast_v2``; run by ``pii.py`` with the peer's Python."""

import json
import sys
import time
from pathlib import Path

from dolma.core.data_types import Document
from dolma.taggers.pii import FastPiiRegex

KINDS = {"EMAIL_ADDRESS": "email", "IP_ADDRESS": "ip", "PHONE_NUMBER": "phone"}
tagger = FastPiiRegex()
texts = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
begun = time.process_time()
tagged = [tagger.predict(Document(id="", text=text, source="")).spans for text in texts]
seconds = time.process_time() - begun
found = [[(span.start, span.end, KINDS[span.type]) for span in spans if span.type in KINDS] for spans in tagged]
Path(sys.argv[2]).write_text(json.dumps({"spans": found, "seconds": seconds}), encoding="utf-8")
