package dev.penstock.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.store.Act;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.StoreSettings;
import dev.penstock.server.store.Stores;
import dev.penstock.server.store.TestPostgres;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Each command on records in both back ends.
class RecordCommandsTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path folder = Path.of("");

    enum BackEnd {
        SQLITE,
        POSTGRES
    }

    /// A record that is not there yet.
    private StoreSettings settings(BackEnd backEnd, String name) {
        return switch (backEnd) {
            case SQLITE -> new StoreSettings.Sqlite(folder.resolve(name).resolve("record.db"));
            case POSTGRES -> TestPostgres.shared().newSchema();
        };
    }

    private int run(StoreSettings settings, String command, String... args) {
        List<String> words = new ArrayList<>(List.of("record"));
        if (!command.isEmpty()) {
            words.add(command);
        }
        Map<String, String> environment = Map.of();
        switch (settings) {
            case StoreSettings.Sqlite sqlite ->
                words.addAll(List.of("--data-dir", String.valueOf(sqlite.file().getParent())));
            case StoreSettings.Postgres postgres -> {
                words.addAll(List.of("--store-url", postgres.url()));
                environment = Map.of(
                        StoreSettings.USER_VARIABLE, postgres.user(),
                        StoreSettings.PASSWORD_VARIABLE, postgres.password());
            }
        }
        words.addAll(List.of(args));
        return run(environment, words);
    }

    private int run(Map<String, String> environment, List<String> words) {
        out.reset();
        err.reset();
        Surroundings surroundings = new Surroundings(
                environment, folder, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), null);
        return new Cli(surroundings, new RecordingProgram()).run(words.toArray(String[]::new));
    }

    private JsonNode json() {
        return JsonMapper.shared().readTree(out.toString(UTF_8));
    }

    private static void put(ModelStore store, String... names) {
        for (String name : names) {
            ModelRecord model = new ModelRecord(name, 0, "all", "", new TreeMap<>(), new TreeMap<>());
            store.put(model, new Act("ann", "register", "", Instant.parse("2026-11-22T01:02:03Z")));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRecordIsShownAndBackedUpWhileAServerHasIt(BackEnd backEnd) {
        StoreSettings settings = settings(backEnd, "data");
        try (ModelStore store = Stores.open(settings)) {
            put(store, "a", "b");

            assertThat(run(settings, "")).as(err.toString(UTF_8)).isZero();
            assertThat(out.toString(UTF_8))
                    .contains("schema    " + Stores.schema(settings).newest() + ", the newest")
                    .contains("changed   2026-11-22T01:02:03Z")
                    .contains("holds     2 models, 0 versions, 0 aliases, 2 audit entries");
            assertThat(run(settings, "status", "--json")).isZero();
            assertThat(json().path("revision").asInt()).isEqualTo(2);
            assertThat(json().path("used_by").get(0).asString(""))
                    .contains(backEnd == BackEnd.SQLITE ? "this process" : "127.0.0.1 (");

            assertThat(run(settings, "backup", "saved.db"))
                    .as(err.toString(UTF_8))
                    .isZero();
            assertThat(out.toString(UTF_8))
                    .startsWith("backed up " + settings + " to saved.db (")
                    .contains("2 models, 0 versions, 0 aliases, 2 audit entries");

            assertThat(run(settings, "backup", "saved.db", "--json")).isEqualTo(ExitCode.FAILED);
            assertThat(json().path("reason").asString("")).isEqualTo("refused");
            assertThat(err.toString(UTF_8)).contains("saved.db is there already (expected: a new file)");
            put(store, "c");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBackupIsRestoredIntoAnEmptyRecordAndReplacesAnotherOnlyIfThatIsSaid(BackEnd backEnd)
            throws InterruptedException {
        StoreSettings first = settings(BackEnd.SQLITE, "first");
        try (ModelStore store = Stores.open(first)) {
            put(store, "a", "b");
        }
        assertThat(run(first, "backup", "saved.db")).isZero();
        StoreSettings target = settings(backEnd, "target");

        assertThat(run(target, "restore", "saved.db")).as(err.toString(UTF_8)).isZero();
        assertThat(out.toString(UTF_8)).isEqualTo("restored 2 models from saved.db to " + target + "\n");
        try (ModelStore store = Stores.open(target)) {
            put(store, "c");
            assertThat(run(target, "restore", "saved.db", "--replace")).isEqualTo(ExitCode.FAILED);
            assertThat(err.toString(UTF_8)).contains("is in use by");
            assertThat(store.models()).hasSize(3);
        }
        TestPostgres.awaitNobody(target);

        assertThat(run(target, "restore", "saved.db", "--json")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString(UTF_8))
                .contains("nothing was changed: " + target + " is not empty")
                .contains("there: 3 models, 0 versions, 0 aliases, 4 audit entries, revision 4")
                .contains("backup: 2 models, 0 versions, 0 aliases, 2 audit entries, revision 2")
                .contains("--replace");
        assertThat(json().path("there").path("models").asInt()).isEqualTo(3);

        assertThat(run(target, "restore", "saved.db", "--replace", "--json"))
                .as(err.toString(UTF_8))
                .isZero();
        assertThat(json().path("models").asInt()).isEqualTo(2);
        assertReplaced(target, Path.of(json().path("kept").asString("")));
    }

    private static void assertReplaced(StoreSettings target, Path kept) {
        try (ModelStore store = Stores.open(target)) {
            assertThat(store.models()).extracting(ModelRecord::name).containsExactly("a", "b");
            assertThat(store.audit("", Long.MAX_VALUE, 1).getFirst().act().detail())
                    .isEqualTo("2 models from saved.db, in the place of what is kept in " + kept.getFileName());
            // More than it ever was.
            assertThat(store.audit("", Long.MAX_VALUE, 1).getFirst().id()).isEqualTo(5);
            put(store, "d");
        }
        assertThat(Stores.contents(new StoreSettings.Sqlite(kept)).models()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void anUpgradeTellsFromWhereToWhere(BackEnd backEnd) {
        StoreSettings settings = settings(backEnd, "data");
        int newest = Stores.schema(settings).newest();

        if (backEnd == BackEnd.SQLITE) {
            assertThat(run(settings, "upgrade")).isEqualTo(ExitCode.FAILED);
            assertThat(err.toString(UTF_8)).contains("record.db is not there (expected: a record");
            Stores.open(settings).close();
        } else {
            assertThat(run(settings, "upgrade")).isZero();
            assertThat(out.toString(UTF_8)).endsWith(" is a new record now, with schema " + newest + "\n");
        }

        assertThat(run(settings, "upgrade")).isZero();
        assertThat(out.toString(UTF_8))
                .isEqualTo("%s has schema %d, the newest: nothing to do\n".formatted(settings, newest));
        assertThat(run(settings, "upgrade", "--json")).isZero();
        assertThat(json().path("from").asInt()).isEqualTo(newest);
        assertThat(json().path("to").asInt()).isEqualTo(newest);
    }

    @Test
    void whatIsNoRecordIsNeitherBackedUpNorMade() throws IOException {
        StoreSettings none = settings(BackEnd.SQLITE, "none");

        assertThat(run(none, "backup", "saved.db")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString(UTF_8)).contains("record.db is not there, or no record (expected: a record of models)");
        assertThat(run(none, "status")).isZero();
        assertThat(out.toString(UTF_8)).contains("none: there is no record yet");
        assertThat(run(none, "restore", "saved.db")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString(UTF_8)).contains("saved.db is no backup (expected: a file)");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.filter(Files::isRegularFile)).isEmpty();
        }
    }

    @Test
    void theRecordMayBeNamedBeforeTheCommandOrInTheEnvironmentAndMustBe() {
        StoreSettings settings = settings(BackEnd.SQLITE, "data");
        Stores.open(settings).close();

        assertThat(run(Map.of(), List.of("record", "--data-dir", "data", "backup", "one.db")))
                .as(err.toString(UTF_8))
                .isZero();
        assertThat(run(Map.of("PENSTOCK_DATA_DIR", "data"), List.of("record", "backup", "two.db")))
                .isZero();
        assertThat(run(Map.of(), List.of("record", "backup", "three.db"))).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString(UTF_8)).contains("data-dir: none, and no store.url (expected: --data-dir DIR");
        assertThat(folder.resolve("one.db")).exists();
        assertThat(folder.resolve("two.db")).exists();
        assertThat(folder.resolve("three.db")).doesNotExist();
    }
}
