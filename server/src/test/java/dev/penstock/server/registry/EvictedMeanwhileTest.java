package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ServingException;
import dev.penstock.router.RouteTable;
import dev.penstock.router.waiting.OnDemandVersion;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A version leaves memory for another of its model while that one is loaded. There is room for two, or for one
/// of them with weights.
@Timeout(240)
class EvictedMeanwhileTest {
    private static final String ON_DEMAND = """
            version_policy { all { } }
            parameters { key: "on_demand" value { string_value: "true" } }
            """;

    @TempDir
    private Path root;

    private final FakeLoader loader = new FakeLoader();
    private final LoaderThread loaderThread = new LoaderThread();
    private final ServingSet serving = BareServing.of(loader, loaderThread, this::publish, RunningRegistry.memory(2));
    private volatile RouteTable table = RouteTable.EMPTY;

    private void publish(RouteTable next) {
        table = next;
    }

    @AfterEach
    void end() {
        loaderThread.end();
    }

    @Test
    void whatIsNotTriedAgainStaysAsleep() {
        Disk disk = new Disk(root)
                .version("m", 1, Disk.PLAIN)
                .version("m", 2, Disk.PLAIN)
                .config("m", ON_DEMAND);
        load(disk);
        wake(2);
        disk.version("m", 2, "corrupt it is broken");
        assertThat(load(disk).problem()).contains("version 2: it is broken");
        assertThat(table.resolve("m", "2")).as("the old one serves on").isInstanceOf(LoadedVersion.class);

        disk.file("m/1/weights.bin", "w".repeat(512 << 10));
        ModelFolder folder = read(disk);
        LoadResult again = loaderThread.call(() -> serving.loadAgain(folder, new TreeSet<>(Set.of(1L))));

        assertThat(again.problem()).contains("version 2: ", "it is broken");
        assertThat(loader.loadedKeys()).containsExactly("m/2", "m/1");
        assertThat(loader.model("m", 2).closings()).as("it left for the other").isOne();
        assertThat(table.resolve("m", "2")).isInstanceOf(OnDemandVersion.class);
    }

    private LoadResult load(Disk disk) {
        ModelFolder folder = read(disk);
        return loaderThread.call(() -> serving.load(folder));
    }

    private static ModelFolder read(Disk disk) {
        return Objects.requireNonNull(ModelRepository.of(List.of(disk.root())).read("m"));
    }

    private void wake(long version) {
        CompletableFuture<@Nullable ServingException> done = new CompletableFuture<>();
        ((OnDemandVersion) table.resolve("m", Long.toString(version))).wake(done::complete);
        assertThat(done.orTimeout(120, TimeUnit.SECONDS).join()).isNull();
    }
}
