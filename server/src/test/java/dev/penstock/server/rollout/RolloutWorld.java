package dev.penstock.server.rollout;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.LatencyHistogram;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.router.AliasTarget;
import dev.penstock.router.RouteTable;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.ArmDeals;
import dev.penstock.router.arms.ArmKey;
import dev.penstock.router.arms.ArmLedgers;
import dev.penstock.router.arms.ArmName;
import dev.penstock.router.arms.ArmObserver;
import dev.penstock.router.arms.ArmObservers;
import dev.penstock.router.arms.GroupTally;
import dev.penstock.router.arms.TripListener;
import dev.penstock.router.rollout.Compared;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.Target;
import dev.penstock.server.admin.Catalog;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.RegisterOrder;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.admin.VersionStatus;
import dev.penstock.server.rest.FolderFiles;
import dev.penstock.server.rest.MemoryAdmin;
import dev.penstock.server.rest.StoredRoutes;
import dev.penstock.server.routing.PublishedRoutes;
import dev.penstock.server.routing.RouteAdmin;
import dev.penstock.server.routing.RouteJson;
import dev.penstock.server.store.Lineage;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.RolloutRecord;
import dev.penstock.server.store.RouteRecord;
import dev.penstock.server.store.StoreSettings;
import dev.penstock.server.store.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// A server's rollouts with a real record, a time that stands still until it is told, and counts as a test
/// says.
final class RolloutWorld implements AutoCloseable, Sight, Catalog {
    private final FolderFiles files;
    final MemoryAdmin admin;
    private final AtomicReference<RouteTable> table = new AtomicReference<>(RouteTable.EMPTY);
    private final Map<ArmKey, ArmCounts> counts = new HashMap<>();
    private final AtomicLong nowMillis;
    private final AtomicLong upMillis = new AtomicLong();
    private int ids;

    /// What is said of answers here.
    final ArmLedgers ledgers = new ArmLedgers(TripListener.NONE, 0, this::now);

    final ModelStore store;
    final AwayRecords records;
    final PublishedRoutes published;
    final RouteAdmin routes;
    final Rollouts rollouts;
    final Map<ArmName, String> trips = new HashMap<>();

    /// What versions of the model take, once they were loaded.
    final Map<Long, Signature> signatures = new HashMap<>();

    /// Versions of the model that cannot be loaded, and why.
    final Map<Long, String> unloadable = new HashMap<>();

    /// Versions of the model that are being loaded.
    final Set<Long> loading = new HashSet<>();

    /// Routes whose guards take nothing away.
    final Set<String> onlyTold = new HashSet<>();

    /// What this server has told others, in order.
    final List<String> events = new ArrayList<>();

    /// A route of which nothing can be counted.
    String broken = "";

    RolloutWorld(Path folder) throws IOException {
        this(folder, _ -> Gates.NONE);
    }

    /// @param gates by the time as it is told
    RolloutWorld(Path folder, Function<Uptime, Gates> gates) throws IOException {
        this(
                "here",
                new FolderFiles(folder),
                Stores.open(new StoreSettings.Sqlite(folder.resolve("routes.db"))),
                1_000_000,
                gates);
        for (long version = 1; version <= 3; version++) {
            register(folder, "lookup", version);
        }
    }

    private RolloutWorld(
            String server, FolderFiles files, ModelStore store, long nowMillis, Function<Uptime, Gates> gates) {
        this(server, files, new MemoryAdmin(files), store, nowMillis, gates);
    }

    private RolloutWorld(
            String server,
            FolderFiles files,
            MemoryAdmin admin,
            ModelStore store,
            long nowMillis,
            Function<Uptime, Gates> gates) {
        this.files = files;
        this.admin = admin;
        this.store = store;
        this.nowMillis = new AtomicLong(nowMillis);
        records = new AwayRecords(new StoredRoutes(store));
        published = new PublishedRoutes(edit -> table.updateAndGet(edit), new Guards());
        Uptime up = new Uptime(() -> TimeUnit.MILLISECONDS.toNanos(upMillis.get()));
        routes = RouteAdmin.start(records, this, published);
        rollouts = new Rollouts(new Around(
                records,
                routes,
                published,
                this,
                this,
                admin,
                gates.apply(up),
                (type, route, data) -> events.add(type + " " + route + " " + data),
                server,
                this::now,
                up,
                () -> server + nowMillis + "r" + ++ids));
    }

    /// A version more of a model, with its file in that folder.
    void register(Path folder, String model, long version) throws IOException {
        Path file = Files.writeString(folder.resolve(model + version), model + " version " + version);
        var _ = admin.register(
                new RegisterOrder(
                        model,
                        version,
                        new RegisterOrder.Content.Fetched(file.toString(), ""),
                        List.of(),
                        Lineage.UNKNOWN,
                        "",
                        "",
                        "",
                        false,
                        false),
                "me",
                _ -> {});
    }

    /// Guards of arms, which find what a test says.
    private final class Guards implements ArmObservers {
        @Override
        public ArmObserver of(ArmKey key, boolean candidate) {
            return ArmObserver.NONE;
        }

        @Override
        public void onlyTell(String route, boolean only) {
            boolean _ = only ? onlyTold.add(route) : onlyTold.remove(route);
        }

        @Override
        public void rearm(String route, String arm) {
            trips.keySet().removeIf(name -> name.arm().equals(arm));
        }
    }

    /// The candidate has too many failures here, as a guard says.
    void trip(String route) {
        trips.put(new ArmName(route, "canary", new ModelKey("lookup", 2)), "20 failures one after another");
    }

    /// Another server with the same record, or this one after a restart: it knows what is recorded, and has
    /// counted nothing. What it has in common with this one is closed with this one.
    RolloutWorld beside(String name) {
        return new RolloutWorld(name, files, admin, store, nowMillis.get(), _ -> Gates.NONE);
    }

    /// Of now, since 1970.
    long minute() {
        return nowMillis.get() / 60_000;
    }

    private Instant now() {
        return Instant.ofEpochMilli(nowMillis.get());
    }

    /// A route with that default arm, and a rollout of version 2 that gets half of it at once.
    String start(String route, Target standard) {
        return start(route, standard, usual(route));
    }

    private static String usual(String route) {
        return """
                {"route": "%s", "candidate": "lookup@2", "settle": "1s", "minRequests": 50, "objective": "50%%",
                 "metrics": [{"type": "errors"}],
                 "steps": [{"weight": "50%%", "minDuration": "2s", "require": "proven"}]}""".formatted(route);
    }

    /// The same with a rollout of one's own.
    String start(String route, Target standard, String rollout) {
        RouteSpec spec = RouteSpec.of(route, new ArmSpec("stable", standard));
        var _ = records.put(RouteRecord.fresh(route, RouteJson.write(spec).toString()), "me", "put route", "");
        return begin(rollout);
    }

    /// Of a route that is there.
    String again(String route) {
        return begin(usual(route));
    }

    private String begin(String rollout) {
        return rollouts.start(
                        RolloutJson.read(JsonMapper.shared().readTree(rollout), RolloutJson.USUAL_CONTROL), "me")
                .id();
    }

    /// Until what is counted is judged.
    String analysed(String route) {
        String id = start(route, Target.version("lookup", 1));
        tick(6);
        return id;
    }

    void promoteAlias(String alias, long version) {
        promoteAlias("lookup", alias, version);
    }

    void promoteAlias(String model, String alias, long version) {
        var _ = admin.promote(model, alias, version, "me");
    }

    void unload(long version) {
        admin.setWanted("lookup", version, false, "me");
    }

    /// It is as if its folder were gone.
    void delete(long version) {
        admin.delete("lookup", version, "me");
    }

    boolean wanted(long version) {
        return Objects.requireNonNull(admin.registered("lookup").versions().get(version))
                .wanted();
    }

    /// Has a route be so, whoever wants that.
    void put(RouteSpec spec) {
        RouteRecord now = store.routes().route(spec.name()).orElseGet(() -> RouteRecord.fresh(spec.name(), ""));
        var _ = records.put(now.with(RouteJson.write(spec).toString(), false), "me", "put route", "");
    }

    /// Where that alias points.
    long stable() {
        return alias("lookup", "stable");
    }

    long alias(String model, String alias) {
        return Objects.requireNonNull(admin.registered(model).aliases().get(alias))
                .version();
    }

    /// Time goes on, and nobody looks.
    void pass(long millis) {
        nowMillis.addAndGet(millis);
        upMillis.addAndGet(millis);
    }

    /// Somebody sets the clock on the wall.
    ///
    /// @param byMillis back, if negative
    void setClock(long byMillis) {
        nowMillis.addAndGet(byMillis);
    }

    void tick(int seconds) {
        for (int i = 0; i < seconds; i++) {
            pass(1000);
            rollouts.tick();
        }
    }

    /// So many more requests of each arm under the present shares, all of which the default arm answers.
    void serve(String route, int requests, int failed) {
        RouteSpec spec = spec(route);
        count(
                new ArmKey(route, spec.salt(), spec.rollout(), spec.epoch(), "stable", new ModelKey("lookup", 1)),
                requests,
                0);
        count(
                new ArmKey(route, spec.salt(), spec.rollout(), spec.epoch(), "canary", new ModelKey("lookup", 2)),
                requests,
                failed);
    }

    /// The candidate's requests all go to the default arm: none of them is seen by either.
    void serveDefaultOnly(String route, int requests) {
        RouteSpec spec = spec(route);
        count(
                new ArmKey(route, spec.salt(), spec.rollout(), spec.epoch(), "stable", new ModelKey("lookup", 1)),
                requests,
                0);
    }

    /// So many requests of an arm end that were dealt while the route was like that.
    void end(RouteSpec spec, String arm, long version, int requests, int failed) {
        ModelKey target = new ModelKey("lookup", version);
        count(new ArmKey(spec.name(), spec.salt(), spec.rollout(), spec.epoch(), arm, target), requests, failed);
    }

    /// What feedback says of one answer of an arm under the present shares.
    ///
    /// @param group of its unit
    void reward(String route, String arm, long version, int group, double reward) {
        RouteSpec spec = spec(route);
        GroupTally told = new GroupTally();
        told.add(group, reward);
        GroupTally earned = new GroupTally();
        earned.add(group, Math.clamp(reward, 0.0, 1.0));
        ArmKey key = new ArmKey(route, spec.salt(), spec.rollout(), spec.epoch(), arm, new ModelKey("lookup", version));
        counts.merge(
                key, new ArmCounts.Builder().rewards(told.sums(), earned.sums()).build(), ArmCounts::plus);
    }

    private void count(ArmKey key, int requests, int failed) {
        LatencyHistogram latency = new LatencyHistogram();
        for (int i = failed; i < requests; i++) {
            latency.record(1_000_000);
        }
        ArmCounts more = new ArmCounts.Builder()
                .latency(latency.snapshot(), LatencySnapshot.EMPTY)
                .latencyOnce(latency.snapshot())
                .failures(ErrorCode.MODEL_FAILED, failed)
                .failed(failed)
                .once(requests, failed)
                .firstExposures(requests)
                .build();
        counts.merge(key, more, ArmCounts::plus);
    }

    RouteSpec spec(String route) {
        return RouteJson.read(store.routes().route(route).orElseThrow().spec());
    }

    RolloutRecord recorded(String id) {
        return store.routes().rollout(id).orElseThrow();
    }

    @Override
    public Map<ArmKey, ArmCounts> counts(String route) {
        if (route.equals(broken)) {
            throw new IllegalStateException("nothing can be counted");
        }
        Map<ArmKey, ArmCounts> mine = new HashMap<>(counts);
        mine.keySet().removeIf(key -> !key.route().equals(route));
        ledgers.counts(route).forEach((key, count) -> mine.merge(key, count, ArmCounts::plus));
        return mine;
    }

    @Override
    public void dealt(String route, ArmDeals deals) {
        ledgers.dealt(route, deals);
    }

    @Override
    public Map<ArmName, Compared> copies(String route) {
        return Map.of();
    }

    @Override
    public Map<ArmName, String> tripped(String route, String rollout) {
        return trips;
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
    public List<ModelStatus> models() {
        return admin.models();
    }

    @Override
    public @Nullable ModelStatus model(String name) {
        ModelStatus model = admin.model(name);
        if (model == null) {
            return null;
        }
        Map<String, AliasTarget> aliases = new HashMap<>();
        admin.registered(name)
                .aliases()
                .forEach((alias, to) -> aliases.put(alias, new AliasTarget(to.version(), to.previous())));
        return new ModelStatus(name, model.versions().stream().map(this::signed).toList(), List.of(), "", aliases);
    }

    private VersionStatus signed(VersionStatus version) {
        String failed = unloadable.get(version.version());
        VersionState state = loading.contains(version.version()) ? VersionState.LOADING : version.state();
        return new VersionStatus(
                version.version(),
                failed == null ? state : VersionState.UNAVAILABLE,
                failed == null ? version.reason() : failed,
                version.device(),
                signatures.get(version.version()),
                null);
    }

    @Override
    public void close() {
        rollouts.close();
        store.close();
        files.close();
    }
}
