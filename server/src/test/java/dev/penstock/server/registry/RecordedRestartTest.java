package dev.penstock.server.registry;

import static dev.penstock.server.registry.RecordedRegistry.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.admin.Registration;
import dev.penstock.server.store.Act;
import dev.penstock.server.store.StoreException;
import dev.penstock.server.store.StoreFixtures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What a server makes of a record, or of files, that are not as it left them.
class RecordedRestartTest extends RecordedTests {
    @Test
    void whatIsMissingIsFetchedAgainFromWhereItCame() throws Exception {
        world.remote.put("s3://bucket/m", ONE);
        try (RecordedRegistry running = world.started()) {
            Registration fetched = running.registerFrom("m", "s3://bucket/m");
            assertThat(fetched.serving()).isTrue();
            assertThat(fetched.version().source()).isEqualTo("s3://bucket/m");
        }
        dropFiles();
        try (RecordedRegistry again = world.started()) {
            assertThat(again.answers("m")).isEqualTo("m/1");
            assertThat(again.admin.verify("m", 1)).isEmpty();
        }
        dropFiles();
        world.remote.put("s3://bucket/m", THREE);
        try (RecordedRegistry other = world.started()) {
            assertThat(other.registry.ready()).isFalse();
            assertThat(other.answers("m")).isEqualTo("NOT_READY");
            assertThat(other.admin.verify("m", 1)).hasSize(1);
            assertThat(Objects.requireNonNull(
                                    other.admin.registered("m").versions().get(1L))
                            .gates())
                    .as("it is not the version's fault")
                    .hasSize(1);
            // It is tried again.
            world.remote.put("s3://bucket/m", ONE);
            other.await(() -> other.answers("m").equals("m/1") && other.registry.ready());
        }
    }

    private void dropFiles() throws Exception {
        try (Stream<Path> all = Files.walk(world.data.resolve("files"))) {
            List<Path> files = all.filter(Files::isRegularFile).toList();
            assertThat(files).isNotEmpty();
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }

    @Test
    void withoutItsRecordTheServerServesItsFoldersAndGoesOnTrying() {
        new Disk(world.repository).version("disk", 1, ONE);
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE);
        }
        var real = world.store;
        world.store = () -> {
            throw new StoreException(StoreException.Reason.UNAVAILABLE, "it is not there");
        };
        try (RecordedRegistry again = world.started()) {
            assertThat(again.answers("disk")).isEqualTo("disk/1");
            assertThat(again.registry.ready()).isFalse();
            assertRefused(() -> again.register("x", 0, ONE), "NOT_READY", "record of models");

            world.store = real;
            again.await(() -> again.registry.ready());
            assertThat(again.answers("m")).isEqualTo("m/1");
        }
    }

    @Test
    void aVersionThatNobodyJudgedBeforeACrashIsJudgedAtTheStart() {
        List<String> judged = new ArrayList<>();
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE);
        }
        // What a crash between the record and the gates leaves behind.
        try (var store = world.store.get()) {
            var model = store.model("m").orElseThrow();
            var version = Objects.requireNonNull(model.versions().get(1L));
            store.put(
                    StoreFixtures.with(model, StoreFixtures.judged(version, true, List.of())),
                    new Act("me", "register", "", Instant.EPOCH));
        }
        world.gates = (candidate, before) -> {
            judged.add(candidate.key().toString());
            return List.of();
        };
        try (RecordedRegistry again = world.started()) {
            assertThat(again.answers("m")).isEqualTo("m/1");
            assertThat(judged).containsExactly("m/1");
            assertThat(Objects.requireNonNull(
                                    again.admin.registered("m").versions().get(1L))
                            .gates())
                    .hasSize(1);
        }
    }
}
