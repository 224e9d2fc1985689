# The tables of `npm run bench:tables`, and what scikit-learn's MLPClassifier and MLPRegressor make of them.
#   peers.py data FOLDER UCI   writes NAME.csv; UCI holds NAME/data/data.txt with its index files, as the repository of
#                              Gal & Ghahramani has them
#   peers.py fit FOLDER        reads jobs, one line of JSON each: set, task, rows held out, and maybe the same epochs
import json
import os
import sys
import time
import warnings

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
from sklearn import datasets
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")


def write(folder, name, x, y):
    keep = [j for j in range(x.shape[1]) if np.ptp(x[:, j]) > 0]
    with open(os.path.join(folder, f"{name}.csv"), "w") as file:
        file.write(",".join([f"x{j}" for j in keep] + ["y"]) + "\n")
        for row, target in zip(x, y):
            file.write(",".join([repr(float(row[j])) for j in keep] + [str(target)]) + "\n")


def write_data(folder, uci):
    for name, load in [("breast cancer", "breast_cancer"), ("wine", "wine"), ("digits", "digits")]:
        x, y = getattr(datasets, f"load_{load}")(return_X_y=True)
        write(folder, name, x, [f"class {label}" for label in y])
    write(folder, "diabetes", *datasets.load_diabetes(return_X_y=True, scaled=False))
    for name in ("yacht", "energy", "concrete", "power-plant"):
        table = np.loadtxt(os.path.join(uci, name, "data", "data.txt"))
        features = np.loadtxt(os.path.join(uci, name, "data", "index_features.txt")).astype(int)
        target = int(np.loadtxt(os.path.join(uci, name, "data", "index_target.txt")))
        write(folder, name, table[:, features], table[:, target])


def read(folder, name):
    with open(os.path.join(folder, f"{name}.csv")) as file:
        rows = [line.strip().split(",") for line in file][1:]
    return np.array([[float(cell) for cell in row[:-1]] for row in rows]), np.array([row[-1] for row in rows])


def fit(folder, job):
    x, y = read(folder, job["set"])
    held = np.zeros(len(y), bool)
    held[job["held"]] = True
    scaler = StandardScaler().fit(x[~held])
    train, test = scaler.transform(x[~held]), scaler.transform(x[held])
    more = {"random_state": 1}
    if job.get("epochs"):
        more |= {"max_iter": job["epochs"], "tol": 0, "n_iter_no_change": 10**6}
    if job["task"] == "classify":
        model, target = MLPClassifier(**more), y
    else:
        y = y.astype(float)
        center, scale = y[~held].mean(), y[~held].std()
        # Its defaults take targets as they are; standardised ones are what its users' guide would have one do.
        model, target = MLPRegressor(**more), (y - center) / scale
    begun = time.perf_counter()
    model.fit(train, target[~held])
    seconds = time.perf_counter() - begun
    answers = model.predict(test)
    if job["task"] == "classify":
        error = float(np.mean(answers != y[held]))
    else:
        error = float(np.sqrt(np.mean((answers * scale + center - y[held]) ** 2)))
    return {"error": error, "seconds": seconds, "epochs": int(model.n_iter_)}


command, folder, *rest = sys.argv[1:]
if command == "data":
    write_data(folder, *rest)
else:
    for line in sys.stdin:
        print(json.dumps(fit(folder, json.loads(line))), flush=True)
