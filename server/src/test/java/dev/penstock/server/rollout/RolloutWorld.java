package dev.penstock.server.rollout;

import dev.penstock.router.RouteTable;
import dev.penstock.router.arms.ArmName;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.Target;
import dev.penstock.server.admin.RegisterOrder;
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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;

/// A server's rollouts with a real record, a time that stands still until it is told, and counts as a test
/// says.
final class RolloutWorld implements AutoCloseable {
    private final FolderFiles files;
    final MemoryAdmin admin;
    private final AtomicReference<RouteTable> table = new AtomicReference<>(RouteTable.EMPTY);
    private final AtomicLong nowMillis;
    private final AtomicLong upMillis = new AtomicLong();
    private int ids;

    final ModelStore store;
    final AwayRecords records;
    final PublishedRoutes published;
    final RouteAdmin routes;
    final Rollouts rollouts;

    /// What comes to the routes, and is counted.
    final Traffic traffic = new Traffic(this::now);

    final Map<ArmName, String> trips = traffic.trips();

    final WorldGuards guards = new WorldGuards(trips);

    /// What is served.
    final WorldModels models;

    /// What this server has told others, in order.
    final List<String> events = new ArrayList<>();

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
        this.models = new WorldModels(admin);
        this.store = store;
        this.nowMillis = new AtomicLong(nowMillis);
        records = new AwayRecords(new StoredRoutes(store));
        published = new PublishedRoutes(edit -> table.updateAndGet(edit), guards);
        Uptime up = new Uptime(() -> TimeUnit.MILLISECONDS.toNanos(upMillis.get()));
        routes = RouteAdmin.start(records, models, published);
        rollouts = new Rollouts(new Around(
                records,
                routes,
                published,
                traffic,
                models,
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

    /// The candidate has too many failures here, as a guard says.
    void trip(String route) {
        guards.trip(route);
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
        return rollouts.start(RolloutJson.read(JsonMapper.shared().readTree(rollout), RolloutJson.USUAL_CONTROL), "me")
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
        traffic.end(spec, "stable", 1, requests, 0);
        traffic.end(spec, "canary", 2, requests, failed);
    }

    /// The candidate's requests all go to the default arm: none of them is seen by either.
    void serveDefaultOnly(String route, int requests) {
        traffic.end(spec(route), "stable", 1, requests, 0);
    }

    /// So many requests of an arm end that were dealt while the route was like that.
    void end(RouteSpec spec, String arm, long version, int requests, int failed) {
        traffic.end(spec, arm, version, requests, failed);
    }

    /// What feedback says of one answer of an arm under the present shares.
    ///
    /// @param group of its unit
    void reward(String route, String arm, long version, int group, double reward) {
        traffic.reward(spec(route), arm, version, group, reward);
    }

    RouteSpec spec(String route) {
        return RouteJson.read(store.routes().route(route).orElseThrow().spec());
    }

    RolloutRecord recorded(String id) {
        return store.routes().rollout(id).orElseThrow();
    }

    @Override
    public void close() {
        rollouts.close();
        store.close();
        files.close();
    }
}
