#!/usr/bin/env python3
"""Exports an actor of HARL (SustainDC: HAPPO, HAA2C, MAPPO) as ONNX for C2G Twin.

    pip install torch onnx
    python export_harl.py actor_agent0.pt agent_ls.onnx
    c2g-twin policy check agent_ls.onnx --io agent_ls.io.json
    c2g-twin run --plant sustaindc --policy agent_ls=agent_ls.onnx

HARL stores the weights alone (a state dict), not the class. This script builds the same feed-forward actor from them:
LayerNorm over the 26 padded inputs, then Linear, activation and LayerNorm for each hidden layer, then one score for each
position. Actors with recurrent layers cannot be exported; actors of 14 inputs (June 2024) are, but fit no slot of today.
HARL itself is not needed.
"""

import argparse
import json
import pathlib

import onnx
import torch
from torch import nn

OPSET = 17
ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU, "sigmoid": nn.Sigmoid, "leaky_relu": nn.LeakyReLU, "selu": nn.SELU}


def rebuilt(weights, activation):
    """The actor as one sequence of layers, with the weights in it."""
    if any("rnn" in key or "gru" in key for key in weights):
        raise SystemExit("this actor has recurrent layers (use_recurrent_policy); C2G Twin runs feed-forward actors")
    layers = []

    def take(module, key):
        module.weight.data = weights[key + ".weight"].float()
        module.bias.data = weights[key + ".bias"].float()
        layers.append(module)

    def norm(key):
        take(nn.LayerNorm(weights[key + ".weight"].shape[0]), key)

    def linear(key):
        rows, columns = weights[key + ".weight"].shape
        take(nn.Linear(columns, rows), key)

    if "base.feature_norm.weight" in weights:
        norm("base.feature_norm")
    index = 0
    while f"base.mlp.fc.{index}.weight" in weights:
        linear(f"base.mlp.fc.{index}")
        layers.append(ACTIVATIONS[activation]())
        norm(f"base.mlp.fc.{index + 2}")
        index += 3
    linear("act.action_out.linear")
    return nn.Sequential(*layers).eval()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path, help="actor_agentN.pt")
    parser.add_argument("out", type=pathlib.Path, help="ONNX file to write")
    parser.add_argument("--activation", default="tanh", choices=sorted(ACTIVATIONS), help="activation_func of the training")
    arguments = parser.parse_args()

    weights = torch.load(arguments.model, map_location="cpu", weights_only=True)
    network = rebuilt(weights, arguments.activation)
    first = weights["base.feature_norm.weight" if "base.feature_norm.weight" in weights else "base.mlp.fc.0.weight"]
    width = first.shape[-1]

    options = {"dynamo": False} if "dynamo" in torch.onnx.export.__code__.co_varnames else {}
    torch.onnx.export(
        network,
        (torch.zeros(1, width),),
        str(arguments.out),
        input_names=["observation"],
        output_names=["action_logits"],
        dynamic_axes={"observation": {0: "batch"}, "action_logits": {0: "batch"}},
        opset_version=OPSET,
        **options,
    )
    graph = onnx.load(str(arguments.out))
    facts = {"c2g.kind": "sustaindc", "c2g.algo": "harl", "c2g.obs_dim": str(width), "c2g.version": "1"}
    onnx.helper.set_model_props(graph, facts)
    onnx.checker.check_model(graph)
    onnx.save(graph, str(arguments.out))

    generator = torch.Generator().manual_seed(0)
    inputs = [torch.zeros(1, width)] + [torch.randn(1, width, generator=generator) for _ in range(9)]
    with torch.no_grad():
        pairs = [{"input": x[0].tolist(), "output": network(x)[0].tolist()} for x in inputs]
    recorded = arguments.out.with_suffix(".io.json")
    recorded.write_text(json.dumps({"output_name": "action_logits", "pairs": pairs}))
    print(f"{arguments.out}: {width} -> {len(pairs[0]['output'])}; pairs in {recorded}")
    print(f"now: c2g-twin policy check {arguments.out} --io {recorded}")


if __name__ == "__main__":
    main()
