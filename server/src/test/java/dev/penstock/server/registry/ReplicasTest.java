package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ServingException;
import dev.penstock.server.OwnThreads;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.Registration;
import dev.penstock.server.admin.VersionStatus;
import dev.penstock.server.registry.RecordedRegistry.World;
import dev.penstock.server.store.StoreSettings;
import dev.penstock.server.store.Stores;
import dev.penstock.server.store.TestPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Servers that share a record in PostgreSQL.
@Timeout(400)
class ReplicasTest {
    @TempDir
    private Path root;

    private World one;
    private World other;
    private final List<StoredUploads> shared = new ArrayList<>();

    @BeforeEach
    void share() {
        StoreSettings.Postgres settings = TestPostgres.shared().newSchema();
        one = world("one", settings);
        other = world("other", settings);
    }

    private World world(String name, StoreSettings.Postgres settings) {
        World world = new World(root.resolve(name));
        world.store = () -> Stores.open(settings);
        world.sharing = files ->
                shared(new StoredUploads(() -> Stores.sharedFiles(settings), files, world.data.resolve("incoming")));
        world.remote.putAll(Map.of("s3://m/1", RecordedRegistry.model(1), "s3://m/2", RecordedRegistry.model(2)));
        return world;
    }

    private StoredUploads shared(StoredUploads uploads) {
        shared.add(uploads);
        return uploads;
    }

    @AfterEach
    void closeShared() {
        shared.forEach(StoredUploads::close);
    }

    @Test
    void whatWasUploadedToOneServesAtAllOfThem() {
        try (RecordedRegistry here = one.started()) {
            assertThat(here.register("m", 0, RecordedRegistry.model(1)).serving())
                    .isTrue();
        }
        try (RecordedRegistry there = other.started()) {
            there.await(() -> there.answers("m").equals("m/1"));
        }
    }

    @Test
    void eachFollowsWhatIsChangedAtAnother() {
        try (RecordedRegistry here = one.started();
                RecordedRegistry there = other.started()) {
            assertThat(here.registerFrom("m", "s3://m/1", "stable").serving()).isTrue();
            there.await(() -> there.answers("m").equals("m/1"));
            assertThat(there.registerFrom("m", "s3://m/2").serving()).isTrue();
            here.await(() -> here.ready("m").equals(List.of(1L, 2L)));

            there.admin.promote("m", "stable", 2, "me");
            here.await(() -> here.answers("m@stable").equals("m/2"));
            here.admin.rollBack("m", "stable", "me");
            there.await(() -> there.answers("m@stable").equals("m/1"));
            here.admin.dropAlias("m", "stable", "me");
            here.admin.delete("m", 0, "me");
            there.await(() -> there.registry.model("m") == null);
        }
    }

    @Test
    void theServerThatRegistersJudgesAndOthersWaitForWhatItSays() {
        CountDownLatch thought = new CountDownLatch(1);
        one.gates = (candidate, before) -> {
            await(thought);
            return List.of();
        };
        AtomicInteger asked = new AtomicInteger();
        other.gates = (candidate, before) -> {
            asked.incrementAndGet();
            return List.of(RecordedRegistry.failed("other"));
        };
        try (RecordedRegistry here = one.started();
                RecordedRegistry there = other.started()) {
            CompletableFuture<Registration> judged =
                    OwnThreads.call(() -> here.registerFrom("m", "s3://m/1", "stable"));
            there.await(() -> reason(there).contains("it is judged by the server that is to do so"));
            thought.countDown();
            assertThat(judged.join().serving()).isTrue();
            there.await(() -> there.answers("m").equals("m/1"));
            assertThat(asked).hasValue(0);
        }
    }

    @Test
    void whatIsNotJudgedInTimeIsJudgedByAnotherAndWhoTurnsItDownIsRight() {
        CountDownLatch thought = new CountDownLatch(1);
        one.gates = (candidate, before) -> {
            if (candidate.key().version() == 1) {
                return List.of();
            }
            await(thought);
            return List.of(RecordedRegistry.failed("off by 3"));
        };
        List<Boolean> mayBreak = new CopyOnWriteArrayList<>();
        other.gates = (candidate, before) -> {
            mayBreak.add(candidate.breaking());
            return List.of();
        };
        other.patience = Duration.ofMillis(1);
        try (RecordedRegistry here = one.started();
                RecordedRegistry there = other.started()) {
            assertThat(here.registerFrom("m", "s3://m/1").serving()).isTrue();
            there.await(() -> there.answers("m").equals("m/1"));
            CompletableFuture<Registration> judged = OwnThreads.call(() -> here.registerBreaking("m", "s3://m/2"));
            there.await(() -> there.answers("m").equals("m/2"));
            assertThat(mayBreak).contains(true);

            thought.countDown();
            assertThat(judged.join().problem()).contains("off by 3");
            there.await(() -> there.answers("m").equals("m/1"));
            assertThat(here.answers("m")).isEqualTo("m/1");
            there.await(() -> reason(there, 2).contains("off by 3"));
        }
    }

    private static String reason(RecordedRegistry running) {
        return reason(running, 1);
    }

    private static String reason(RecordedRegistry running, long version) {
        ModelStatus status = running.registry.model("m");
        VersionStatus found = status == null ? null : status.version(version);
        return found == null ? "" : found.reason();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatServesGoesOnWhileTheDatabaseIsGone() throws Exception {
        try (RecordedRegistry here = one.started()) {
            here.registerFrom("m", "s3://m/1");
            TestPostgres.shared().stop();
            boolean back = false;
            try {
                assertThat(here.answers("m")).isEqualTo("m/1");
                assertThat(here.registry.ready()).isTrue();
                assertThatThrownBy(() -> here.admin.promote("m", "stable", 1, "me"))
                        .isInstanceOf(ServingException.class)
                        .hasMessageContaining("record of models");
                try (RecordedRegistry there = other.started()) {
                    assertThat(there.registry.ready()).isFalse();
                    TestPostgres.shared().start();
                    back = true;
                    there.await(() -> there.answers("m").equals("m/1") && there.registry.ready());
                }
            } finally {
                if (!back) {
                    TestPostgres.shared().start();
                }
            }
        }
    }
}
