"""The profile of one file with pandas; called by bench/data.ts. Prints what it took as JSON."""

import json
import resource
import sys
import time
import unicodedata

import pandas

start = time.perf_counter()
path = sys.argv[1]
if path.endswith(".csv"):
    frame = pandas.read_csv(path, dtype=str, keep_default_na=False)
    annotations = frame["annotation"].map(json.loads)
else:
    frame = pandas.read_json(path, lines=path.endswith(".jsonl"), dtype=False)
    annotations = frame["annotation"]
# different values of each column, and how often each stands there
counts = {}
for column in frame.columns:
    values = frame[column] if column != "annotation" else frame[column].map(str)
    counts[column] = (values.nunique(), values.value_counts().head(100))
keys = frame["text"].map(lambda text: " ".join(unicodedata.normalize("NFKC", text).lower().split()))
duplicates = int(keys.duplicated(keep=False).sum())
lengths = frame["text"].str.len().quantile([0.5, 0.9, 0.99, 1.0])
# labels of the annotation's keys, and texts that stand twice with different ones
categories = {}
for key in annotations.iloc[0]:
    values = annotations.map(lambda one, key=key: one.get(key))
    lists = values.map(lambda value: tuple(value) if isinstance(value, list) else (str(value),))
    categories[key] = lists.explode().value_counts()
    conflicts = int((lists.groupby(keys).nunique() > 1).sum())
seconds = time.perf_counter() - start
usage = resource.getrusage(resource.RUSAGE_SELF)
peak = usage.ru_maxrss * 1024
cpu = usage.ru_utime + usage.ru_stime
facts = f"{len(frame)} documents, {len(categories)} categories"
print(json.dumps({"seconds": seconds, "cpuSeconds": cpu, "peakBytes": peak, "rows": len(frame), "facts": facts}))
