"""PyTorch as its users write it: modules, autograd, optim.SGD."""

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
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    tensors = []
    for _ in range(batches.count):
        x, y = batches.next()
        tensors.append((torch.from_numpy(x.copy()), torch.from_numpy(y.astype("int64"))))
    turn = 0

    def step():
        nonlocal turn
        x, y = tensors[turn % len(tensors)]
        turn += 1
        loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


serve(f"PyTorch {torch.__version__}", start)
