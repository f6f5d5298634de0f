# SPDX-License-Identifier: Apache-2.0
"""digits, version 2: a small convolutional network with version 1's signature."""

import numpy as np
import torch
from torch import nn

import graph

SEED = 20
EPOCHS = 60
BATCH = 32
PEAK_RATE = 4e-3
BRIGHTEST = 16.0


class Network(nn.Module):
    """Three convolutions, with a pooling step to 4x4 before the last one."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, padding=1)
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1)
        self.conv3 = nn.Conv2d(32, 48, 3, padding=1)
        self.drop = nn.Dropout(0.4)
        self.last = nn.Linear(48 * 2 * 2, 10)

    def forward(self, image):
        x = (image / BRIGHTEST).reshape(-1, 1, 8, 8)
        x = torch.relu(self.conv1(x))
        x = nn.functional.max_pool2d(torch.relu(self.conv2(x)), 2)
        x = nn.functional.max_pool2d(torch.relu(self.conv3(x)), 2)
        return self.last(self.drop(x.flatten(1)))


def fit(split):
    """Trains for a fixed number of epochs; the held-out rows play no part in it."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(SEED)
    images = torch.tensor(split.train_x, dtype=torch.float32)
    labels = torch.tensor(split.train_y)
    network = Network().train()
    steps = -(-len(images) // BATCH)
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, PEAK_RATE, epochs=EPOCHS, steps_per_epoch=steps)
    for epoch in range(1, EPOCHS + 1):
        loss = _epoch(network, images, labels, optimizer, schedule)
        if epoch % 10 == 0:
            print(f"  epoch {epoch:2d} of {EPOCHS}, loss {loss:.4f}", flush=True)
    return network.eval()


def _epoch(network, images, labels, optimizer, schedule):
    """Goes once over the training rows in a random order; returns the mean loss."""
    losses = []
    for rows in torch.randperm(len(images)).split(BATCH):
        loss = nn.functional.cross_entropy(network(_nudge(images[rows])), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    return float(np.mean(losses))


def _nudge(rows):
    """Moves each image by up to a pixel, since people do not write dead centre."""
    padded = nn.functional.pad(rows.reshape(-1, 8, 8), (1, 1, 1, 1))
    moves = torch.randint(0, 3, (len(rows), 2)).tolist()
    moved = [image[y:y + 8, x:x + 8] for image, (y, x) in zip(padded, moves)]
    return torch.stack(moved).reshape(-1, 64)


def predict(network, x):
    with torch.no_grad():
        logits = network(torch.tensor(x, dtype=torch.float32))
        return torch.softmax(logits, dim=1).numpy()


def to_onnx(network):
    """Writes the forward pass node by node, from raw pixels to the two outputs."""
    nodes = [
        graph.node("Div", ["image", "brightest"], ["scaled"]),
        graph.node("Reshape", ["scaled", "square"], ["picture"]),
        *_convolution("conv1", "picture", "seen1"),
        *_convolution("conv2", "seen1", "seen2"),
        graph.node("MaxPool", ["seen2"], ["pooled2"], kernel_shape=[2, 2], strides=[2, 2]),
        *_convolution("conv3", "pooled2", "seen3"),
        graph.node("MaxPool", ["seen3"], ["pooled3"], kernel_shape=[2, 2], strides=[2, 2]),
        graph.node("Flatten", ["pooled3"], ["flat"], axis=1),
        graph.node("Gemm", ["flat", "last.weight", "last.bias"], ["logits"], transB=1),
        *graph.softmax_and_label("logits"),
    ]
    constants = [graph.floats("brightest", BRIGHTEST), graph.ints("square", [-1, 1, 8, 8])]
    constants += [graph.floats(name, weights.numpy())
                  for name, weights in network.state_dict().items()]
    return graph.model(
        "digits", nodes,
        [graph.value("image", graph.FLOAT, 64)],
        [graph.value("label", graph.INT64), graph.value("probabilities", graph.FLOAT, 10)],
        constants, "Handwritten digits, 8x8 pixels of 0..16: convolutional network")


def _convolution(layer, source, target):
    return [
        graph.node("Conv", [source, f"{layer}.weight", f"{layer}.bias"], [f"{layer}.sum"],
                   kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        graph.node("Relu", [f"{layer}.sum"], [target]),
    ]
