"""What the peers in Python share: see serve.mjs, which this repeats."""

import inspect
import json
import sys
import time

import numpy as np

LEARNING = 6
WARM_UP = 0.5
FEWEST = 12
MOST = 96
WINDOW = 0.001


class Batches:
    """Batches in turn, over and over."""

    def __init__(self, task):
        self.y = np.fromfile(task["y"], np.uint8)
        self.x = np.fromfile(task["x"], np.float32).reshape(len(self.y), -1)
        self.batch = task["batch"]
        self.count = len(self.y) // self.batch
        self.turn = 0

    def next(self):
        rows = slice(self.turn * self.batch, (self.turn + 1) * self.batch)
        self.turn = (self.turn + 1) % self.count
        return self.x[rows], self.y[rows]


def serve(about, start):
    """`start(task, batches, rate)` returns a function that makes one step and returns its loss."""
    step = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "open" in request:
                task = request["open"]
                batches = Batches(task)
                answer = watch(start(task, batches, task["rate"]))
                step = start(task, batches, task["standingStill"])
                times_of(step, WARM_UP)
                say({"about": f"{about}, {blas()}", **answer})
            else:
                say({"times": times_of(step, request["seconds"])})
        except Exception as error:
            say({"error": repr(error)})


def watch(step):
    """Losses at the beginning and at the end of a short training: a peer that does not learn does not do the work."""
    losses = []
    begin = time.perf_counter()
    while len(losses) < FEWEST or (len(losses) < MOST and time.perf_counter() - begin < LEARNING):
        losses.append(float(step()))
    quarter = len(losses) // 4
    return {"losses": [float(np.mean(losses[:quarter])), float(np.mean(losses[-quarter:]))], "steps": len(losses)}


def times_of(step, seconds):
    """Seconds per step, one or more of them, each the mean of a window."""
    times = []
    begin = now = time.perf_counter()
    count = 1
    while not times or now - begin < seconds:
        start = now
        for _ in range(count):
            step()
        now = time.perf_counter()
        times.append((now - start) / count)
        count = max(1, int(np.ceil(WINDOW / times[-1])))
    return times


def blas():
    """The library that multiplies matrices, as this process has it loaded."""
    with open("/proc/self/maps") as maps:
        paths = {line.split()[-1] for line in maps if "blas" in line.rsplit("/", 1)[-1]}
    names = sorted(path.rsplit("/", 1)[-1] for path in paths)
    return " ".join(names) or "no BLAS"


def say(answer):
    print(json.dumps(answer), flush=True)
