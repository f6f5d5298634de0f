"""Quality from counters, against what single predictions give."""
import numpy as np
from scipy import stats

SEED = 20251103


def scored(draw, n, slope):
    score = draw.beta(2, 3, size=n)
    return score, (draw.uniform(size=n) < 1 / (1 + np.exp(-slope * (score - 0.4)))).astype(int)


def classification():
    draw = np.random.default_rng(SEED)
    rows = []
    for n, slope, bins, first in [(20, 8, 20, 10), (500, 8, 20, 8), (500, 0, 10, 5), (100000, 12, 20, 0),
                                  (1000000, 8, 20, 9), (300, 30, 20, 20)]:
        score, label = scored(draw, n, slope)
        slot = np.minimum((score * bins).astype(int), bins - 1)
        predicted = (slot >= first).astype(int)
        positives = np.bincount(slot[label == 1], minlength=bins)
        negatives = np.bincount(slot[label == 0], minlength=bins)
        with np.errstate(all="ignore"):
            precision, recall = label[predicted == 1].mean() if predicted.any() else np.nan, predicted[label == 1].mean()
            matthews = np.corrcoef(predicted, label)[0, 1]
        rows.append({
            "positives": positives, "negatives": negatives, "first": first,
            "accuracy": (predicted == label).mean(), "precision": precision, "recall": recall,
            "specificity": 1 - predicted[label == 0].mean(),
            "f1": stats.hmean([precision, recall]) if recall > 0 else 0.0, "matthews": matthews,
            "auroc": stats.mannwhitneyu(slot[label == 1], slot[label == 0], method="asymptotic").statistic
            / (label.sum() * (1 - label).sum()),
            "rawAuroc": stats.mannwhitneyu(score[label == 1], score[label == 0], method="asymptotic").statistic
            / (label.sum() * (1 - label).sum())})
    return rows


def classes():
    draw = np.random.default_rng(SEED + 5)
    rows = []
    for n, k, right in [(20, 3, 0.6), (2000, 10, 0.9), (1000000, 5, 0.3)]:
        label = draw.choice(k, size=n, p=np.arange(1, k + 1) / np.arange(1, k + 1).sum())
        predicted = np.where(draw.uniform(size=n) < right, label, draw.integers(k, size=n))
        f1, recalls = [], []
        for c in np.union1d(label, predicted):
            recall = (predicted[label == c] == c).mean() if (label == c).any() else np.nan
            precision = (label[predicted == c] == c).mean() if (predicted == c).any() else np.nan
            recalls += [] if np.isnan(recall) else [recall]
            f1.append(stats.hmean([precision, recall]) if precision > 0 and recall > 0 else 0.0)
        rows.append({"classes": k, "counts": np.bincount(predicted * k + label, minlength=k * k),
                     "accuracy": (label == predicted).mean(), "macroF1": np.mean(f1),
                     "balancedAccuracy": np.mean(recalls)})
    return rows


def probabilities():
    draw = np.random.default_rng(SEED + 1)
    score, label = scored(draw, 40, 8)
    slot = np.minimum((score * 10).astype(int), 9)
    gap = [abs(score[slot == b].mean() - label[slot == b].mean()) * np.count_nonzero(slot == b)
           for b in range(10) if (slot == b).any()]
    return [{"score": score, "label": label, "logLoss": -stats.bernoulli.logpmf(label, score).mean(),
             "brier": np.mean((score - label) ** 2), "ece": sum(gap) / 40}]


def regression():
    draw = np.random.default_rng(SEED + 2)
    rows = []
    for n, offset, noise in [(20, 0, 0.5), (20, 100, 2), (1000000, 3, 0.1)]:
        label = offset + draw.normal(size=n)
        predicted = label + draw.normal(0.05, noise, size=n)
        error = predicted - label
        rows.append({
            "predicted": predicted if n <= 20 else [], "label": label if n <= 20 else [], "n": n,
            "errorSum": error.sum(), "absoluteSum": np.abs(error).sum(), "squareSum": (error ** 2).sum(),
            "labelSum": label.sum(), "labelSquareSum": (label ** 2).sum(), "bias": error.mean(),
            "mae": np.linalg.norm(error, 1) / n, "rmse": np.linalg.norm(error) / np.sqrt(n),
            "r2": 1 - np.mean(error ** 2) / np.var(label)})
    return rows


def isotonic():
    draw = np.random.default_rng(SEED + 3)
    rows = []
    for totals, chances in [([10] * 5, np.linspace(0.1, 0.9, 5)), ([5] * 20, np.linspace(0.1, 0.9, 20)),
                            ([5] * 20, np.linspace(0.9, 0.1, 20)), ([0, 0, 10, 0, 0, 30, 4, 0], np.linspace(0, 1, 8)),
                            ([100000] * 20, np.linspace(0.3, 0.32, 20)), ([0, 7], np.array([0, 0.5]))]:
        totals = np.array(totals)
        positives = draw.binomial(totals, chances)
        rows.append({"positives": positives, "totals": totals, "fitted": minimax(positives, totals)})
    return rows


def minimax(positives, totals):
    """The isotonic fit as max over left ends of min over right ends of the mean; empty bins between their neighbours."""
    full = np.flatnonzero(totals)
    p, t = positives[full], totals[full]
    fit = [max(min(p[i:j + 1].sum() / t[i:j + 1].sum() for j in range(k, len(t))) for i in range(k + 1))
           for k in range(len(t))]
    fitted = []
    for b in range(len(totals)):
        left, right = full[full <= b], full[full >= b]
        ends = ([fit[len(left) - 1]] if len(left) else []) + ([fit[len(full) - len(right)]] if len(right) else [])
        fitted.append(np.mean(ends))
    return fitted


def estimated():
    draw = np.random.default_rng(SEED + 4)
    rows = []
    for n, bins, first in [(20, 5, 2), (5000, 20, 9), (1000000, 20, 11)]:
        counts = draw.multinomial(n, draw.dirichlet(np.ones(bins)))
        chance = np.sort(draw.uniform(size=bins))
        up = np.arange(bins) >= first
        positive, negative = counts * chance, counts * (1 - chance)
        higher = np.arange(bins)[:, None] > np.arange(bins)[None, :]
        won = (np.outer(positive, negative) * (higher + 0.5 * np.eye(bins))).sum()
        law = stats.binom(counts, np.where(up, chance, 1 - chance))
        rows.append({"counts": counts, "calibration": chance, "first": first, "tp": positive[up].sum(),
                     "fp": negative[up].sum(), "fn": positive[~up].sum(), "tn": negative[~up].sum(),
                     "accuracy": law.mean().sum() / n, "standardError": np.sqrt(law.var().sum()) / n,
                     "auroc": won / (positive.sum() * negative.sum())})
    return rows


def tables():
    return {"classification": classification(), "classes": classes(), "probabilities": probabilities(), "regression": regression(),
            "isotonic": isotonic(), "estimated": estimated()}
