"""PyTorch's side of bench/engine.ts. Usage: engine_torch.py JOB.json; prints one JSON object.

JOB is {mode, threads, device, config, classes, modelType, documents, labels, batches, batchSize, padTo}; `device` is cpu or cuda:
  documents  lists of token ids, [CLS] first
  labels     one per document
  batches    mode "step" and "padded": lists of document indices, one list per step
Modes:
  step      a training step (forward, backward, clipping, AdamW) on each batch, padded to its longest: seconds of each
  padded    the same, every batch padded to `padTo` tokens
  trainer   transformers' Trainer over all documents once, dynamic padding, shuffled: seconds of the epoch
  gemm      seconds of the matrix products of the shapes in `products` ([M, K, N])
Peak memory is the process's highest resident size; `baselineBytes` is the one before the model was made.
"""

import json
import resource
import sys
import tempfile
import time

import torch

with open(sys.argv[1], encoding="utf-8") as file:
    job = json.load(file)
torch.set_num_threads(job["threads"])
torch.manual_seed(1)
device = torch.device(job.get("device", "cpu"))


def peak_bytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def synchronise():
    if device.type == "cuda":
        torch.cuda.synchronize()


def make_model():
    from transformers import AutoConfig, AutoModelForSequenceClassification

    config = AutoConfig.for_model(job["modelType"], **job["config"], num_labels=job["classes"])
    return AutoModelForSequenceClassification.from_config(config).to(device)


def tensors(indices, pad_to=None):
    documents = [job["documents"][index] for index in indices]
    length = pad_to or max(map(len, documents))
    ids = torch.full((len(documents), length), job["config"]["pad_token_id"], dtype=torch.long)
    mask = torch.zeros(len(documents), length, dtype=torch.long)
    for row, document in enumerate(documents):
        ids[row, : len(document)] = torch.tensor(document[:length])
        mask[row, : len(document)] = 1
    labels = torch.tensor([job["labels"][index] for index in indices])
    return ids.to(device), mask.to(device), labels.to(device)


def steps(pad_to):
    model = make_model().train()
    decayed = [p for name, p in model.named_parameters() if p.dim() > 1]
    others = [p for name, p in model.named_parameters() if p.dim() <= 1]
    groups = [{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=2e-5)
    seconds = []
    for indices in job["batches"]:
        ids, mask, labels = tensors(indices, pad_to)
        synchronise()
        start = time.perf_counter()
        loss = model(input_ids=ids, attention_mask=mask, labels=labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        synchronise()
        seconds.append(time.perf_counter() - start)
    return {"seconds": seconds}


def trainer():
    from transformers import DataCollatorWithPadding, PreTrainedTokenizerFast, Trainer, TrainingArguments
    from tokenizers import Tokenizer, models

    vocabulary = {("[PAD]" if i == job["config"]["pad_token_id"] else f"[{i}]"): i for i in range(2)}
    # only to pad: the documents are token ids already
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.WordLevel(vocabulary, "[PAD]")), pad_token="[PAD]")
    rows = [
        {"input_ids": ids, "attention_mask": [1] * len(ids), "labels": label}
        for ids, label in zip(job["documents"], job["labels"])
    ]
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            folder,
            num_train_epochs=1,
            per_device_train_batch_size=job["batchSize"],
            learning_rate=2e-5,
            weight_decay=0.01,
            warmup_steps=1,
            save_strategy="no",
            logging_strategy="no",
            report_to=[],
            use_cpu=device.type == "cpu",
            disable_tqdm=True,
        )
        model = make_model()
        run = Trainer(
            model=model,
            args=arguments,
            train_dataset=rows,
            data_collator=DataCollatorWithPadding(tokenizer),
            processing_class=tokenizer,
        )
        start = time.perf_counter()
        run.train()
        return {"seconds": [time.perf_counter() - start]}


def products():
    seconds = []
    for rows, inner, columns in job["products"]:
        a = torch.rand(rows, inner, device=device)
        b = torch.rand(inner, columns, device=device)
        times = []
        for _ in range(12):
            synchronise()
            start = time.perf_counter()
            torch.mm(a, b)
            synchronise()
            times.append(time.perf_counter() - start)
        seconds.append(sorted(times)[len(times) // 2])
    return {"seconds": seconds}


if job["mode"] in ("step", "padded", "trainer"):
    import transformers  # noqa: F401, loaded before the baseline is read

baseline = peak_bytes()
if job["mode"] == "step":
    result = steps(None)
elif job["mode"] == "padded":
    result = steps(job["padTo"])
elif job["mode"] == "trainer":
    result = trainer()
else:
    result = products()
if device.type == "cuda":
    result["deviceBytes"] = torch.cuda.max_memory_allocated()
result.update(peakBytes=peak_bytes(), baselineBytes=baseline, cpuSeconds=time.process_time(), version=torch.__version__)
print(json.dumps(result))
