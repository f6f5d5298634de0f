package dev.penstock.server.alerting;

import dev.penstock.server.config.AlertsConfig.Form;
import dev.penstock.server.config.AlertsConfig.Receiver;
import java.util.Map;

/// How it goes with one receiver.
///
/// @param host with its port; the rest of the address may be a secret
/// @param waiting events, or alerts of which an Alertmanager does not know yet
/// @param attemptsAccepted all of them since the start, as are those below
/// @param events by what became of them; none of an Alertmanager, which is told states
/// @param unkept events that did not arrive and could not be kept either
/// @param lastFailure "" if there was none
/// @param lastFailureMillis since 1970
public record ReceiverStatus(
        String name,
        Form form,
        String host,
        int waiting,
        long attemptsAccepted,
        long attemptsFailed,
        Map<Outcome, Long> events,
        long unkept,
        String lastFailure,
        long lastFailureMillis) {
    public ReceiverStatus {
        events = Map.copyOf(events);
    }

    static ReceiverStatus of(
            Receiver receiver, int waiting, Attempts attempts, Map<Outcome, Long> events, long unkept) {
        Attempts.Failure last = attempts.last();
        return new ReceiverStatus(
                receiver.name(),
                receiver.form(),
                Poster.shown(receiver.uri()),
                waiting,
                attempts.accepted(),
                attempts.failed(),
                events,
                unkept,
                last.why(),
                last.atMillis());
    }
}
