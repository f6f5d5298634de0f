package dev.penstock.server;

import dev.penstock.core.batching.Batching;
import dev.penstock.core.batching.InlineOrder;
import dev.penstock.core.batching.QueueBounds;
import dev.penstock.monitor.drift.DriftRules;
import dev.penstock.monitor.recording.RecordingMemory;
import dev.penstock.monitor.recording.Recordings;
import dev.penstock.router.RequestTap;
import dev.penstock.router.RouteTable;
import dev.penstock.router.Router;
import dev.penstock.router.arms.ArmKey;
import dev.penstock.router.arms.ArmLedgers;
import dev.penstock.router.cache.ResponseCaches;
import dev.penstock.router.waiting.WaitingRoom;
import dev.penstock.server.arms.LocalGuard;
import dev.penstock.server.arms.Predictions;
import dev.penstock.server.arms.RouteTaps;
import dev.penstock.server.config.ConfigException;
import dev.penstock.server.config.ServerConfig;
import dev.penstock.server.fast.FastTap;
import dev.penstock.server.feedback.Feedback;
import dev.penstock.server.feedback.FeedbackSettings;
import dev.penstock.server.monitoring.ModelOrder;
import dev.penstock.server.payload.PayloadLog;
import dev.penstock.server.shadow.RowRunners;
import dev.penstock.server.shadow.ShadowSettings;
import dev.penstock.server.shadow.Shadows;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a request meets between a door and a model: the router, the queues and the threads that run models,
/// what is kept of answers, and who takes copies or counts on the way. The [Site]'s lifecycle owns what has
/// an end, but for the shadows, which must end before the models do: who has these starts and owns them.
///
/// @param arms what becomes of requests to the arms of routes
/// @param guard takes arms from callers by that
/// @param table that requests see now
record RequestPath(
        Recordings recordings,
        Feedback feedback,
        Batching batching,
        WaitingRoom waitingRoom,
        Shadows shadows,
        RouteTaps taps,
        Router router,
        Supplier<RouteTable> table,
        ArmLedgers arms,
        LocalGuard guard,
        ResponseCaches caches) {
    private static final System.Logger LOG = System.getLogger(RequestPath.class.getName());

    static RequestPath start(Site site) {
        ServerConfig config = site.config();
        Recordings recordings = recordings(site);
        Feedback feedback = site.lifecycle().own(feedback(config, recordings.memory()));
        Batching batching = site.lifecycle().own(batching(site, recordings));
        WaitingRoom waitingRoom = site.lifecycle().own(waitingRoom(site));
        PayloadLog payloads = PayloadLogging.start(config, site.lifecycle(), site.telemetry(), site.clock());
        Shadows shadows = shadows(site, batching);
        AtomicReference<@Nullable Router> routing = new AtomicReference<>();
        Supplier<RouteTable> table = () -> tableOf(routing.get());
        Predictions predictions = new Predictions();
        RouteTaps taps = payloads == null
                ? new RouteTaps(predictions, shadows, RequestTap.NONE, FastTap.Source.NONE)
                : new RouteTaps(predictions, shadows, payloads, payloads);
        Router router = new Router(batching, site.stats(), site.clock(), waitingRoom, taps);
        routing.set(router);
        ArmLedgers arms = new ArmLedgers(RequestPath::tripped, site.clock().nanoTime(), InstantSource.system());
        feedback.tell(arms);
        LocalGuard guard = new LocalGuard(table, arms);
        ResponseCaches caches = site.lifecycle().own(caches(site));
        return new RequestPath(
                recordings, feedback, batching, waitingRoom, shadows, taps, router, table, arms, guard, caches);
    }

    private static RouteTable tableOf(@Nullable Router router) {
        return router == null ? RouteTable.EMPTY : router.table();
    }

    private static void tripped(ArmKey key, String reason) {
        LOG.log(
                System.Logger.Level.WARNING,
                "route {0}: arm {1}, {2}, gets no requests here, unless its rollout only observes: {3}",
                key.route(),
                key.arm(),
                key.target(),
                reason);
    }

    private static Recordings recordings(Site site) {
        ServerConfig.Monitoring monitoring = site.config().watching().monitoring();
        return new Recordings(
                (_, parameters) -> ModelOrder.of(parameters, monitoring.outputs(), DriftRules.STANDARD)
                        .settings(),
                new RecordingMemory(monitoring.maxBytes()),
                site.clock());
    }

    private static Feedback feedback(ServerConfig config, RecordingMemory memory) {
        ServerConfig.Feedback asked = config.watching().feedback();
        FeedbackSettings settings = new FeedbackSettings(
                asked.tokens(),
                asked.keyFile(),
                asked.maxLabelDays(),
                asked.baselineLabels(),
                config.watching().monitoring().window(),
                config.watching().monitoring().evaluateEvery());
        Optional<Path> data = config.registered().dataDir();
        try {
            return new Feedback(
                    settings,
                    data.map(folder -> folder.resolve("feedback.key")).orElse(null),
                    data.map(folder -> folder.resolve("quality")).orElse(null),
                    memory,
                    InstantSource.system());
        } catch (UncheckedIOException e) {
            throw new ConfigException(List.of(String.valueOf(e.getMessage())));
        }
    }

    private static Batching batching(Site site, Recordings recordings) {
        ServerConfig config = site.config();
        // Both doors' loops may run models.
        InlineOrder inline = new InlineOrder(
                2 * config.work().threads().ioOn(site.processors()),
                config.work().threads().inlineBudget().toNanos());
        QueueBounds bounds = new QueueBounds(
                config.work().queue().maxRequests(), config.work().queue().maxBytes());
        int workers = config.work().threads().workersOn(site.processors());
        return Batching.start(workers, inline, bounds, site.clock(), site.stats(), recordings);
    }

    private static WaitingRoom waitingRoom(Site site) {
        ServerConfig.Memory memory = site.config().work().memory();
        return new WaitingRoom(new WaitingRoom.Settings(memory.maxWaiting(), memory.maxWait()), site.clock());
    }

    private static Shadows shadows(Site site, Batching batching) {
        ServerConfig.Shadow shadow = site.config().watching().shadow();
        return new Shadows(
                new ShadowSettings(shadow.maxCopies(), shadow.maxBytes(), shadow.maxAge(), shadow.cpuBudget()),
                batching::queued,
                RowRunners.of(batching, batching.backgroundRunner()),
                batching.backgroundRunner(),
                site.clock());
    }

    private static ResponseCaches caches(Site site) {
        ServerConfig.ResponseCache cache = site.config().work().responseCache();
        ResponseCaches.Settings settings = new ResponseCaches.Settings(
                cache.maxBytes(), cache.ttl(), site.config().work().queue().maxRequests());
        return new ResponseCaches(settings, site.stats(), site.clock());
    }
}
