package dev.penstock.server.registry;

import dev.penstock.core.Device;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ModelLoadException;
import dev.penstock.core.ModelName;
import dev.penstock.core.ServingException;
import dev.penstock.router.AliasName;
import dev.penstock.server.admin.LifecyclePhase;
import dev.penstock.server.admin.RegisterOrder;
import dev.penstock.server.admin.Registration;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.admin.VersionStatus;
import dev.penstock.server.gate.Gates;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.Fetched;
import dev.penstock.server.source.FilePaths;
import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.Intent;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.StoredFile;
import dev.penstock.server.store.VersionRecord;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Registers versions: the files are here, the record says so, and then it is loaded, judged and served, in
/// this order, so that whenever it is cut off a later start goes on from there. Thread-safe; blocks.
final class Registering {
    private final VersionTrust trust;
    private final KnownRecords known;
    private final RecordKeeper keeper;
    private final RecordFolders folders;
    private final FileDelivery delivery;
    private final Judging judging;
    private final RecordFollower follower;
    private final RegisteredServing serving;
    private final LifecycleEvents events;
    private final Device standard;
    private final String server;
    private final InstantSource time;

    /// @param standard the device of models that name none
    /// @param server this one
    Registering(
            VersionTrust trust,
            KnownRecords known,
            RecordKeeper keeper,
            RecordFolders folders,
            FileDelivery delivery,
            Judging judging,
            RecordFollower follower,
            RegisteredServing serving,
            LifecycleEvents events,
            Device standard,
            String server,
            InstantSource time) {
        this.trust = trust;
        this.known = known;
        this.keeper = keeper;
        this.folders = folders;
        this.delivery = delivery;
        this.judging = judging;
        this.follower = follower;
        this.serving = serving;
        this.events = events;
        this.standard = standard;
        this.server = server;
        this.time = time;
    }

    /// @param gone whether nobody waits for the outcome any more
    /// @throws ServingException if nothing is recorded
    Registration register(RegisterOrder order, String who, BooleanSupplier gone) {
        List<StoredFile> received = new ArrayList<>();
        if (order.content() instanceof RegisterOrder.Content.Received(List<StoredFile> uploaded)) {
            received.addAll(uploaded);
        }
        boolean recorded = false;
        try {
            check(order);
            ModelRecord before =
                    keeper.read(store -> store.model(order.model())).orElseGet(() -> RecordEdits.none(order.model()));
            String config = order.config().isEmpty() ? before.config() : order.config();
            ModelSettings settings = settings(order.model(), config);
            Fetched fetched = delivery.receive(order.model(), order.version(), order.content(), gone);
            if (received.isEmpty()) {
                received.addAll(fetched.files());
            }
            VersionRecord draft = VersionDrafts.of(order, fetched, settings.fileName(), who, server, time.instant());
            checkFiles(draft);
            if (order.dryRun()) {
                return tryOut(order, before, draft);
            }
            delivery.share(draft);
            Registration registration = record(order, draft, who);
            recorded = true;
            return registration;
        } finally {
            delivery.settle(received, recorded);
        }
    }

    private void check(RegisterOrder order) {
        checkName(order.model());
        order.aliases().forEach(Registering::checkAlias);
        RecordEdits.checkPolicy(order.policy());
        if (order.version() < 0) {
            throw ServingException.invalid(
                    "version: %d (expected: a positive integer, or 0 for the next)".formatted(order.version()));
        }
        if (serving.isInRepository(order.model())) {
            throw ServingException.invalid(
                    "model '%s' is in a model repository (expected: a name that is not; put the version into its folder)"
                            .formatted(order.model()));
        }
    }

    static void checkName(String model) {
        if (!ModelName.isValid(model)) {
            throw ServingException.invalid(
                    "model name: '%s' (expected: 1 to 255 bytes of UTF-8 without '/', '\\', '@' and control characters)"
                            .formatted(model));
        }
    }

    static void checkAlias(String alias) {
        if (!AliasName.isValid(alias)) {
            throw ServingException.invalid(
                    "alias: '%s' (expected: a letter, then at most 63 letters, digits, '_', '-' and '.')"
                            .formatted(alias));
        }
    }

    private ModelSettings settings(String model, String config) {
        try {
            return ModelSettings.of(
                    new ModelFolder(model, Path.of(""), config.isEmpty() ? null : config, List.of(), List.of(), ""),
                    standard);
        } catch (ModelLoadException e) {
            throw ServingException.invalid(e.reason());
        }
    }

    private void checkFiles(VersionRecord draft) {
        String clash = FilePaths.clash(draft.files());
        if (!clash.isEmpty()) {
            throw ServingException.invalid(clash);
        }
        try {
            trust.check(draft.digest(), draft.signature());
        } catch (FetchException e) {
            throw RecordRefusals.of(e);
        }
    }

    private static long number(VersionRecord draft, ModelStore store, String model) {
        return draft.number() > 0 ? draft.number() : store.lastNumber(model) + 1;
    }

    private Registration tryOut(RegisterOrder order, ModelRecord before, VersionRecord draft) {
        String model = order.model();
        long number = keeper.read(store -> number(draft, store, model));
        VersionRecord version = VersionDrafts.numbered(draft, number, List.of());
        Intent intent = VersionDrafts.intent(order, version.by(), version.registered());
        // Refuses what would be refused.
        boolean _ = keeper.read(store -> {
            checkAliases(order, before, number, store);
            return true;
        });
        ModelRecord _ = RecordEdits.registered(before, version, intent);
        ModelRecord registered = RecordEdits.registered(before, version, Intent.NONE);
        ModelRecord would = Intents.inEffect(registered, number, intent);
        List<GateRecord> said = judging.tryOut(folders.of(would, version), version);
        boolean isNew = !before.versions().containsKey(number);
        return new Registration(model, VersionDrafts.numbered(draft, number, said), isNew, false, Gates.problem(said));
    }

    /// Also of what takes effect only once it is judged: a rollout may take as long.
    private static void checkAliases(RegisterOrder order, ModelRecord before, long number, ModelStore store) {
        AliasMover by = AliasMover.person("");
        order.aliases().forEach(alias -> RolledAliases.checkMove(store.routes(), before, alias, number, by));
    }

    private Registration record(RegisterOrder order, VersionRecord draft, String who) {
        Set<ModelKey> keys = new HashSet<>();
        RecordKeeper.Changed changed = keeper.change(order.model(), who, "register", (before, store) -> {
            long number = number(draft, store, order.model());
            keys.add(new ModelKey(order.model(), number));
            checkAliases(order, before, number, store);
            return edit(before, order, VersionDrafts.numbered(draft, number, List.of()), who);
        });
        ModelKey key = registered(order.model(), draft, changed.after(), keys);
        events.add(key.name(), key.version(), LifecyclePhase.REGISTERED, "sha256 " + draft.digest());
        try {
            return result(key, changed, follower.follow(key.name(), true));
        } catch (ServingException e) {
            return recordedOnly(key, changed, e);
        }
    }

    /// It is recorded, and so it is loaded and judged later, whatever kept this call from waiting for that.
    private Registration recordedOnly(ModelKey key, RecordKeeper.Changed changed, ServingException why) {
        ModelRecord now = known.get(key.name());
        VersionRecord version = now == null ? null : now.versions().get(key.version());
        if (version == null) {
            throw why;
        }
        boolean isNew = !changed.before().versions().containsKey(key.version());
        String gates = Gates.problem(version.gates());
        String problem = gates.isEmpty() ? "it is recorded, and is loaded later: " + why.reason() : gates;
        return new Registration(key.name(), version, isNew, false, problem);
    }

    private static RecordKeeper.Edit edit(ModelRecord before, RegisterOrder order, VersionRecord version, String who) {
        Intent intent = VersionDrafts.intent(order, who, version.registered());
        return new RecordKeeper.Edit(RecordEdits.registered(before, version, intent), detail(version, order.aliases()));
    }

    /// Of the numbers that were tried, the one that was taken: the greatest.
    private static ModelKey registered(String model, VersionRecord draft, ModelRecord after, Set<ModelKey> tried) {
        long number = tried.stream().mapToLong(ModelKey::version).max().orElse(draft.number());
        return new ModelKey(model, RecordEdits.version(after, number).number());
    }

    private static String detail(VersionRecord version, List<String> aliases) {
        return "version %d from %s%s"
                .formatted(
                        version.number(),
                        version.source().isEmpty() ? "an upload" : version.source(),
                        aliases.isEmpty() ? "" : ", alias " + String.join(", ", aliases));
    }

    private Registration result(ModelKey key, RecordKeeper.Changed changed, String failure) {
        boolean isNew = !changed.before().versions().containsKey(key.version());
        ModelRecord now = known.get(key.name());
        VersionRecord version = now == null ? null : now.versions().get(key.version());
        if (version == null) {
            throw new ServingException(ErrorCode.NOT_FOUND, key + " was deleted by somebody else meanwhile");
        }
        VersionStatus status = serving.snapshot().entry(key.name()).status().version(key.version());
        boolean ready = status != null && status.state() == VersionState.READY;
        String problem = ready ? "" : problem(version, status, failure);
        return new Registration(key.name(), version, isNew, ready, problem);
    }

    static String problem(VersionRecord version, @Nullable VersionStatus status, String failure) {
        String gates = Gates.problem(version.gates());
        if (!gates.isEmpty()) {
            return gates;
        }
        String shown = problem(status, failure);
        // That there is no verdict is said whatever is shown by now: a server that stops shows all as unloaded.
        String problem = shown.isEmpty() && version.gates().isEmpty() ? failure : shown;
        boolean waits = !version.intent().asksForNothing();
        return !problem.isEmpty() && waits ? problem + "; what it sets is kept for when it passes" : problem;
    }

    private static String problem(@Nullable VersionStatus status, String failure) {
        if (status == null || status.state() == VersionState.LOADING) {
            return failure;
        }
        // Perhaps nobody wants it to serve: the policy selects others.
        return status.failed() ? status.reason() : "";
    }
}
