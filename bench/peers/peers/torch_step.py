"""PyTorch as its users write it: modules, autograd, an optimizer of torch.optim."""

import torch
from serve import serve
from torch import nn

torch.set_num_threads(1)


def start(task, batches, rate):
    torch.manual_seed(1)
    sizes, p = task["sizes"], task["p"]
    modules = []
    for l, (inputs, out) in enumerate(zip(sizes, sizes[1:])):
        linear = nn.Linear(inputs, out)
        last = l == len(sizes) - 2
        (nn.init.xavier_uniform_ if last else nn.init.kaiming_uniform_)(linear.weight)
        nn.init.zeros_(linear.bias)
        modules.append(linear)
        if not last:
            modules += [nn.ReLU(inplace=True)] + ([nn.Dropout(p)] if p > 0 else [])
    model = nn.Sequential(*modules)
    optimizer = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[task["optimizer"]](model.parameters(), lr=rate)
    number = sizes[-1] == 1
    tensors = []
    for _ in range(batches.count):
        x, y = batches.next()
        targets = y.astype("float32").reshape(-1, 1) if number else y.astype("int64")
        tensors.append((torch.from_numpy(x.copy()), torch.from_numpy(targets)))
    turn = 0

    def step():
        nonlocal turn
        x, y = tensors[turn % len(tensors)]
        turn += 1
        loss = nn.functional.mse_loss(model(x), y) if number else nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


serve(f"PyTorch {torch.__version__}", start)
