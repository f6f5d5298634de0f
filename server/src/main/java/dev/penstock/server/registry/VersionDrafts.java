package dev.penstock.server.registry;

import dev.penstock.server.admin.RegisterOrder;
import dev.penstock.server.source.Fetched;
import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.Intent;
import dev.penstock.server.store.Lineage;
import dev.penstock.server.store.StoredFile;
import dev.penstock.server.store.VersionRecord;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/// Makes of an order and its files what is to be recorded. Pure.
final class VersionDrafts {
    private VersionDrafts() {}

    /// @param fileName what the model's file is called in a version
    /// @param server that is to judge it
    static VersionRecord of(
            RegisterOrder order, Fetched fetched, String fileName, String who, String server, Instant at) {
        return new VersionRecord(
                order.version(),
                named(fetched.files(), fileName),
                fetched.source(),
                at,
                who,
                merged(order.lineage(), fetched.lineage()),
                order.signature(),
                order.breaking(),
                server,
                true,
                List.of());
    }

    /// What is asked for besides the version.
    static Intent intent(RegisterOrder order, String who, Instant at) {
        return new Intent(0, who, at, order.policy(), order.config(), new TreeSet<>(order.aliases()));
    }

    static VersionRecord numbered(VersionRecord draft, long number, List<GateRecord> gates) {
        return new VersionRecord(
                number,
                draft.files(),
                draft.source(),
                draft.registered(),
                draft.by(),
                draft.lineage(),
                draft.signature(),
                draft.breaking(),
                draft.judge(),
                draft.wanted(),
                gates);
    }

    /// A single file is the model, whatever it was called, and so is the only one of several that is called
    /// like one.
    private static List<StoredFile> named(List<StoredFile> files, String fileName) {
        List<StoredFile> models = files.stream()
                .filter(file -> files.size() == 1 || isModel(file.path()))
                .toList();
        boolean named = files.stream().anyMatch(file -> file.path().equals(fileName));
        return files.stream()
                .map(file -> !named && models.equals(List.of(file))
                        ? new StoredFile(fileName, file.sha256(), file.bytes())
                        : file)
                .sorted(Comparator.comparing(StoredFile::path))
                .toList();
    }

    private static boolean isModel(String path) {
        return path.endsWith(".onnx") && path.indexOf('/') < 0;
    }

    /// What the caller says counts more than what the source knows.
    private static Lineage merged(Lineage said, Lineage found) {
        TreeMap<String, Double> metrics = new TreeMap<>(found.metrics());
        metrics.putAll(said.metrics());
        TreeMap<String, String> labels = new TreeMap<>(found.labels());
        labels.putAll(said.labels());
        return new Lineage(
                first(said.gitCommit(), found.gitCommit()),
                first(said.dataVersion(), found.dataVersion()),
                first(said.trainingRun(), found.trainingRun()),
                first(said.author(), found.author()),
                metrics,
                labels);
    }

    private static String first(String said, String found) {
        return said.isEmpty() ? found : said;
    }
}
