package dev.penstock.server.rest;

import dev.penstock.core.Device;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.admin.Catalog;
import dev.penstock.server.admin.LifecycleEvent;
import dev.penstock.server.admin.LifecyclePhase;
import dev.penstock.server.admin.MemoryStatus;
import dev.penstock.server.admin.ModelAdmin;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.RegisterOrder;
import dev.penstock.server.admin.Registration;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.admin.VersionStatus;
import dev.penstock.server.source.ModelFiles;
import dev.penstock.server.store.AliasRecord;
import dev.penstock.server.store.AuditEntry;
import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.RolloutRecord;
import dev.penstock.server.store.StoreFixtures;
import dev.penstock.server.store.StoredFile;
import dev.penstock.server.store.VersionRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Registers models in memory and says that they serve; a file that begins with `refuse` is refused by a
/// gate, and [#ENDLESS] is fetched until whoever asked for it goes away.
public final class MemoryAdmin implements ModelAdmin, Catalog {
    public static final String ENDLESS = "endless:";

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final byte[] REFUSED = "refuse".getBytes(StandardCharsets.US_ASCII);

    private final ModelFiles files;
    private final Meetings fetching = new Meetings();
    private final Meetings givenUp = new Meetings();
    private final Meetings loading = new Meetings();
    private @Nullable ServingException refusal;
    private int refused;
    private volatile CountDownLatch loaded = new CountDownLatch(0);
    private final MemoryRecords records = new MemoryRecords();
    private final List<LifecycleEvent> events = new ArrayList<>();

    public MemoryAdmin(ModelFiles files) {
        this.files = files;
    }

    @Override
    public Registration register(
            RegisterOrder order, String who, Consumer<LifecycleEvent> progress, BooleanSupplier gone) {
        if (order.content() instanceof RegisterOrder.Content.Fetched fetched
                && fetched.uri().equals(ENDLESS)) {
            fetching.arrive();
            while (!gone.getAsBoolean()) {
                LockSupport.parkNanos(LOOK_NANOS);
            }
            givenUp.arrive();
            throw new ServingException(ErrorCode.CANCELLED, "the caller went away");
        }
        return register(order, who, progress);
    }

    /// Waits until so many more fetches of [#ENDLESS] have begun.
    public void awaitFetching(int count) throws InterruptedException {
        fetching.await(count);
    }

    /// Waits until so many more of them were given up.
    public void awaitGivenUp(int count) throws InterruptedException {
        givenUp.await(count);
    }

    @Override
    public synchronized Registration register(RegisterOrder order, String who, Consumer<LifecycleEvent> progress) {
        ModelRecord before = records.beginning(order.model());
        long number = order.version() > 0
                ? order.version()
                : before.versions().isEmpty() ? 1 : before.versions().lastKey() + 1;
        List<StoredFile> stored = stored(order.content());
        List<GateRecord> gates = gates(stored);
        VersionRecord version = version(order, number, stored, gates, who);
        VersionRecord taken = before.versions().get(number);
        if (taken != null && !taken.digest().equals(version.digest())) {
            throw new ServingException(
                    ErrorCode.ALREADY_EXISTS,
                    "version %d of %s has other bytes: %s".formatted(number, order.model(), taken.digest()));
        }
        tell(progress, order.model(), number, LifecyclePhase.REGISTERED, "");
        tell(progress, order.model(), number, LifecyclePhase.LOADING, stored.size() + " files");
        boolean refused = gates.getFirst().verdict() == GateRecord.Verdict.FAILED;
        if (refused || order.dryRun()) {
            return new Registration(order.model(), version, taken == null, false, refused ? "it begins badly" : "");
        }
        records.register(before, order, version, who);
        tell(progress, order.model(), number, LifecyclePhase.READY, "");
        return new Registration(order.model(), taken == null ? version : taken, taken == null, true, "");
    }

    private static VersionRecord version(
            RegisterOrder order, long number, List<StoredFile> stored, List<GateRecord> gates, String who) {
        String uri = order.content() instanceof RegisterOrder.Content.Fetched fetched ? fetched.uri() : "";
        return StoreFixtures.plain(
                number, stored, uri, MemoryRecords.NOW, who, order.lineage(), order.signature(), true, gates);
    }

    private List<StoredFile> stored(RegisterOrder.Content content) {
        return switch (content) {
            case RegisterOrder.Content.Received received -> received.files();
            case RegisterOrder.Content.Fetched fetched -> {
                try (InputStream in = Files.newInputStream(Path.of(fetched.uri()))) {
                    yield List.of(files.keep("model.onnx", in, fetched.sha256(), Long.MAX_VALUE));
                } catch (IOException e) {
                    throw new ServingException(ErrorCode.NOT_FOUND, "uri: " + fetched.uri() + " cannot be read");
                }
            }
        };
    }

    private List<GateRecord> gates(List<StoredFile> stored) {
        try (ModelFiles.Folder folder = files.folder(stored);
                InputStream in = Files.newInputStream(
                        folder.path().resolve(stored.getFirst().path()))) {
            boolean refused = Arrays.equals(in.readNBytes(REFUSED.length), REFUSED);
            return List.of(new GateRecord(
                    "start", refused ? GateRecord.Verdict.FAILED : GateRecord.Verdict.PASSED, "its first bytes"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void tell(
            Consumer<LifecycleEvent> progress, String model, long version, LifecyclePhase phase, String detail) {
        LifecycleEvent event = new LifecycleEvent(MemoryRecords.NOW, model, version, phase, detail);
        events.add(event);
        progress.accept(event);
    }

    @Override
    public synchronized List<ModelRecord> registered() {
        return records.all();
    }

    @Override
    public synchronized ModelRecord registered(String model) {
        return records.model(model);
    }

    /// Whether no alias can be moved, and why.
    public synchronized void refuse(@Nullable ServingException why) {
        refusal = why;
    }

    /// How often somebody wanted to move one meanwhile.
    public synchronized int refused() {
        return refused;
    }

    @Override
    public synchronized AliasRecord promote(String model, String alias, long version, String who) {
        ServingException why = refusal;
        if (why != null) {
            refused++;
            throw why;
        }
        return records.promote(model, alias, version, who);
    }

    @Override
    public AliasRecord promoteFor(String rollout, String model, String alias, long version) {
        return promote(model, alias, version, RolloutRecord.actor(rollout));
    }

    @Override
    public synchronized AliasRecord rollBack(String model, String alias, String who) {
        return records.rollBack(model, alias, who);
    }

    @Override
    public synchronized void dropAlias(String model, String alias, String who) {
        records.dropAlias(model, alias, who);
    }

    @Override
    public void setWanted(String model, long number, boolean wanted, String who) {
        record(model, number, wanted, who);
        CountDownLatch until = loaded;
        if (wanted && until.getCount() > 0) {
            loading.arrive();
            try {
                until.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// From now on whoever has versions loaded waits until it is counted down.
    public void holdLoading(CountDownLatch until) {
        loaded = until;
    }

    /// Waits until so many more do.
    public void awaitLoading(int count) throws InterruptedException {
        loading.await(count);
    }

    private synchronized void record(String model, long number, boolean wanted, String who) {
        records.setWanted(model, number, wanted, who);
    }

    @Override
    public synchronized ModelRecord setPolicy(String model, String policy, String who) {
        records.setPolicy(model, policy, who);
        return registered(model);
    }

    @Override
    public synchronized void delete(String model, long number, String who) {
        if (number == 0) {
            records.delete(model, who);
        } else {
            records.delete(model, number, who);
        }
    }

    @Override
    public synchronized List<String> verify(String model, long number) {
        return files.has(records.version(model, number).files()) ? List.of() : List.of("model.onnx is missing");
    }

    @Override
    public synchronized void note(String model, String who, String action, String detail) {
        records.note(model, who, action, detail);
    }

    @Override
    public synchronized List<AuditEntry> history(String model, long before, int limit) {
        return records.history(model, before, limit);
    }

    @Override
    public synchronized List<LifecycleEvent> events(String model) {
        return events.stream().filter(event -> event.model().equals(model)).toList();
    }

    @Override
    public boolean ready() {
        return true;
    }

    @Override
    public boolean stopping() {
        return false;
    }

    @Override
    public synchronized List<ModelStatus> models() {
        return records.all().stream().map(MemoryAdmin::status).toList();
    }

    @Override
    public synchronized @Nullable ModelStatus model(String name) {
        ModelRecord record = records.find(name);
        return record == null ? null : status(record);
    }

    private static ModelStatus status(ModelRecord record) {
        List<VersionStatus> versions = record.versions().values().stream()
                .map(version -> new VersionStatus(
                        version.number(),
                        version.wanted() ? VersionState.READY : VersionState.UNAVAILABLE,
                        version.wanted() ? "" : VersionStatus.UNLOADED,
                        Device.CPU,
                        null,
                        null,
                        List::of,
                        new MemoryStatus(1_200_000, 3_000_000, true, true)))
                .toList();
        return new ModelStatus(record.name(), versions, List.of(), "");
    }
}
