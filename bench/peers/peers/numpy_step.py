"""NumPy with forward and backward pass written by hand, nothing allocated per step that can be kept."""

import numpy as np
from serve import serve


def start(task, batches, rate):
    sizes, batch, p = task["sizes"], task["batch"], task["p"]
    random = np.random.Generator(np.random.SFC64(1))
    last = len(sizes) - 2
    W, b, dW, u, masks, words, du = [], [], [], [], [], [], []
    for l, (inputs, out) in enumerate(zip(sizes, sizes[1:])):
        limit = np.sqrt(6 / (inputs + out if l == last else inputs))
        W.append(random.uniform(-limit, limit, (inputs, out)).astype(np.float32))
        b.append(np.zeros(out, np.float32))
        dW.append(np.empty((inputs, out), np.float32))
        u.append(np.empty((batch, out), np.float32))
        du.append(np.empty((batch, out), np.float32))
        words.append(np.empty((batch, out), np.float32))
        masks.append(np.empty((batch, out), np.float32))
    rows = np.arange(batch)
    scale = np.float32(1 / (1 - p))
    update = {"sgd": sgd, "adam": adam}[task["optimizer"]](W, b, np.float32(rate))

    def step():
        x, y = batches.next()
        inputs = x
        for l in range(last + 1):
            np.matmul(inputs, W[l], out=u[l])
            u[l] += b[l]
            if l < last:
                np.maximum(u[l], 0, out=u[l])
                if p > 0:
                    random.random(out=words[l], dtype=np.float32)
                    np.multiply(words[l] >= p, scale, out=masks[l])
                    u[l] *= masks[l]
            inputs = u[l]
        loss, dz = squared(u[last], y) if sizes[-1] == 1 else cross_entropy(u[last], y, rows)
        for l in range(last, -1, -1):
            np.matmul((u[l - 1] if l > 0 else x).T, dz, out=dW[l])
            db = dz.sum(axis=0)
            if l > 0:
                np.matmul(dz, W[l].T, out=du[l - 1])
                dz = du[l - 1]
                dz *= u[l - 1] > 0
                if p > 0:
                    dz *= masks[l - 1]
            update(l, dW[l], db)
        return loss

    return step


def cross_entropy(z, y, rows):
    """The mean loss, and its gradient in place of the logits."""
    z -= z.max(axis=1, keepdims=True)
    dz = np.exp(z, out=z)
    dz /= dz.sum(axis=1, keepdims=True)
    loss = -np.log(dz[rows, y]).mean()
    dz[rows, y] -= 1
    dz *= np.float32(1 / len(y))
    return loss, dz


def squared(z, y):
    """The mean squared error of one output, and its gradient in place of the outputs."""
    z[:, 0] -= y
    loss = np.square(z).mean()
    z *= np.float32(2 / len(y))
    return loss, z


def sgd(W, b, rate):
    def update(l, dW, db):
        dW *= rate
        W[l] -= dW
        b[l] -= rate * db

    return update


def adam(W, b, rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    states = [[(np.zeros_like(w), np.zeros_like(w)) for w in layer] for layer in zip(W, b)]
    steps = [0] * len(W)

    def update(l, dW, db):
        steps[l] += 1
        root = np.sqrt(1 - beta2 ** steps[l])
        factor = np.float32(rate * root / (1 - beta1 ** steps[l]))
        for w, g, (m, v) in zip((W[l], b[l]), (dW, db), states[l]):
            m += np.float32(1 - beta1) * (g - m)
            v *= np.float32(beta2)
            v += np.float32(1 - beta2) * g * g
            w -= factor * m / (np.sqrt(v) + np.float32(epsilon * root))

    return update


serve(f"NumPy {np.__version__}", start)
