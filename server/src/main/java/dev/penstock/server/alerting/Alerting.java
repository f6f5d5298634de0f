package dev.penstock.server.alerting;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.server.config.AlertsConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Tells receivers what is wrong with models: one thread looks, and each receiver has one that tells it.
/// Without receivers there are none. Thread-safe; waits for no receiver, and for no disk once it is made, but
/// in [#close], and there not for long.
public final class Alerting implements AutoCloseable {
    /// Of the environment, with what webhooks are signed with that have no file.
    public static final String SECRET_VARIABLE = SigningSecrets.VARIABLE;

    private static final System.Logger LOG = System.getLogger(Alerting.class.getName());

    private static final Duration TICK = Duration.ofSeconds(1);

    private final AlertsConfig config;
    private final Around around;
    private final Receivers.Means means;
    private final Routing routing;
    private final Receivers receivers;
    private final RetrainingFile file;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Events events;

    @GuardedBy("lock")
    private final Tracks tracks;

    @GuardedBy("lock")
    private final Retraining retraining;

    @GuardedBy("lock")
    private long nowMillis;

    private volatile boolean ending;

    /// What it needs of the server.
    ///
    /// @param gateway the server's name
    /// @param secret that webhooks without a file are signed with; "" for none
    /// @param folder for what does not arrive; null keeps none
    /// @param concerns the active ones, and the last that were
    /// @param facts what is known of a version's drift; null if nothing
    /// @param ids another one each time, asked for by one thread at a time
    public record Around(
            String gateway,
            String secret,
            @Nullable Path folder,
            Supplier<List<Concern>> concerns,
            Function<ModelKey, @Nullable Facts> facts,
            InstantSource time,
            RandomGenerator random,
            Supplier<String> ids) {}

    /// @throws IllegalArgumentException if a receiver is on a host that is not allowed, or has no proper
    ///     secret
    public Alerting(AlertsConfig config, Around around) {
        this(config, around, Receivers.Means.USUAL);
    }

    Alerting(AlertsConfig config, Around around, Receivers.Means means) {
        this.config = config;
        this.around = around;
        this.means = means;
        this.routing = new Routing(config.rulesInForce());
        this.receivers = new Receivers(config, around, means);
        this.events = new Events(around.gateway(), around.ids());
        this.tracks = new Tracks(new Track.Policy(config.renotifyEvery(), config.cooldown()));
        this.file = new RetrainingFile(config.isOn() ? around.folder() : null, means.writing());
        this.retraining = new Retraining(
                config.retraining(), model -> !routing.ofRetraining(model).isEmpty(), around.ids(), file.read());
        this.thread = Thread.ofPlatform().name("alerts").daemon().unstarted(this::run);
    }

    /// Begins to tell, if there is anybody to be told.
    public void start() {
        if (config.isOn()) {
            thread.start();
            receivers.start();
        }
    }

    private void run() {
        while (!ending) {
            try {
                look();
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.ERROR, "looking for alerts failed", e);
            }
            LockSupport.parkNanos(this, TICK.toNanos());
        }
    }

    /// Has receivers told of what has changed.
    private void look() {
        List<Concern> concerns = around.concerns().get();
        List<Concern> active = concerns.stream().filter(Concern::active).toList();
        receivers.see(name -> active.stream()
                .filter(concern -> routing.of(concern).contains(name))
                .toList());
        // Asked without the lock: who knows them may wait for a disk, and who tells of a rollout waits for
        // nobody.
        for (Notice notice : next(concerns)) {
            tell(notice);
        }
        lock.lock();
        try {
            for (RetrainingRequest approved : retraining.next(active, nowMillis)) {
                tell(approved);
            }
            keep();
        } finally {
            lock.unlock();
        }
    }

    /// Waits for nothing.
    @GuardedBy("lock")
    private void keep() {
        Retraining.Kept changes = retraining.changes();
        if (changes != null) {
            file.write(changes);
        }
    }

    private List<Notice> next(List<Concern> concerns) {
        lock.lock();
        try {
            nowMillis = Math.max(nowMillis, around.time().millis());
            return List.copyOf(tracks.next(concerns, nowMillis));
        } finally {
            lock.unlock();
        }
    }

    private void tell(Notice notice) {
        Concern concern = notice.concern();
        List<String> names =
                routing.of(concern).stream().filter(receivers::isWebhook).toList();
        if (names.isEmpty()) {
            return;
        }
        Facts facts = facts(concern.key());
        lock.lock();
        try {
            receivers.send(events.of(notice, facts, nowMillis), names);
        } finally {
            lock.unlock();
        }
    }

    /// An event without them is better than none: it is not told of a second time.
    private @Nullable Facts facts(ModelKey key) {
        try {
            return around.facts().apply(key);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "alerts: what is known of the drift of " + key + " is not told", e);
            return null;
        }
    }

    @GuardedBy("lock")
    private void tell(RetrainingRequest request) {
        receivers.send(
                events.of(request, nowMillis),
                routing.ofRetraining(request.key().name()));
    }

    /// Has webhooks told of something that happened to a route: all that have a rule for critical alerts of
    /// it, or no rules. Nothing is told twice, and nobody is waited for.
    ///
    /// @param type of the event, such as `rollout.promoted.v1`
    /// @param data a JSON object
    public void tell(String type, String route, String data) {
        if (!config.isOn()) {
            return;
        }
        lock.lock();
        try {
            nowMillis = Math.max(nowMillis, around.time().millis());
            List<String> names =
                    routing.ofRoute(route).stream().filter(receivers::isWebhook).toList();
            if (!names.isEmpty()) {
                receivers.send(events.of(type, route, data, nowMillis), names);
            }
        } finally {
            lock.unlock();
        }
    }

    /// How far receivers have been told of it.
    public List<Delivery> deliveries(Concern concern) {
        return receivers.deliveries(concern.id());
    }

    public List<Delivery> deliveries(RetrainingRequest request) {
        return receivers.deliveries(request.about());
    }

    /// All of them, as they are now.
    public List<ReceiverStatus> receivers() {
        return receivers.status();
    }

    /// Those that wait to be approved, the oldest first, then some that were decided, the newest first.
    public List<RetrainingRequest> retraining() {
        lock.lock();
        try {
            return retraining.all();
        } finally {
            lock.unlock();
        }
    }

    /// Approves a request, of which receivers are told then, or dismisses it.
    ///
    /// @param by who decides
    /// @return as it is now
    /// @throws ServingException if none of that id waits
    public RetrainingRequest decide(String id, RetrainingRequest.State as, String by) {
        RetrainingRequest decided;
        lock.lock();
        try {
            nowMillis = Math.max(nowMillis, around.time().millis());
            decided = retraining.decide(id, as, by, nowMillis);
            if (decided == null) {
                throw unknown(id, retraining.all());
            }
            if (as == RetrainingRequest.State.APPROVED) {
                tell(decided);
            }
            keep();
        } finally {
            lock.unlock();
        }
        LOG.log(
                System.Logger.Level.INFO,
                "{0} {1} the retraining of {2} (request {3})",
                by,
                Events.lower(as),
                decided.key(),
                id);
        return decided;
    }

    private static ServingException unknown(String id, List<RetrainingRequest> all) {
        String waiting = all.stream()
                .filter(one -> one.state() == RetrainingRequest.State.PENDING)
                .map(RetrainingRequest::id)
                .collect(Collectors.joining(", "));
        return new ServingException(
                ErrorCode.NOT_FOUND,
                "no request '%s' waits to be decided (expected: %s)"
                        .formatted(id, waiting.isEmpty() ? "none, as none waits" : waiting));
    }

    /// Ends the threads. What has not arrived is given up.
    @Override
    public void close() {
        ending = true;
        thread.interrupt();
        try {
            // What is known of drift may be slow to find.
            if (!Messenger.join(List.of(thread), means.patience())) {
                LOG.log(System.Logger.Level.WARNING, "alerts: the look under way does not end, and is left alone");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        receivers.close();
        file.close();
    }
}
