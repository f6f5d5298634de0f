"""A canary against its control, and arms against each other."""

import numpy as np
from scipy import integrate, optimize, special, stats

SEED = 20251103
GRID = np.exp(np.linspace(np.log(1.05), np.log(16), 32))


def log_chances(pools, theta):
    """ln of the chance of whose the failures are, by the binomial law."""
    total = 0.0
    for canary, control, mine, theirs in pools:
        odds = canary * theta / control
        total += stats.binom.logpmf(mine, mine + theirs, odds / (1 + odds))
    return total


def failure_evidence(pools, margin, side):
    ratios = [log_chances(pools, margin * g ** side) - log_chances(pools, margin) for g in GRID]
    return special.logsumexp(ratios) - np.log(len(GRID))


def ratio_bound(pools, alpha, side):
    def beyond(log_margin):
        return failure_evidence(pools, np.exp(log_margin), side) - np.log(2 / alpha)

    return np.exp(optimize.brentq(beyond, -12, 12, xtol=1e-14, rtol=1e-14))


def failures():
    rows = []
    for name, pools in [("three", [(1000, 9000, 3, 3)]), ("e03", [(1000, 9000, 130, 710)]), ("worse", [(1, 1, 40, 11)]),
                        ("better", [(500, 9500, 2, 500)]), ("steps", [(100, 9900, 2, 80), (500, 9500, 9, 91),
                                                                       (2500, 2500, 60, 41)]),
                        ("many", [(5000, 5000, 101000, 100000)])]:
        rows.append({"name": name, "pools": np.array(pools).ravel(), "worse": failure_evidence(pools, 1.25, 1),
                     "notWorse": failure_evidence(pools, 1.5, -1), "lower": ratio_bound(pools, 0.05, 1),
                     "upper": ratio_bound(pools, 0.05, -1)})
    return rows


def half(successes, trials, p, above):
    """ln of the mean likelihood of all chances on one side of p over that of p, by integration."""
    low, high = (p, 1 - 2 ** -53) if above else (1e-300, p)
    failed = trials - successes
    a, b = 100 * p - 1, 100 * (1 - p) - 1

    def log_density(q):
        ratio = special.xlogy(successes, q / p) + special.xlog1py(failed, -q) - failed * np.log1p(-p)
        return special.xlogy(a, q) + special.xlog1py(b, -q), ratio

    def log_integral(whole):
        def log_at(q):
            prior, ratio = log_density(q)
            return prior + ratio if whole else prior

        # The density is log-concave: its top, and where it is as good as nothing.
        top = np.clip((a + whole * successes) / max(a + b + whole * trials, 1e-9), low, high)
        height = log_at(top)
        ends = [low, top, high]
        for at in (0, 2):
            if log_at(ends[at]) < height - 60:
                ends[at] = optimize.brentq(lambda q: log_at(q) - height + 60, *sorted((ends[at], top)))
        parts = [integrate.quad(lambda q: np.exp(log_at(q) - height), x, y, epsabs=0, epsrel=1e-12, limit=200)[0]
                 for x, y in zip(ends, ends[1:]) if y > x]
        return np.log(sum(parts)) + height

    return log_integral(1) - log_integral(0)


def quantile_evidence(canary, control, p, shift):
    mine, theirs = np.cumsum(canary), np.cumsum(control)
    known = len(theirs) - 2
    products = []
    for bound in range(len(mine)):
        other = min(bound - 1 - shift, known)
        products.append(half(mine[bound], mine[-1], p, False)
                        + half(theirs[other] if other >= 0 else 0, theirs[-1], p, True))
    return min(products)


def quantiles():
    draw = np.random.default_rng(SEED)
    rows = []
    for name, m, n, factor in [("few", 3, 5, 1.0), ("same", 500, 4500, 1.0), ("slower", 500, 4500, 1.5),
                               ("faster", 500, 4500, 0.8), ("much", 2000, 2000, 2.0), ("little", 20000, 180000, 1.1)]:
        canary, control = (np.bincount(np.clip(np.ceil(16 * np.log2(f * draw.lognormal(1, 0.2, size=size))), 0, 47)
                                       .astype(int), minlength=48) for f, size in [(factor, m), (1, n)])
        row = {"name": name, "canary": canary, "control": control}
        for p, column in [(0.5, "50"), (0.99, "99")]:
            row["slower" + column] = quantile_evidence(canary, control, p, 4)
            row["notSlower" + column] = quantile_evidence(control, canary, p, -8)
        rows.append(row)
    return rows


def independence():
    """One request after the other: the predictive chance of its arm over the share."""
    draw = np.random.default_rng(SEED + 1)
    rows = []
    shares = np.array([0.5, 0.3, 0.15, 0.05])
    for name, canary, control, size, law in [("none", 1, 9, 0, shares), ("same", 1000, 9000, 3000, shares),
                                             ("drift", 1000, 9000, 3000, np.array([0.4, 0.3, 0.2, 0.1])),
                                             ("half", 5000, 5000, 20000, np.array([0.48, 0.3, 0.16, 0.06]))]:
        w = canary / (canary + control)
        mine, theirs = draw.multinomial(size, law), draw.multinomial(int(size * control / canary), shares)
        total = 0.0
        for a, b in zip(mine, theirs):
            total += np.log1p(np.arange(a) / (200 * w)).sum() + np.log1p(np.arange(b) / (200 * (1 - w))).sum()
            total -= np.log1p(np.arange(a + b) / 200).sum()
        rows.append({"name": name, "buckets": [canary, control], "canary": mine, "control": theirs, "logE": total})
    return rows


def jackknife(estimates):
    return np.sqrt((len(estimates) - 1) * np.var(estimates))


def means():
    draw = np.random.default_rng(SEED + 2)
    rows = []
    for name, sizes, effect, alpha in [("small", (200, 300), 0.0, 0.05), ("effect", (4000, 36000), 0.1, 0.05),
                                       ("strict", (50000, 50000), 0.02, 0.001)]:
        row = {"name": name, "alpha": alpha}
        counts, sums = [], []
        for size, mean in zip(sizes, (1 + effect, 1)):
            groups = draw.integers(0, 64, size=size)
            values = draw.gamma(2, mean / 2, size=size)
            counts.append(np.bincount(groups, minlength=64))
            sums.append(np.bincount(groups, weights=values, minlength=64))
        for arm, c, s in zip(("canary", "control"), counts, sums):
            row[arm + "Counts"], row[arm + "Sums"] = c, s
        without = [(s.sum() - s) / (c.sum() - c) for c, s in zip(counts, sums)]
        whole = [s.sum() / c.sum() for c, s in zip(counts, sums)]
        n = float(sum(c.sum() for c in counts))
        square = (-2 * np.log(alpha) + np.log(-2 * np.log(alpha) + 1)) / 5000
        width = np.sqrt(n) * np.sqrt(2 * (n * square + 1) / (n ** 2 * square)
                                     * np.log(np.sqrt(n * square + 1) / alpha))
        row["difference"], row["error"] = whole[0] - whole[1], jackknife(without[0] - without[1])
        row["halfWidth"] = row["error"] * width
        rows.append(row)
    return rows


def sequential_ratio():
    """The likelihood of the mixture by integration."""
    rows = []
    for d, v, t in [(0.0, 1.0, 1.0), (0.02, 1e-4, 1e-3), (-3.0, 0.5, 2.0), (0.1, 1e-2, 1e-6)]:
        sd = np.sqrt(v)

        def density(x):
            return stats.norm.pdf(d, x, sd) * stats.norm.pdf(x, 0, np.sqrt(t))

        width = 12 * np.sqrt(t)
        mixed = integrate.quad(density, -width, width, points=[0, np.clip(d, -width, width)], epsabs=0,
                               epsrel=1e-12, limit=500)[0]
        rows.append({"d": d, "variance": v, "mixing": t, "logL": np.log(mixed / stats.norm.pdf(d, 0, sd))})
    return rows


def bands():
    def chance(eta, c):
        root = 0.85 - np.sqrt(2 * (eta - 1) / c)
        square = 2 / eta * root ** 2
        if root <= 0 or square <= 1:
            return np.inf
        return np.log(4) - square * c + np.log1p(1 / ((square - 1) * np.log(eta)))

    def least(c):
        grid = np.linspace(1, 2 * 0.85 ** 2, 400)[1:-1]
        at = grid[np.argmin([chance(eta, c) for eta in grid])]
        step = grid[1] - grid[0]
        return optimize.minimize_scalar(chance, (at - step, at, at + step), args=(c,), tol=1e-12).fun

    return [{"alpha": alpha, "constant": optimize.brentq(lambda c: least(c) - np.log(alpha), 4, 60)}
            for alpha in (0.05, 0.025, 0.005, 1e-6)]


def best_arms():
    rows = []
    for arms in [[(0.3, 0.01), (0.3, 0.01)], [(0.3, 0.045), (0.4, 0.05)], [(0.5, 0.5), (0.9, 0.009)],
                 [(0.25, 0.07), (0.3, 0.07), (0.22, 0.065)], [(0.05, 0.0007), (0.051, 0.0007), (0.18, 0.08)],
                 [(0.0005, 0.0007), (0.0025, 0.0016)], [(0.01, 0.014), (0.008, 0.011), (0.027, 0.022), (0.03, 0.024)]]:
        laws = [stats.norm(mean, deviation) for mean, deviation in arms]
        ends = np.unique([mean + k * deviation for mean, deviation in arms for k in (-40, -8, -3, 0, 3, 8, 40)])

        def best(arm):
            def density(x):
                return laws[arm].pdf(x) * np.prod([law.cdf(x) for i, law in enumerate(laws) if i != arm])

            return sum(integrate.quad(density, a, b, epsabs=1e-12, limit=200)[0] for a, b in zip(ends, ends[1:]))

        rows.append({"means": [mean for mean, _ in arms], "deviations": [deviation for _, deviation in arms],
                     "best": [best(i) for i in range(len(arms))]})
    return rows


def tables():
    return {"failures": failures(), "quantiles": quantiles(), "independence": independence(), "means": means(),
            "sequential-ratio": sequential_ratio(), "bands": bands(), "best-arms": best_arms()}
