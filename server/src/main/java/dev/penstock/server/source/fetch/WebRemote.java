package dev.penstock.server.source.fetch;

import dev.penstock.server.source.Deadline;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.source.net.HttpReply;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A file behind a URI.
///
/// @param secrets headers for its host alone
record WebRemote(Web web, URI uri, Map<String, String> secrets, Deadline deadline) implements Remote {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18}|\\*)");

    WebRemote {
        secrets = Map.copyOf(secrets);
    }

    @Override
    public String identity() {
        return uri.toString();
    }

    @Override
    @SuppressWarnings("MustBeClosed") // Closed with the body, or below.
    public Answer open(long from, String validator) throws IOException {
        Map<String, String> headers = new HashMap<>();
        if (from > 0) {
            headers.put("Range", "bytes=" + from + "-");
            headers.put("If-Range", validator);
        }
        HttpReply reply = web.get(new Web.Wanted(uri, headers, secrets, deadline));
        @Nullable Answer answer = null;
        try {
            if (reply.status() == 416 && from > 0) {
                // It has become shorter than what is here.
                return open(0, "");
            }
            answer = answer(reply, from);
            return answer;
        } finally {
            if (answer == null) {
                reply.close();
            }
        }
    }

    private static Answer answer(HttpReply reply, long from) throws IOException {
        if (reply.status() != 200 && reply.status() != 206) {
            throw Web.refusal(reply);
        }
        String coding = reply.header("content-encoding");
        if (!coding.isEmpty() && !coding.equals("identity")) {
            throw new FetchException(
                    Reason.UNREACHABLE, Web.shown(reply.uri()) + " sends it compressed (" + coding + "), unasked");
        }
        ReplyBody body = new ReplyBody(reply);
        String validator = validator(reply);
        if (reply.status() == 206) {
            Matcher range = CONTENT_RANGE.matcher(reply.header("content-range"));
            if (!range.matches() || Long.parseLong(range.group(1)) != from) {
                throw new IOException(Web.shown(reply.uri()) + " sends another part than was asked for");
            }
            long total = range.group(2).equals("*") ? -1 : Long.parseLong(range.group(2));
            return new Answer(body, from, total, validator, reply.delimited());
        }
        String length = reply.header("content-length");
        return new Answer(body, 0, length.isEmpty() ? -1 : Long.parseLong(length), validator, reply.delimited());
    }

    /// A weak tag does not promise equal bytes, nor does a time of whole seconds.
    private static String validator(HttpReply reply) {
        String tag = reply.header("etag");
        return tag.startsWith("\"") ? tag : "";
    }
}
