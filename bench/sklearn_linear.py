"""scikit-learn's side of bench/linear.ts. Usage: sklearn_linear.py FOLDER CATEGORY single|multi
Prints a JSON list of {name, seconds, accuracy, macroF1}; seconds = vectorise + fit + predict."""

import csv
import json
import pathlib
import sys
import time

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_union
from sklearn.preprocessing import MultiLabelBinarizer

folder, category, kind = sys.argv[1:]


def read(split):
    with open(pathlib.Path(folder) / f"{split}.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    values = [row[category] if kind == "single" else json.loads(row["annotation"])[category] for row in rows]
    return [row["text"] for row in rows], values


train_texts, train_values = read("train")
test_texts, test_values = read("test")
if kind == "multi":
    binarizer = MultiLabelBinarizer()
    train_values = binarizer.fit_transform(train_values)
    test_values = binarizer.transform(test_values)

started = time.perf_counter()
vectorizer = make_union(
    TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
    TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True),
)
train = vectorizer.fit_transform(train_texts)
test = vectorizer.transform(test_texts)
vectorise_seconds = time.perf_counter() - started

results = []
for name, model in (
    (
        "scikit-learn, liblinear one-vs-rest",
        OneVsRestClassifier(LogisticRegression(C=10, solver="liblinear", class_weight="balanced")),
    ),
    (
        "scikit-learn, lbfgs",
        LogisticRegression(C=10, class_weight="balanced", max_iter=1000)
        if kind == "single"
        else OneVsRestClassifier(LogisticRegression(C=10, class_weight="balanced", max_iter=1000)),
    ),
):
    started = time.perf_counter()
    predicted = model.fit(train, train_values).predict(test)
    results.append(
        {
            "name": name,
            "seconds": vectorise_seconds + time.perf_counter() - started,
            "accuracy": float(accuracy_score(test_values, predicted)),
            "macroF1": float(f1_score(test_values, predicted, average="macro", zero_division=0)),
        }
    )
print(json.dumps(results))
