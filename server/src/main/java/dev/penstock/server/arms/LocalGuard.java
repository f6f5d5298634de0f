package dev.penstock.server.arms;

import dev.penstock.core.VersionHandle;
import dev.penstock.router.RouteTable;
import dev.penstock.router.arms.ArmKey;
import dev.penstock.router.arms.ArmLedgers;
import dev.penstock.router.arms.ArmName;
import dev.penstock.router.arms.OnceCounts;
import dev.penstock.router.evidence.Combined;
import dev.penstock.router.evidence.FailureArm;
import dev.penstock.router.evidence.PairCounts;
import dev.penstock.router.evidence.Pool;
import dev.penstock.router.split.BoundRoute;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.RouteSpec;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Takes the requests away from candidates that fail, have their callers go away, or refuse them, far more
/// often than the default arm, by what this server alone has counted since their shares were last changed:
/// whoever else watches them may be slow, or elsewhere.
public final class LocalGuard {
    /// How many times as often as the default arm a candidate may certainly not fail.
    private static final double MOST_TIMES = 3;

    /// By chance it is reached once for a thousand candidates that fail so often, however long one looks.
    private static final double ENOUGH = Math.log(1000);

    private final Supplier<RouteTable> table;
    private final ArmLedgers ledgers;

    /// @param table the routes of the moment
    public LocalGuard(Supplier<RouteTable> table, ArmLedgers ledgers) {
        this.table = table;
        this.ledgers = ledgers;
    }

    /// About once a second.
    public void tick() {
        for (BoundRoute route : table.get().routes()) {
            RouteSpec spec = route.split().spec();
            int standard = spec.standardWeight();
            for (int i = 0; i < spec.candidates().size() && standard > 0; i++) {
                CandidateSpec candidate = spec.candidates().get(i);
                BoundRoute.Arm arm = route.arms().get(i + 1);
                if (candidate.weight() > 0 && !arm.observer().tripped()) {
                    judge(spec, route.arms().getFirst(), arm, new Pool(candidate.weight(), standard));
                }
            }
        }
    }

    private void judge(RouteSpec spec, BoundRoute.Arm standard, BoundRoute.Arm arm, Pool dealt) {
        VersionHandle version = arm.version();
        OnceCounts candidate = counts(spec, arm);
        if (version == null || candidate.failed() + candidate.abandoned() + candidate.refused() == 0) {
            return;
        }
        OnceCounts usual = counts(spec, standard);
        double logEvidence = Combined.logMean(
                logWorse(dealt, candidate, usual, OnceCounts::failed),
                logWorse(dealt, candidate, usual, OnceCounts::abandoned),
                logWorse(dealt, candidate, usual, OnceCounts::refused));
        if (logEvidence >= ENOUGH) {
            ledgers.trip(
                    new ArmName(spec.name(), arm.spec().name(), version.key()),
                    String.format(
                            Locale.ROOT,
                            "of %d requests %d failures, %d callers who went away and %d refusals, of %d of arm '%s' %d, %d and %d, at shares of %d and %d basis points: more than %.0f times as often (ln E %.1f, expected: below %.1f)",
                            candidate.eligible(),
                            candidate.failed(),
                            candidate.abandoned(),
                            candidate.refused(),
                            usual.eligible(),
                            standard.spec().name(),
                            usual.failed(),
                            usual.abandoned(),
                            usual.refused(),
                            dealt.canary(),
                            dealt.control(),
                            MOST_TIMES,
                            logEvidence,
                            ENOUGH));
        }
    }

    /// By the shares that were dealt, and by those that requests really had if that is milder: where few
    /// units make most of them, the one with more of these fails more often without being worse.
    private static double logWorse(
            Pool dealt, OnceCounts candidate, OnceCounts standard, ToLongFunction<OnceCounts> which) {
        if (candidate.eligible() == 0 || standard.eligible() == 0) {
            return 0;
        }
        Pool asked = Pool.of(candidate.eligible(), standard.eligible());
        return Math.min(
                logWorse(dealt, which.applyAsLong(candidate), which.applyAsLong(standard)),
                logWorse(asked, which.applyAsLong(candidate), which.applyAsLong(standard)));
    }

    private static double logWorse(Pool pool, long candidate, long standard) {
        return FailureArm.logWorse(PairCounts.none(1).plus(pool, candidate, standard), MOST_TIMES);
    }

    private OnceCounts counts(RouteSpec spec, BoundRoute.Arm arm) {
        @Nullable VersionHandle version = arm.version();
        return version == null
                ? OnceCounts.NONE
                : ledgers.once(new ArmKey(
                        spec.name(),
                        spec.salt(),
                        spec.rollout(),
                        spec.epoch(),
                        arm.spec().name(),
                        version.key()));
    }
}
