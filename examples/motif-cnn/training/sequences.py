"""Labelled training sequences: random DNA with planted sites and near misses."""

import numpy as np

from .motifs import MOTIFS, N, reverse_complement

LENGTH = 200


def _background(rng, count):
    """(count, LENGTH) random bases; every sequence has its own GC content, 30 to 70 %."""
    gc = rng.uniform(0.3, 0.7, size=(count, 1))
    strong = rng.random((count, LENGTH)) < gc
    second = rng.random((count, LENGTH)) < 0.5
    # Strong pairs are C (1) and G (2), weak ones A (0) and T (3).
    return np.where(strong, np.where(second, 1, 2), np.where(second, 0, 3)).astype(np.uint8)


def _plant(rng, codes, site):
    """Write `site` into one sequence at a random place, on a random strand."""
    start = rng.integers(0, LENGTH - len(site) + 1)
    codes[start : start + len(site)] = site if rng.random() < 0.5 else reverse_complement(site)


def _mask_an_end(rng, codes):
    """Turn one end into N, as at the ends of a contig."""
    width = rng.integers(1, LENGTH // 2)
    codes[slice(None, width) if rng.random() < 0.5 else slice(-width, None)] = N


def labelled_batch(rng, count):
    """Codes (count, LENGTH) and labels (count, tasks), float32.

    A third of the sequences gets a site of a task, a third a near miss of it (one informative base
    wrong, sometimes two), a third neither. The label is not what was planted but what is there: the
    finished sequence is searched on both strands, so chance sites and sites damaged by the next
    step count as they should.
    """
    codes = _background(rng, count)
    for row in codes:
        for motif in MOTIFS:
            kind = rng.random()
            if kind < 1 / 3:
                _plant(rng, row, motif.sample(rng))
            elif kind < 2 / 3:
                _plant(rng, row, motif.sample(rng, mismatches=1 if rng.random() < 0.8 else 2))
        if rng.random() < 0.05:
            _mask_an_end(rng, row)
    labels = np.stack([motif.present(codes) for motif in MOTIFS], axis=1)
    return codes, labels.astype(np.float32)
