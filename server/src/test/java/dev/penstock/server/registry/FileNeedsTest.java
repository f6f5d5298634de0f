package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.admin.LifecycleEvent;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.source.ModelFiles.Needs;
import dev.penstock.server.store.ModelRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileNeedsTest {
    private static final String SIGNED = "https://models.example.org/m.onnx?sig=REDACTED&rev=1";

    @TempDir
    Path root;

    @Test
    void uploadsAndSignedUrisAreIrreplaceableAndThatIsTold() {
        RecordedRegistry.World world = new RecordedRegistry.World(root);
        world.remote.put(SIGNED, RecordedRegistry.model(2));
        world.remote.put("plain", RecordedRegistry.model(3));
        try (RecordedRegistry running = world.started()) {
            running.register("m", 1, RecordedRegistry.model(1));
            running.registerFrom("m", SIGNED);
            running.registerFrom("m", "plain");

            ModelRecord record = running.admin.registered("m");
            Needs needs = FileNeeds.of(List.of(record));
            assertThat(needs.recorded()).hasSize(3);
            assertThat(needs.irreplaceable()).containsExactlyInAnyOrder(digest(record, 1), digest(record, 2));
            assertThat(running.events)
                    .filteredOn(event -> event.detail().contains("cannot be fetched again"))
                    .extracting(LifecycleEvent::version)
                    .hasSize(1);
        }
    }

    @Test
    void whatCannotBeFetchedAgainSaysSoOnceItIsLost() throws IOException {
        RecordedRegistry.World world = new RecordedRegistry.World(root);
        world.remote.put(SIGNED, RecordedRegistry.model(2));
        try (RecordedRegistry running = world.started()) {
            running.registerFrom("m", SIGNED);
            assertThat(running.answers("m")).isEqualTo("m/1");
        }
        try (Stream<Path> files = Files.walk(root.resolve("data/files"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
        try (RecordedRegistry running = world.started()) {
            ModelStatus model = Objects.requireNonNull(running.registry.model("m"));
            assertThat(Objects.requireNonNull(model.version(1)).reason())
                    .contains("it is not on this machine, and no source has it");
        }
    }

    private static String digest(ModelRecord record, long version) {
        return Objects.requireNonNull(record.versions().get(version)).digest();
    }
}
