package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.server.admin.Registration;
import dev.penstock.server.registry.RecordedRegistry.World;
import dev.penstock.server.store.Act;
import dev.penstock.server.store.Digests;
import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.Intent;
import dev.penstock.server.store.Lineage;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.StoreException;
import dev.penstock.server.store.StoreFixtures;
import dev.penstock.server.store.StoreSettings;
import dev.penstock.server.store.StoredFile;
import dev.penstock.server.store.Stores;
import dev.penstock.server.store.TestPostgres;
import dev.penstock.server.store.VersionRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What reading the record does not wait for.
@Timeout(240)
class RecordSyncTest {
    private static final String ONE = RecordedRegistry.model(1);
    private static final String TWO = RecordedRegistry.model(2);

    @TempDir
    private Path root;

    private World world;

    @BeforeEach
    void lay() {
        world = new World(root);
    }

    @Test
    void aSourceThatDoesNotAnswerKeepsNoOtherModelWaiting() throws Exception {
        world.remote.put("s3://m/1", ONE);
        world.strict = false;
        try (RecordedRegistry running = world.started()) {
            for (String model : List.of("a", "b", "c", "d", "e")) {
                assertThat(running.registerFrom(model, "s3://m/1").serving()).isTrue();
            }
            running.register("z", 0, TWO);
        }
        dropFilesOf(ONE);
        CountDownLatch silent = new CountDownLatch(1);
        world.beforeFetch = uri -> await(silent);
        try (RecordedRegistry again = world.started()) {
            assertThat(again.registry.ready()).isTrue();
            assertThat(again.answers("z")).isEqualTo("z/1");
            assertThat(again.answers("a")).isEqualTo("NOT_READY");
            assertThat(again.register("y", 0, TWO).serving()).isTrue();
            again.admin.promote("z", "canary", 1, "me");
            assertThat(again.answers("z@canary")).isEqualTo("z/1");

            silent.countDown();
            again.await(() -> Stream.of("a", "b", "c", "d", "e")
                    .allMatch(model -> again.answers(model).equals(model + "/1")));
        }
    }

    @Test
    void whereReadinessIsStrictTheServerWaitsForEveryModel() throws Exception {
        world.remote.put("s3://m/1", ONE);
        try (RecordedRegistry running = world.started()) {
            running.registerFrom("a", "s3://m/1");
            running.register("z", 0, TWO);
        }
        dropFilesOf(ONE);
        world.remote.clear();
        try (RecordedRegistry again = world.started()) {
            assertThat(again.answers("z")).isEqualTo("z/1");
            assertThat(again.registry.ready()).isFalse();
            world.remote.put("s3://m/1", ONE);
            again.await(() -> again.registry.ready());
            assertThat(again.answers("a")).isEqualTo("a/1");
        }
    }

    @Test
    void whereTheRecordIsGoneWhatWasReadLastServes() throws Exception {
        world.elsewhere = true;
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE, "stable");
            running.register("m", 0, TWO);
            running.register("gone", 0, TWO);
            Path file = world.data.resolve("last-read.json");
            running.await(() -> Files.exists(file) && read(file).contains("\"gone\""));
        }
        Supplier<ModelStore> real = world.store;
        try (ModelStore elsewhere = real.get()) {
            elsewhere.delete("gone", elsewhere.model("gone").orElseThrow().revision(), act());
        }
        world.store = () -> {
            throw new StoreException(StoreException.Reason.UNAVAILABLE, "it is not there");
        };
        try (RecordedRegistry again = world.started()) {
            assertThat(again.registry.ready()).isTrue();
            assertThat(again.answers("m")).isEqualTo("m/1");
            assertThat(again.answers("gone")).isEqualTo("gone/1");
            assertThat(again.ready("m")).containsExactly(1L, 2L);
            assertThatThrownBy(() -> again.admin.promote("m", "stable", 2, "me"))
                    .hasMessageContaining("record of models");

            world.store = real;
            again.await(() -> again.registry.model("gone") == null);
            again.admin.promote("m", "stable", 2, "me");
            assertThat(again.answers("m")).isEqualTo("m/2");
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What another server does while this one fetches.
    @Test
    void anAliasThatIsMovedElsewhereIsSeenDuringADownload() {
        StoreSettings.Postgres settings = TestPostgres.shared().newSchema();
        world.store = () -> Stores.open(settings);
        CountDownLatch silent = new CountDownLatch(1);
        world.beforeFetch = uri -> {
            if (uri.equals("s3://m/3")) {
                await(silent);
            }
        };
        world.remote.put("s3://m/3", RecordedRegistry.model(3));
        try (RecordedRegistry running = world.started();
                ModelStore elsewhere = Stores.open(settings)) {
            running.register("m", 0, ONE, "stable");
            Registration two = running.register("m", 0, TWO);
            assertThat(two.serving()).isTrue();
            ModelRecord before = elsewhere.model("m").orElseThrow();
            elsewhere.put(RecordEdits.registered(before, fetched(3, RecordedRegistry.model(3)), Intent.NONE), act());
            running.await(() -> running.fetching.contains("s3://m/3"));

            ModelRecord model = elsewhere.model("m").orElseThrow();
            elsewhere.put(RecordEdits.promoted(model, "stable", 2, "you", Instant.EPOCH), act());
            running.await(() -> running.answers("m").equals("m/2"));
            silent.countDown();
        }
    }

    /// Another server registers what this one has to fetch.
    private static VersionRecord fetched(long number, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        String sha256 = HexFormat.of().formatHex(Digests.sha256().digest(bytes));
        return StoreFixtures.plain(
                number,
                List.of(new StoredFile("model.onnx", sha256, bytes.length)),
                "s3://m/" + number,
                Instant.EPOCH,
                "you",
                Lineage.UNKNOWN,
                "",
                true,
                List.of(new GateRecord("load", GateRecord.Verdict.PASSED, "")));
    }

    private static Act act() {
        return new Act("you", "register", "", Instant.EPOCH);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(120, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void dropFilesOf(String content) throws Exception {
        try (Stream<Path> all = Files.walk(world.data.resolve("files"))) {
            List<Path> files = all.filter(Files::isRegularFile).toList();
            for (Path file : files) {
                if (Files.readString(file).equals(content)) {
                    Files.delete(file);
                }
            }
        }
    }
}
