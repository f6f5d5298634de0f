package dev.penstock.server.store;

import static dev.penstock.server.store.StoreFixtures.act;
import static dev.penstock.server.store.StoreFixtures.assertConsistent;
import static dev.penstock.server.store.StoreFixtures.model;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.NanoClock;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kills a process that writes (SIGKILL), again and again on the same record, and looks at what is left. More
/// rounds: `-Dpenstock.crashes=N`.
class CrashTest {
    private static final int ROUNDS = Integer.getInteger("penstock.crashes", 8);
    private static final long SEED = Long.getLong("penstock.seed", 20_261_121);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void nothingAcknowledgedIsLostAndNothingIsHalfDoneInAFile() throws Exception {
        Path file = folder.resolve("record.db");

        crashAndCheck(new StoreSettings.Sqlite(file), file.toString());
    }

    @Test
    void norInPostgres() throws Exception {
        StoreSettings.Postgres postgres = TestPostgres.shared().newSchema();

        crashAndCheck(postgres, postgres.url(), postgres.user(), postgres.password());
    }

    private static void crashAndCheck(StoreSettings settings, String... arguments) throws Exception {
        Random random = new Random(SEED);
        for (int round = 0; round < ROUNDS; round++) {
            long seed = random.nextLong();
            long acknowledged = crash(seed, arguments);
            try (ModelStore store = StoreFixtures.open(settings)) {
                // Waits for what the killed one may have under way in a database.
                store.put(model("after-" + round), act("register"));
                List<AuditEntry> entries = assertConsistent(store);
                // The one of above, and at most one that was done and not said.
                assertThat(entries.size() - 1L)
                        .as("round %d, seed %d", round, seed)
                        .isBetween(acknowledged, acknowledged + 1);
            }
        }
    }

    /// @return the last change that the process said it made
    private static long crash(long seed, String... arguments) throws IOException, InterruptedException {
        Random random = new Random(seed);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "--enable-native-access=ALL-UNNAMED",
                CrashWriter.class.getName(),
                Long.toString(seed)));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process process = builder.start();
        try (BufferedReader said = process.inputReader()) {
            long last = 0;
            for (int changes = 1 + random.nextInt(40); changes > 0; changes--) {
                String line = said.readLine();
                assertThat(line)
                        .as("the process ended by itself, seed %d", seed)
                        .isNotNull();
                last = Long.parseLong(line);
            }
            spin(random.nextInt(4_000_000));
            // Of the process itself this would close what it still has to say.
            assertThat(process.toHandle().destroyForcibly()).isTrue();
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                last = Long.parseLong(line);
            }
            return last;
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /// So that the end comes at any point of a change.
    private static void spin(long nanos) {
        long start = NanoClock.SYSTEM.nanoTime();
        while (NanoClock.SYSTEM.nanoTime() - start < nanos) {
            Thread.onSpinWait();
        }
    }
}
