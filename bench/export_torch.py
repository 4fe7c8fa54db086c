"""Python's side of bench/export.ts. Usage: export_torch.py JOB.json with {folder, texts}; prints one JSON object."""

import json
import sys

import torch
import transformers

with open(sys.argv[1], encoding="utf-8") as file:
    job = json.load(file)
tokenizer = transformers.AutoTokenizer.from_pretrained(job["folder"])
model = transformers.AutoModelForSequenceClassification.from_pretrained(job["folder"]).eval()
logits = []
with torch.no_grad():
    for text in job["texts"]:
        logits.append(model(**tokenizer(text, truncation=True, return_tensors="pt")).logits[0].tolist())
print(json.dumps({"version": f"transformers {transformers.__version__}", "logits": logits}))
