package dev.penstock.server.rest;

import dev.penstock.core.NanoClock;
import dev.penstock.router.RouteTable;
import dev.penstock.router.arms.ArmObservers;
import dev.penstock.server.admin.RouteRecords;
import dev.penstock.server.grpc.AdminDoor;
import dev.penstock.server.logging.LogLevels;
import dev.penstock.server.rollout.Around;
import dev.penstock.server.rollout.Gates;
import dev.penstock.server.rollout.Rollouts;
import dev.penstock.server.rollout.Teller;
import dev.penstock.server.rollout.Uptime;
import dev.penstock.server.routing.PublishedRoutes;
import dev.penstock.server.routing.RouteAdmin;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.StoreSettings;
import dev.penstock.server.store.Stores;
import dev.penstock.server.upload.UploadSettings;
import io.netty.channel.Channel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/// The admin port on a free port of this machine, in front of models that are registered in memory.
public final class AdminServer implements Http2Door, AutoCloseable {
    public static final int MAX_UPLOAD = 32 << 20;

    private final FolderFiles files;
    private final MemoryAdmin admin;
    private final LogLevels levels = new LogLevels(InstantSource.system());
    private final EventLoops loops = EventLoops.start(1);
    private final AtomicReference<RouteTable> published = new AtomicReference<>(RouteTable.EMPTY);
    private final ModelStore store;
    private final RouteAdmin routing;
    private final AdminDoor door;
    private final HttpListener listener;

    public AdminServer(Path folder) {
        this(folder, HttpLimits.SMALL);
    }

    public AdminServer(Path folder, HttpLimits limits) {
        this.files = new FolderFiles(folder);
        this.admin = new MemoryAdmin(files);
        try {
            UploadSettings uploads = new UploadSettings(files, MAX_UPLOAD, "models.max-upload-bytes");
            this.store = Stores.open(new StoreSettings.Sqlite(folder.resolve("routes.db")));
            RouteRecords records = new StoredRoutes(store);
            PublishedRoutes published =
                    new PublishedRoutes(edit -> this.published.updateAndGet(edit), ArmObservers.NONE);
            this.routing = RouteAdmin.start(records, admin, published);
            AdminRoutes routes =
                    new AdminRoutes(admin, admin, uploads, levels).with(routing).with(rollouts(records, published));
            this.door =
                    AdminDoor.of(admin, admin, uploads, routing, null, null, limits.messageTimeout(), NanoClock.SYSTEM);
            this.listener = HttpListener.start(loops, "127.0.0.1", 0, limits, routes, this);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Nobody drives them.
    private Rollouts rollouts(RouteRecords records, PublishedRoutes routes) {
        return new Rollouts(new Around(
                records,
                routing,
                routes,
                new UnseenArms(),
                admin,
                admin,
                Gates.NONE,
                Teller.NONE,
                "here",
                InstantSource.system(),
                new Uptime(NanoClock.SYSTEM),
                () -> "1"));
    }

    public FolderFiles files() {
        return files;
    }

    public MemoryAdmin admin() {
        return admin;
    }

    public RouteAdmin routing() {
        return routing;
    }

    public int port() {
        return listener.port();
    }

    public String url() {
        return "http://127.0.0.1:" + port();
    }

    @Override
    public void adopt(Channel channel) {
        door.adopt(channel);
    }

    @Override
    public void drain(Channel channel) {
        door.drain(channel);
    }

    /// Tells connections to go.
    public void stopAccepting() {
        listener.stopAccepting();
    }

    @Override
    public void close() {
        levels.close();
        listener.close();
        loops.close();
        door.close();
        files.close();
        store.close();
    }
}
