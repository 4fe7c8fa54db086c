"""scikit-learn's side of bench/linear.ts. Usage: sklearn_linear.py TASK.json SOLVER...
TASK is {kind, labels, train: {texts, targets}, test: {texts, targets}}, targets being label indices per text.
Prints a JSON list of {name, seconds, accuracy, macroF1}; seconds = vectorise + fit + predict."""

import json
import sys
import time

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_union
from sklearn.preprocessing import MultiLabelBinarizer

path, *solvers = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    task = json.load(file)

if task["kind"] == "multi":
    binarizer = MultiLabelBinarizer(classes=range(len(task["labels"])))
    train_targets = binarizer.fit_transform(task["train"]["targets"])
    test_targets = binarizer.transform(task["test"]["targets"])
else:
    train_targets = [target[0] for target in task["train"]["targets"]]
    test_targets = [target[0] for target in task["test"]["targets"]]

started = time.perf_counter()
vectorizer = make_union(
    TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
    TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True),
)
train = vectorizer.fit_transform(task["train"]["texts"])
test = vectorizer.transform(task["test"]["texts"])
vectorise_seconds = time.perf_counter() - started

results = []
for solver in solvers:
    model = LogisticRegression(C=10, solver=solver, class_weight="balanced", max_iter=1000)
    # lbfgs fits all labels of a single-label category at once (softmax), which is quicker than one after another
    one_vs_rest = task["kind"] == "multi" or solver == "liblinear"
    started = time.perf_counter()
    fitted = (OneVsRestClassifier(model) if one_vs_rest else model).fit(train, train_targets)
    predicted = fitted.predict(test)
    results.append(
        {
            "name": f"scikit-learn, {solver}, {'one-vs-rest' if one_vs_rest else 'softmax'}",
            "seconds": vectorise_seconds + time.perf_counter() - started,
            "accuracy": float(accuracy_score(test_targets, predicted)),
            "macroF1": float(f1_score(test_targets, predicted, average="macro", zero_division=0)),
        }
    )
print(json.dumps(results))
