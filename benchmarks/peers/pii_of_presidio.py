"""Personal data that Presidio finds in texts, and its CPU seconds; run by ``pii.py`` with the peer's Python."""

import json
import logging
import sys
import time
from pathlib import Path

from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import NlpEngineProvider

KINDS = {
    **{"EMAIL_ADDRESS": "email", "IP_ADDRESS": "ip", "CREDIT_CARD": "card", "PHONE_NUMBER": "phone"},
    **{"IBAN_CODE": "iban", "US_SSN": "ssn"},
}
logging.disable(logging.WARNING)
model = sys.argv[3] if len(sys.argv) > 3 else "en_core_web_sm"
setup = {"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": model}]}
engine = AnalyzerEngine(nlp_engine=NlpEngineProvider(nlp_configuration=setup).create_engine())
texts = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
engine.analyze("warm", language="en")
begun = time.process_time()
found = [
    [(one.start, one.end, KINDS[one.entity_type]) for one in engine.analyze(text, language="en", entities=list(KINDS))]
    for text in texts
]
seconds = time.process_time() - begun
Path(sys.argv[2]).write_text(json.dumps({"spans": found, "seconds": seconds}), encoding="utf-8")
