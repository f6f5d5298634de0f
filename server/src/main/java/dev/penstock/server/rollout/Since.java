package dev.penstock.server.rollout;

import dev.penstock.core.ModelKey;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.ArmKey;
import dev.penstock.router.arms.ArmName;
import dev.penstock.router.rollout.Compared;
import dev.penstock.router.rollout.Epoch;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.split.RouteSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What came since it was asked last, of what only ever grows while the server runs. For one thread.
final class Since {
    private Map<ArmKey, ArmCounts> counts;
    private Map<ArmName, Compared> copies;

    /// As it was when what came of it was recorded.
    private Map<ArmKey, ArmCounts> recordedCounts;
    private Map<ArmName, Compared> recordedCopies;

    /// Whether all arms had the requests that they are to have here, when it was asked last.
    private boolean whole = true;

    /// Whether something was left out since what came was recorded.
    private boolean leftOut;

    private final Dealt dealt;

    /// What was given up to a moment.
    record Mark(Map<ArmKey, ArmCounts> counts, Map<ArmName, Compared> copies) {}

    /// From now on.
    ///
    /// @param dealt before
    Since(Sight sight, String route, Dealt dealt) {
        this.dealt = dealt;
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
        dealt = other.dealt.copy();
        whole = other.whole;
        leftOut = other.leftOut;
    }

    /// One that gives the same next.
    Since copy() {
        return new Since(this);
    }

    /// What it gave up to now is recorded.
    void recorded() {
        recordedCounts = counts;
        recordedCopies = copies;
        leftOut = false;
    }

    Mark mark() {
        return new Mark(counts, copies);
    }

    /// It gives once more what is not recorded.
    ///
    /// @param recorded what is, if that is more than is known to be; null if not
    void again(@Nullable Mark recorded) {
        if (recorded != null) {
            recordedCounts = recorded.counts();
            recordedCopies = recorded.copies();
        }
        counts = recordedCounts;
        copies = recordedCopies;
        // What was left out is not told from the rest of it any more.
        whole &= !leftOut;
    }

    /// The route is as the rollout wants it.
    ///
    /// @param shares with nothing in it
    /// @return whether others were dealt before
    boolean dealt(long epoch, Epoch shares) {
        return dealt.add(epoch, shares);
    }

    /// What was dealt up to now.
    Dealt dealt() {
        return dealt;
    }

    /// What came.
    ///
    /// @param shares the present ones, with nothing in it; null if they are none that the rollout dealt here
    /// @param late what ended under shares of before, and what was said of answers under these
    record News(
            Map<String, ArmCounts> counts,
            Map<String, Compared> copies,
            @Nullable Epoch shares,
            List<Epoch> late) {
        /// Of a time in which the requests of one arm went to another: what that one counted is of the units
        /// that are its own still, as if the others had got lost. What is said of answers is: it counts as what
        /// is said late.
        News withoutCounts() {
            Stream<Epoch> present = shares == null ? Stream.of() : Stream.of(shares.with(counts));
            List<Epoch> told = Stream.concat(part(late.stream(), Since::told), part(present, Since::told))
                    .filter(epoch -> epoch.counts().values().stream().anyMatch(Since::isTold))
                    .toList();
            return new News(Map.of(), copies, shares, told);
        }

        /// Of one in which that began: which units are missing is not known, but what failed is.
        News withoutExposures() {
            Map<String, ArmCounts> rest = new HashMap<>();
            counts.forEach((arm, count) -> rest.put(arm, count.withoutExposures()));
            return new News(
                    rest,
                    copies,
                    shares,
                    part(late.stream(), ArmCounts::withoutExposures).toList());
        }

        private static Stream<Epoch> part(Stream<Epoch> all, UnaryOperator<ArmCounts> part) {
            return all.map(epoch -> {
                Map<String, ArmCounts> parts = new HashMap<>();
                epoch.counts().forEach((arm, count) -> parts.put(arm, part.apply(count)));
                return epoch.with(parts);
            });
        }
    }

    /// What came, as far as it can be compared.
    ///
    /// @param now whether all arms have the requests here that they are to have
    News next(Sight sight, RolloutSpec spec, RouteSpec route, boolean now) {
        boolean before = whole;
        whole = now;
        leftOut |= !now || !before;
        News news = next(sight, spec, route);
        return now && before ? news : before ? news.withoutExposures() : news.withoutCounts();
    }

    /// @param route as it is: what was counted under another salt is of other units. What ends under shares of
    ///     before is told with these: who hangs until callers give up would else be known by what he
    ///     answers at once
    News next(Sight sight, RolloutSpec spec, RouteSpec route) {
        Map<ArmKey, ArmCounts> now = sight.counts(spec.route());
        Map<String, ArmCounts> news = new HashMap<>();
        Map<Long, Map<String, ArmCounts>> late = new LinkedHashMap<>();
        long present = route.epoch();
        now.forEach((key, count) -> {
            boolean same =
                    key.assignment().equals(route.salt()) && key.rollout().equals(route.rollout());
            if (!same || !belongs(spec, key)) {
                return;
            }
            ArmCounts before = counts.getOrDefault(key, ArmCounts.EMPTY);
            if (key.epoch() == present) {
                news.merge(key.arm(), count.minus(before), ArmCounts::plus);
            } else if (dealt.of(key.epoch()) != null && isMore(count, before)) {
                late.computeIfAbsent(key.epoch(), _ -> new HashMap<>())
                        .merge(key.arm(), count.minus(before), ArmCounts::plus);
            }
        });
        counts = Map.copyOf(now);
        return new News(news, nextCopies(sight, spec), dealt.of(present), late(late));
    }

    private List<Epoch> late(Map<Long, Map<String, ArmCounts>> more) {
        List<Epoch> late = new ArrayList<>();
        more.forEach((epoch, arms) -> {
            Epoch shares = dealt.of(epoch);
            if (shares != null) {
                late.add(shares.with(arms));
            }
        });
        return late;
    }

    private static boolean isMore(ArmCounts now, ArmCounts before) {
        // What counts once is counted a moment after its request.
        return now.requests() != before.requests()
                || !now.once().equals(before.once())
                || now.firstExposures() != before.firstExposures()
                || now.rewards().count() != before.rewards().count()
                || now.right().count() != before.right().count()
                || !Arrays.equals(now.bins(), before.bins());
    }

    /// What was said of answers only.
    private static ArmCounts told(ArmCounts counts) {
        return new ArmCounts.Builder()
                .rewards(counts.rewards(), counts.earned())
                .right(counts.right())
                .clipped(counts.clipped())
                .build();
    }

    private static boolean isTold(ArmCounts counts) {
        return counts.rewards().count() > 0 || counts.right().count() > 0;
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
        Map<ArmName, Compared> now = sight.copies(spec.route());
        Map<String, Compared> news = new HashMap<>();
        spec.candidates().forEach(candidate -> {
            // What another version answered that had the name of its arm says nothing of it.
            ArmName shadow = new ArmName(
                    spec.route(),
                    RouteEdits.shadowOf(candidate.arm()),
                    new ModelKey(candidate.model(), candidate.version()));
            Compared all = now.getOrDefault(shadow, Compared.NONE);
            Compared before = copies.getOrDefault(shadow, Compared.NONE);
            news.put(candidate.arm(), all.minus(before));
        });
        copies = Map.copyOf(now);
        return news;
    }
}
