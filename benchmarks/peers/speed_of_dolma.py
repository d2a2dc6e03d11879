"""CPU seconds of Dolma's taggers gopher_v2 and c4_v2 on texts; run by ``heuristics.py`` with the peer's Python."""

import json
import sys
import time
from pathlib import Path

from dolma.core.data_types import Document
from dolma.taggers.c4 import FasterC4Tagger
from dolma.taggers.gopher import GopherTaggerV2

texts = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
taggers = [GopherTaggerV2(), FasterC4Tagger()]
for tagger in taggers:
    tagger.predict(Document(id="warm", text=texts[0], source=""))
begun = time.process_time()
for number, text in enumerate(texts):
    document = Document(id=str(number), text=text, source="")
    for tagger in taggers:
        tagger.predict(document)
Path(sys.argv[2]).write_text(json.dumps({"all in a row": time.process_time() - begun}))
