package dev.penstock.server;

import dev.penstock.core.NanoClock;
import dev.penstock.monitor.recording.Recordings;
import dev.penstock.router.Router;
import dev.penstock.router.arms.ArmLedgers;
import dev.penstock.runtime.NativeHandles;
import dev.penstock.server.admin.ModelAdmin;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.config.ServerConfig;
import dev.penstock.server.feedback.Feedback;
import dev.penstock.server.memory.MemoryUsage;
import dev.penstock.server.monitoring.Monitoring;
import dev.penstock.server.registry.RecordParts;
import dev.penstock.server.rollout.Rollouts;
import dev.penstock.server.routing.RouteAdmin;
import dev.penstock.server.shadow.Shadows;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/// The whole server, put together and running: what requests meet ([RequestPath]), the models and the routes
/// to them ([ServedModels]), who looks at what becomes of requests ([Oversight]), and where callers come in
/// ([Doors]). It owns all of it.
final class RunningGateway implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RunningGateway.class.getName());

    private final NativeHandles handles = new NativeHandles();
    private final Lifecycle lifecycle = new Lifecycle();
    private final RequestPath path;
    private final ServedModels models;
    private final Oversight oversight;
    private final Doors doors;

    /// @throws CannotBindException if an address cannot be had; nothing is left running
    static RunningGateway start(ServerConfig config, NanoClock clock) {
        return start(config, clock, parts -> parts, Rollouts.TICK);
    }

    /// @param around gives back what registered models need, perhaps with something around each part
    /// @param tick between two looks at rollouts
    static RunningGateway start(
            ServerConfig config, NanoClock clock, UnaryOperator<RecordParts> around, Duration tick) {
        return new RunningGateway(config, clock, around, tick);
    }

    private RunningGateway(ServerConfig config, NanoClock clock, UnaryOperator<RecordParts> around, Duration tick) {
        boolean started = false;
        try {
            Site site = Site.of(config, clock, lifecycle, tick);
            path = RequestPath.start(site);
            models = ServedModels.start(site, handles, path, around);
            oversight = Oversight.start(site, path, models);
            ShownParts.show(site, path, models, oversight);
            doors = new Doors(site, path, models, oversight);
            started = true;
        } finally {
            if (!started) {
                lifecycle.close();
            }
        }
    }

    Addresses addresses() {
        return doors.addresses();
    }

    /// Done when every model that should be served was tried.
    CompletableFuture<Void> initialLoad() {
        return models.registry().initialLoad();
    }

    /// What is loaded from now on is loaded beside requests that are answered.
    void startIsOver() {
        path.batching().startIsOver();
    }

    List<ModelStatus> models() {
        return models.registry().models();
    }

    MemoryUsage memory() {
        return models.registry().memory();
    }

    RouteAdmin routes() {
        return models.routes();
    }

    ModelAdmin modelAdmin() {
        return models.registry().admin();
    }

    /// Of what models answer.
    Recordings recorded() {
        return path.recordings();
    }

    Monitoring monitoring() {
        return oversight.monitoring();
    }

    Feedback feedbackTaken() {
        return path.feedback();
    }

    /// Where tests publish routes.
    Router router() {
        return path.router();
    }

    /// What becomes of requests to the arms of routes.
    ArmLedgers arms() {
        return path.arms();
    }

    Shadows shadows() {
        return path.shadows();
    }

    NativeHandles handles() {
        return handles;
    }

    /// See [Doors#drain].
    void drain(Termination termination) {
        doors.drain(termination);
    }

    /// Closes everything, newest first: the doors, the models, the workers.
    @Override
    public void close() {
        lifecycle.close();
        if (handles.total() != 0) {
            LOG.log(System.Logger.Level.WARNING, "native objects are still open: {0}", handles.live());
        }
    }
}
