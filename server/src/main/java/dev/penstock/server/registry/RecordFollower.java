package dev.penstock.server.registry;

import dev.penstock.core.ModelKey;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.store.ModelRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Makes what serves follow the record. Thread-safe; blocks for as long as fetching and loading take: not on
/// the loader thread.
final class RecordFollower {
    private static final System.Logger LOG = System.getLogger(RecordFollower.class.getName());

    private final KnownRecords known;
    private final Verdicts verdicts;
    private final RoutedVersions routed;
    private final RecordFolders folders;
    private final FileDelivery delivery;
    private final Judging judging;
    private final JudgeTurns turns;
    private final RegisteredServing serving;

    /// Whoever is last has read last.
    private final ReentrantLock aliasing = new ReentrantLock();

    private final OneByOne<String, Boolean> deliveries = new OneByOne<>();

    /// Models that are registered and in a repository, too, and of which that was said.
    private final Map<String, Boolean> doubles = new ConcurrentHashMap<>();

    RecordFollower(
            KnownRecords known,
            Verdicts verdicts,
            RoutedVersions routed,
            RecordFolders folders,
            FileDelivery delivery,
            Judging judging,
            JudgeTurns turns,
            RegisteredServing serving) {
        this.known = known;
        this.verdicts = verdicts;
        this.routed = routed;
        this.folders = folders;
        this.delivery = delivery;
        this.judging = judging;
        this.turns = turns;
        this.serving = serving;
    }

    /// Moves a model's aliases to where its record says by now; that takes no time.
    void alias(String model) {
        aliasing.lock();
        try {
            ModelRecord record = verdicts.model(model);
            ModelStatus now = serving.snapshot().entry(model).status();
            serving.alias(
                    model, record == null ? Aliases.NONE : Aliases.of(record).sparing(now));
        } finally {
            aliasing.unlock();
        }
    }

    /// Loads what is wanted of a model and is on this machine, retires what is not, and has judged on the way
    /// what nobody judged yet.
    ///
    /// @param patient whether to wait for others who judge versions of it
    /// @return why something does not serve that should, or ""
    String follow(String model, boolean patient) {
        ModelRecord record = known.get(model);
        alias(model);
        if (record == null) {
            turns.forget(model);
        }
        if (serving.isInRepository(model)) {
            return record == null ? "" : followAliases(record);
        }
        doubles.remove(model);
        boolean unknown = !serving.snapshot().models().contains(model);
        if (unknown && (record == null || record.versions().isEmpty())) {
            // Perhaps it had aliases when it was in a repository.
            return "";
        }
        String failure = serve(model, patient);
        // What waited for its version need not any more.
        alias(model);
        return failure;
    }

    /// The same, and fetches what is not on this machine.
    String bring(String model) {
        String failure = follow(model, true);
        if (!lacks(model)) {
            return failure;
        }
        deliver(model);
        return follow(model, true);
    }

    /// Whether something is to be fetched for a model.
    boolean lacks(String model) {
        ModelRecord record = registered(model);
        return record != null && delivery.lacks(record, near(record));
    }

    /// Fetches what is to be fetched for a model, or waits for whoever is at it.
    void deliver(String model) {
        OneByOne.Turn<Boolean> _ = deliveries.run(model, true, () -> {
            ModelRecord record = registered(model);
            if (record != null) {
                delivery.deliver(record, near(record));
            }
            return true;
        });
    }

    private @Nullable ModelRecord registered(String model) {
        ModelRecord record = verdicts.model(model);
        return record == null || serving.isInRepository(model) ? null : record;
    }

    /// How long this server still leaves a version of the model to others to judge; 0 if it leaves none.
    long leavesNanos(String model) {
        return turns.remainingNanos(model);
    }

    private String serve(String model, boolean patient) {
        String unrecorded = verdicts.record(model);
        String failure = serving.load(model, () -> folder(model));
        List<String> problems = new ArrayList<>();
        SortedSet<Long> tried = new TreeSet<>();
        for (long next = unjudged(model, tried); next > 0; next = unjudged(model, tried)) {
            long number = next;
            tried.add(number);
            String problem = judging.judge(new ModelKey(model, number), patient, () -> candidate(model, number));
            if (problem.isEmpty()) {
                // What it takes the place of leaves now, or others come to serve in its.
                failure = serving.load(model, () -> folder(model));
            } else {
                problems.add("version " + next + ": " + problem);
            }
        }
        if (!tried.isEmpty()) {
            unrecorded = verdicts.record(model);
        }
        return Stream.concat(Stream.of(failure, unrecorded), problems.stream())
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining("; "));
    }

    /// @return the first version that is wanted and is to be judged, other than those; or 0
    private long unjudged(String model, SortedSet<Long> tried) {
        ModelRecord record = verdicts.model(model);
        if (record == null) {
            return 0;
        }
        return WantedVersions.of(record, routed.of(model), turns.left(record)).stream()
                .filter(number -> !tried.contains(number))
                .filter(number -> RecordEdits.version(record, number).gates().isEmpty())
                .findFirst()
                .orElse(0L);
    }

    private String followAliases(ModelRecord record) {
        if (!record.versions().isEmpty() && doubles.putIfAbsent(record.name(), true) == null) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "model {0} is registered, and a model repository has one of that name, which is served instead",
                    record.name());
        }
        String failure = serving.loadAliased(record.name());
        alias(record.name());
        return failure;
    }

    /// What is to serve, and what is to when others have judged it.
    private SortedSet<Long> near(ModelRecord record) {
        SortedSet<Long> arms = routed.of(record.name());
        SortedSet<Long> near = WantedVersions.of(record, arms);
        near.addAll(WantedVersions.of(record, arms, turns.left(record)));
        return near;
    }

    private @Nullable ModelFolder folder(String model) {
        ModelRecord record = verdicts.model(model);
        return record == null ? null : folders.of(record, turns.left(record));
    }

    /// The model as it is to be once that version has passed.
    private @Nullable ModelFolder candidate(String model, long number) {
        ModelRecord record = verdicts.model(model);
        return record == null ? null : folders.of(Intents.asIfPassed(record, number), turns.left(record));
    }
}
