package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.Device;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingException;
import dev.penstock.core.VersionHandle;
import dev.penstock.router.RouteTable;
import dev.penstock.server.admin.ModelControlMode;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.admin.VersionStatus;
import dev.penstock.server.memory.ProcessMemory;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A registry over a folder, with a loader that reads text, and what came out of it.
final class RunningRegistry implements AutoCloseable {
    final FakeLoader loader;
    final List<ModelKey> gone = new CopyOnWriteArrayList<>();
    final Registry registry;
    volatile RouteTable table = RouteTable.EMPTY;

    /// Done before a table is published.
    volatile Consumer<RouteTable> whenPublished = next -> {};

    private RunningRegistry(RegistrySettings settings, FakeLoader loader) {
        this(settings, loader, NanoClock.SYSTEM);
    }

    private RunningRegistry(RegistrySettings settings, FakeLoader loader, NanoClock clock) {
        this.loader = loader;
        this.registry = Registry.start(settings, loader, this::publish, NoCaches.caches(), gone::add, clock);
    }

    private void publish(RouteTable next) {
        whenPublished.accept(next);
        table = next;
    }

    static RunningRegistry start(Disk disk, FakeLoader loader, ModelControlMode mode, String... startupModels) {
        return new RunningRegistry(settings(disk, mode, true, startupModels), loader);
    }

    /// Looks at the repository all the time.
    static RunningRegistry watching(Disk disk) {
        return watching(disk, MemoryRules.UNLIMITED);
    }

    static RunningRegistry watching(Disk disk, MemoryRules memory) {
        RegistrySettings settings = new RegistrySettings(
                ModelRepository.of(List.of(disk.root())),
                ModelControlMode.POLL,
                Set.of(),
                Device.CPU,
                2,
                true,
                Duration.ofMillis(1),
                memory);
        return new RunningRegistry(settings, new FakeLoader()).awaitInitialLoad();
    }

    /// With as much memory for models as that; loads take what their files predict, a mebibyte each.
    static RunningRegistry withMemory(Disk disk, FakeLoader loader, long budgetMib) {
        return withMemory(disk, loader, memory(budgetMib));
    }

    static MemoryRules memory(long budgetMib) {
        return memory(budgetMib, () -> new ProcessMemory.Reading(0, 0));
    }

    static MemoryRules memory(long budgetMib, ProcessMemory.Meter meter) {
        return new MemoryRules((budgetMib << 20) + (64 << 10), false, meter);
    }

    static RunningRegistry withMemory(Disk disk, FakeLoader loader, MemoryRules memory) {
        return withMemory(disk, loader, memory, NanoClock.SYSTEM);
    }

    static RunningRegistry withMemory(Disk disk, FakeLoader loader, MemoryRules memory, NanoClock clock) {
        RegistrySettings settings = new RegistrySettings(
                ModelRepository.of(List.of(disk.root())),
                ModelControlMode.EXPLICIT,
                Set.of(RegistrySettings.ALL),
                Device.CPU,
                2,
                true,
                Duration.ZERO,
                memory);
        return new RunningRegistry(settings, loader, clock).awaitInitialLoad();
    }

    static RunningRegistry startLenient(Disk disk, FakeLoader loader) {
        return new RunningRegistry(settings(disk, ModelControlMode.NONE, false), loader);
    }

    /// Waits until the initial load is over.
    static RunningRegistry started(Disk disk, ModelControlMode mode, String... startupModels) {
        return start(disk, new FakeLoader(), mode, startupModels).awaitInitialLoad();
    }

    private static RegistrySettings settings(Disk disk, ModelControlMode mode, boolean strict, String... models) {
        return new RegistrySettings(
                ModelRepository.of(List.of(disk.root())), mode, Set.of(models), Device.CPU, 2, strict);
    }

    RunningRegistry awaitInitialLoad() {
        registry.initialLoad().orTimeout(120, TimeUnit.SECONDS).join();
        return this;
    }

    /// Which version answers, as `digits/2`, or why none does, as the code's name.
    String answers(String model, String version) {
        try {
            VersionHandle handle = table.resolve(model, version);
            return handle.key().toString();
        } catch (ServingException e) {
            return e.code().name();
        }
    }

    String answers(String model) {
        return answers(model, "");
    }

    ModelStatus model(String name) {
        return Objects.requireNonNull(registry.model(name), name);
    }

    VersionStatus version(String model, long version) {
        return Objects.requireNonNull(model(model).version(version), model + "/" + version);
    }

    VersionState state(String model, long version) {
        return version(model, version).state();
    }

    /// For changes that another thread is about to make.
    void awaitState(String model, long version, VersionState state) {
        CountDownLatch reached = new CountDownLatch(1);
        Runnable look = () -> {
            if (state(model, version) == state) {
                reached.countDown();
            }
        };
        registry.onChange(look);
        look.run();
        try {
            assertThat(reached.await(120, TimeUnit.SECONDS))
                    .as("%s becomes %s", version(model, version), state)
                    .isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Waits until that version was loaded so often.
    void awaitLoads(String key, int times) {
        CountDownLatch reached = new CountDownLatch(1);
        Runnable look = () -> {
            if (Collections.frequency(loader.loadedKeys(), key) >= times) {
                reached.countDown();
            }
        };
        registry.onChange(look);
        look.run();
        try {
            assertThat(reached.await(120, TimeUnit.SECONDS))
                    .as("%s in %s", key, loader.loadedKeys())
                    .isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// For changes that another thread is about to make.
    void awaitAnswer(String model, String answer) {
        CountDownLatch reached = new CountDownLatch(1);
        Runnable look = () -> {
            if (answers(model).equals(answer)) {
                reached.countDown();
            }
        };
        registry.onChange(look);
        look.run();
        try {
            assertThat(reached.await(120, TimeUnit.SECONDS))
                    .as("%s of %s: %s", answer, model, registry.models())
                    .isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// For a failure that another thread is about to see.
    void awaitReason(String model, long version, String reason) {
        CountDownLatch reached = new CountDownLatch(1);
        Runnable look = () -> {
            ModelStatus known = registry.model(model);
            VersionStatus status = known == null ? null : known.version(version);
            if (status != null && status.reason().contains(reason)) {
                reached.countDown();
            }
        };
        registry.onChange(look);
        look.run();
        try {
            assertThat(reached.await(120, TimeUnit.SECONDS))
                    .as("%s", model(model))
                    .isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Loads, and returns why it was refused, as `CODE message`, or "".
    String load(String model) {
        return outcome(() -> registry.load(model));
    }

    String unload(String model) {
        return outcome(() -> registry.unload(model));
    }

    static String outcome(Runnable call) {
        try {
            call.run();
            return "";
        } catch (ServingException e) {
            ErrorCode code = e.code();
            return code + " " + e.reason();
        }
    }

    @Override
    public void close() {
        registry.close();
    }
}
