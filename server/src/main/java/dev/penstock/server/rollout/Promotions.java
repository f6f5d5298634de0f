package dev.penstock.server.rollout;

import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.Candidate;
import dev.penstock.router.rollout.Phase;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.Target;
import dev.penstock.server.admin.RouteRecords;
import dev.penstock.server.routing.RouteChange;
import dev.penstock.server.routing.TargetText;
import dev.penstock.server.store.RolloutRecord;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// Sees to it that a file which is as it was before a rollout promoted a version does not take that back: who
/// applies the same files again and again means nothing by it. Blocks on the record.
final class Promotions {
    private final RouteRecords records;

    Promotions(RouteRecords records) {
        this.records = records;
    }

    /// The change, refused if it has the default arm be what it was before a rollout set it.
    RouteChange kept(RouteChange change) {
        RouteSpec before = change.before();
        if (before == null || !change.refused().isEmpty()) {
            return change;
        }
        Target now = before.standard().target();
        Target asked = change.after().standard().target();
        if (now.equals(asked)) {
            return change;
        }
        List<RolloutRecord> ended = records.read(store -> store.rolloutsOf(before.name()));
        String by = undone(ended, now, TargetText.of(asked));
        return by.isEmpty()
                ? change
                : change.refused(
                        "default: '%s' would undo the promotion of %s by rollout '%s' (expected: %s in the file; or --undo-promotions, over REST ?undoPromotions=true)"
                                .formatted(TargetText.of(asked), TargetText.of(now), by, TargetText.of(now)));
    }

    /// @return the rollout that set the default arm, if it was what is asked for before that one or an
    ///     earlier one; else ""
    private static String undone(List<RolloutRecord> records, Target now, String asked) {
        Set<String> earlier = new HashSet<>();
        String by = "";
        for (RolloutRecord record : records) {
            Promoted ended = promoted(record);
            if (ended != null) {
                earlier.addAll(ended.before());
                by = ended.target().equals(now) ? record.id() : by;
            }
        }
        return earlier.contains(asked) ? by : "";
    }

    /// What a rollout made of the default arm.
    ///
    /// @param before what it stood for when that began
    private record Promoted(Target target, List<String> before) {}

    /// Null if it promoted nobody, or this release cannot read it.
    private static @Nullable Promoted promoted(RolloutRecord record) {
        try {
            Drive drive = Drive.of(record);
            Candidate candidate = RouteEdits.promoted(drive.spec, drive.state);
            return candidate == null || drive.state.phase() != Phase.COMPLETED
                    ? null
                    : new Promoted(Target.version(candidate.model(), candidate.version()), drive.defaults());
        } catch (ServingException | JacksonException _) {
            return null;
        }
    }
}
