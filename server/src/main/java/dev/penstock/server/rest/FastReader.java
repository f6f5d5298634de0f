package dev.penstock.server.rest;

import dev.penstock.server.wire.Callers;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/// Takes inferences with plain heads out of a connection's bytes and has them dispatched. All other messages go, from
/// their first byte on, to the decoder behind it. Confined to the connection's event loop.
final class FastReader extends ChannelDuplexHandler {
    /// Heads are looked for in so much; a longer one is not plain.
    private static final int MAX_HEAD_BYTES = 4096;

    private final FastLoop loop;
    private final ArrivalTimer timer;
    private final RequestDecoder decoder;
    private final HttpConnection connection;
    private final DirectReceive receive = new DirectReceive();
    private final PlainMessage message;
    private final PlainDispatch dispatch;
    private @Nullable InferHead lastHead;

    /// Whether the decoder is within a message, so that what arrives is its.
    private boolean passing;

    /// What arrived and was not yet looked at: the beginning of a head, or requests beyond what may be in progress.
    private @Nullable ByteBuf waiting;

    FastReader(FastLoop loop, ArrivalTimer timer, RequestDecoder decoder, HttpConnection connection) {
        this.loop = loop;
        this.timer = timer;
        this.decoder = decoder;
        this.connection = connection;
        this.message = new PlainMessage(loop.staging, receive);
        this.dispatch = new PlainDispatch(loop, timer, connection);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ctx.channel().config().setRecvByteBufAllocator(receive);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        dispatch.connected(Callers.of(ctx.channel().remoteAddress()));
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object bytes) {
        ByteBuf arrived = (ByteBuf) bytes;
        passing = passing && decoderIsBusy();
        if (passing || !connection.takesMore()) {
            pass(ctx, arrived);
            return;
        }
        PipelinedResponses responses = connection.responses();
        responses.startBatch();
        try {
            if (message.isUnderWay()) {
                addToMessage(ctx, arrived);
            }
            readOn(ctx, joined(arrived));
        } finally {
            responses.endBatch();
        }
    }

    private ByteBuf joined(ByteBuf arrived) {
        ByteBuf before = waiting;
        if (before == null) {
            return arrived;
        }
        waiting = null;
        ByteBuf all = before.alloc().directBuffer(before.readableBytes() + arrived.readableBytes());
        all.writeBytes(before).writeBytes(arrived);
        before.release();
        arrived.release();
        return all;
    }

    /// Takes one request after the other out of `bytes`, which it owns.
    private void readOn(ChannelHandlerContext ctx, ByteBuf bytes) {
        boolean held = false;
        while (bytes.isReadable()) {
            if (passing || !connection.takesMore()) {
                pass(ctx, bytes);
                return;
            }
            held = !connection.responses().mayRun();
            if (held || !readOne(ctx, bytes)) {
                break;
            }
        }
        if (bytes.isReadable() && connection.takesMore()) {
            timer.messageBegan(ctx);
            waiting = bytes;
            if (held) {
                connection.responses().hold();
            }
        } else {
            bytes.release();
        }
    }

    /// @return false if there is nothing more to be taken now
    private boolean readOne(ChannelHandlerContext ctx, ByteBuf bytes) {
        int count = Math.min(bytes.readableBytes(), MAX_HEAD_BYTES);
        bytes.getBytes(bytes.readerIndex(), loop.text, 0, count);
        InferHead head = lastHead;
        if (head == null || !head.startsAt(loop.text, 0, count)) {
            int end = InferHeadReader.headEnd(loop.text, 0, count);
            if (end < 0 && count < MAX_HEAD_BYTES && InferHeadReader.mayBegin(loop.text, 0, count)) {
                return false;
            }
            head = end < 0 ? null : loop.heads.read(loop.text, 0, end);
            lastHead = head;
            dispatch.newHead();
        }
        if (head == null) {
            pass(ctx, bytes.readRetainedSlice(bytes.readableBytes()));
            return false;
        }
        int whole = head.length() + head.bodyBytes;
        if (bytes.readableBytes() < whole) {
            begin(ctx, head, bytes);
            return false;
        }
        dispatch.dispatch(ctx, head, bytes, false);
        bytes.skipBytes(whole);
        return true;
    }

    private void begin(ChannelHandlerContext ctx, InferHead head, ByteBuf bytes) {
        if (message.begin(head, bytes)) {
            timer.messageBegan(ctx);
        } else {
            pass(ctx, bytes.readRetainedSlice(bytes.readableBytes()));
        }
    }

    private void addToMessage(ChannelHandlerContext ctx, ByteBuf arrived) {
        switch (message.add(arrived)) {
            case INCOMPLETE -> {}
            case NO_MEMORY -> connection.refuseForMemory(message.bytes());
            case COMPLETE -> {
                InferHead head = message.head();
                ByteBuf whole = message.take();
                if (whole != null) {
                    dispatch.dispatch(ctx, head, whole, true);
                }
            }
        }
    }

    /// Hands bytes to the decoder, which owns them from here on.
    private void pass(ChannelHandlerContext ctx, ByteBuf bytes) {
        ctx.fireChannelRead(bytes);
        passing = decoderIsBusy();
    }

    /// Whether the decoder is within a message, or has brought one that was not yet looked at.
    private boolean decoderIsBusy() {
        return decoder.isWithinMessage() || !connection.hasRead(decoder.messages());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (passing) {
            ctx.fireChannelReadComplete();
        } else {
            connection.responses().flush();
        }
    }

    /// Reading goes on: first with what had to wait.
    @Override
    public void read(ChannelHandlerContext ctx) throws Exception {
        ByteBuf bytes = waiting;
        if (bytes != null && !passing && connection.responses().mayRun()) {
            waiting = null;
            readOn(ctx, bytes);
            connection.responses().flush();
        }
        ctx.read();
    }

    /// Whoever has to judge an incomplete message is behind this handler, and has to see it.
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof HttpConnection.Event && !passing) {
            ByteBuf staged = message.take();
            if (staged != null) {
                pass(ctx, loop.staging.detach(staged));
            }
            ByteBuf bytes = waiting;
            if (bytes != null && connection.responses().mayRun()) {
                waiting = null;
                pass(ctx, bytes);
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        release();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        release();
    }

    private void release() {
        message.release();
        if (waiting != null) {
            waiting.release();
            waiting = null;
        }
    }
}
