"""The ids that the Rust tokenizers library gives for the test's learnt tokenizer; writes ids.json beside this file.

    node test/engine/tokenizer/learnt/print.ts | python test/engine/tokenizer/learnt/make_ids.py
"""

import hashlib
import json
import sys
from pathlib import Path

from tokenizers import Tokenizer

given = json.load(sys.stdin)
tokenizer = Tokenizer.from_str(given["tokenizer"])
ids = [tokenizer.encode(text).ids for text in given["texts"]]
sha256 = hashlib.sha256(given["tokenizer"].encode()).hexdigest()
rows = ",\n".join(json.dumps(row) for row in ids)
Path(__file__).with_name("ids.json").write_text(f'{{"sha256": "{sha256}", "ids": [\n{rows}\n]}}\n')
