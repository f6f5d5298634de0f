package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.Device;
import dev.penstock.server.admin.ModelControlMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
class InitialLoadTest {
    @TempDir
    private Path root;

    private final FakeLoader loader = new FakeLoader();
    private final LoaderThread loaderThread = new LoaderThread();

    /// What is to be done after a while.
    private final BlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();

    @AfterEach
    void end() {
        loaderThread.end();
    }

    @Test
    void theLoaderThreadDoesOtherThingsWhileWhatIsPolledSettles() throws Exception {
        Disk disk = new Disk(root).version("a", 1, Disk.PLAIN).version("b", 1, Disk.PLAIN);
        InitialLoad load = begin(disk);
        Runnable rest = take();

        assertThat(loaderThread.<String>call(() -> "free")).isEqualTo("free");
        assertThat(load.takeAnnounced()).containsExactlyInAnyOrder("a", "b");
        assertThat(load.takeAnnounced()).isEmpty();
        assertThat(loader.orders).isEmpty();
        disk.version("b", 1, Disk.PLAIN + "output z FP32 -1,1\n");
        rest.run();
        load.recordTried();
        load.done().get(120, TimeUnit.SECONDS);
        assertThat(loader.loadedKeys()).as("b is being written").containsExactly("a/1");
    }

    @Test
    void itComesToItsEndWhereTheServerDoesFirst() throws Exception {
        InitialLoad load = begin(new Disk(root).version("a", 1, Disk.PLAIN));
        Runnable rest = take();

        loaderThread.end();
        rest.run();
        load.recordTried();
        load.done().get(120, TimeUnit.SECONDS);
        assertThat(loader.orders).isEmpty();
    }

    private Runnable take() throws InterruptedException {
        Runnable task = waiting.poll(120, TimeUnit.SECONDS);
        assertThat(task).isNotNull();
        return task == null ? () -> {} : task;
    }

    private InitialLoad begin(Disk disk) {
        RegistrySettings settings = new RegistrySettings(
                ModelRepository.of(List.of(disk.root())),
                ModelControlMode.POLL,
                Set.of(),
                Device.CPU,
                1,
                true,
                Duration.ofMinutes(1),
                MemoryRules.UNLIMITED);
        ServingSet serving = BareServing.of(loader, loaderThread, routes -> {}, settings.memory());
        InitialLoad load =
                new InitialLoad(settings, serving, loaderThread, () -> false, (after, task) -> waiting.add(task));
        load.begin();
        return load;
    }
}
