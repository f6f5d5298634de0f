package dev.penstock.server.rollout;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.EvidenceJudge;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.server.store.RolloutEventRecord;
import dev.penstock.server.store.RolloutRecord;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What there is to be told of rollouts, under way or over. Thread-safe; all but [#status] wait for the record.
final class RolloutReader {
    private static final System.Logger LOG = System.getLogger(RolloutReader.class.getName());

    private final Around around;

    /// Those that the log has told of.
    private final Set<String> unreadable = ConcurrentHashMap.newKeySet();

    /// What was drawn last of those under way, for those who cannot wait.
    private volatile List<RolloutView> shown = List.of();

    RolloutReader(Around around) {
        this.around = around;
    }

    /// Draws them as they are now; their owner's lock is held.
    void show(List<Drive> drives) {
        shown = drives.stream()
                .map(Drive::view)
                .sorted(Comparator.comparing(RolloutView::id))
                .toList();
    }

    /// Those under way as they were a moment ago. Answers at once.
    List<RolloutView> status() {
        return shown;
    }

    /// One, under way or over.
    RolloutView one(String id) {
        return driven(id)
                .orElseGet(() ->
                        judged(around.records().read(store -> store.rollout(id)).orElseThrow(() -> unknown(id))));
    }

    /// As it was a moment ago, if this server drives it. Answers at once.
    private Optional<RolloutView> driven(String id) {
        return shown.stream()
                .filter(view -> view.id().equals(id) && view.owner().equals(around.server()))
                .findFirst();
    }

    /// With what the evidence says, which is not recorded.
    private static RolloutView judged(RolloutRecord record) {
        Drive drive = Drive.of(record);
        RolloutState state = drive.state;
        drive.state = state.with(new EvidenceJudge().judge(drive.spec, state, drive.gates(state)));
        return drive.view();
    }

    /// What is recorded and can be read, the newest first.
    ///
    /// @param route only its; all if empty
    /// @param limit at most so many: those that something happened to last
    List<RolloutView> all(String route, int limit) {
        return around.records().read(store -> route.isEmpty() ? store.rollouts() : store.rolloutsOf(route)).stream()
                .sorted(Comparator.comparing(RolloutRecord::changed).reversed())
                .flatMap(record -> readable(record).stream())
                .limit(limit)
                .sorted(Comparator.comparingLong(
                                (RolloutView view) -> view.state().startedMillis())
                        .reversed())
                .toList();
    }

    /// That nobody can read one is no reason not to show the others.
    private Optional<RolloutView> readable(RolloutRecord record) {
        try {
            return Optional.of(driven(record.id()).orElseGet(() -> judged(record)));
        } catch (RuntimeException e) {
            if (unreadable.size() < Rollouts.MOST_TOLD && unreadable.add(record.id())) {
                LOG.log(System.Logger.Level.WARNING, "rollout {0} cannot be read: {1}", record.id(), e.toString());
            }
            return Optional.empty();
        }
    }

    /// What happened in one, oldest first.
    List<RolloutEventRecord> events(String id, long after, int limit) {
        return around.records().read(store -> {
            if (store.rollout(id).isEmpty()) {
                throw unknown(id);
            }
            return store.events(id, after, limit);
        });
    }

    /// Whether nothing more will happen in one.
    boolean isOver(String id) {
        return around.records()
                .read(store -> store.rollout(id))
                .map(RolloutRecord::isOver)
                .orElse(true);
    }

    /// It is not there.
    ServingException unknown(String id) {
        List<String> known = shown.stream().map(RolloutView::id).toList();
        return new ServingException(
                ErrorCode.NOT_FOUND,
                "rollout '%s' is not there (under way: %s)"
                        .formatted(id, known.isEmpty() ? "none" : String.join(", ", known)));
    }
}
