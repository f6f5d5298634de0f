package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.Device;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingException;
import dev.penstock.core.Signature;
import dev.penstock.router.RouteTable;
import dev.penstock.server.admin.LifecycleEvent;
import dev.penstock.server.admin.ModelAdmin;
import dev.penstock.server.admin.ModelControlMode;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.RegisterOrder;
import dev.penstock.server.admin.Registration;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.gate.Candidate;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchProgress;
import dev.penstock.server.source.Fetched;
import dev.penstock.server.source.Sources;
import dev.penstock.server.source.disk.DiskModelFiles;
import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.LastRead;
import dev.penstock.server.store.Lineage;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.ServerId;
import dev.penstock.server.store.StoreSettings;
import dev.penstock.server.store.StoredFile;
import dev.penstock.server.store.Stores;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/// A registry with registered models over a folder of data, with a loader that reads text.
final class RecordedRegistry implements AutoCloseable {
    static final String PLAIN = Disk.PLAIN;

    final FakeLoader loader = new FakeLoader();
    final List<LifecycleEvent> events = new CopyOnWriteArrayList<>();

    /// The URIs that sources were asked for.
    final List<String> fetching = new CopyOnWriteArrayList<>();

    final Registry registry;
    final ModelAdmin admin;
    final DiskModelFiles files;
    volatile RouteTable table = RouteTable.EMPTY;

    /// How the surroundings behave.
    static final class World {
        final Path data;
        final Path repository;

        /// What the one source there is has, by URI.
        final Map<String, String> remote = new ConcurrentHashMap<>();

        volatile Duration patience = Replica.USUAL_PATIENCE;
        volatile boolean strict = true;

        /// Whether what was read of the record is kept.
        volatile boolean elsewhere;

        /// What happens before a source answers.
        volatile Consumer<String> beforeFetch = uri -> {};

        /// What is done while a source answers.
        volatile Consumer<FetchProgress> whileFetching = progress -> {};

        volatile VersionGates gates = VersionGates.NONE;
        volatile MemoryRules memory = MemoryRules.UNLIMITED;
        volatile Supplier<ModelStore> store;
        volatile Function<DiskModelFiles, UploadSharing> sharing = files -> UploadSharing.NONE;

        World(Path root) {
            data = root.resolve("data");
            repository = root.resolve("repository");
            new Disk(repository).folder(".");
            store = () -> Stores.open(new StoreSettings.Sqlite(data.resolve("record.db")));
        }

        private LastRead lastRead() {
            return elsewhere ? LastRead.in(data.resolve("last-read.json"), "the test's") : LastRead.NONE;
        }

        RecordedRegistry start() {
            return new RecordedRegistry(this);
        }

        RecordedRegistry started() {
            RecordedRegistry running = start();
            running.registry.initialLoad().orTimeout(120, TimeUnit.SECONDS).join();
            return running;
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // close() does
    private RecordedRegistry(World world) {
        files = DiskModelFiles.open(world.data, 1L << 30, null, InstantSource.system());
        RegistrySettings settings = new RegistrySettings(
                ModelRepository.of(List.of(world.repository)),
                ModelControlMode.NONE,
                Set.of(),
                Device.CPU,
                1,
                world.strict,
                Duration.ZERO,
                world.memory);
        RecordParts parts = new RecordParts(
                () -> world.store.get(),
                files,
                sources(world),
                world.sharing.apply(files),
                gates(world),
                VersionTrust.ANYBODY,
                InstantSource.system(),
                new Replica(ServerId.in(world.data), world.patience, NanoClock.SYSTEM, world.lastRead()),
                Duration.ofMillis(10));
        registry = Registry.start(
                settings, loader, next -> table = next, NoCaches.caches(), key -> {}, NanoClock.SYSTEM, parts);
        admin = registry.admin();
    }

    private static VersionGates gates(World world) {
        return new VersionGates() {
            @Override
            public List<GateRecord> check(Candidate candidate, @Nullable Signature before) {
                return world.gates.check(candidate, before);
            }

            @Override
            public void stop() {
                world.gates.stop();
            }
        };
    }

    private Sources sources(World world) {
        return (String uri, String sha256, FetchProgress progress) -> {
            fetching.add(uri);
            world.beforeFetch.accept(uri);
            world.whileFetching.accept(progress);
            String content = world.remote.get(uri);
            if (content == null) {
                throw new FetchException(FetchException.Reason.UNREACHABLE, uri + " does not answer");
            }
            return new Fetched(List.of(keep("model.onnx", content)), uri, Lineage.UNKNOWN);
        };
    }

    StoredFile keep(String path, String content) {
        return files.keep(path, new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)), "", 1 << 20);
    }

    /// A text that loads as a model, and differs from others by the number.
    static String model(int variant) {
        return PLAIN + "output z%d FP32 -1,1\n".formatted(variant);
    }

    RegisterOrder order(String model, long version, String content, String... aliases) {
        return new RegisterOrder(
                model,
                version,
                new RegisterOrder.Content.Received(List.of(keep("model.onnx", content))),
                List.of(aliases),
                Lineage.UNKNOWN,
                "",
                "",
                "",
                false,
                false);
    }

    /// One that sets the model's configuration, too.
    RegisterOrder configured(String model, long version, String content, String config, String... aliases) {
        RegisterOrder order = order(model, version, content, aliases);
        return new RegisterOrder(
                model, version, order.content(), order.aliases(), Lineage.UNKNOWN, config, "", "", false, false);
    }

    Registration register(String model, long version, String content, String... aliases) {
        return admin.register(order(model, version, content, aliases), "me", events::add);
    }

    Registration registerFrom(String model, String uri, String... aliases) {
        return registerFrom(model, uri, false, aliases);
    }

    /// A version that may differ from the one before.
    Registration registerBreaking(String model, String uri) {
        return registerFrom(model, uri, true);
    }

    private Registration registerFrom(String model, String uri, boolean breaking, String... aliases) {
        return admin.register(
                new RegisterOrder(
                        model,
                        0,
                        new RegisterOrder.Content.Fetched(uri, ""),
                        List.of(aliases),
                        Lineage.UNKNOWN,
                        "",
                        "",
                        "",
                        breaking,
                        false),
                "me",
                events::add);
    }

    /// Which version answers, as `digits/2`, or why none does, as the code's name.
    String answers(String model) {
        try {
            return table.resolve(model, "").key().toString();
        } catch (ServingException e) {
            return e.code().name();
        }
    }

    /// The versions in memory that serve.
    List<Long> ready(String model) {
        List<Long> ready = new ArrayList<>();
        ModelStatus status = registry.model(model);
        if (status != null) {
            status.versions().stream()
                    .filter(version -> version.state() == VersionState.READY)
                    .forEach(version -> ready.add(version.version()));
        }
        return ready;
    }

    /// For what other threads are about to do. It looks at each change, and now and then: not all is a change.
    void await(BooleanSupplier reached) {
        Semaphore changed = new Semaphore(0);
        registry.onChange(changed::release);
        long begun = System.nanoTime();
        try {
            while (!reached.getAsBoolean()) {
                if (System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(120)) {
                    throw new AssertionError("it did not happen: " + registry.models());
                }
                boolean _ = changed.tryAcquire(20, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static GateRecord failed(String detail) {
        return new GateRecord("golden", GateRecord.Verdict.FAILED, detail);
    }

    /// @param code of the refusal, and what it says
    static void assertRefused(ThrowingCallable call, String code, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ServingException.class, e -> assertThat(e.code()).hasToString(code))
                .hasMessageContaining(message);
    }

    @Override
    public void close() {
        registry.close();
        files.close();
    }
}
