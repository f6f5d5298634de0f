package dev.penstock.server.payload;

import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

/// Posts each record as two CloudEvents, the request and the response, in HTTP's binary mode and with the
/// types that KServe's logger gives them. Confined to one thread.
final class EventSink implements RecordQueue.Destination {
    static final String REQUEST_TYPE = "org.kubeflow.serving.inference.request";
    static final String RESPONSE_TYPE = "org.kubeflow.serving.inference.response";

    private final String source;
    private final EventPoster poster;

    /// @param source what events say they come from
    /// @param headers sent with each
    EventSink(URI sink, String source, Map<String, String> headers) {
        this(sink, source, headers, EventPoster.Patience.USUAL);
    }

    EventSink(URI sink, String source, Map<String, String> headers, EventPoster.Patience patience) {
        this.source = source;
        this.poster = new EventPoster(sink, headers, patience);
    }

    @Override
    public void write(PayloadRecord record) throws IOException {
        post(record, REQUEST_TYPE, record.time().toString(), PayloadJson.request(record));
        String answered = record.time().plusNanos(record.latencyMicros() * 1000).toString();
        post(record, RESPONSE_TYPE, answered, PayloadJson.response(record));
    }

    private void post(PayloadRecord record, String type, String time, byte[] body) throws IOException {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("id", record.id());
        attributes.put("type", type);
        attributes.put("source", source);
        attributes.put("time", time);
        attributes.put("component", "predictor");
        attributes.put("inferenceservicename", record.model());
        if (record.version() > 0) {
            attributes.put("endpoint", Long.toString(record.version()));
        }
        poster.post(attributes, body);
    }

    @Override
    public void ending() {
        poster.hurry();
    }

    @Override
    public void close() {
        poster.close();
    }

    @Override
    public String toString() {
        return poster.toString();
    }
}
