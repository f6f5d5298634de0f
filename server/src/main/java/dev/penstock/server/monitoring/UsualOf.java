package dev.penstock.server.monitoring;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.MonitorPlan;
import dev.penstock.monitor.recording.Windows;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds what a window of a version is held against, as its model's configuration says. Not thread-safe.
final class UsualOf {
    private final ModelKey key;
    private final Map<ModelKey, VersionWatch> watches;
    private final @Nullable HourSlots hours;
    private long keptHourMillis = Long.MIN_VALUE;

    /// @param watches of all versions
    /// @param hours null if there is no data folder
    UsualOf(ModelKey key, Map<ModelKey, VersionWatch> watches, @Nullable HourSlots hours) {
        this.key = key;
        this.watches = watches;
        this.hours = hours;
    }

    /// Gives its memory back.
    void close() {
        if (hours != null) {
            hours.close();
        }
    }

    /// @return null if there is nothing yet
    @Nullable
    Cumulative of(BaselineSource source, Counted counted, long fromMillis, long toMillis, long nowMillis) {
        return switch (source) {
            case BaselineSource.Kept() -> counted.baseline();
            case BaselineSource.Previous(Duration length) ->
                counted.baseline() == null
                        ? null
                        : counted.windows().between(fromMillis - length.toMillis(), fromMillis, nowMillis);
            case BaselineSource.SameHours() -> {
                Cumulative weekBefore = hours == null
                        ? null
                        : hours.weekBefore(counted.plan(), counted.baseline(), fromMillis, toMillis);
                // Nothing is held against another baseline only because the disk is slow.
                boolean known = weekBefore != null || (hours != null && hours.isPending());
                yield known ? weekBefore : counted.baseline();
            }
            case BaselineSource.Version(long number) -> of(number, counted.plan(), fromMillis, nowMillis);
        };
    }

    /// Up to now: of the step of time in which a window ends, nobody knows more than that.
    private @Nullable Cumulative of(long number, MonitorPlan plan, long fromMillis, long nowMillis) {
        VersionWatch champion = watches.get(new ModelKey(key.name(), number));
        Counted counted = champion == null ? null : champion.counted();
        if (counted == null || !counted.plan().id().equals(plan.id())) {
            return null;
        }
        return last(counted.windows(), fromMillis, nowMillis);
    }

    /// The version that this one is held against, if it is there and another one.
    @Nullable
    VersionWatch champion(BaselineSource source) {
        return source instanceof BaselineSource.Version(long number) && number != key.version()
                ? watches.get(new ModelKey(key.name(), number))
                : null;
    }

    /// The baseline of the version that this one is held against, which says how both have to count.
    @Nullable
    Baseline ofChampion(BaselineSource source) {
        VersionWatch champion = champion(source);
        return champion == null ? null : champion.baseline();
    }

    /// Keeps the last whole hour if it is not kept yet.
    void keepHour(BaselineSource source, Counted counted, long nowMillis) {
        long hour = Math.floorDiv(nowMillis, HourSlots.HOUR_MILLIS) * HourSlots.HOUR_MILLIS;
        if (hours == null || !(source instanceof BaselineSource.SameHours) || hour == keptHourMillis) {
            return;
        }
        if (keptHourMillis != Long.MIN_VALUE) {
            long before = hour - HourSlots.HOUR_MILLIS;
            hours.keep(before, counted.windows().between(before, hour, nowMillis));
        }
        keptHourMillis = hour;
    }

    /// Why it cannot be as the configuration says, or "".
    String problem(BaselineSource source) {
        return switch (source) {
            case BaselineSource.SameHours()
            when hours == null -> "monitor.baseline: same-hour-of-week is kept in the data folder (expected: data-dir)";
            case BaselineSource.Version(long number)
            when number == key.version() ->
                "monitor.baseline: version %d is this one (expected: another)".formatted(number);
            case BaselineSource.Version(long number)
            when !watches.containsKey(new ModelKey(key.name(), number)) ->
                "monitor.baseline: version %d is not loaded (expected: one of %s)".formatted(number, others());
            default -> "";
        };
    }

    private String others() {
        return watches.keySet().stream()
                .filter(other -> other.name().equals(key.name()) && other.version() != key.version())
                .map(other -> Long.toString(other.version()))
                .toList()
                .toString();
    }

    private static Cumulative last(Windows windows, long fromMillis, long nowMillis) {
        return windows.last(Duration.ofMillis(Math.max(0, nowMillis - fromMillis)), nowMillis)
                .counts();
    }
}
