package dev.penstock.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// Records to write, and what must hold of every record at any time.
public final class StoreFixtures {
    static final Instant NOON = Instant.parse("2026-11-21T12:00:00.123456789Z");

    /// For a machine that is busy with other things.
    private static final PostgresPatience PATIENT = new PostgresPatience(
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofMinutes(2),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1));

    private StoreFixtures() {}

    public static ModelStore open(StoreSettings settings) {
        return new DatabaseStore(Stores.database(settings, PATIENT));
    }

    static Act act(String action) {
        return new Act("ann", action, "because", NOON);
    }

    static StoredFile file(String path, String content) {
        String sha256 = HexFormat.of().formatHex(Digests.sha256().digest(content.getBytes(StandardCharsets.UTF_8)));
        return new StoredFile(path, sha256, content.length());
    }

    static VersionRecord version(long number, String content) {
        return new VersionRecord(
                number,
                List.of(file("model.onnx", content), file("model.onnx.data", content + " data")),
                "s3://bucket/" + content,
                NOON,
                "ann",
                new Lineage(
                        "8f2c",
                        "dvc:1",
                        "run-7",
                        "Zoë",
                        new TreeMap<>(Map.of("auc", 0.1 + 0.2, "loss", Double.NaN, "best", Double.NEGATIVE_INFINITY)),
                        new TreeMap<>(Map.of("team", "risk", "🚀", "\"quoted\"\n"))),
                "c2lnbmF0dXJl",
                number % 2 == 1,
                "server-" + number,
                true,
                List.of(
                        new GateRecord("signature", GateRecord.Verdict.PASSED, "same"),
                        new GateRecord("golden", GateRecord.Verdict.SKIPPED, "none attached")));
    }

    /// One that is not to differ, and that any server judges.
    public static VersionRecord plain(
            long number,
            List<StoredFile> files,
            String source,
            Instant registered,
            String by,
            Lineage lineage,
            String signature,
            boolean wanted,
            List<GateRecord> gates) {
        return new VersionRecord(number, files, source, registered, by, lineage, signature, false, "", wanted, gates);
    }

    /// Version 2 of anything, which nothing is known of.
    public static VersionRecord bare() {
        return plain(
                2,
                List.of(new StoredFile("model.onnx", "0".repeat(64), 7)),
                "",
                Instant.EPOCH,
                "ann",
                Lineage.UNKNOWN,
                "",
                true,
                List.of());
    }

    /// What a registration may ask for besides, all of it.
    public static Intent intent() {
        return new Intent(
                3, "bob", Instant.EPOCH, "all", "max_batch_size: 8", new TreeSet<>(List.of("stable", "canary")));
    }

    public static VersionRecord judged(VersionRecord version, boolean wanted, List<GateRecord> gates) {
        return version.with(wanted, version.judge(), gates);
    }

    static ModelRecord model(String name, VersionRecord... versions) {
        SortedMap<Long, VersionRecord> byNumber = new TreeMap<>();
        for (VersionRecord version : versions) {
            byNumber.put(version.number(), version);
        }
        return new ModelRecord(name, 0, "latest 2", "name: \"" + name + "\"", byNumber, new TreeMap<>());
    }

    public static ModelRecord with(ModelRecord model, VersionRecord version) {
        SortedMap<Long, VersionRecord> versions = new TreeMap<>(model.versions());
        versions.put(version.number(), version);
        return new ModelRecord(
                model.name(), model.revision(), model.policy(), model.config(), versions, model.aliases());
    }

    static ModelRecord without(ModelRecord model, long number) {
        SortedMap<Long, VersionRecord> versions = new TreeMap<>(model.versions());
        versions.remove(number);
        return new ModelRecord(
                model.name(), model.revision(), model.policy(), model.config(), versions, model.aliases());
    }

    static ModelRecord pointing(ModelRecord model, String alias, long version, long previous) {
        SortedMap<String, AliasRecord> aliases = new TreeMap<>(model.aliases());
        aliases.put(alias, new AliasRecord(alias, version, previous, NOON, "bob"));
        return new ModelRecord(
                model.name(), model.revision(), model.policy(), model.config(), model.versions(), aliases);
    }

    static ModelRecord revised(ModelRecord model, long revision) {
        return new ModelRecord(
                model.name(), revision, model.policy(), model.config(), model.versions(), model.aliases());
    }

    /// All audit entries, oldest first. Each begins where the one before ended, and the last one says what is
    /// there.
    public static List<AuditEntry> assertConsistent(ModelStore store) {
        List<AuditEntry> entries =
                store.audit("", Long.MAX_VALUE, Integer.MAX_VALUE).reversed();
        Map<String, String> latest = new HashMap<>();
        long id = 0;
        for (AuditEntry entry : entries) {
            id++;
            assertThat(entry.id()).isEqualTo(id);
            assertThat(entry.before()).as("entry %d", id).isEqualTo(latest.getOrDefault(entry.model(), ""));
            latest.put(entry.model(), entry.after());
        }
        latest.values().removeIf(String::isEmpty);
        Map<String, String> recorded = new HashMap<>();
        store.models().forEach(model -> recorded.put(model.name(), RecordJson.of(model)));
        store.routes().routes().forEach(route -> recorded.put("routes/" + route.name(), RecordJson.of(route)));
        store.routes().rollouts().forEach(rollout -> recorded.put("rollouts/" + rollout.id(), RecordJson.of(rollout)));
        assertThat(recorded).isEqualTo(latest);
        return entries;
    }
}
