package dev.penstock.server.monitoring;

import dev.penstock.monitor.recording.Cumulative;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a version is held against, and by which rules: a baseline of its own, which it was given or has learnt,
/// that of the version that it follows, or what its model's configuration says instead. Not thread-safe.
final class HeldTo {
    private final MonitoringSettings settings;
    private final UsualOf usualOf;
    private JudgedBy judgedBy;
    private @Nullable Baseline baseline;

    /// What it goes back to when it does not follow another version any more.
    private @Nullable Baseline own;

    private boolean follows;

    /// @param given null if nobody said
    /// @param usualOf finds what the configuration wants
    HeldTo(MonitoringSettings settings, @Nullable Baseline given, UsualOf usualOf) {
        this.settings = settings;
        this.usualOf = usualOf;
        this.judgedBy = JudgedBy.of(Map.of(), settings);
        this.baseline = given;
        this.own = given;
    }

    /// Gives its memory back.
    void close() {
        usualOf.close();
    }

    JudgedBy judgedBy() {
        return judgedBy;
    }

    /// Its model's configuration says that from now on.
    ///
    /// @return whether it is held against something else by it
    boolean judge(Map<String, String> says) {
        BaselineSource before = judgedBy.source();
        judgedBy = JudgedBy.of(says, settings);
        return !judgedBy.source().equals(before);
    }

    /// Null as long as there is none.
    @Nullable
    Baseline baseline() {
        return baseline;
    }

    /// Of that; "" as long as there is none.
    String id() {
        Baseline now = baseline;
        return now == null ? "" : now.id();
    }

    /// Whether that is its own.
    boolean has(Baseline usual) {
        Baseline now = own;
        return now != null && now.id().equals(usual.id());
    }

    /// Whether it has to learn what is usual.
    boolean isUnknown() {
        return baseline == null && !judgedBy.byAnotherVersion();
    }

    /// It was given that, or has learnt it.
    void own(Baseline usual) {
        baseline = usual;
        own = usual;
        follows = false;
    }

    /// The version that it is held against, if that is watched.
    @Nullable
    VersionWatch champion() {
        return usualOf.champion(judgedBy.source());
    }

    /// That of the champion, if it is not followed yet: it has another one by now, or is another.
    @Nullable
    Baseline ahead() {
        Baseline champions = usualOf.ofChampion(judgedBy.source());
        return champions == null || champions.id().equals(id()) ? null : champions;
    }

    void follow(Baseline champions) {
        baseline = champions;
        follows = true;
    }

    /// Whether it follows another version, which its model's configuration does not want any more.
    boolean isAstray() {
        return follows && !judgedBy.byAnotherVersion();
    }

    /// To what is its own.
    ///
    /// @return null if it has none, and has to learn it
    @Nullable
    Baseline goBack() {
        baseline = own;
        follows = false;
        return own;
    }

    /// What a window of that time is held against; null if there is nothing yet.
    @Nullable
    Cumulative usual(Counted counted, long fromMillis, long toMillis, long nowMillis) {
        return usualOf.of(judgedBy.source(), counted, fromMillis, toMillis, nowMillis);
    }

    /// Keeps the last whole hour, if it is wanted and not kept yet.
    void keepHour(Counted counted, long nowMillis) {
        usualOf.keepHour(judgedBy.source(), counted, nowMillis);
    }

    /// What could not be understood, or followed, of what the model's configuration says.
    List<String> problems() {
        List<String> all = new ArrayList<>(judgedBy.problems());
        String problem = usualOf.problem(judgedBy.source());
        if (!problem.isEmpty()) {
            all.add(problem);
        }
        return all;
    }
}
