package dev.penstock.server.source.fetch;

import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// An object of a store.
///
/// @param version of the object, or "" for the current one
record S3Remote(S3Client client, String bucket, String key, String version) implements Remote {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18})");

    @Override
    public String identity() {
        return "s3://" + bucket + "/" + key + "?versionId=" + version;
    }

    @Override
    public Answer open(long from, String validator) throws IOException {
        GetObjectRequest.Builder request =
                GetObjectRequest.builder().bucket(bucket).key(key);
        if (!version.isEmpty()) {
            request.versionId(version);
        }
        if (from > 0) {
            request.range("bytes=" + from + "-").ifMatch(validator);
        }
        try {
            ResponseInputStream<GetObjectResponse> reply = client.getObject(request.build());
            return answer(reply, from);
        } catch (S3Exception e) {
            if (from > 0 && (e.statusCode() == 412 || e.statusCode() == 416)) {
                return open(0, "");
            }
            throw refusal(e, bucket, key);
        } catch (SdkException e) {
            throw failure(e);
        }
    }

    private static Answer answer(ResponseInputStream<GetObjectResponse> reply, long from) throws IOException {
        GetObjectResponse head = reply.response();
        String tag = head.eTag() == null ? "" : head.eTag();
        @Nullable String range = head.contentRange();
        InputStream body = new Aborting(reply);
        if (from == 0 || range == null) {
            return new Answer(body, 0, head.contentLength() == null ? -1 : head.contentLength(), tag, true);
        }
        Matcher matcher = CONTENT_RANGE.matcher(range);
        if (!matcher.matches() || Long.parseLong(matcher.group(1)) != from) {
            reply.abort();
            throw new IOException("the store sends another part than was asked for");
        }
        return new Answer(body, from, Long.parseLong(matcher.group(2)), tag, true);
    }

    /// What a store's error means.
    static FetchException refusal(S3Exception e, String bucket, String key) throws IOException {
        String what = "s3://%s/%s: the store answers with status %d".formatted(bucket, key, e.statusCode());
        return switch (e.statusCode()) {
            case 404 -> new FetchException(Reason.NOT_FOUND, what + ": there is nothing");
            case 400, 401, 403 ->
                new FetchException(
                        Reason.REFUSED,
                        "%s (%s); see whether its credentials and sources.s3-region are right"
                                .formatted(
                                        what,
                                        e.awsErrorDetails() == null
                                                ? ""
                                                : e.awsErrorDetails().errorCode()));
            case 301, 307 ->
                new FetchException(
                        Reason.REFUSED,
                        what + ": the bucket is elsewhere; set sources.s3-region or sources.s3-endpoint");
            case 408, 429, 500, 502, 503, 504 -> throw new IOException(what);
            default -> new FetchException(Reason.UNREACHABLE, what);
        };
    }

    /// What went wrong before the store could say anything.
    static IOException failure(SdkException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof FetchException refused) {
                throw refused;
            }
            if (cause instanceof IOException broken) {
                return broken;
            }
        }
        return new IOException(e instanceof SdkClientException ? e.getMessage() : "the store cannot be asked", e);
    }

    /// Does not read on to its end when it is closed before.
    private static final class Aborting extends InputStream {
        private final ResponseInputStream<GetObjectResponse> reply;

        Aborting(ResponseInputStream<GetObjectResponse> reply) {
            this.reply = reply;
        }

        @Override
        public int read() throws IOException {
            return reply.read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                return reply.read(bytes, offset, length);
            } catch (SdkException e) {
                // A checksum of the store's that does not fit, say.
                throw failure(e);
            }
        }

        @Override
        public void close() {
            reply.abort();
        }
    }
}
