package dev.penstock.server.alerting;

import dev.penstock.server.config.AlertsConfig;
import dev.penstock.server.config.AlertsConfig.Form;
import dev.penstock.server.config.AlertsConfig.Receiver;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.net.Hosts;
import dev.penstock.server.source.net.Resolver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// All that can be told, and the threads that tell them. Thread-safe, but for [#start] and [#close]; waits
/// for none but in [#close], and there not for long.
final class Receivers implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Receivers.class.getName());
    private static final long DEAD_LETTER_BYTES = 1 << 20;

    private final AlertsConfig config;
    private final Alerting.Around around;
    private final Means means;
    private final Poster poster;
    private final DeadLetters letters;
    private final DeliveryBook book = new DeliveryBook();
    private final Map<String, WebhookChannel> webhooks = new LinkedHashMap<>();
    private final Map<String, AlertmanagerChannel> managers = new LinkedHashMap<>();
    private final Map<String, Messenger> messengers = new LinkedHashMap<>();

    /// What tests have otherwise.
    ///
    /// @param firstPause before an attempt is repeated for the first time
    /// @param patience with what is under way when it is closed
    /// @param writing the same, with the disk
    record Means(Duration firstPause, Duration patience, Duration writing, Resolver resolver) {
        static final Means USUAL =
                new Means(Backoff.FIRST, Duration.ofSeconds(5), Duration.ofSeconds(5), Resolver.SYSTEM);
    }

    /// @throws IllegalArgumentException if a receiver is on a host that is not allowed, or has no proper
    ///     secret
    Receivers(AlertsConfig config, Alerting.Around around, Means means) {
        this.config = config;
        this.around = around;
        this.means = means;
        Hosts hosts = new Hosts(config.allowedHosts(), means.resolver(), "alerts.allowed-hosts");
        this.poster = new Poster(hosts, config.timeout(), around.time());
        this.letters = new DeadLetters(around.folder(), DEAD_LETTER_BYTES, means.writing());
        for (Receiver receiver : config.receivers()) {
            checkListed(hosts, receiver);
            messengers.put(receiver.name(), new Messenger(channel(receiver), around.time()));
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

    private Channel channel(Receiver receiver) {
        // Each thread has its own chance.
        RandomGenerator random = new SplittableRandom(around.random().nextLong());
        Backoff backoff = new Backoff(random, means.firstPause());
        Credentials credentials = Credentials.of(config.secretsFolder().orElse(null), receiver.name());
        if (receiver.form() == Form.ALERTMANAGER) {
            ManagedAlerts alerts = new ManagedAlerts(backoff);
            AlertmanagerChannel manager = new AlertmanagerChannel(
                    receiver, around.gateway(), poster, credentials, book, alerts, around.time());
            managers.put(receiver.name(), manager);
            return manager;
        }
        SigningSecrets secrets =
                SigningSecrets.of(config.secretsFolder().orElse(null), receiver.name(), around.secret());
        Outbox outbox = new Outbox(config.queueSize(), config.retryFor().toMillis(), backoff);
        WebhookChannel webhook =
                new WebhookChannel(receiver, poster, secrets, credentials, letters, book, outbox, around.time());
        webhooks.put(receiver.name(), webhook);
        return webhook;
    }

    void start() {
        messengers.values().forEach(Messenger::start);
    }

    /// Whether it is told of events.
    boolean isWebhook(String name) {
        return webhooks.containsKey(name);
    }

    /// Has those be told of an event that are webhooks.
    void send(CloudEvent event, List<String> names) {
        for (String name : names) {
            WebhookChannel webhook = webhooks.get(name);
            if (webhook != null) {
                webhook.offer(event);
                wake(name);
            }
        }
    }

    /// Has Alertmanagers be told of what is active.
    ///
    /// @param of what each is to know, by its name
    void see(Function<String, List<Concern>> of) {
        managers.forEach((name, manager) -> {
            manager.see(of.apply(name));
            wake(name);
        });
    }

    private void wake(String name) {
        Messenger messenger = messengers.get(name);
        if (messenger != null) {
            messenger.wake();
        }
    }

    /// How far they have been told of something.
    List<Delivery> deliveries(String about) {
        return book.of(about);
    }

    List<ReceiverStatus> status() {
        return channels().stream().map(Channel::status).toList();
    }

    private List<Channel> channels() {
        List<Channel> channels = new ArrayList<>(webhooks.values());
        channels.addAll(managers.values());
        return channels;
    }

    /// Ends the threads. What has not arrived is given up, and a thread that does not end, as names are
    /// looked up for as long as the system likes, is left alone.
    @Override
    public void close() {
        List<Thread> threads = messengers.values().stream().map(Messenger::end).toList();
        try {
            if (!Messenger.join(threads, means.patience())) {
                LOG.log(System.Logger.Level.WARNING, "alerts: what is under way does not end, and is left alone");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        poster.close();
        channels().forEach(Channel::giveUp);
        letters.close();
    }
}
