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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Makes what serves follow the record. Thread-safe; blocks for as long as fetching and loading take: not on
/// the loader thread.
final class RecordFollower {
    private static final System.Logger LOG = System.getLogger(RecordFollower.class.getName());

    private final KnownRecords known;
    private final Verdicts verdicts;
    private final RecordFolders folders;
    private final FileDelivery delivery;
    private final Judging judging;
    private final RegisteredServing serving;

    /// Models that are registered and in a repository, too, and of which that was said.
    private final Map<String, Boolean> doubles = new ConcurrentHashMap<>();

    RecordFollower(
            KnownRecords known,
            Verdicts verdicts,
            RecordFolders folders,
            FileDelivery delivery,
            Judging judging,
            RegisteredServing serving) {
        this.known = known;
        this.verdicts = verdicts;
        this.folders = folders;
        this.delivery = delivery;
        this.judging = judging;
        this.serving = serving;
    }

    /// Moves a model's aliases; that takes no time.
    void alias(ModelRecord model) {
        ModelStatus now = serving.snapshot().entry(model.name()).status();
        serving.alias(model.name(), Aliases.of(model).sparing(now));
    }

    /// The model is not recorded any more.
    ///
    /// @param revision the last that it had
    void unalias(String model, long revision) {
        serving.alias(model, Aliases.none(revision));
    }

    /// Loads what is wanted of a model, retires what is not, and has judged on the way what nobody judged yet.
    ///
    /// @param patient whether to wait for others who judge versions of it
    /// @return why something does not serve that should, or ""
    String follow(String model, boolean patient) {
        ModelRecord record = known.get(model);
        if (record != null) {
            alias(record);
        }
        if (serving.isInRepository(model)) {
            return record == null ? "" : followAliases(record);
        }
        doubles.remove(model);
        boolean unknown = !serving.snapshot().models().containsKey(model);
        if (unknown && (record == null || record.versions().isEmpty())) {
            // Perhaps it had aliases when it was in a repository.
            return "";
        }
        if (record != null) {
            delivery.deliver(record);
        }
        String failure = serve(model, patient);
        aliasAgain(model);
        return failure;
    }

    private String serve(String model, boolean patient) {
        String unrecorded = verdicts.record(model);
        String failure = serving.load(model, () -> folder(model));
        List<String> problems = new ArrayList<>();
        SortedSet<Long> tried = new TreeSet<>();
        for (long next = unjudged(model, tried); next > 0; next = unjudged(model, tried)) {
            tried.add(next);
            String problem = judging.judge(new ModelKey(model, next), patient, () -> folder(model));
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
        return WantedVersions.of(record).stream()
                .filter(number -> !tried.contains(number))
                .filter(number ->
                        RecordEdits.version(record, number).gates().isEmpty())
                .findFirst()
                .orElse(0L);
    }

    /// What waited for its version need not any more.
    private void aliasAgain(String model) {
        ModelRecord now = known.get(model);
        if (now != null) {
            alias(now);
        }
    }

    private String followAliases(ModelRecord record) {
        if (!record.versions().isEmpty() && doubles.putIfAbsent(record.name(), true) == null) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "model {0} is registered, and a model repository has one of that name, which is served instead",
                    record.name());
        }
        String failure = serving.loadAliased(record.name());
        aliasAgain(record.name());
        return failure;
    }

    private @Nullable ModelFolder folder(String model) {
        ModelRecord record = verdicts.model(model);
        return record == null ? null : folders.of(record);
    }
}
