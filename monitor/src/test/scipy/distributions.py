"""Special functions and laws, at fixed places."""
import itertools

import numpy as np
from scipy import integrate, special, stats

# Probabilities below are given as logarithms only.
LEAST = 1e-280


def log_tail(log_density, x, direction) -> float:
    """ln of the integral of the density from x outwards, by quadrature: for tails that a double cannot hold."""
    at = log_density(x)
    step = 1e-6 * x
    slope = (log_density(x + direction * step) - at) / step
    width = 1 / abs(slope)
    end = 80.0 if direction > 0 else min(80.0, x / width)
    area, _ = integrate.quad(
        lambda u: np.exp(log_density(x + direction * width * u) - at), 0, end, epsabs=0, epsrel=1e-13, limit=400)
    return at + np.log(area * width)


def log_of(p, rest) -> float:
    """The logarithm of a probability, by what is left of 1 if that is less."""
    return np.log(p) if p < 0.5 else np.log1p(-rest)


def chi2_density(df):
    return lambda x: stats.chi2.logpdf(x, df)


def ncx2_density(df, nc):
    order = df / 2 - 1

    def density(x):
        root = np.sqrt(nc * x)
        return (-np.log(2) - (np.sqrt(x) - np.sqrt(nc)) ** 2 / 2 + order / 2 * np.log(x / nc)
                + np.log(special.ive(order, root)))

    return density


def gamma():
    xs = [1e-8, 1e-3, 0.1, 0.5, 0.75, 1 - 1e-7, 1, 1 + 1e-9, 1.25, 1.4616, 1.75, 2 - 1e-6, 2, 2.5, 3, 5.5, 9.99, 10,
          33.3, 171.5, 1e3, 123456.789, 1e6, 1e9]
    return [{"x": float(x), "logGamma": special.loggamma(complex(x)).real} for x in xs]


def incomplete_gamma():
    rows = []
    for a, ratio in itertools.product(
            [0.5, 1, 1.5, 4.5, 9, 31.5, 100, 1234.5, 1e4, 5e5], [0, 0.1, 0.5, 0.9, 0.99, 1, 1.01, 1.1, 1.5, 3]):
        x = a * ratio
        rows.append({"a": a, "x": x, "lower": stats.gamma.cdf(x, a), "upper": stats.gamma.sf(x, a)})
    return rows


def beta():
    rows = []
    for a, b in [(0.5, 0.5), (0.5, 3), (1, 1), (2, 5), (5, 0.5), (10, 10), (3, 1000), (200.5, 300.5), (1, 1e6),
                 (5000, 995001), (5e5, 5e5)]:
        mean = a / (a + b)
        deviation = np.sqrt(mean * (1 - mean) / (a + b + 1))
        for z in [-30, -6, -2, -0.5, 0, 0.5, 2, 6, 30]:
            x = mean + z * deviation
            if 0 < x < 1:
                rows.append({"a": a, "b": b, "x": x, "logBeta": special.betaln(a, b),
                             "lower": stats.beta.cdf(x, a, b), "upper": stats.beta.sf(x, a, b)})
    return rows


def normal():
    zs = [-40, -8, -3, -1, -1e-3, 0, 1e-9, 0.1, 0.5, 1, 1.2, 1.645, 1.96, 3, 5, 8, 12, 20, 37, 50, 1000]
    return [{"z": float(z), "sf": stats.norm.sf(z), "logSf": stats.norm.logsf(z)} for z in zs]


def chi_squared():
    rows = []
    for df, x in itertools.product(
            [1, 2, 3, 9, 9.7, 19, 63, 255, 1000], [1e-6, 0.1, 1, 5, 10, 20, 50, 100, 300, 900, 1100, 2000, 50000]):
        sf = stats.chi2.sf(x, df)
        deep = sf < LEAST
        cdf = stats.chi2.cdf(x, df)
        log_sf = log_tail(chi2_density(df), x, 1) if deep else log_of(sf, cdf)
        rows.append({"x": float(x), "df": float(df), "sf": sf, "logSf": log_sf, "cdf": cdf})
    return rows


def noncentral():
    rows = []
    for df, nc in itertools.product([1, 4, 9, 19, 63], [0.01, 1, 25, 49.9, 250, 1000, 12500, 125000, 1e6]):
        mean, deviation = df + nc, np.sqrt(2 * (df + 2 * nc))
        for z in [-40, -8, -3, -1, 0, 1, 3, 8, 40, 200]:
            x = mean + z * deviation
            if x <= 0.01:
                continue
            row = {"x": x, "df": float(df), "nc": float(nc)}
            upper, lower = stats.ncx2.sf(x, df, nc), stats.ncx2.cdf(x, df, nc)
            row["logSf"] = log_tail(ncx2_density(df, nc), x, 1) if z >= 1 else None
            row["logCdf"] = log_tail(ncx2_density(df, nc), x, -1) if z <= -1 else None
            row["logSf"] = row["logSf"] or log_of(upper, np.exp(row["logCdf"] or np.log(lower)))
            row["logCdf"] = row["logCdf"] or log_of(lower, np.exp(row["logSf"]))
            # Two opinions on what both can hold.
            assert z < 1 or upper < 1e-13 or abs(np.exp(row["logSf"]) / upper - 1) < 1e-7, (row, upper)
            assert z > -1 or lower < 1e-13 or abs(np.exp(row["logCdf"]) / lower - 1) < 1e-7, (row, lower)
            rows.append(row)
    return rows


def binomial():
    rows = []
    for n, p in [(20, 0.05), (20, 0.5), (500, 1e-3), (1000, 2.99e-4), (10000, 0.3), (1000000, 1e-5),
                 (1000000, 0.02), (1000000, 0.5)]:
        middle = int(n * p)
        spread = int(np.ceil(np.sqrt(n * p * (1 - p))))
        for k in sorted({0, 1, middle, middle + 1, middle + 3 * spread, middle + 12 * spread, n}):
            if k <= n:
                terms = stats.binom.logpmf(np.arange(k, min(n, k + 20000 + 40 * spread) + 1), n, p)
                sf = stats.binom.sf(k - 1, n, p)
                log_sf = log_of(sf, stats.binom.cdf(k - 1, n, p)) if sf > LEAST else special.logsumexp(terms)
                rows.append({"k": k, "n": n, "p": p, "atLeast": sf, "logAtLeast": log_sf})
    return rows


def binomial_bounds():
    rows = []
    for k, n, alpha in itertools.product([0, 1, 7, 19], [20, 1000, 1000000], [0.05, 1e-3]):
        rows.append({"k": k, "n": n, "alpha": alpha, "upper": stats.beta.ppf(1 - alpha, k + 1, n - k)})
    return rows


def student():
    rows = []
    for df, t in itertools.product([1, 2.5, 18.7, 100, 12345.6, 1e6], [-3, -0.5, 0, 0.1, 1, 1.96, 4, 12, 100]):
        rows.append({"t": float(t), "df": float(df), "sf": stats.t.sf(t, df)})
    return rows


def kolmogorov():
    xs = [0, 0.05, 0.2, 0.3, 0.5, 0.7, 0.81, 0.83, 1, 1.3581, 1.6276, 2, 3, 5, 10, 18]
    return [{"x": float(x), "sf": special.kolmogorov(x), "cdf": stats.kstwobign.cdf(x)} for x in xs]


def tables():
    return {"gamma": gamma(), "incomplete-gamma": incomplete_gamma(), "beta": beta(), "normal": normal(),
            "chi-squared": chi_squared(), "noncentral-chi-squared": noncentral(), "binomial": binomial(),
            "binomial-bounds": binomial_bounds(), "student": student(), "kolmogorov": kolmogorov()}
