package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.Device;
import dev.penstock.router.RouteTable;
import dev.penstock.server.admin.ModelControlMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Looks at a repository one after the other, each when the test wants it.
@Timeout(240)
class RepositoryLookTest {
    private static final String ALL = "version_policy { all { } }\n";

    @TempDir
    private Path root;

    private final FakeLoader loader = new FakeLoader();
    private final LoaderThread loaderThread = new LoaderThread();
    private final ServingSet serving = BareServing.of(loader, loaderThread, this::publish, RunningRegistry.memory(2));
    private final List<String> gone = new ArrayList<>();
    private final AtomicReference<Set<String>> began = new AtomicReference<>(Set.of());
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final AtomicBoolean publishFails = new AtomicBoolean();
    private final AtomicInteger publishes = new AtomicInteger();
    private volatile RouteTable table = RouteTable.EMPTY;
    private long nowNanos;

    @AfterEach
    void end() {
        loaderThread.end();
    }

    private void publish(RouteTable next) {
        publishes.incrementAndGet();
        if (publishFails.get()) {
            throw new IllegalStateException("a test's");
        }
        table = next;
    }

    @Test
    void whatIsRemovedBeforeTheFirstLookDoesNotServeOn() throws Exception {
        Disk disk = new Disk(root.resolve("repository")).version("a", 1, Disk.PLAIN);
        ModelFolder folder = Objects.requireNonNull(repository(disk).read("a"));
        assertThat(loaderThread.<LoadResult>call(() -> serving.load(folder)).problem())
                .isEmpty();
        began.set(Set.of("a"));
        RepositoryLook look = look(disk);

        remove(disk, "a");
        look.run();
        assertThat(table.resolve("a", "").key()).as("it may be put there anew").hasToString("a/1");
        look.run();
        assertThat(gone).containsExactly("a");
        assertThat(serving.table().snapshot().entry("a").serves()).isFalse();
    }

    @Test
    void whatFailsWithOneModelKeepsNoOtherFromItsTurn() throws Exception {
        Disk disk = new Disk(root.resolve("repository")).version("z", 1, Disk.PLAIN);
        began.set(Set.of("a", "crash", "z"));
        RepositoryLook look = look(disk);
        look.run();
        remove(disk, "z");
        look.run();
        look.run();

        assertThat(gone).containsExactly("a", "crash", "z");
    }

    @Test
    void onlyWhatThereWasNoRoomForIsTriedAgain() throws Exception {
        Disk disk = new Disk(root.resolve("repository")).version("first", 1, Disk.PLAIN);
        RepositoryLook look = look(disk);
        look.run();
        look.run();
        assertThat(table.resolve("first", "").key()).hasToString("first/1");

        disk.config("m", ALL)
                .version("m", 1, "corrupt half of it")
                .version("m", 2, Disk.PLAIN)
                .file("m/2/weights.bin", "w".repeat(512 << 10));
        look.run();
        look.run();
        assertThat(reason(1)).contains("half of it");
        assertThat(reason(2)).contains("there is no room");
        int tries = loader.orders.size();
        passTime();
        look.run();
        assertThat(loader.orders).hasSize(tries);
        assertThat(reason(1)).contains("half of it");
        assertThat(reason(2)).contains("there is no room");

        remove(disk, "first");
        look.run();
        look.run();
        passTime();
        look.run();
        assertThat(table.resolve("m", "").key()).hasToString("m/2");
        assertThat(loader.orders).hasSize(tries + 1);
        assertThat(reason(1)).contains("half of it");
        // What changed is tried all the same.
        disk.version("m", 1, "corrupt all of it");
        look.run();
        look.run();
        assertThat(reason(1)).contains("there is no room");
    }

    @Test
    void whatGoesWrongUnexpectedlyIsLeftAloneForAWhile() {
        Disk disk = new Disk(root.resolve("repository")).version("a", 1, Disk.PLAIN);
        RepositoryLook look = look(disk);
        look.run();
        publishFails.set(true);
        for (int i = 0; i < 5; i++) {
            look.run();
        }
        assertThat(publishes).as("before time passes").hasValue(1);
        for (int i = 0; i < 3; i++) {
            passTime();
            look.run();
        }
        assertThat(publishes).hasValue(4);

        publishFails.set(false);
        look.run();
        assertThat(publishes).hasValue(4);
        passTime();
        look.run();
        assertThat(table.resolve("a", "").key()).hasToString("a/1");
        // And what changed meanwhile is looked at without waiting.
        publishFails.set(true);
        disk.version("a", 2, Disk.PLAIN);
        look.run();
        look.run();
        publishFails.set(false);
        disk.version("a", 3, Disk.PLAIN);
        look.run();
        look.run();
        assertThat(table.resolve("a", "").key()).hasToString("a/3");
    }

    private String reason(long version) {
        return Objects.requireNonNull(
                        serving.table().snapshot().entry("m").status().version(version))
                .reason();
    }

    private void passTime() {
        nowNanos += Duration.ofHours(1).toNanos();
    }

    private void remove(Disk disk, String model) throws IOException {
        Files.move(disk.root().resolve(model), root.resolve("was-" + model), StandardCopyOption.ATOMIC_MOVE);
    }

    private static ModelRepository repository(Disk disk) {
        return ModelRepository.of(List.of(disk.root()));
    }

    private RepositoryLook look(Disk disk) {
        RegistrySettings settings = new RegistrySettings(
                repository(disk),
                ModelControlMode.POLL,
                Set.of(),
                Device.CPU,
                1,
                true,
                Duration.ofMinutes(1),
                MemoryRules.UNLIMITED);
        return new RepositoryLook(
                settings,
                serving,
                loaderThread,
                () -> nowNanos,
                stopping::get,
                () -> began.getAndSet(Set.of()),
                this::forgotten);
    }

    private void forgotten(String model) {
        gone.add(model);
        if (model.equals("crash")) {
            throw new IllegalStateException("a test's");
        }
    }
}
