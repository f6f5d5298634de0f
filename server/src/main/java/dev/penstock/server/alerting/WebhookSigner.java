package dev.penstock.server.alerting;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/// Signs what is posted to others than receivers, with the secret of those that have no file. Thread-safe.
public final class WebhookSigner {
    private static final long MILLIS_PER_SECOND = 1000;

    private final SigningSecrets secrets;

    /// @param secret "" for none
    /// @throws IllegalArgumentException if it is no proper secret
    public WebhookSigner(String secret) {
        this.secrets = SigningSecrets.of(null, "", secret);
    }

    /// The headers that go with a body: its id, the time, and, if there is a secret, the signature.
    public Map<String, String> headers(String id, long nowMillis, String body) throws IOException {
        long seconds = nowMillis / MILLIS_PER_SECOND;
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("webhook-id", id);
        headers.put("webhook-timestamp", Long.toString(seconds));
        String signature = secrets.sign(id, seconds, body);
        if (!signature.isEmpty()) {
            headers.put("webhook-signature", signature);
        }
        return headers;
    }
}
