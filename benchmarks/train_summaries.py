"""Learns the weights of the extractive scorer from the development half of the articles, and writes them.

The policy is a softmax over an article's sentences; what is learned is the greatest expected ROUGE of one sentence.
Run: python -m benchmarks.train_summaries (needs the `bench` extra).
"""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.summaries import DATA, Sample, halve, read_samples, rouge, tokenise
from feeds.summarisers import extractive
from feeds.summarisers.features import Features, describe, hear

WEIGHTS = Path(extractive.__file__).with_name("weights.json")
_PENALTY = 0.06

Array = NDArray[np.float64]


def main() -> None:
    development, _ = halve(list(read_samples(DATA)))
    described = [_describe(sample) for sample in development]
    spread = np.vstack(described).std(axis=0) + 1e-6
    articles = [(one / spread, _reward(sample)) for one, sample in zip(described, development, strict=True)]
    weights = learn(articles) / spread
    named = {name: round(float(weight), 4) for name, weight in zip(Features._fields, weights, strict=True)}
    WEIGHTS.write_text(json.dumps(named, indent=2) + "\n", "utf-8")
    print(f"{len(articles)} articles, {len(named)} weights written to {WEIGHTS.name}")


def learn(articles: list[tuple[Array, Array]]) -> Array:
    """The weights with the greatest mean expected reward, held small by a square penalty."""

    def lose(weights: Array) -> tuple[float, Array]:
        total, slope = 0.0, np.zeros_like(weights)
        for features, reward in articles:
            heights = features @ weights
            chances = np.exp(heights - heights.max())
            chances /= chances.sum()
            expected = chances @ reward
            total += expected
            slope += features.T @ (chances * (reward - expected))
        count = len(articles)
        return -total / count + _PENALTY * weights @ weights, -slope / count + 2 * _PENALTY * weights

    found = minimize(lose, np.zeros(len(Features._fields)), jac=True, method="L-BFGS-B", options={"maxiter": 100})
    return np.asarray(found.x)


def _describe(sample: Sample) -> Array:
    spoken = [hear(sentence) for sentence in sample.sentences]
    return np.array(describe(sample.sentences, spoken, hear(sample.title)))


def _reward(sample: Sample) -> Array:
    target = tokenise(sample.abstract)
    return 100 * np.array([np.mean(rouge(tokenise(sentence), target)) for sentence in sample.sentences])


if __name__ == "__main__":
    main()
