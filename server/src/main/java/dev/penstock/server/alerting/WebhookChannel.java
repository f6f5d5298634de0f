package dev.penstock.server.alerting;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.server.config.AlertsConfig.Form;
import dev.penstock.server.config.AlertsConfig.Receiver;
import java.io.IOException;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Tells a webhook of events, each until it has arrived: at least once, in order, and once only unless nobody
/// can know whether it had arrived.
final class WebhookChannel implements Channel {
    private static final int GONE = 410;
    private static final String STOPPED = "the server stopped";

    private final Receiver receiver;
    private final Poster poster;
    private final SigningSecrets secrets;
    private final Credentials credentials;
    private final DeadLetters letters;
    private final DeliveryBook book;
    private final InstantSource time;
    private final Attempts attempts;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Outbox outbox;

    @GuardedBy("lock")
    private boolean closed;

    @GuardedBy("lock")
    private final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);

    WebhookChannel(
            Receiver receiver,
            Poster poster,
            SigningSecrets secrets,
            Credentials credentials,
            DeadLetters letters,
            DeliveryBook book,
            Outbox outbox,
            InstantSource time) {
        this.receiver = receiver;
        this.poster = poster;
        this.secrets = secrets;
        this.credentials = credentials;
        this.letters = letters;
        this.book = book;
        this.outbox = outbox;
        this.time = time;
        this.attempts = new Attempts(receiver.name());
        for (Outcome outcome : Outcome.values()) {
            outcomes.put(outcome, 0L);
        }
    }

    @Override
    public String name() {
        return receiver.name();
    }

    /// Has it told of an event, if there is room.
    void offer(CloudEvent event) {
        long nowMillis = time.millis();
        lock.lock();
        try {
            Outbox.Waiting letter = new Outbox.Waiting(event, nowMillis, 0);
            if (closed) {
                lose(letter, Outcome.SHUTDOWN, STOPPED, nowMillis);
            } else if (outbox.offer(event, nowMillis)) {
                note(letter, Delivery.State.WAITING, "", nowMillis);
            } else {
                lose(letter, Outcome.OVERFLOW, "too many events wait", nowMillis);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void turn() throws InterruptedException {
        Outbox.Waiting first;
        while ((first = due()) != null) {
            Poster.Answer answer = post(first.event());
            long nowMillis = time.millis();
            attempts.add(answer, nowMillis);
            settle(answer, nowMillis);
        }
    }

    private Outbox.@Nullable Waiting due() {
        lock.lock();
        try {
            return outbox.due(time.millis());
        } finally {
            lock.unlock();
        }
    }

    private Poster.Answer post(CloudEvent event) throws InterruptedException {
        CloudEvent.Message message = receiver.form() == Form.WEBHOOK_BINARY ? event.binary() : event.structured();
        long timestamp = time.instant().getEpochSecond();
        Map<String, String> headers = new LinkedHashMap<>(message.headers());
        headers.put("webhook-id", event.id());
        headers.put("webhook-timestamp", Long.toString(timestamp));
        try {
            String signature = secrets.sign(event.id(), timestamp, message.body());
            if (!signature.isEmpty()) {
                headers.put("webhook-signature", signature);
            }
        } catch (IOException | IllegalArgumentException e) {
            // Unsigned it would be refused, or worse, not.
            return Poster.Answer.failed("it cannot be signed: " + e.getMessage());
        }
        try {
            credentials.addTo(headers);
        } catch (IOException | IllegalArgumentException e) {
            return Poster.Answer.failed("it has no credentials: " + e.getMessage());
        }
        return poster.post(receiver.uri(), headers, message.body());
    }

    private void settle(Poster.Answer answer, long nowMillis) {
        lock.lock();
        try {
            if (closed) {
                // It was given up while it was under way.
                return;
            }
            if (answer.accepted()) {
                outcomes.merge(Outcome.ACCEPTED, 1L, Long::sum);
                note(outbox.arrived(), Delivery.State.ACCEPTED, "", nowMillis);
            } else if (answer.status() == GONE) {
                lose(outbox.refused(), Outcome.REFUSED, answer.failure(), nowMillis);
            } else {
                List<Outbox.Waiting> over = outbox.failed(nowMillis, answer.retryAfterMillis());
                for (Outbox.Waiting lost : over) {
                    lose(lost, Outcome.EXPIRED, answer.failure(), nowMillis);
                }
                if (over.isEmpty()) {
                    note(outbox.first(), Delivery.State.RETRYING, answer.failure(), nowMillis);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void lose(Outbox.Waiting letter, Outcome outcome, String failure, long nowMillis) {
        outcomes.merge(outcome, 1L, Long::sum);
        letters.add(receiver.name(), outcome, letter, failure, nowMillis);
        note(letter, Delivery.State.GIVEN_UP, failure, nowMillis);
    }

    private void note(Outbox.Waiting letter, Delivery.State state, String failure, long nowMillis) {
        CloudEvent event = letter.event();
        book.put(
                event.about(), new Delivery(receiver.name(), event.id(), state, letter.attempts(), nowMillis, failure));
    }

    @Override
    public long dueMillis() {
        lock.lock();
        try {
            return outbox.dueMillis();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public ReceiverStatus status() {
        lock.lock();
        try {
            return ReceiverStatus.of(receiver, outbox.size(), attempts, outcomes, letters.unkept(receiver.name()));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void giveUp() {
        long nowMillis = time.millis();
        lock.lock();
        try {
            closed = true;
            for (Outbox.Waiting letter : outbox.drain()) {
                lose(letter, Outcome.SHUTDOWN, STOPPED, nowMillis);
            }
        } finally {
            lock.unlock();
        }
    }
}
