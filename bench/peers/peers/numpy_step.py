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
    rate = np.float32(rate)

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
        z = u[last]
        z -= z.max(axis=1, keepdims=True)
        dz = np.exp(z, out=z)
        dz /= dz.sum(axis=1, keepdims=True)
        loss = -np.log(dz[rows, y]).mean()
        dz[rows, y] -= 1
        dz *= np.float32(1 / batch)
        for l in range(last, -1, -1):
            np.matmul((u[l - 1] if l > 0 else x).T, dz, out=dW[l])
            db = dz.sum(axis=0)
            if l > 0:
                np.matmul(dz, W[l].T, out=du[l - 1])
                dz = du[l - 1]
                dz *= u[l - 1] > 0
                if p > 0:
                    dz *= masks[l - 1]
            dW[l] *= rate
            W[l] -= dW[l]
            b[l] -= rate * db
        return loss

    return step


serve(f"NumPy {np.__version__}", start)
