"""Scores variants.vcf in Python, as an independent reference for what kipos must say.

Rules: an ALT is trimmed (common suffix, then common prefix); the window of L bases puts the first
changed base at 0-based index L/2 - 1; forward and reverse complement are predicted separately, and
scored separately, and the two scores are averaged. All arithmetic is float32, as the model's.
"""

from dataclasses import dataclass

import numpy as np
import onnxruntime

from .motifs import MOTIFS, encode, one_hot, reverse_complement
from .sequences import LENGTH

SCORES = ("ref", "alt", "diff", "logit", "logit_ref", "logit_alt", "deepsea_effect")


@dataclass
class Allele:
    """One ALT of one record; `window` (reference, alternative) is None when it is skipped."""

    columns: tuple  # chrom pos id ref alt effect
    skip: str = "."
    window: tuple = None
    scores: dict = None  # score name -> float32 (tasks,)

    @property
    def name(self):
        return self.columns[2]

    @property
    def effect(self):
        return self.columns[5]


def read_fasta(text):
    """Contig name -> upper-case sequence."""
    contigs = {}
    for entry in text.split(">")[1:]:
        name, _, sequence = entry.partition("\n")
        contigs[name.split()[0]] = sequence.replace("\n", "").upper()
    return contigs


def _trim(ref, alt):
    """Bases removed on the left, and what is left of REF and ALT (one base at least)."""
    while len(ref) > 1 and len(alt) > 1 and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    left = 0
    while len(ref) > 1 and len(alt) > 1 and ref[0] == alt[0]:
        ref, alt, left = ref[1:], alt[1:], left + 1
    return left, ref, alt


def _fate(contigs, chrom, pos, ref, alt):
    """Skip reason and window of one allele; `pos` is 1-based."""
    if alt == ".":
        return "no_alt", None
    if alt.startswith("<"):
        return "symbolic", None
    if "[" in alt or "]" in alt:
        return "breakend", None
    if alt == "*":
        return "spanning_deletion", None
    if set(ref + alt) - set("ACGT"):
        return "non_acgt", None
    contig = contigs[chrom]
    if contig[pos - 1 : pos - 1 + len(ref)] != ref:
        return "ref_mismatch", None
    left, ref, alt = _trim(ref, alt)
    changed = pos - 1 + left  # 0-based index of the first changed base
    start = changed - (LENGTH // 2 - 1)
    end = start + LENGTH
    # The genome behind an insertion or deletion moves, so that the window keeps its length.
    if start < 0 or max(end, end + len(ref) - len(alt)) > len(contig):
        return "window_outside_contig", None
    changed_window = contig[start:changed] + alt + contig[changed + len(ref) : end + len(ref)]
    return ".", (contig[start:end], changed_window[:LENGTH])


def read_alleles(fasta, vcf):
    """Every allele of every record, in file order; a record without ALT counts as one."""
    contigs = read_fasta(fasta)
    alleles = []
    for line in vcf.splitlines():
        if line.startswith("#"):
            continue
        chrom, pos, name, ref, alts, _, _, info = line.split("\t")[:8]
        fields = dict(field.partition("=")[::2] for field in info.split(";"))
        alts = alts.split(",")
        effects = fields.get("EFFECT", ".").split(",")
        for alt, effect in zip(alts, effects, strict=True):
            skip, window = _fate(contigs, chrom, int(pos), ref.upper(), alt.upper())
            alleles.append(Allele((chrom, pos, name, ref, alt, effect), skip, window))
    return alleles


def _predict(model, windows):
    """Forward and reverse-complement predictions (rows, tasks) of windows given as text."""
    codes = np.stack([encode(window) for window in windows])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        str(model), options, providers=["CPUExecutionProvider"]
    )
    return [
        session.run(["prob"], {"seq": one_hot(strand)})[0]
        for strand in (codes, np.ascontiguousarray(reverse_complement(codes)))
    ]


def score(model, alleles):
    """Fill in the scores of every allele that has a window."""
    scored = [allele for allele in alleles if allele.window]
    ref = _predict(model, [allele.window[0] for allele in scored])
    alt = _predict(model, [allele.window[1] for allele in scored])

    def merge(forward_and_reverse):
        forward, reverse = forward_and_reverse
        return (forward + reverse) / np.float32(2)

    def log_odds(strands):
        return [np.log(p / (1 - p)) for p in strands]

    def difference(after, before):
        return [a - b for a, b in zip(after, before, strict=True)]

    diff = merge(difference(alt, ref))
    logit = merge(difference(log_odds(alt), log_odds(ref)))
    values = {
        "ref": merge(ref),
        "alt": merge(alt),
        "diff": diff,
        "logit": logit,
        "logit_ref": merge(log_odds(ref)),
        "logit_alt": merge(log_odds(alt)),
        "deepsea_effect": np.abs(logit) * np.abs(diff),
    }
    for row, allele in enumerate(scored):
        allele.scores = {name: value[row] for name, value in values.items()}


def table(alleles):
    """Text of expected.tsv; README.md describes the columns."""
    header = ["chrom", "pos", "id", "ref", "alt", "effect", "skip"]
    header += [f"{name}/{motif.name}" for name in SCORES for motif in MOTIFS]
    lines = ["\t".join(header)]
    for allele in alleles:
        cells = [*allele.columns, allele.skip]
        for name in SCORES:
            for task in range(len(MOTIFS)):
                cells.append(f"{allele.scores[name][task]:.9g}" if allele.scores else ".")
        lines.append("\t".join(cells))
    return "\n".join(lines) + "\n"


def check_effects(alleles, strong=0.8, small=0.05):
    """Raise ValueError unless sequence, EFFECT tag and scores tell the same story.

    A site that appears must raise the task's DIFF above `strong`, one that disappears must push it
    below -`strong`, and every other |DIFF| must stay below `small`. Returns the two extremes.
    """
    weakest, largest = np.inf, 0.0
    for allele in alleles:
        if allele.scores is None:
            if allele.effect != ".":
                raise ValueError(f"{allele.name}: skipped ({allele.skip}), tagged {allele.effect}")
            continue
        before, after = (encode(window) for window in allele.window)
        story = []
        for task, motif in enumerate(MOTIFS):
            change = int(motif.present(after)) - int(motif.present(before))
            value = float(allele.scores["diff"][task])
            if change:
                story.append(f"{'makes' if change > 0 else 'breaks'}_{motif.name}")
                weakest = min(weakest, value * change)
                if value * change < strong:
                    raise ValueError(f"{allele.name}: {story[-1]}, yet DIFF is {value:.3f}")
            else:
                largest = max(largest, abs(value))
                if abs(value) > small:
                    raise ValueError(f"{allele.name}: {motif.name} keeps, yet DIFF is {value:.3f}")
        told = "+".join(story) or "neutral"
        if told != allele.effect:
            raise ValueError(f"{allele.name}: tagged {allele.effect}, the sequence says {told}")
    return weakest, largest
