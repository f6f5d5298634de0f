package dev.penstock.server;

import java.io.FileNotFoundException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.function.LongConsumer;
import tools.jackson.databind.node.ObjectNode;

/// An order and its files as one multipart body, read from the disk while it is sent.
final class UploadBody implements BodyPublisher {
    /// Files are not searched for it: of random bytes, none has it.
    private static final String BOUNDARY = "penstock-7c1e5a8f40b94d0f9e0a6b2d3c4f5e61";

    private final BodyPublisher parts;
    private final LongConsumer sent;

    private UploadBody(BodyPublisher parts, LongConsumer sent) {
        this.parts = parts;
        this.sent = sent;
    }

    static String contentType() {
        return "multipart/form-data; boundary=" + BOUNDARY;
    }

    /// @param sent told how many bytes were handed to the network so far, on a thread of the client's
    static UploadBody of(ObjectNode order, List<UploadFile> files, LongConsumer sent) throws FileNotFoundException {
        List<BodyPublisher> parts = new ArrayList<>();
        parts.add(text("--%s\r\nContent-Disposition: form-data; name=\"order\"\r\n".formatted(BOUNDARY)
                + "Content-Type: application/json\r\n\r\n"
                + order));
        for (UploadFile file : files) {
            parts.add(text("\r\n--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\n"
                            .formatted(BOUNDARY, file.path())
                    + "X-Penstock-Sha256: " + file.sha256() + "\r\n\r\n"));
            parts.add(BodyPublishers.ofFile(file.file()));
        }
        parts.add(text("\r\n--" + BOUNDARY + "--\r\n"));
        return new UploadBody(BodyPublishers.concat(parts.toArray(BodyPublisher[]::new)), sent);
    }

    private static BodyPublisher text(String text) {
        return BodyPublishers.ofString(text, StandardCharsets.UTF_8);
    }

    @Override
    public long contentLength() {
        return parts.contentLength();
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
        parts.subscribe(new Counting(subscriber, sent));
    }

    /// Counts what passes.
    private static final class Counting implements Flow.Subscriber<ByteBuffer> {
        private final Flow.Subscriber<? super ByteBuffer> next;
        private final LongConsumer sent;
        private long bytes;

        private Counting(Flow.Subscriber<? super ByteBuffer> next, LongConsumer sent) {
            this.next = next;
            this.sent = sent;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            next.onSubscribe(subscription);
        }

        @Override
        public void onNext(ByteBuffer piece) {
            bytes += piece.remaining();
            next.onNext(piece);
            sent.accept(bytes);
        }

        @Override
        public void onError(Throwable cause) {
            next.onError(cause);
        }

        @Override
        public void onComplete() {
            next.onComplete();
        }
    }
}
