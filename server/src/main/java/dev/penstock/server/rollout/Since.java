package dev.penstock.server.rollout;

import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.ArmKey;
import dev.penstock.router.rollout.Compared;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.split.RouteSpec;
import java.util.HashMap;
import java.util.Map;

/// What came since it was asked last, of what only ever grows while the server runs. For one thread.
final class Since {
    private Map<ArmKey, ArmCounts> counts;
    private Map<String, Compared> copies;

    /// As it was when what came of it was recorded.
    private Map<ArmKey, ArmCounts> recordedCounts;
    private Map<String, Compared> recordedCopies;

    /// From now on.
    Since(Sight sight, String route) {
        counts = Map.copyOf(sight.counts(route));
        copies = Map.copyOf(sight.copies(route));
        recordedCounts = counts;
        recordedCopies = copies;
    }

    private Since(Since other) {
        counts = other.counts;
        copies = other.copies;
        recordedCounts = other.recordedCounts;
        recordedCopies = other.recordedCopies;
    }

    /// One that gives the same next.
    Since copy() {
        return new Since(this);
    }

    /// What it gave up to now is recorded.
    void recorded() {
        recordedCounts = counts;
        recordedCopies = copies;
    }

    /// It gives once more what is not recorded.
    void again() {
        counts = recordedCounts;
        copies = recordedCopies;
    }

    /// What came.
    record News(Map<String, ArmCounts> counts, Map<String, Compared> copies) {}

    /// @param route as it is: what was counted under another salt is of other units, and what ends of a
    ///     time with
    /// other shares would be taken for a share that is not its
    News next(Sight sight, RolloutSpec spec, RouteSpec route) {
        Map<ArmKey, ArmCounts> now = sight.counts(spec.route());
        Map<String, ArmCounts> news = new HashMap<>();
        now.forEach((key, count) -> {
            ArmCounts before = counts.getOrDefault(key, ArmCounts.EMPTY);
            boolean present = key.assignment().equals(route.salt())
                    && key.rollout().equals(route.rollout())
                    && key.epoch() == route.epoch();
            if (present && belongs(spec, key)) {
                news.merge(key.arm(), count.minus(before), ArmCounts::plus);
            }
        });
        counts = Map.copyOf(now);
        return new News(news, nextCopies(sight, spec));
    }

    /// What another version answered says nothing of the candidate.
    private static boolean belongs(RolloutSpec spec, ArmKey key) {
        return key.arm().equals(spec.control())
                || spec.candidates().stream()
                        .anyMatch(candidate -> candidate.arm().equals(key.arm())
                                && candidate.model().equals(key.target().name())
                                && candidate.version() == key.target().version());
    }

    private Map<String, Compared> nextCopies(Sight sight, RolloutSpec spec) {
        Map<String, Compared> now = sight.copies(spec.route());
        Map<String, Compared> news = new HashMap<>();
        spec.candidates().forEach(candidate -> {
            String shadow = RouteEdits.shadowOf(candidate.arm());
            Compared all = now.getOrDefault(shadow, Compared.NONE);
            Compared before = copies.getOrDefault(shadow, Compared.NONE);
            news.put(
                    candidate.arm(),
                    new Compared(
                            Math.max(0, all.answered() - before.answered()),
                            Math.max(0, all.different() - before.different()),
                            Math.max(0, all.failed() - before.failed())));
        });
        copies = Map.copyOf(now);
        return news;
    }
}
