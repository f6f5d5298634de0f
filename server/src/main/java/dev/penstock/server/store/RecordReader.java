package dev.penstock.server.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Reads models, all or one, within one transaction.
final class RecordReader {
    /// Stands for all models in the queries below; no model is called so.
    private static final String ALL = "";

    private final Connection connection;
    private final String model;

    private RecordReader(Connection connection, String model) {
        this.connection = connection;
        this.model = model;
    }

    static List<ModelRecord> models(Connection connection) throws SQLException {
        return new RecordReader(connection, ALL).read();
    }

    static Optional<ModelRecord> model(Connection connection, String name) throws SQLException {
        return name.equals(ALL)
                ? Optional.empty()
                : new RecordReader(connection, name).read().stream().findFirst();
    }

    static List<AuditEntry> audit(Connection connection, String model, long before, int limit) throws SQLException {
        return Sql.query(
                connection,
                """
                SELECT id, model, who, action, detail, at, before_json, after_json FROM audit
                WHERE id < ? AND (? = '' OR model = ?) ORDER BY id DESC LIMIT ?""",
                row -> {
                    Act act = new Act(
                            row.getString("who"), row.getString("action"), row.getString("detail"), instant(row, "at"));
                    return new AuditEntry(
                            row.getLong("id"),
                            row.getString("model"),
                            act,
                            row.getString("before_json"),
                            row.getString("after_json"));
                },
                before,
                model,
                model,
                limit);
    }

    private List<ModelRecord> read() throws SQLException {
        Map<String, SortedMap<Long, VersionRecord>> versions = versions();
        Map<String, SortedMap<String, AliasRecord>> aliases = aliases();
        List<ModelRecord> models = Sql.query(
                connection,
                "SELECT name, revision, policy, config FROM models WHERE ? = '' OR name = ?",
                row -> {
                    String name = row.getString("name");
                    return new ModelRecord(
                            name,
                            row.getLong("revision"),
                            row.getString("policy"),
                            row.getString("config"),
                            versions.getOrDefault(name, new TreeMap<>()),
                            aliases.getOrDefault(name, new TreeMap<>()));
                },
                model,
                model);
        // Here rather than there: databases have their own ideas of what comes first.
        models.sort(Comparator.comparing(ModelRecord::name));
        return models;
    }

    private Map<String, SortedMap<Long, VersionRecord>> versions() throws SQLException {
        Map<Key, List<StoredFile>> files = files();
        Map<Key, List<GateRecord>> gates = gates();
        Map<String, SortedMap<Long, VersionRecord>> versions = new HashMap<>();
        Sql.each(
                connection,
                """
                SELECT model, number, source, registered, registered_by, lineage, signature, breaking, judge, wanted,
                    intent
                FROM versions
                WHERE ? = '' OR model = ?""",
                row -> {
                    Key key = Key.of(row);
                    VersionRecord version = new VersionRecord(
                            key.number(),
                            files.getOrDefault(key, List.of()),
                            row.getString("source"),
                            instant(row, "registered"),
                            row.getString("registered_by"),
                            RecordJson.lineage(row.getString("lineage")),
                            row.getString("signature"),
                            row.getInt("breaking") == 1,
                            row.getString("judge"),
                            row.getInt("wanted") == 1,
                            gates.getOrDefault(key, List.of()),
                            RecordJson.intent(row.getString("intent")));
                    versions.computeIfAbsent(key.model(), _ -> new TreeMap<>()).put(key.number(), version);
                },
                model,
                model);
        return versions;
    }

    private Map<Key, List<StoredFile>> files() throws SQLException {
        Map<Key, List<StoredFile>> files = new HashMap<>();
        Sql.each(
                connection,
                "SELECT model, number, path, sha256, bytes FROM version_files WHERE ? = '' OR model = ?",
                row -> files.computeIfAbsent(Key.of(row), _ -> new ArrayList<>())
                        .add(new StoredFile(row.getString("path"), row.getString("sha256"), row.getLong("bytes"))),
                model,
                model);
        files.values().forEach(list -> list.sort(Comparator.comparing(StoredFile::path)));
        return files;
    }

    private Map<Key, List<GateRecord>> gates() throws SQLException {
        Map<Key, List<GateRecord>> gates = new HashMap<>();
        Sql.each(
                connection,
                """
                SELECT model, number, gate, verdict, detail FROM gate_results
                WHERE ? = '' OR model = ? ORDER BY model, number, position""",
                row -> gates.computeIfAbsent(Key.of(row), _ -> new ArrayList<>())
                        .add(new GateRecord(
                                row.getString("gate"),
                                GateRecord.Verdict.valueOf(row.getString("verdict")),
                                row.getString("detail"))),
                model,
                model);
        return gates;
    }

    private Map<String, SortedMap<String, AliasRecord>> aliases() throws SQLException {
        Map<String, SortedMap<String, AliasRecord>> aliases = new HashMap<>();
        Sql.each(
                connection,
                """
                SELECT model, name, version, previous, moved, moved_by FROM aliases
                WHERE ? = '' OR model = ?""",
                row -> {
                    AliasRecord alias = new AliasRecord(
                            row.getString("name"),
                            row.getLong("version"),
                            row.getLong("previous"),
                            instant(row, "moved"),
                            row.getString("moved_by"));
                    aliases.computeIfAbsent(row.getString("model"), _ -> new TreeMap<>())
                            .put(alias.name(), alias);
                },
                model,
                model);
        return aliases;
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return Instant.parse(row.getString(column));
    }

    private record Key(String model, long number) {
        static Key of(ResultSet row) throws SQLException {
            return new Key(row.getString("model"), row.getLong("number"));
        }
    }
}
