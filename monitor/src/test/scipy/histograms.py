"""Two samples each, counted into slots as a baseline's are; only counts and sums are kept."""
import numpy as np
from scipy import spatial, special, stats

SEED = 20251101


def edges_of(sample):
    m = len(sample)
    ordered = np.sort(sample)
    at = [ordered[-(-i * m // 20) - 1] for i in range(1, 21)]
    return np.unique([np.nextafter(ordered[0], -np.inf)] + at)


def counted(edges, sample):
    slot = np.searchsorted(edges, sample, side="left")
    counts = np.bincount(slot, minlength=len(edges) + 1)
    return counts, np.bincount(slot, weights=sample, minlength=len(edges) + 1)


def coarse(values):
    """Tails folded into the end bins, then bins two by two."""
    inner = values[1:-1].copy()
    inner[0] += values[0]
    inner[-1] += values[-1]
    return np.array([inner[i:i + 2].sum() for i in range(0, len(inner), 2)])


def samples():
    """Name, baseline and window."""
    draw = np.random.default_rng(SEED)
    normal = draw.normal
    yield "same law 20", normal(size=1000), normal(size=20)
    yield "both 20", normal(size=20), normal(size=20)
    yield "same law 500", normal(size=10000), normal(size=500)
    yield "same law 100000", normal(size=100000), normal(size=100000)
    yield "same law 1000000", normal(size=1000000), normal(size=1000000)
    yield "shift 0.01 at 1000000", normal(size=100000), normal(0.01, size=1000000)
    yield "shift 0.1", normal(size=10000), normal(0.1, size=5000)
    yield "shift 0.5", normal(size=10000), normal(0.5, size=500)
    yield "shift 3", normal(size=10000), normal(3, size=2000)
    yield "wider", normal(size=10000), normal(0, 1.5, size=5000)
    yield "far out of range", normal(size=5000), normal(1000, 1, size=300)
    yield "half of the range", draw.uniform(size=5000), draw.uniform(0, 0.5, size=1000)
    yield "one bin", draw.uniform(size=5000), np.full(40, 0.4321)
    yield "pareto", draw.pareto(1.5, size=20000), draw.pareto(1.5, size=3000)
    yield "pareto heavier", draw.pareto(1.5, size=20000), draw.pareto(1.2, size=3000)
    yield "lognormal large", draw.lognormal(12, 2, size=10000), draw.lognormal(12.1, 2, size=10000)
    yield "ties", draw.poisson(3, size=3000).astype(float), draw.poisson(3.3, size=700).astype(float)
    yield "half are zero", *(np.where(draw.random(k) < 0.5, 0.0, draw.exponential(size=k)) for k in (4000, 900))
    yield "rounded", np.round(normal(size=5000), 1), np.round(normal(0.1, size=5000), 1)
    yield "one value", np.full(100, 7.0), np.array([7.0] * 30 + [6.0, 8.0, 8.5])
    yield "not numbers", spoilt(draw, normal(size=3000), 0.02), spoilt(draw, normal(0.2, size=800), 0.1)


def spoilt(draw, sample, share):
    sample = sample.copy()
    sample[draw.random(len(sample)) < share] = np.nan
    sample[draw.random(len(sample)) < share / 4] = np.inf
    return sample


def compared(name, baseline, window, baseline_sums, window_sums):
    """All statistics of one pair of histograms."""
    baseline, window = np.asarray(baseline), np.asarray(window)
    m, n = int(baseline.sum()), int(window.sum())
    used = (baseline + window) > 0
    r, c, slots = baseline[used], window[used], int(used.sum())
    p, q = baseline / m, window / n
    jeffreys, laplace = smoothed(r, c, 0.5), smoothed(r, c, 1)
    floor = (np.where(r == 0, 1e-4, r / m), np.where(c == 0, 1e-4, c / n))
    psi, scale, df = symmetric(*jeffreys), 1 / m + 1 / n, slots - 1
    ranks = np.arange(len(baseline))
    # The same test on slot numbers instead of values: what is tied within a slot stays tied.
    if m + n <= 300000:
        distance = stats.ks_2samp(np.repeat(ranks, baseline), np.repeat(ranks, window), mode="asymp").statistic
    else:
        distance = spatial.distance.chebyshev(np.cumsum(p), np.cumsum(q))
    size = np.sqrt(m * n / (m + n))
    row = {"name": name, "baseline": baseline, "window": window,
           "baselineSums": baseline_sums, "windowSums": window_sums,
           "psi": psi, "psiLaplace": symmetric(*laplace), "psiFloor": symmetric(*floor),
           "psiCorrected": max(0.0, psi - df * scale),
           "js2": spatial.distance.jensenshannon(p, q, base=2), "jsE": spatial.distance.jensenshannon(p, q),
           "hellinger": spatial.distance.euclidean(np.sqrt(p), np.sqrt(q)) / np.sqrt(2),
           "tvd": spatial.distance.cityblock(p, q) / 2, "linf": spatial.distance.chebyshev(p, q),
           "kl": stats.entropy(jeffreys[1], jeffreys[0]),
           "ks": distance, "ksP": special.kolmogorov((size + 0.12 + 0.11 / size) * distance)}
    row.update(judged(psi / scale, df, scale))
    row.update(contingency(r, c))
    present, now = baseline > 0, window > 0
    row["w1"] = stats.wasserstein_distance(
        baseline_sums[present] / baseline[present], window_sums[now] / window[now],
        baseline[present].astype(float), window[now].astype(float)) if baseline_sums is not None else np.nan
    if baseline_sums is None:
        row["baselineSums"], row["windowSums"] = np.zeros(len(baseline)), np.zeros(len(window))
    return row


def smoothed(r, c, added):
    return (r + added) / (r.sum() + added * len(r)), (c + added) / (c.sum() + added * len(c))


def symmetric(p, q):
    """PSI as the sum of both divergences; not by entropy(), which would make shares of what is none."""
    return special.rel_entr(p, q).sum() + special.rel_entr(q, p).sum()


def judged(statistic, df, scale):
    if df == 0:
        return {"pNoDrift": 1.0, "pMaterial": 1.0, "pEquivalent": np.exp(-0.25 / scale / 2)}
    return {"pNoDrift": stats.chi2.sf(statistic, df), "pMaterial": stats.ncx2.sf(statistic, df, 0.1 / scale),
            "pEquivalent": stats.ncx2.cdf(statistic, df, 0.25 / scale)}


def contingency(r, c):
    if len(r) == 1:
        return {"chi2": 0.0, "chi2Df": 0, "chi2P": 1.0, "cramersV": 0.0}
    table = np.array([r, c])
    statistic, p, df, _ = stats.chi2_contingency(table, correction=False)
    return {"chi2": statistic, "chi2Df": df, "chi2P": p,
            "cramersV": stats.contingency.association(table, method="cramer")}


def numeric():
    rows = []
    for name, baseline, window in samples():
        finite = [s[np.isfinite(s)] for s in (baseline, window)]
        edges = edges_of(finite[0])
        (r, rs), (c, cs) = (counted(edges, s) for s in finite)
        for grain, fold in (("fine", lambda v: v), ("coarse", coarse)):
            row = compared(f"{name} / {grain}", fold(r), fold(c), fold(rs), fold(cs))
            row["lost"] = len(baseline) + len(window) - len(finite[0]) - len(finite[1])
            row["rawKs"] = stats.ks_2samp(*finite, mode="asymp").statistic
            row["rawW1"] = stats.wasserstein_distance(*finite)
            row["rawSd"] = finite[0].std()
            rows.append(row)
    return rows


def categorical_counts():
    draw = np.random.default_rng(SEED + 1)
    zipf = 1 / np.arange(1, 65) ** 1.5
    zipf /= zipf.sum()
    yield "zipf 500", draw.multinomial(1000000, zipf), draw.multinomial(500, zipf)
    yield "zipf 1000000", draw.multinomial(1000000, zipf), draw.multinomial(1000000, zipf)
    yield "zipf turned", draw.multinomial(50000, zipf), draw.multinomial(2000, np.roll(zipf, 1))
    yield "20 values", draw.multinomial(5000, zipf[:5] / zipf[:5].sum()), draw.multinomial(20, zipf[:5] / zipf[:5].sum())
    yield "empty in both", np.array([300, 0, 200, 0, 500, 0]), np.array([35, 0, 15, 0, 50, 0])
    yield "empty in one", np.array([300, 0, 200, 500]), np.array([30, 25, 0, 45])
    yield "rare stays rare", np.array([5000, 4990, 3, 2]), np.array([60, 40, 1, 0])
    yield "rare together enough", np.array([5000, 4000] + [100] * 10), np.array([50, 40] + [1] * 9 + [3])
    yield "all rare", np.array([9, 1, 2]), np.array([1, 1, 1])
    yield "two", np.array([700, 300]), np.array([55, 45])
    yield "one", np.array([700]), np.array([55])


def pooled(r, c):
    """What the definition of the pooling says, by masks."""
    m, n = r.sum(), c.sum()
    least = np.minimum((r + c) * m / (m + n), (r + c) * n / (m + n))
    rare = least < 5
    cells = list(zip(r[~rare], c[~rare]))
    left = (r[rare].sum(), c[rare].sum())
    if sum(left) == 0:
        return np.array(cells).T
    if sum(left) * min(m, n) / (m + n) >= 5 or not cells:
        return np.array(cells + [left]).T
    smallest = min(range(len(cells)), key=lambda i: sum(cells[i]))
    cells[smallest] = (cells[smallest][0] + left[0], cells[smallest][1] + left[1])
    return np.array(cells).T


def categorical():
    return [compared(name, r, c, None, None) for name, r, c in categorical_counts()]


def categorical_pooled():
    rows = []
    for name, r, c in categorical_counts():
        row = compared(name, *pooled(r, c), None, None)
        cells = {"cells": row.pop("baseline"), "windowCells": row.pop("window")}
        rows.append({"name": row.pop("name"), "baseline": r, "window": c, **cells,
                     **{k: row[k] for k in ("psi", "pNoDrift", "pMaterial", "chi2", "chi2Df", "chi2P", "cramersV")}})
    return rows


def unseen():
    rows = []
    for k0, m, k, n in [(0, 1000, 0, 1000), (0, 10000, 1, 1000), (0, 10000, 20, 1000), (0, 20, 3, 20),
                        (0, 1000000, 2, 1000000), (0, 1000000, 40, 1000000), (5, 10000, 3, 500), (5, 10000, 1, 1000000),
                        (5, 10000, 30, 500)]:
        bound = stats.beta.ppf(0.95, k0 + 1, m - k0)
        rows.append({"baselineUnseen": k0, "m": m, "unseen": k, "n": n, "p": stats.binom.sf(k - 1, n, bound)})
    return rows


def proportions():
    rows = []
    for k1, m, k2, n in [(0, 1000, 0, 20), (500, 1000, 10, 20), (500, 1000, 18, 20), (100, 10000, 9, 500),
                         (100, 10000, 25, 500), (3, 10000, 2, 500), (0, 10000, 1, 500), (0, 10000, 6, 500),
                         (10000, 10000, 498, 500), (20000, 1000000, 20200, 1000000), (20000, 1000000, 21000, 1000000),
                         (1, 1000000, 9, 1000000), (20, 20, 11, 20), (1000, 1000, 20, 20), (6, 12, 7, 11)]:
        table = np.array([[k2, n - k2], [k1, m - k1]])
        margins = table.sum(axis=0)
        exact = min(m, n) * margins.min() / (m + n) < 5
        if margins.min() == 0:
            p, z = 1.0, 0.0
        else:
            statistic, p, _, _ = stats.chi2_contingency(table, correction=False)
            z = np.copysign(np.sqrt(statistic), k2 / n - k1 / m)
            p = stats.fisher_exact(table)[1] if exact else p
        rows.append({"k1": k1, "m": m, "k2": k2, "n": n, "z": z, "p": p, "exact": exact})
    return rows


def welch():
    draw = np.random.default_rng(SEED + 2)
    rows = []
    for m, n, shift, scale in [(20, 20, 0, 1), (20, 1000, 0.5, 3), (10000, 500, 0.2, 1), (1000000, 1000000, 0.01, 2)]:
        a, b = draw.normal(5, 1, m), draw.normal(5 + shift, scale, n)
        t, p = stats.ttest_ind(b, a, equal_var=False)
        rows.append({"m": m, "meanA": a.mean(), "varianceA": a.var(ddof=1), "n": n, "meanB": b.mean(),
                     "varianceB": b.var(ddof=1), "t": t, "p": p})
    return rows


def small_sample_ks():
    """Exact p-values of continuous samples, for which the approximation by Stephens is made."""
    draw = np.random.default_rng(SEED + 3)
    rows = []
    for m, n, shift in [(200, 100, 0.2), (500, 500, 0.1), (1000, 60, 0.3), (2000, 1000, 0.05), (100, 100, 0.3)]:
        test = stats.ks_2samp(draw.normal(size=m), draw.normal(shift, size=n), mode="exact")
        rows.append({"m": m, "n": n, "distance": test.statistic, "p": test.pvalue})
    return rows


def tables():
    return {"numeric": numeric(), "categorical": categorical(), "categorical-pooled": categorical_pooled(),
            "unseen": unseen(), "proportions": proportions(), "welch": welch(), "exact-ks": small_sample_ks()}
