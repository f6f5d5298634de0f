package dev.penstock.server.alerting;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.server.config.AlertsConfig.Receiver;
import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Tells an Alertmanager of what is active, by version 2 of its API.
final class AlertmanagerChannel implements Channel {
    private static final String PATH = "/api/v2/alerts";

    private final Receiver receiver;
    private final URI uri;
    private final String gateway;
    private final Poster poster;
    private final Credentials credentials;
    private final DeliveryBook book;
    private final InstantSource time;
    private final Attempts attempts;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final ManagedAlerts alerts;

    /// @param gateway name of this server
    AlertmanagerChannel(
            Receiver receiver,
            String gateway,
            Poster poster,
            Credentials credentials,
            DeliveryBook book,
            ManagedAlerts alerts,
            InstantSource time) {
        this.receiver = receiver;
        this.gateway = gateway;
        this.poster = poster;
        this.credentials = credentials;
        this.book = book;
        this.alerts = alerts;
        this.time = time;
        this.attempts = new Attempts(receiver.name());
        this.uri = endpoint(receiver.uri());
    }

    static URI endpoint(URI given) {
        String path = given.getRawPath().replaceAll("/+$", "");
        if (path.endsWith(PATH)) {
            return given;
        }
        String query = given.getRawQuery() == null ? "" : "?" + given.getRawQuery();
        return URI.create(given.getScheme() + "://" + given.getRawAuthority() + path + PATH + query);
    }

    @Override
    public String name() {
        return receiver.name();
    }

    /// @param active all concerns that it is to know of
    void see(List<Concern> active) {
        lock.lock();
        try {
            alerts.see(active, time.millis());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void turn() throws InterruptedException {
        List<ManagedAlerts.Told> batch = due();
        if (batch.isEmpty()) {
            return;
        }
        Poster.Answer answer = post(json(batch, gateway, time.millis()));
        long nowMillis = time.millis();
        attempts.add(answer, nowMillis);
        Delivery.State state = answer.accepted() ? Delivery.State.ACCEPTED : Delivery.State.RETRYING;
        batch.forEach(one ->
                book.put(one.concern().id(), new Delivery(receiver.name(), "", state, 0, nowMillis, answer.failure())));
        lock.lock();
        try {
            if (answer.accepted()) {
                alerts.accepted(batch, nowMillis);
            } else {
                alerts.failed(nowMillis, answer.retryAfterMillis());
            }
        } finally {
            lock.unlock();
        }
    }

    private Poster.Answer post(String body) throws InterruptedException {
        Map<String, String> headers = new HashMap<>(Map.of("Content-Type", "application/json"));
        try {
            credentials.addTo(headers);
        } catch (IOException | IllegalArgumentException e) {
            return Poster.Answer.failed("it has no credentials: " + e.getMessage());
        }
        return poster.post(uri, headers, body);
    }

    private List<ManagedAlerts.Told> due() {
        lock.lock();
        try {
            return alerts.due(time.millis());
        } finally {
            lock.unlock();
        }
    }

    static String json(List<ManagedAlerts.Told> batch, String gateway, long nowMillis) {
        ArrayNode all = JsonMapper.shared().createArrayNode();
        for (ManagedAlerts.Told one : batch) {
            Concern concern = one.concern();
            ObjectNode alert = all.addObject();
            alert.putObject("labels")
                    .put("alertname", concern.isDrift() ? "ModelDrift" : "ModelQuality")
                    .put("model", concern.key().name())
                    .put("version", Long.toString(concern.key().version()))
                    .put("severity", Events.lower(concern.severity()))
                    .put("gateway", gateway);
            alert.putObject("annotations").put("summary", summary(concern)).put("description", description(concern));
            long ends = one.endsMillis() == 0 ? nowMillis + ManagedAlerts.VALID.toMillis() : one.endsMillis();
            // A clock that was set back must not make it end before it began.
            long starts = Math.min(concern.raisedMillis(), one.endsMillis() == 0 ? nowMillis : ends);
            alert.put("startsAt", Events.instant(starts)).put("endsAt", Events.instant(ends));
        }
        return all.toString();
    }

    private static String summary(Concern concern) {
        String what = concern.isDrift() ? "has drifted" : "answers worse than it should";
        return "%s version %d %s".formatted(concern.key().name(), concern.key().version(), what);
    }

    private static String description(Concern concern) {
        List<String> named =
                concern.features().stream().limit(Events.MOST_FEATURES).toList();
        return "%d rows; %s".formatted(concern.alert().rows(), String.join(", ", named));
    }

    @Override
    public long dueMillis() {
        lock.lock();
        try {
            return alerts.dueMillis();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public ReceiverStatus status() {
        lock.lock();
        try {
            return ReceiverStatus.of(receiver, alerts.waiting(), attempts, Map.of(), 0);
        } finally {
            lock.unlock();
        }
    }

    /// What it was told it forgets by itself.
    @Override
    public void giveUp() {}
}
