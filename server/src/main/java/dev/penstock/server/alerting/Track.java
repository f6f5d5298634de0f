package dev.penstock.server.alerting;

import dev.penstock.monitor.drift.DriftStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What was told of one thing that can be wrong with one version, and what is to be told next. Immutable.
///
/// Of each time it is raised this tells once, once more if it gets worse, again after a while, and that it is
/// over if it told that it began. What is raised anew within the cooldown waits for its end, unless it is worse
/// than what was told.
///
/// @param raisedMillis when that began which is being told; -1 before anything did
/// @param over whether that is over
/// @param told of it; [DriftStatus#OK] if nothing was
/// @param toldMillis when anything was told of it last
/// @param beginningMillis when a beginning was told last, of this or of one before; -1 if none was
/// @param beginning what was told then
/// @param repeats how often it was told again
record Track(
        long raisedMillis,
        boolean over,
        DriftStatus told,
        long toldMillis,
        long beginningMillis,
        DriftStatus beginning,
        int repeats) {
    static final Track NONE = new Track(-1, true, DriftStatus.OK, 0, -1, DriftStatus.OK, 0);

    /// How often to tell.
    ///
    /// @param renotifyEvery zero for never again
    /// @param cooldown zero for none
    record Policy(Duration renotifyEvery, Duration cooldown) {}

    /// What comes after.
    record Step(Track track, List<Notice> notices) {}

    /// After one look at a concern of its subject.
    ///
    /// @param concern those of a subject come in the order in which they were raised
    /// @param nowMillis since 1970, never less than before
    Step next(Concern concern, Policy policy, long nowMillis) {
        boolean begins = concern.raisedMillis() > raisedMillis;
        if (!begins && (over || concern.raisedMillis() < raisedMillis)) {
            return new Step(this, List.of());
        }
        Track now = begins ? begun(concern.raisedMillis()) : this;
        List<Notice> notices = new ArrayList<>();
        Notice.Why why = now.why(concern, begins, policy, nowMillis);
        if (why != null) {
            now = now.told(concern.severity(), why, nowMillis);
            notices.add(new Notice(why, concern, now.repeats));
        }
        if (!concern.active()) {
            if (now.told.alarming()) {
                notices.add(new Notice(Notice.Why.RESOLVED, concern, now.repeats));
            }
            now = now.ended();
        }
        return new Step(now, notices);
    }

    private Notice.@Nullable Why why(Concern concern, boolean begins, Policy policy, long nowMillis) {
        if (!told.alarming()) {
            // What ended before its time came was not worth telling.
            boolean tell = (concern.active() || begins) && !isCooling(concern.severity(), policy, nowMillis);
            return tell ? Notice.Why.RAISED : null;
        }
        if (!concern.active()) {
            return null;
        }
        if (concern.severity().compareTo(told) > 0) {
            return Notice.Why.WORSENED;
        }
        long everyMillis = policy.renotifyEvery().toMillis();
        return everyMillis > 0 && nowMillis - toldMillis >= everyMillis ? Notice.Why.REPEATED : null;
    }

    private boolean isCooling(DriftStatus severity, Policy policy, long nowMillis) {
        return beginningMillis >= 0
                && nowMillis - beginningMillis < policy.cooldown().toMillis()
                && severity.compareTo(beginning) <= 0;
    }

    private Track begun(long atMillis) {
        return new Track(atMillis, false, DriftStatus.OK, 0, beginningMillis, beginning, 0);
    }

    private Track told(DriftStatus severity, Notice.Why why, long nowMillis) {
        boolean again = why == Notice.Why.REPEATED;
        return new Track(
                raisedMillis,
                over,
                severity,
                nowMillis,
                again ? beginningMillis : nowMillis,
                again ? beginning : severity,
                again ? repeats + 1 : repeats);
    }

    private Track ended() {
        return new Track(raisedMillis, true, told, toldMillis, beginningMillis, beginning, repeats);
    }

    /// Whether forgetting it would change nothing, once its last concern is forgotten, too.
    boolean isDone(Policy policy, long nowMillis) {
        return over && !isCooling(DriftStatus.OK, policy, nowMillis);
    }
}
