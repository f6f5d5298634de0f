package dev.penstock.server.grpc.door;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// What one connection sends. Answers gather here until the next flush; those that are too large for what the
/// peer lets us send wait for its windows. Confined to the connection's event loop; allocates nothing for an
/// answer that goes out at once.
final class DoorOutput {
    private final DoorConnection connection;
    private final LoopContext loop;
    private final Http2ConnectionEncoder encoder;
    private final SendWindows windows;
    private final OutBuffer out = new OutBuffer();
    private final ArrayDeque<WaitingData> sent = new ArrayDeque<>();

    /// Streams that were answered before the peer had ended them.
    private final ArrayDeque<Http2Stream> unfinished = new ArrayDeque<>();

    /// Whether a flush comes without being asked for.
    private boolean reading;

    private boolean listed;
    private boolean firstBlock = true;
    private boolean answered;

    /// Bytes of answers of all streams that wait for the peer's windows.
    private long waitingBytes;

    DoorOutput(DoorConnection connection, Http2ConnectionEncoder encoder) {
        this.connection = connection;
        this.loop = connection.loop;
        this.encoder = encoder;
        this.windows =
                new SendWindows(encoder.flowController(), encoder.connection().connectionStream());
    }

    /// What is written until [#readEnds] is flushed by then.
    void readBegins() {
        reading = true;
    }

    void readEnds() {
        reading = false;
    }

    /// The buffer in which answers wait for the next flush, with room for that many bytes.
    ByteBuf out(int bytes) {
        answered = true;
        touch();
        return out.withRoom(connection.context(), bytes);
    }

    /// A buffer for one message, to be handed to [#send].
    ByteBuf buffer(int bytes) {
        return connection.context().alloc().directBuffer(bytes);
    }

    /// Whether the next header block is the connection's first.
    boolean firstBlock() {
        boolean first = firstBlock;
        firstBlock = false;
        return first;
    }

    /// Whether the peer was sent an answer, or a part of one, since this was last asked.
    boolean pollAnswered() {
        boolean polled = answered;
        answered = false;
        return polled;
    }

    /// Takes the window for one DATA frame that the caller writes to [#out] at once. There is none for a peer
    /// that does not read: only what is sent by [#send] counts against the budget.
    ///
    /// @return false if it must be sent by [#send] instead
    boolean tryTakeWindow(DoorStream stream, int bytes) {
        return bytes <= maxFrameBytes()
                && connection.context().channel().isWritable()
                && windows.tryTake(stream.h2(), bytes);
    }

    /// Sends bytes of DATA as the windows allow.
    ///
    /// @param data released when sent
    /// @param whenSent called then, unless the stream ends before
    void send(DoorStream stream, ByteBuf data, Runnable whenSent) {
        Http2Stream h2 = stream.h2();
        h2.headersSent(false);
        waiting(stream, data.readableBytes());
        windows.add(h2, new WaitingData(this, stream, h2, data, whenSent));
        touch();
    }

    /// Sends the last bytes of an answer, and its trailers.
    void sendLast(DoorStream stream, ByteBuf data) {
        Http2Stream h2 = stream.h2();
        send(stream, data, () -> close(h2));
    }

    private void close(Http2Stream h2) {
        ResponseHeaders.close(out(ResponseHeaders.MAX_BYTES), h2.id());
        end(h2);
    }

    /// Ends an answer with status OK, after what still waits.
    void sendTrailers(DoorStream stream) {
        if (stream.waitingBytes > 0) {
            sendLast(stream, Unpooled.EMPTY_BUFFER);
        } else {
            close(stream.h2());
        }
    }

    void waiting(DoorStream stream, int bytes) {
        stream.waitingBytes += bytes;
        waitingBytes += bytes;
        loop.budget.take(bytes);
    }

    /// What a new call is told if so much waits to be sent that nothing new is begun; else null.
    @Nullable
    String refusalWhenClogged() {
        if (waitingBytes > loop.settings.maxMessageBytes()) {
            return "%d bytes of answers wait for the caller to read them (expected: at most %d before the next call%s); read them first, or try again later"
                    .formatted(
                            waitingBytes,
                            loop.settings.maxMessageBytes(),
                            loop.settings.messages().named());
        }
        return loop.budget.isFull() ? loop.budget.refusal(0) : null;
    }

    /// The last frame of an answer was written. The stream may be closed when this returns.
    void end(DoorStream stream) {
        end(stream.h2());
    }

    /// The same for an answer that does not wait for all of the request: the peer is told to send no more of
    /// it.
    void endEarly(DoorStream stream) {
        unfinished.add(stream.h2());
        end(stream);
    }

    private void end(Http2Stream h2) {
        h2.headersSent(false);
        connection.closeStreamLocal(
                h2,
                connection.connection().goAwaySent()
                        ? written()
                        : connection.context().newSucceededFuture());
    }

    // The last stream to end takes a connection that is going away with it, but not before its answer is out.
    private ChannelFuture written() {
        push();
        return connection.context().writeAndFlush(Unpooled.EMPTY_BUFFER);
    }

    /// Ends a stream whose answer could not be made.
    void reset(DoorStream stream) {
        Http2Stream h2 = stream.h2();
        if (h2.state() != Http2Stream.State.CLOSED) {
            h2.headersSent(false);
            reset(h2, Http2Error.INTERNAL_ERROR);
            touch();
        }
    }

    // What ends a request may be in the very read that brings its refusal about, so this is for the end of it.
    private void stopUnfinished() {
        for (Http2Stream h2 = unfinished.poll(); h2 != null; h2 = unfinished.poll()) {
            if (h2.state() == Http2Stream.State.HALF_CLOSED_LOCAL) {
                reset(h2, Http2Error.NO_ERROR);
            }
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // What fails to be written ends the connection.
    private void reset(Http2Stream h2, Http2Error error) {
        ChannelHandlerContext context = connection.context();
        connection.resetStream(context, h2.id(), error.code(), context.newPromise());
    }

    int maxFrameBytes() {
        return encoder.configuration().frameSizePolicy().maxFrameSize();
    }

    /// Has what was written outside the connection's own reading flushed when this turn of the loop is over.
    void touch() {
        if (!reading && !listed) {
            listed = true;
            loop.dirty(connection);
        }
    }

    /// It is flushed now.
    void touched() {
        listed = false;
    }

    /// Writes to the channel what the windows allow, and the answers so far.
    void write() {
        try {
            windows.send();
        } catch (Http2Exception e) {
            connection.onError(connection.context(), true, e);
        }
        for (WaitingData data = sent.poll(); data != null; data = sent.poll()) {
            data.tell();
        }
        stopUnfinished();
        push();
    }

    /// Has [WaitingData#tell] called when the windows are up to date.
    void sent(WaitingData data) {
        sent.add(data);
    }

    /// Puts the answers so far before whatever is written next.
    void push() {
        out.push(connection.context());
    }

    /// Writes a slice behind the answers so far.
    void push(ByteBuf slice) {
        out.push(connection.context(), slice);
    }

    /// The connection is gone.
    void release() {
        out.release();
    }
}
