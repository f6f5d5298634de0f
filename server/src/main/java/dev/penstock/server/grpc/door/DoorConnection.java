package dev.penstock.server.grpc.door;

import dev.penstock.core.ErrorCode;
import dev.penstock.server.fast.ReadTurns;
import dev.penstock.server.wire.Callers;
import io.netty.buffer.ByteBuf;
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
import org.jspecify.annotations.Nullable;

/// One connection. Netty keeps the streams' states, both directions of flow control, settings and the checks of
/// frames; the bytes of answers are ours. Answers of one read leave in one write and one flush.
///
/// Confined to its event loop.
final class DoorConnection extends Http2ConnectionHandler implements ReadTurns.Reader {
    private static final System.Logger LOG = System.getLogger(DoorConnection.class.getName());

    final LoopContext loop;
    private final Streams streams;
    private final DoorOutput output;
    private @Nullable ChannelHandlerContext context;
    private final ConnectionTimer timer;
    private final ConnectionEnd end = new ConnectionEnd(this);
    private final StreamFaults faults;
    private boolean gone;
    private int peer;

    /// Whose bytes it brings: of the first request of the last read.
    private int caller;

    private boolean callerKnown;

    /// When what is being decoded was taken up.
    private long readNanos;

    private final PutOff putOff = new PutOff();

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
        this.output = new DoorOutput(this, encoder);
        decoder.frameListener(new RequestFrames(this, headers));
    }

    /// What it sends.
    DoorOutput output() {
        return output;
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
        output.readBegins();
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
        output.readEnds();
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
        output.release();
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
                output.out(ResponseHeaders.MAX_BYTES),
                stream.id(),
                output.firstBlock(),
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

    // Streams.

    void attach(Http2Stream h2, DoorStream stream) {
        stream.attach(this, h2, readNanos);
        streams.put(h2, stream);
    }

    @Nullable
    DoorStream stream(int id) {
        return streams.find(id);
    }

    /// Gives back the window of bytes that [DoorStream#data] did not count as done with.
    void consumed(DoorStream stream, int bytes) {
        if (bytes == 0) {
            return;
        }
        try {
            decoder().flowController().consumeBytes(stream.h2(), bytes);
            output.touch();
        } catch (Http2Exception e) {
            onError(context(), true, e);
        }
    }

    // Output.

    /// Called by Netty at the end of every read loop, too.
    @Override
    public void flush(ChannelHandlerContext flushed) {
        output.write();
        flushed.flush();
    }

    /// Sends what was answered outside this connection's own reading.
    void flushAnswers() {
        output.touched();
        if (!gone) {
            flush(context());
        }
    }

    ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("connection without a channel (expected: added to one)");
        }
        return context;
    }
}
