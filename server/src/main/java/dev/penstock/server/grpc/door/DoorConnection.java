package dev.penstock.server.grpc.door;

import dev.penstock.core.ErrorCode;
import dev.penstock.server.fast.ReadTurns;
import dev.penstock.server.wire.Callers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// One connection. Netty keeps the streams' states, both directions of flow control, settings and the checks of
/// frames; the bytes of answers are ours. Answers of one read leave in one write and one flush.
///
/// Confined to its event loop.
final class DoorConnection extends Http2ConnectionHandler implements ReadTurns.Reader {
    private static final System.Logger LOG = System.getLogger(DoorConnection.class.getName());

    final LoopContext loop;
    private final Streams streams;
    private final SendWindows windows;
    private final OutBuffer out = new OutBuffer();
    private final ArrayDeque<WaitingData> sent = new ArrayDeque<>();

    /// Streams that were answered before the peer had ended them.
    private final ArrayDeque<Http2Stream> unfinished = new ArrayDeque<>();

    private @Nullable ChannelHandlerContext context;
    private final ConnectionTimer timer;
    private final ConnectionEnd end = new ConnectionEnd(this);
    private final StreamFaults faults;
    private boolean reading;
    private boolean listed;
    private boolean firstBlock = true;
    private boolean gone;
    private boolean answered;
    private int peer;

    /// Whose bytes it brings: of the first request of the last read.
    private int caller;

    private boolean callerKnown;

    /// When what is being decoded was taken up.
    private long readNanos;

    private final PutOff putOff = new PutOff();

    /// Bytes of answers of all streams that wait for the peer's windows.
    private long waitingBytes;

    DoorConnection(
            LoopContext loop,
            RequestHeaders headers,
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder,
            Http2Settings settings) {
        super(decoder, encoder, settings);
        this.loop = loop;
        this.timer = new ConnectionTimer(this);
        this.faults = new StreamFaults(connection());
        this.streams = new Streams(connection(), timer::idle);
        this.windows = new SendWindows(encoder.flowController(), connection().connectionStream());
        decoder.frameListener(new RequestFrames(this, headers));
    }

    /// Who is at the other end, as a hash.
    int peer() {
        return peer;
    }

    // Life cycle.

    @Override
    public void handlerAdded(ChannelHandlerContext newContext) throws Exception {
        context = newContext;
        peer = Callers.of(newContext.channel().remoteAddress());
        caller = peer;
        super.handlerAdded(newContext);
    }

    @Override
    public void channelActive(ChannelHandlerContext active) throws Exception {
        super.channelActive(active);
        decoder()
                .flowController()
                .incrementWindowSize(
                        connection().connectionStream(),
                        loop.settings.connectionWindowBytes() - Http2CodecUtil.DEFAULT_WINDOW_SIZE);
        active.flush();
        timer.start();
    }

    @Override
    public void channelRead(ChannelHandlerContext read, Object message) throws Exception {
        if (end.isOver()) {
            end.drop(read, (ByteBuf) message);
            return;
        }
        timer.heard();
        long nowNanos = loop.turns.nanoTime();
        if (message instanceof ByteBuf bytes && (!putOff.isEmpty() || loop.turns.mustWait(caller, nowNanos))) {
            if (putOff.isEmpty()) {
                loop.turns.add(this);
            }
            putOff.add(bytes);
            readFromSocket(read);
            return;
        }
        decode(read, message, nowNanos);
    }

    private void decode(ChannelHandlerContext read, Object message, long nowNanos) throws Exception {
        reading = true;
        readNanos = nowNanos;
        callerKnown = false;
        super.channelRead(read, message);
        loop.turns.read(caller, nowNanos);
    }

    /// Decodes some of what was put off.
    @Override
    public boolean readSome() {
        if (putOff.isEmpty()) {
            return false;
        }
        ChannelHandlerContext read = context();
        try {
            if (end.isOver()) {
                end.drop(read, putOff.next());
            } else {
                decode(read, putOff.next(), loop.turns.nanoTime());
                channelReadComplete(read);
            }
        } catch (Exception e) {
            // As Netty does with what a handler throws.
            read.channel().pipeline().fireExceptionCaught(e);
        }
        readFromSocket(read);
        return !putOff.isEmpty();
    }

    /// A request of that caller has begun.
    void asked(InferOwner owner) {
        if (!callerKnown) {
            callerKnown = true;
            caller = owner.caller();
        }
    }

    /// The time as of the last read: no call costs another look at the clock.
    long readNanos() {
        return readNanos;
    }

    private void readFromSocket(ChannelHandlerContext read) {
        read.channel().config().setAutoRead(end.isOver() || (read.channel().isWritable() && !putOff.isFull()));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext read) throws Exception {
        reading = false;
        super.channelReadComplete(read);
    }

    // A peer that does not take its answers is not read from: that bounds answers and floods of PING alike.
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext changed) throws Exception {
        readFromSocket(changed);
        super.channelWritabilityChanged(changed);
    }

    @Override
    public void channelInactive(ChannelHandlerContext inactive) throws Exception {
        gone = true;
        putOff.release();
        timer.stop();
        end.stopWaiting();
        super.channelInactive(inactive);
        out.release();
    }

    // A peer that breaks the connection off is no news; what it broke off ends with the connection.
    @Override
    public void exceptionCaught(ChannelHandlerContext failed, Throwable cause) throws Exception {
        if (cause instanceof IOException) {
            LOG.log(System.Logger.Level.DEBUG, "a connection broke off", cause);
            return;
        }
        super.exceptionCaught(failed, cause);
    }

    @Override
    protected void onConnectionError(
            ChannelHandlerContext failed, boolean outbound, Throwable cause, @Nullable Http2Exception fault) {
        if (fault == null && !(cause instanceof IOException)) {
            LOG.log(System.Logger.Level.ERROR, "a connection failed", cause);
        }
        Http2Error error = fault == null ? Http2Error.INTERNAL_ERROR : fault.error();
        end.fail(failed, error.code(), cause.getMessage());
    }

    /// Writes GOAWAY past Netty, which would close the connection behind it at once.
    ///
    /// @param text owned from here on
    @SuppressWarnings("FutureReturnValueIgnored") // What fails to be written ends the connection.
    void tellFault(ChannelHandlerContext failed, int lastStream, long error, ByteBuf text) {
        try {
            connection().goAwaySent(lastStream, error, text);
        } catch (Http2Exception e) {
            LOG.log(System.Logger.Level.DEBUG, "a connection fails that was going already", e);
        }
        encoder().frameWriter().writeGoAway(failed, lastStream, error, text, failed.newPromise());
    }

    @Override
    protected void onStreamError(
            ChannelHandlerContext failed, boolean outbound, Throwable cause, Http2Exception.StreamException fault) {
        if (outbound || faults.isTold(fault)) {
            super.onStreamError(failed, outbound, cause, fault);
        }
    }

    void resetSent(int stream) {
        faults.resetSent(stream);
    }

    // Netty would answer with its own encoder, whose table this connection must not have.
    @Override
    protected void handleServerHeaderDecodeSizeError(ChannelHandlerContext failed, Http2Stream stream) {
        stream.headersSent(false);
        ResponseHeaders.refuse(
                out(ResponseHeaders.MAX_BYTES),
                stream.id(),
                firstBlock(),
                431,
                ErrorCode.TOO_LARGE,
                "the metadata has more than " + loop.settings.maxMetadataBytes() + " bytes (expected: at most as many)",
                Exposure.NONE,
                loop.requestIds,
                loop.requestIds.write(Exposure.NONE, 0, null));
    }

    /// Lets the calls under way finish, and no others begin.
    ///
    /// @param graceNanos what they have; 0 is as long as they take
    void leave(String reason, long graceNanos) {
        end.leave(reason, graceNanos);
    }

    /// The peer answered a PING.
    void pingAnswered(long data) {
        end.answered(data);
    }

    /// Leaves for good: calls that could go on for ever are ended, too.
    void drain() {
        end.leave("the server is shutting down", 0);
        streams.all().forEach(DoorStream::draining);
    }

    /// Ends all calls, of which none can be answered any more.
    void endStreams() {
        streams.closeAll();
    }

    /// Whether the peer was sent an answer, or a part of one, since this was last asked.
    boolean pollAnswered() {
        boolean polled = answered;
        answered = false;
        return polled;
    }

    // Streams.

    void attach(Http2Stream h2, DoorStream stream) {
        stream.attach(this, h2, readNanos);
        streams.put(h2, stream);
    }

    @Nullable
    DoorStream stream(int id) {
        return streams.find(id);
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

    /// Gives back the window of bytes that [DoorStream#data] did not count as done with.
    void consumed(DoorStream stream, int bytes) {
        if (bytes == 0) {
            return;
        }
        try {
            decoder().flowController().consumeBytes(stream.h2(), bytes);
            touch();
        } catch (Http2Exception e) {
            onError(context(), true, e);
        }
    }

    // Output.

    /// The buffer in which answers wait for the next flush, with room for that many bytes.
    ByteBuf out(int bytes) {
        answered = true;
        touch();
        return out.withRoom(context(), bytes);
    }

    /// A buffer for one message, to be handed to [#send].
    ByteBuf buffer(int bytes) {
        return context().alloc().directBuffer(bytes);
    }

    /// Whether the next header block is the connection's first.
    boolean firstBlock() {
        boolean first = firstBlock;
        firstBlock = false;
        return first;
    }

    /// Takes the window for one DATA frame that the caller writes to [#out] at once. There is none for a peer
    /// that does not read: only what is sent by [#send] counts against the budget.
    ///
    /// @return false if it must be sent by [#send] instead
    boolean tryTakeWindow(DoorStream stream, int bytes) {
        return bytes <= maxFrameBytes() && context().channel().isWritable() && windows.tryTake(stream.h2(), bytes);
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

    /// Ends a stream whose answer could not be made.
    @SuppressWarnings("FutureReturnValueIgnored") // What fails to be written ends the connection.
    void reset(DoorStream stream) {
        Http2Stream h2 = stream.h2();
        if (h2.state() != Http2Stream.State.CLOSED) {
            h2.headersSent(false);
            resetStream(
                    context(),
                    h2.id(),
                    Http2Error.INTERNAL_ERROR.code(),
                    context().newPromise());
            touch();
        }
    }

    // What ends a request may be in the very read that brings its refusal about, so this is for the end of it.
    @SuppressWarnings("FutureReturnValueIgnored")
    private void stopUnfinished() {
        for (Http2Stream h2 = unfinished.poll(); h2 != null; h2 = unfinished.poll()) {
            if (h2.state() == Http2Stream.State.HALF_CLOSED_LOCAL) {
                resetStream(
                        context(),
                        h2.id(),
                        Http2Error.NO_ERROR.code(),
                        context().newPromise());
            }
        }
    }

    void end(Http2Stream h2) {
        h2.headersSent(false);
        closeStreamLocal(h2, connection().goAwaySent() ? written() : context().newSucceededFuture());
    }

    // The last stream to end takes a connection that is going away with it, but not before its answer is out.
    private ChannelFuture written() {
        pushAnswers();
        return context().writeAndFlush(Unpooled.EMPTY_BUFFER);
    }

    int maxFrameBytes() {
        return encoder().configuration().frameSizePolicy().maxFrameSize();
    }

    /// Called by Netty at the end of every read loop, too.
    @Override
    public void flush(ChannelHandlerContext flushed) {
        try {
            windows.send();
        } catch (Http2Exception e) {
            onError(flushed, true, e);
        }
        for (WaitingData data = sent.poll(); data != null; data = sent.poll()) {
            data.tell();
        }
        stopUnfinished();
        pushAnswers();
        flushed.flush();
    }

    /// Has [WaitingData#tell] called when the windows are up to date.
    void sent(WaitingData data) {
        sent.add(data);
    }

    /// Sends what was answered outside this connection's own reading.
    void flushAnswers() {
        listed = false;
        if (!gone) {
            flush(context());
        }
    }

    /// Puts the answers so far before whatever is written next.
    void pushAnswers() {
        out.push(context());
    }

    /// Writes a slice behind the answers so far.
    void push(ByteBuf slice) {
        out.push(context(), slice);
    }

    private void touch() {
        if (!reading && !listed) {
            listed = true;
            loop.dirty(this);
        }
    }

    ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("connection without a channel (expected: added to one)");
        }
        return context;
    }
}
