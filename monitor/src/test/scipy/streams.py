"""Many tests at once, sequential detectors, and vectors."""

import numpy as np
from scipy import linalg, optimize, spatial, stats

SEED = 20251102


def discovery():
    draw = np.random.default_rng(SEED)
    rows = []
    for p in [[0.03], [0.5, 0.5, 0.5], [0.01, 0.04, 0.03, 0.005], [1e-300, 0.0, 1.0, 0.02, 0.02],
              np.concatenate([draw.uniform(size=80), draw.uniform(0, 1e-3, size=20)])]:
        p = np.array(p)
        size = len(p)
        # By the definition: the smallest level at which it is rejected, over all k that let it be.
        ratio = np.array([size * v / np.count_nonzero(p <= v) for v in p])
        bh = np.array([min(1.0, ratio[p >= v].min()) for v in p])
        by = np.array([min(1.0, ratio[p >= v].min() * sum(1 / k for k in range(1, size + 1))) for v in p])
        rows.append({"p": p, "bh": bh, "by": by, "bonferroni": min(1.0, size * p.min())})
    return rows


def e_discovery():
    draw = np.random.default_rng(SEED + 1)
    rows = []
    for log_e in [[5.0], [2.0], [0.0, 1.0, 4.0, 4.4], [float("-inf"), 800.0, 3.0], draw.normal(1, 3, size=60)]:
        log_e = np.array(log_e)
        size, level = len(log_e), 0.05
        most = max([k for k in range(1, size + 1) if np.count_nonzero(log_e >= np.log(size / (level * k))) >= k],
                   default=0)
        # Those above the bar that so many discoveries set.
        bar = np.log(size / (level * most)) if most else np.inf
        rows.append({"logE": log_e, "level": level, "rejected": (log_e >= bar).astype(int)})
    return rows


def sequential_bet(counts, shares, k):
    """One value after the other: the predictive chance of each over that of the baseline."""
    total = 0.0
    for count, share in zip(counts, shares):
        total += np.log1p(np.arange(count) / (k * share)).sum() + count * np.log(k)
    return total - np.log(k + np.arange(sum(counts))).sum()


def evidence():
    draw = np.random.default_rng(SEED + 2)
    rows = []
    flat = np.full(10, 0.1)
    skew = np.array([0.6, 0.3, 0.0999, 0.0001])
    for name, shares, law, size in [("none", flat, flat, 0), ("20", flat, flat, 20), ("same", flat, flat, 500),
                                    ("drift", flat, np.linspace(0.05, 0.15, 10), 500), ("skew", skew, skew, 1000),
                                    ("skew drift", skew, np.array([0.5, 0.3, 0.1, 0.1]), 5000),
                                    ("large", flat, flat, 100000), ("million", skew, skew, 1000000)]:
        counts = draw.multinomial(size, law)
        rows.append({"name": name, "counts": counts, "shares": shares, "k": 200.0,
                     "logE": sequential_bet(counts, shares, 200.0)})
    return rows


def shiryaev_roberts():
    """The statistic as the sum over all beginnings of the product of the bets since."""
    draw = np.random.default_rng(SEED + 3)
    log_e = np.concatenate([draw.normal(-1, 1, size=30), draw.normal(2, 1, size=20)])
    sums = np.concatenate([[0], np.cumsum(log_e)])
    statistic = [np.log(np.exp(sums[t] - sums[:t]).sum()) for t in range(1, len(sums))]
    return [{"logE": log_e, "logStatistic": statistic}]


def cusum():
    """The sums as what a walk is above its lowest point."""
    draw = np.random.default_rng(SEED + 4)
    z = np.concatenate([draw.normal(size=60), draw.normal(1, size=20), draw.normal(-1.5, size=20)])

    def reflected(values):
        walk = np.concatenate([[0], np.cumsum(values - 0.5)])
        return (walk - np.minimum.accumulate(walk))[1:]

    return [{"z": z, "up": reflected(z), "down": reflected(-z)}]


def run_lengths():
    """Average run lengths of one cumulative sum by a Markov chain over its level (Brook and Evans 1972)."""
    rows = []
    for h, k in [(3, 0.5), (4, 0.5), (5, 0.5), (6, 0.5), (8, 0.25), (3, 1)]:
        states = 1200
        width = 2 * h / (2 * states - 1)
        level = width * np.arange(states)
        low = level[None, :] - width / 2
        chance = stats.norm.cdf(low + width - level[:, None] + k) - stats.norm.cdf(low - level[:, None] + k)
        chance[:, 0] = stats.norm.cdf(width / 2 - level + k)
        rows.append({"h": float(h), "k": k, "arl": linalg.solve(np.eye(states) - chance, np.ones(states))[0]})
    return rows


def confidence():
    """Where the posterior density of the Beta(1/2, 1/2) prior falls below alpha times the prior density."""

    def lower(s, n, alpha):
        def support(log_p):
            p = np.exp(log_p)
            return stats.beta.logpdf(p, 0.5 + s, 0.5 + n - s) - stats.beta.logpdf(p, 0.5, 0.5) - np.log(alpha)

        top = np.log(min(s / n, 1 - 1e-15)) if s else 0
        return np.exp(optimize.brentq(support, -300, top, xtol=1e-15, rtol=1e-15)) if s else 0.0

    rows = []
    for s, n, alpha in [(0, 0, 0.05), (0, 20, 0.05), (0, 5000, 0.05), (7, 20, 0.05), (20, 20, 0.05), (93, 1000, 0.01),
                        (500000, 1000000, 0.05), (3, 1000000, 1e-3), (999999, 1000000, 0.05)]:
        rows.append({"successes": s, "trials": n, "alpha": alpha, "lower": lower(s, n, alpha),
                     "upper": 1 - lower(n - s, n, alpha)})
    return rows


def discrepancy():
    draw = np.random.default_rng(SEED + 5)
    rows = []
    weights, phases = draw.normal(size=(16, 6)) / 3.4, draw.uniform(0, 2 * np.pi, size=16)

    def features(vectors):
        return np.sqrt(2 / 16) * np.cos(vectors @ weights.T + phases)

    for name, m, n, shift in [("same", 1000, 400, 0.0), ("20", 1000, 20, 0.0), ("shift", 1000, 400, 0.8),
                              ("small shift", 3000, 2000, 0.1)]:
        moved = np.zeros(6)
        moved[0] = shift
        a, b = features(draw.normal(size=(m, 6))), features(draw.normal(size=(n, 6)) + moved)
        covariance = np.cov(a.T)
        scaled = covariance * (1 / m + 1 / n)
        unit = np.trace(scaled @ scaled) / np.trace(scaled)
        freedom = np.trace(scaled) ** 2 / np.trace(scaled @ scaled)
        biased = spatial.distance.sqeuclidean(a.mean(axis=0), b.mean(axis=0))
        rows.append({"name": name, "m": m, "sumA": a.sum(axis=0), "squaresA": (a ** 2).sum(), "n": n,
                     "sumB": b.sum(axis=0), "squaresB": (b ** 2).sum(), "trace": np.trace(covariance),
                     "traceOfSquare": np.linalg.norm(covariance) ** 2, "biased": biased, "unbiased": pairs(a, b),
                     "p": stats.chi2.sf(biased / unit, freedom)})
    return rows


def pairs(a, b):
    """The unbiased estimate over all pairs of two different vectors."""
    within = [((s @ s.T).sum() - np.trace(s @ s.T)) / (len(s) * (len(s) - 1)) for s in (a, b)]
    return within[0] + within[1] - 2 * (a @ b.T).mean()


def covariance():
    vectors = np.random.default_rng(SEED + 6).normal(size=(12, 3)) * [1, 2, 3] + [100, 0, -5]
    matrix = np.cov(vectors.T)
    return [{"x": vectors[:, 0], "y": vectors[:, 1], "z": vectors[:, 2], "trace": np.trace(matrix),
             "traceOfSquare": np.trace(matrix @ matrix)}]


def centroids():
    draw = np.random.default_rng(SEED + 7)
    rows = []
    for a, b in [([1, 0, 0], [0, 1, 0]), ([1, 2, 3], [1, 2, 3]), ([1, 2, 3], [-2, -4, -6]),
                 (draw.normal(size=16), draw.normal(size=16)), ([3e-5, 4e-5], [3e7, 4.1e7])]:
        a, b = np.array(a, float), np.array(b, float)
        rows.append({"a": a, "b": b, "euclidean": spatial.distance.euclidean(a, b),
                     "cosine": spatial.distance.cosine(a, b)})
    return rows


def tables():
    return {"discovery": discovery(), "e-discovery": e_discovery(), "evidence": evidence(),
            "shiryaev-roberts": shiryaev_roberts(), "cusum": cusum(), "run-lengths": run_lengths(),
            "confidence": confidence(), "discrepancy": discrepancy(),
            "covariance": covariance(), "centroids": centroids()}
