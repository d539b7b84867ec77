#!/usr/bin/env python3
"""Exports a policy of stable-baselines3 (SAC, PPO, TD3, A2C) as ONNX for C2G Twin.

    pip install stable-baselines3 onnx
    python export_sb3.py final_model.zip final_model.onnx --slot hardware
    python export_sb3.py ppo.zip final_model.onnx --slot hardware --vec-normalize vec_normalize.pkl
    c2g-twin policy check final_model.onnx --io final_model.io.json

The network takes one observation and gives the finished action: normalised as in training where VecNormalize was used,
deterministic, and inside the bounds of the action space. Beside it a file of recorded pairs is written, which
`policy check --io` compares.
"""

import argparse
import json
import pathlib
import pickle
import zipfile

import numpy as np
import onnx
import torch
from stable_baselines3 import A2C, PPO, SAC, TD3

ALGORITHMS = {"sac": SAC, "ppo": PPO, "td3": TD3, "a2c": A2C}
OPSET = 17


class Finished(torch.nn.Module):
    """Observation in, action of the environment out."""

    def __init__(self, model, off_policy, statistics):
        super().__init__()
        self.policy = model.policy
        self.off_policy = off_policy
        self.normalises = statistics is not None
        space = model.action_space
        self.register_buffer("low", torch.as_tensor(space.low, dtype=torch.float32).reshape(1, -1))
        self.register_buffer("high", torch.as_tensor(space.high, dtype=torch.float32).reshape(1, -1))
        if self.normalises:
            self.register_buffer("mean", torch.as_tensor(statistics["mean"], dtype=torch.float32).reshape(1, -1))
            self.register_buffer("std", torch.as_tensor(statistics["std"], dtype=torch.float32).reshape(1, -1))
            self.clip = float(statistics["clip"])

    def forward(self, obs):
        if self.normalises:
            obs = torch.clamp((obs - self.mean) / self.std, -self.clip, self.clip)
        if self.off_policy:
            # The actor ends in tanh: -1 to 1, spread over the bounds.
            squashed = self.policy._predict(obs, deterministic=True)
            return self.low + 0.5 * (squashed + 1.0) * (self.high - self.low)
        features = self.policy.extract_features(obs, self.policy.pi_features_extractor)
        mean = self.policy.action_net(self.policy.mlp_extractor.forward_actor(features))
        return torch.maximum(torch.minimum(mean, self.high), self.low)


def load(path, name):
    """The model, and whether its actor is squashed by tanh."""
    if name is None:
        with zipfile.ZipFile(path) as archive:
            keys = json.loads(archive.read("data"))
        # Off-policy algorithms keep a replay buffer; only SAC learns the weight of the entropy.
        name = ("sac" if "ent_coef" in keys else "td3") if "buffer_size" in keys else "ppo" if "clip_range" in keys else "a2c"
    model = ALGORITHMS[name].load(path, device="cpu", custom_objects={"lr_schedule": lambda _: 0.0, "clip_range": lambda _: 0.0})
    return name, model, name in ("sac", "td3")


def statistics_of(path):
    """Mean and spread that VecNormalize divides by. The pickle is read with the library that wrote it."""
    with open(path, "rb") as file:
        normalizer = pickle.load(file)
    if not normalizer.norm_obs:
        return None
    rms = normalizer.obs_rms
    return {"mean": rms.mean, "std": np.sqrt(rms.var + normalizer.epsilon), "clip": normalizer.clip_obs}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path, help="zip file of stable-baselines3")
    parser.add_argument("out", type=pathlib.Path, help="ONNX file to write")
    parser.add_argument("--algo", choices=sorted(ALGORITHMS), help="algorithm; found out without it")
    parser.add_argument("--slot", default="hardware", help="slot that it drives (hardware, macro)")
    parser.add_argument("--scenario", help="scenario it was trained on")
    parser.add_argument("--vec-normalize", type=pathlib.Path, help="pickle of VecNormalize, where it was used in training")
    arguments = parser.parse_args()

    algo, model, off_policy = load(arguments.model, arguments.algo)
    width = int(np.prod(model.observation_space.shape))
    statistics = statistics_of(arguments.vec_normalize) if arguments.vec_normalize else None
    network = Finished(model, off_policy, statistics).eval()

    options = {"dynamo": False} if "dynamo" in torch.onnx.export.__code__.co_varnames else {}
    torch.onnx.export(
        network,
        (torch.zeros(1, width),),
        str(arguments.out),
        input_names=["obs"],
        output_names=["action"],
        dynamic_axes={"obs": {0: "batch"}, "action": {0: "batch"}},
        opset_version=OPSET,
        **options,
    )

    graph = onnx.load(str(arguments.out))
    facts = {
        "c2g.kind": arguments.slot,
        "c2g.algo": algo,
        "c2g.obs_dim": str(width),
        "c2g.obs_normalised": "inside" if statistics else "none",
        "c2g.outputs": "box",
        "c2g.version": "1",
    }
    if arguments.scenario:
        facts["c2g.scenario"] = arguments.scenario
    if statistics:
        # What the policy has seen: the twin warns when its observations drift away from it.
        facts["c2g.obs_mean"] = json.dumps([float(x) for x in statistics["mean"]])
        facts["c2g.obs_std"] = json.dumps([float(x) for x in statistics["std"]])
    onnx.helper.set_model_props(graph, facts)
    onnx.checker.check_model(graph)
    onnx.save(graph, str(arguments.out))

    random = np.random.default_rng(0)
    inputs = [np.zeros(width), np.ones(width)] + [random.uniform(0.0, 1.0, width) for _ in range(8)]
    pairs = []
    with torch.no_grad():
        for values in inputs:
            values = values.astype(np.float32)
            answer = network(torch.from_numpy(values).reshape(1, -1)).numpy().reshape(-1)
            if statistics is None:
                # The library itself, as it runs the policy.
                told = model.predict(values, deterministic=True)[0].reshape(-1)
                assert np.allclose(answer, told, atol=1e-5), (answer, told)
            pairs.append({"input": [float(x) for x in values], "output": [float(x) for x in answer]})
    recorded = arguments.out.with_suffix(".io.json")
    recorded.write_text(json.dumps({"output_name": "action", "pairs": pairs}))
    print(f"{arguments.out}: {algo}, {width} -> {len(pairs[0]['output'])}; pairs in {recorded}")
    print(f"now: c2g-twin policy check {arguments.out} --io {recorded}")


if __name__ == "__main__":
    main()
