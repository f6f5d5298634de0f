package dev.penstock.server.grpc.door;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/// What goes out on one stream: its headers, the answers in the order of the requests, where one that comes too
/// soon waits, and its end. Confined to an event loop.
final class StreamAnswers {
    private final InferStream stream;
    private final StreamHeaders headers;
    private final Runnable drained;
    private final AnswerOrder order = new AnswerOrder();
    private boolean open;

    /// @param headers of the request
    /// @param drained runs whenever an answer has gone out
    StreamAnswers(InferStream stream, StreamHeaders headers, Runnable drained) {
        this.stream = stream;
        this.headers = headers;
        this.drained = drained;
    }

    /// Whether anything went out.
    boolean isOpen() {
        return open;
    }

    /// Sends the headers, if that is still to be done.
    void open() {
        if (!open) {
            open = true;
            DoorOutput output = stream.output();
            ByteBuf out = output.out(ResponseHeaders.MAX_BYTES);
            ResponseHeaders.open(
                    out,
                    stream.streamId(),
                    output.firstBlock(),
                    Exposure.NONE,
                    stream.loop.requestIds,
                    writeId(),
                    takesGzip());
        }
    }

    private int writeId() {
        return stream.loop.requestIds.write(Exposure.NONE, 0, headers.requestId());
    }

    // A stream says once for all its messages how they may be compressed.
    private boolean takesGzip() {
        return headers.takesGzip() && stream.loop.settings.compressFromBytes() != DoorSettings.NEVER_COMPRESS;
    }

    /// Whether a message of that length is to be compressed.
    boolean compresses(int bytes) {
        return takesGzip() && bytes >= stream.loop.settings.compressFromBytes();
    }

    /// Ends the stream well.
    void finish() {
        open();
        stream.output().sendTrailers(stream);
    }

    /// Ends it at once with a failure.
    void fail(ErrorCode code, String message) {
        DoorOutput output = stream.output();
        ByteBuf out = output.out(ResponseHeaders.MAX_BYTES);
        if (open) {
            ResponseHeaders.close(out, stream.streamId(), code, message);
        } else {
            ResponseHeaders.refuse(
                    out,
                    stream.streamId(),
                    output.firstBlock(),
                    200,
                    code,
                    message,
                    Exposure.NONE,
                    stream.loop.requestIds,
                    writeId());
        }
        output.endEarly(stream);
    }

    /// The same behind the answers that still wait to be sent.
    void failBehind(ErrorCode code, String message) {
        if (stream.waitingBytes > 0) {
            stream.output().send(stream, Unpooled.EMPTY_BUFFER, () -> fail(code, message));
        } else {
            fail(code, message);
        }
    }

    /// How many requests have no answer that was sent.
    int owed() {
        return order.size();
    }

    /// A request came that is to be answered.
    void owe(InferCall call) {
        order.add(call);
    }

    /// Whether the answer to that call may be sent now.
    boolean isNext(InferCall call) {
        return order.isFirst(call);
    }

    /// The answer that was next is written; those that waited for it are sent.
    void nextWritten() {
        order.pass();
        sendKept();
    }

    /// Sends an answer if it is its turn, and those that waited for it; else it waits.
    void send(InferCall call, ByteBuf framed) {
        if (order.isFirst(call)) {
            order.pass();
            stream.output().send(stream, framed, drained);
            sendKept();
        } else {
            stream.output().waiting(stream, framed.readableBytes());
            order.keep(call, framed);
        }
    }

    /// Ends the stream with that failure when all before it are answered.
    void end(InferCall call, ErrorCode code, String text) {
        if (order.isFirst(call)) {
            order.pass();
            stream.failInOrder(code, text);
        } else {
            order.keep(call, new ServingException(code, text));
        }
    }

    private void sendKept() {
        for (Object kept = order.pollAnswer(); kept != null; kept = order.pollAnswer()) {
            if (kept instanceof ByteBuf framed) {
                stream.output().waiting(stream, -framed.readableBytes());
                stream.output().send(stream, framed, drained);
            } else if (kept instanceof ServingException failure) {
                stream.failInOrder(failure.code(), failure.reason());
                return;
            }
        }
    }

    /// No more is answered: whoever works for that is told.
    void clear() {
        order.clear(this::forget);
    }

    private void forget(Object owed) {
        if (owed instanceof InferCall call) {
            call.leave();
        } else if (owed instanceof ByteBuf answer) {
            stream.output().waiting(stream, -answer.readableBytes());
            answer.release();
        }
    }
}
