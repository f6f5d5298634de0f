package dev.penstock.server.alerting;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.server.config.AlertsConfig;
import dev.penstock.server.config.AlertsConfig.Form;
import dev.penstock.server.config.AlertsConfig.Receiver;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.net.Hosts;
import dev.penstock.server.source.net.Resolver;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Tells receivers what is wrong with models, on one thread of its own that there is only if there are
/// receivers.
/// Thread-safe; waits for no receiver but in [#close], and there only for what is under way.
public final class Alerting implements AutoCloseable {
    /// Of the environment, with what webhooks are signed with that have no file.
    public static final String SECRET_VARIABLE = SigningSecrets.VARIABLE;

    private static final System.Logger LOG = System.getLogger(Alerting.class.getName());

    private static final Duration TICK = Duration.ofSeconds(1);
    private static final long DEAD_LETTER_BYTES = 1 << 20;

    private final AlertsConfig config;
    private final Around around;
    private final Routing routing;
    private final Poster poster;
    private final DeliveryBook book = new DeliveryBook();
    private final Map<String, WebhookChannel> webhooks = new LinkedHashMap<>();
    private final Map<String, AlertmanagerChannel> managers = new LinkedHashMap<>();
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
        this(config, around, Backoff.FIRST);
    }

    /// @param firstPause before an attempt is repeated for the first time
    Alerting(AlertsConfig config, Around around, Duration firstPause) {
        this.config = config;
        this.around = around;
        this.routing = new Routing(config.rulesInForce());
        Hosts hosts = new Hosts(config.allowedHosts(), Resolver.SYSTEM, "alerts.allowed-hosts");
        this.poster = new Poster(hosts, config.timeout());
        this.events = new Events(around.gateway(), around.ids());
        this.tracks = new Tracks(new Track.Policy(config.renotifyEvery(), config.cooldown()));
        this.retraining = new Retraining(
                config.retraining(), model -> !routing.ofRetraining(model).isEmpty(), around.ids());
        this.thread = Thread.ofPlatform().name("alerts").daemon().unstarted(this::run);
        DeadLetters letters = new DeadLetters(around.folder(), DEAD_LETTER_BYTES);
        for (Receiver receiver : config.receivers()) {
            checkListed(hosts, receiver);
            add(receiver, new Backoff(around.random(), firstPause), letters);
        }
    }

    private static void checkListed(Hosts hosts, Receiver receiver) {
        try {
            hosts.checkListed(receiver.uri().getHost(), Poster.port(receiver.uri()));
        } catch (FetchException e) {
            throw new IllegalArgumentException(
                    "alerts.receivers: %s: %s".formatted(receiver.name(), e.getMessage()), e);
        }
    }

    private void add(Receiver receiver, Backoff backoff, DeadLetters letters) {
        if (receiver.form() == Form.ALERTMANAGER) {
            ManagedAlerts alerts = new ManagedAlerts(backoff);
            managers.put(
                    receiver.name(),
                    new AlertmanagerChannel(receiver, around.gateway(), poster, book, alerts, around.time()));
        } else {
            SigningSecrets secrets =
                    SigningSecrets.of(config.secretsFolder().orElse(null), receiver.name(), around.secret());
            Outbox outbox = new Outbox(config.queueSize(), config.retryFor().toMillis(), backoff);
            webhooks.put(
                    receiver.name(),
                    new WebhookChannel(receiver, poster, secrets, letters, book, outbox, around.time()));
        }
    }

    /// Begins to tell, if there is anybody to be told.
    public void start() {
        if (config.isOn()) {
            thread.start();
        }
    }

    private void run() {
        while (!ending) {
            try {
                look();
                for (Channel channel : channels()) {
                    channel.turn();
                }
            } catch (InterruptedException _) {
                // Only close() does that.
                return;
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.ERROR, "telling of alerts failed", e);
            }
            pause();
        }
    }

    private void pause() {
        long dueMillis = Long.MAX_VALUE;
        for (Channel channel : channels()) {
            dueMillis = Math.min(dueMillis, channel.dueMillis());
        }
        long leftMillis = dueMillis - Math.min(dueMillis, around.time().millis());
        long millis = Math.clamp(leftMillis, 1, TICK.toMillis());
        LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private List<Channel> channels() {
        List<Channel> channels = new ArrayList<>(webhooks.values());
        channels.addAll(managers.values());
        return channels;
    }

    /// Has receivers told of what has changed.
    private void look() {
        List<Concern> concerns = around.concerns().get();
        List<Concern> active = concerns.stream().filter(Concern::active).toList();
        lock.lock();
        try {
            nowMillis = Math.max(nowMillis, around.time().millis());
            for (Notice notice : tracks.next(concerns, nowMillis)) {
                tell(notice);
            }
            for (RetrainingRequest approved : retraining.next(active, nowMillis)) {
                tell(approved);
            }
        } finally {
            lock.unlock();
        }
        managers.forEach((name, channel) -> channel.see(active.stream()
                .filter(concern -> routing.of(concern).contains(name))
                .toList()));
    }

    @GuardedBy("lock")
    private void tell(Notice notice) {
        Concern concern = notice.concern();
        List<String> receivers =
                routing.of(concern).stream().filter(webhooks::containsKey).toList();
        if (!receivers.isEmpty()) {
            send(events.of(notice, around.facts().apply(concern.key()), nowMillis), receivers);
        }
    }

    @GuardedBy("lock")
    private void tell(RetrainingRequest request) {
        send(events.of(request, nowMillis), routing.ofRetraining(request.key().name()));
    }

    private void send(CloudEvent event, List<String> receivers) {
        for (String name : receivers) {
            WebhookChannel channel = webhooks.get(name);
            if (channel != null) {
                channel.offer(event);
            }
        }
    }

    /// How far receivers have been told of it.
    public List<Delivery> deliveries(Concern concern) {
        return book.of(concern.id());
    }

    public List<Delivery> deliveries(RetrainingRequest request) {
        return book.of(request.about());
    }

    /// All of them, as they are now.
    public List<ReceiverStatus> receivers() {
        return channels().stream().map(Channel::status).toList();
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
        LockSupport.unpark(thread);
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

    /// Ends the thread. What has not arrived is given up.
    @Override
    public void close() {
        ending = true;
        thread.interrupt();
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        poster.close();
        channels().forEach(Channel::giveUp);
    }
}
