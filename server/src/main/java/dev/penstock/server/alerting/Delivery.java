package dev.penstock.server.alerting;

/// How far one receiver has been told of something; of several events about it, the last one.
///
/// @param id of the event; "" of an Alertmanager, which knows no events
/// @param attempts so far
/// @param atMillis since 1970, of the last change
/// @param failure of the last attempt, or ""
public record Delivery(String receiver, String id, State state, int attempts, long atMillis, String failure) {
    /// Where it is.
    public enum State {
        WAITING,
        /// It is tried again.
        RETRYING,
        ACCEPTED,
        GIVEN_UP
    }
}
