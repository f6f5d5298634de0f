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
import dev.penstock.server.store.Act;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Registers models in memory and says that they serve; a file that begins with `refuse` is refused by a
/// gate, and [#ENDLESS] is fetched until whoever asked for it goes away.
public final class MemoryAdmin implements ModelAdmin, Catalog {
    public static final String ENDLESS = "endless:";

    private static final Instant NOW = Instant.parse("2026-11-21T10:20:30.5Z");
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final byte[] REFUSED = "refuse".getBytes(StandardCharsets.US_ASCII);

    private final ModelFiles files;
    private final Semaphore fetching = new Semaphore(0);
    private final Semaphore givenUp = new Semaphore(0);
    private final Semaphore loading = new Semaphore(0);
    private @Nullable ServingException refusal;
    private int refused;
    private volatile CountDownLatch loaded = new CountDownLatch(0);
    private final SortedMap<String, ModelRecord> models = new TreeMap<>();
    private final List<AuditEntry> audit = new ArrayList<>();
    private final List<LifecycleEvent> events = new ArrayList<>();

    public MemoryAdmin(ModelFiles files) {
        this.files = files;
    }

    @Override
    public Registration register(
            RegisterOrder order, String who, Consumer<LifecycleEvent> progress, BooleanSupplier gone) {
        if (order.content() instanceof RegisterOrder.Content.Fetched fetched
                && fetched.uri().equals(ENDLESS)) {
            fetching.release();
            while (!gone.getAsBoolean()) {
                LockSupport.parkNanos(LOOK_NANOS);
            }
            givenUp.release();
            throw new ServingException(ErrorCode.CANCELLED, "the caller went away");
        }
        return register(order, who, progress);
    }

    /// Waits until so many more fetches of [#ENDLESS] have begun.
    public void awaitFetching(int count) throws InterruptedException {
        await(fetching, count);
    }

    /// Waits until so many more of them were given up.
    public void awaitGivenUp(int count) throws InterruptedException {
        await(givenUp, count);
    }

    private static void await(Semaphore semaphore, int count) throws InterruptedException {
        if (!semaphore.tryAcquire(count, 120, TimeUnit.SECONDS)) {
            throw new AssertionError("fewer than " + count);
        }
    }

    @Override
    public synchronized Registration register(RegisterOrder order, String who, Consumer<LifecycleEvent> progress) {
        ModelRecord before = models.getOrDefault(order.model(), empty(order.model()));
        long number = order.version() > 0
                ? order.version()
                : before.versions().isEmpty() ? 1 : before.versions().lastKey() + 1;
        List<StoredFile> stored = stored(order.content());
        List<GateRecord> gates = gates(stored);
        VersionRecord version = StoreFixtures.plain(
                number,
                stored,
                order.content() instanceof RegisterOrder.Content.Fetched fetched ? fetched.uri() : "",
                NOW,
                who,
                order.lineage(),
                order.signature(),
                true,
                gates);
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
        record(before, order, version, who);
        tell(progress, order.model(), number, LifecyclePhase.READY, "");
        return new Registration(order.model(), taken == null ? version : taken, taken == null, true, "");
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

    private void record(ModelRecord before, RegisterOrder order, VersionRecord version, String who) {
        TreeMap<Long, VersionRecord> versions = new TreeMap<>(before.versions());
        versions.putIfAbsent(version.number(), version);
        TreeMap<String, AliasRecord> aliases = new TreeMap<>(before.aliases());
        for (String alias : order.aliases()) {
            aliases.put(alias, moved(before.aliases().get(alias), alias, version.number(), who));
        }
        String policy = order.policy().isEmpty() ? before.policy() : order.policy();
        String config = order.config().isEmpty() ? before.config() : order.config();
        put(new ModelRecord(order.model(), before.revision() + 1, policy, config, versions, aliases), who, "register");
    }

    private static AliasRecord moved(@Nullable AliasRecord before, String alias, long version, String who) {
        return new AliasRecord(alias, version, before == null ? 0 : before.version(), NOW, who);
    }

    private static ModelRecord empty(String model) {
        return new ModelRecord(model, 0, "latest 2", "", new TreeMap<>(), new TreeMap<>());
    }

    private void put(ModelRecord next, String who, String action) {
        ModelRecord before = models.put(next.name(), next);
        audit.add(new AuditEntry(
                audit.size() + 1,
                next.name(),
                new Act(who, action, "revision " + next.revision(), NOW),
                before == null ? "" : "{\"revision\":%d}".formatted(before.revision()),
                "{\"revision\":%d}".formatted(next.revision())));
    }

    private void tell(
            Consumer<LifecycleEvent> progress, String model, long version, LifecyclePhase phase, String detail) {
        LifecycleEvent event = new LifecycleEvent(NOW, model, version, phase, detail);
        events.add(event);
        progress.accept(event);
    }

    @Override
    public synchronized List<ModelRecord> registered() {
        return List.copyOf(models.values());
    }

    @Override
    public synchronized ModelRecord registered(String model) {
        ModelRecord record = models.get(model);
        if (record == null) {
            throw new ServingException(ErrorCode.NOT_FOUND, "model '" + model + "' is not registered");
        }
        return record;
    }

    private VersionRecord version(String model, long number) {
        VersionRecord version = registered(model).versions().get(number);
        if (version == null) {
            throw new ServingException(
                    ErrorCode.NOT_FOUND, "version %d of '%s' is not registered".formatted(number, model));
        }
        return version;
    }

    private AliasRecord alias(String model, String alias) {
        AliasRecord record = registered(model).aliases().get(alias);
        if (record == null) {
            throw new ServingException(ErrorCode.NOT_FOUND, "'%s' has no alias '%s'".formatted(model, alias));
        }
        return record;
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
        long number = version(model, version).number();
        AliasRecord next = moved(registered(model).aliases().get(alias), alias, number, who);
        putAlias(model, next, who, "promote");
        return next;
    }

    @Override
    public AliasRecord promoteFor(String rollout, String model, String alias, long version) {
        return promote(model, alias, version, RolloutRecord.actor(rollout));
    }

    @Override
    public synchronized AliasRecord rollBack(String model, String alias, String who) {
        AliasRecord now = alias(model, alias);
        if (now.previous() == 0) {
            throw ServingException.invalid("alias '%s' pointed nowhere before".formatted(alias));
        }
        AliasRecord next = moved(now, alias, now.previous(), who);
        putAlias(model, next, who, "rollback");
        return next;
    }

    private void putAlias(String model, AliasRecord alias, String who, String action) {
        ModelRecord before = registered(model);
        TreeMap<String, AliasRecord> aliases = new TreeMap<>(before.aliases());
        aliases.put(alias.name(), alias);
        put(with(before, before.policy(), before.versions(), aliases), who, action);
    }

    private static ModelRecord with(
            ModelRecord before,
            String policy,
            SortedMap<Long, VersionRecord> versions,
            SortedMap<String, AliasRecord> aliases) {
        return new ModelRecord(before.name(), before.revision() + 1, policy, before.config(), versions, aliases);
    }

    @Override
    public synchronized void dropAlias(String model, String alias, String who) {
        alias(model, alias);
        ModelRecord before = registered(model);
        TreeMap<String, AliasRecord> aliases = new TreeMap<>(before.aliases());
        aliases.remove(alias);
        put(with(before, before.policy(), before.versions(), aliases), who, "drop-alias");
    }

    @Override
    public void setWanted(String model, long number, boolean wanted, String who) {
        record(model, number, wanted, who);
        CountDownLatch until = loaded;
        if (wanted && until.getCount() > 0) {
            loading.release();
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
        await(loading, count);
    }

    private synchronized void record(String model, long number, boolean wanted, String who) {
        VersionRecord old = version(model, number);
        ModelRecord before = registered(model);
        TreeMap<Long, VersionRecord> versions = new TreeMap<>(before.versions());
        versions.put(
                number,
                StoreFixtures.plain(
                        number,
                        old.files(),
                        old.source(),
                        old.registered(),
                        old.by(),
                        old.lineage(),
                        old.signature(),
                        wanted,
                        old.gates()));
        put(with(before, before.policy(), versions, before.aliases()), who, wanted ? "load" : "unload");
    }

    @Override
    public synchronized ModelRecord setPolicy(String model, String policy, String who) {
        ModelRecord before = registered(model);
        if (!policy.matches("latest \\d+|all|specific [\\d,]+")) {
            throw ServingException.invalid("policy: '%s' (expected: latest N, all, or specific 1,2)".formatted(policy));
        }
        put(with(before, policy, before.versions(), before.aliases()), who, "policy");
        return registered(model);
    }

    @Override
    public synchronized void delete(String model, long number, String who) {
        ModelRecord before = registered(model);
        if (number == 0) {
            models.remove(model);
            Act act = new Act(who, "delete", "all", NOW);
            audit.add(
                    new AuditEntry(audit.size() + 1, model, act, "{\"revision\":%d}".formatted(before.revision()), ""));
            return;
        }
        version(model, number);
        if (before.aliases().values().stream().anyMatch(alias -> alias.version() == number)) {
            throw ServingException.invalid("version %d of '%s': an alias points to it".formatted(number, model));
        }
        TreeMap<Long, VersionRecord> versions = new TreeMap<>(before.versions());
        versions.remove(number);
        put(with(before, before.policy(), versions, before.aliases()), who, "delete");
    }

    @Override
    public synchronized List<String> verify(String model, long number) {
        return files.has(version(model, number).files()) ? List.of() : List.of("model.onnx is missing");
    }

    @Override
    public synchronized void note(String model, String who, String action, String detail) {
        audit.add(new AuditEntry(audit.size() + 1L, model, new Act(who, action, detail, Instant.EPOCH), "", ""));
    }

    @Override
    public synchronized List<AuditEntry> history(String model, long before, int limit) {
        return audit.reversed().stream()
                .filter(entry ->
                        entry.id() < before && (model.isEmpty() || entry.model().equals(model)))
                .limit(limit)
                .toList();
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
        return models.values().stream().map(MemoryAdmin::status).toList();
    }

    @Override
    public synchronized @Nullable ModelStatus model(String name) {
        ModelRecord record = models.get(name);
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
