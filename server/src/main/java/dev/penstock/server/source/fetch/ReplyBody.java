package dev.penstock.server.source.fetch;

import dev.penstock.server.source.net.HttpReply;
import java.io.FilterInputStream;

/// A body that closes its connection with it.
final class ReplyBody extends FilterInputStream {
    private final HttpReply reply;

    ReplyBody(HttpReply reply) {
        super(reply.body());
        this.reply = reply;
    }

    @Override
    public void close() {
        reply.close();
    }
}
