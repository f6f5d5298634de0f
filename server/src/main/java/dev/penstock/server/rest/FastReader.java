package dev.penstock.server.rest;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.batching.Offer;
import dev.penstock.server.fast.FastModel;
import dev.penstock.server.wire.Callers;
import dev.penstock.server.wire.ReservedParameters;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/// Takes plain inferences out of a connection's bytes and offers them to their models. All other messages, from their
/// first byte on, go to the decoder behind it, and so does what turns out not to be plain. Confined to the connection's
/// event loop.
final class FastReader extends ChannelDuplexHandler {
    private static final System.Logger LOG = System.getLogger(FastReader.class.getName());

    /// Heads are looked for in so much; a longer one is not plain.
    private static final int MAX_HEAD_BYTES = 4096;

    private final FastLoop loop;
    private final ArrivalTimer timer;
    private final RequestDecoder decoder;
    private final HttpConnection connection;
    private final DirectReceive receive;

    /// Whose connection it is, as [Callers] tells callers apart.
    private int peer;

    private @Nullable InferHead lastHead;
    private @Nullable InferTarget lastTarget;

    /// Whether the decoder is within a message, so that what arrives is its.
    private boolean passing;

    /// What arrived and was not yet looked at: the beginning of a head, or requests beyond what may be in progress.
    private @Nullable ByteBuf waiting;

    // A request whose body is still arriving: head and body, in staging.
    private @Nullable InferHead incoming;
    private @Nullable ByteBuf message;

    FastReader(
            FastLoop loop,
            ArrivalTimer timer,
            RequestDecoder decoder,
            HttpConnection connection,
            DirectReceive receive) {
        this.loop = loop;
        this.timer = timer;
        this.decoder = decoder;
        this.connection = connection;
        this.receive = receive;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ctx.channel().config().setRecvByteBufAllocator(receive);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        peer = Callers.of(ctx.channel().remoteAddress());
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
            if (message != null) {
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
        while (bytes.isReadable()) {
            if (passing || !connection.takesMore()) {
                pass(ctx, bytes);
                return;
            }
            if (!connection.responses().mayRun() || !readOne(ctx, bytes)) {
                break;
            }
        }
        if (bytes.isReadable() && connection.takesMore()) {
            timer.messageBegan(ctx);
            waiting = bytes;
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
            lastTarget = null;
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
        if (!take(head, bytes, false)) {
            pass(ctx, bytes.retainedSlice(bytes.readerIndex(), whole));
        }
        bytes.skipBytes(whole);
        return true;
    }

    /// Starts to put a request together.
    private void begin(ChannelHandlerContext ctx, InferHead head, ByteBuf bytes) {
        ByteBuf staged = loop.staging.tryTake(head.length() + head.bodyBytes);
        if (staged == null || staged.capacity() < bytes.readableBytes()) {
            if (staged != null) {
                loop.staging.give(staged);
            }
            pass(ctx, bytes.readRetainedSlice(bytes.readableBytes()));
            return;
        }
        timer.messageBegan(ctx);
        staged.writeBytes(bytes);
        incoming = head;
        message = staged;
        receive.into(staged, missing(head, staged));
    }

    private static int missing(InferHead head, ByteBuf staged) {
        return head.length() + head.bodyBytes - staged.writerIndex();
    }

    /// Takes what belongs to the message out of `arrived`, and deals with the message once it is complete.
    private void addToMessage(ChannelHandlerContext ctx, ByteBuf arrived) {
        InferHead head = incoming;
        ByteBuf staged = message;
        if (head == null || staged == null) {
            return;
        }
        if (receive.isInto(arrived)) {
            staged.writerIndex(staged.writerIndex() + arrived.readableBytes());
            arrived.skipBytes(arrived.readableBytes());
        } else {
            staged = copied(head, staged, arrived);
        }
        if (staged == null) {
            forgetMessage();
            connection.refuseForMemory((long) head.length() + head.bodyBytes);
        } else if (missing(head, staged) > 0) {
            message = staged;
            receive.into(staged, missing(head, staged));
        } else {
            forgetMessage();
            complete(ctx, head, staged);
        }
    }

    private @Nullable ByteBuf copied(InferHead head, ByteBuf staged, ByteBuf arrived) {
        int count = Math.min(missing(head, staged), arrived.readableBytes());
        ByteBuf room = staged;
        if (staged.capacity() - staged.writerIndex() < count) {
            room = loop.staging.tryGrow(staged, count, head.length() + head.bodyBytes);
        }
        return room == null ? null : room.writeBytes(arrived, count);
    }

    private void forgetMessage() {
        message = null;
        incoming = null;
        receive.stop();
    }

    private void complete(ChannelHandlerContext ctx, InferHead head, ByteBuf staged) {
        if (!take(head, staged, true)) {
            passStaged(ctx, staged);
        }
    }

    private void passStaged(ChannelHandlerContext ctx, ByteBuf staged) {
        pass(ctx, loop.staging.detach(staged));
    }

    /// Offers a complete request that begins at the reader index.
    ///
    /// @param staged whether the buffer is staging's; then it is taken over if the request is
    /// @return false if the request is not for the fast path
    private boolean take(InferHead head, ByteBuf bytes, boolean staged) {
        InferTarget target = loop.target(head.path(), lastTarget);
        lastTarget = target;
        RestCall call = loop.takeCall();
        InferForm form = target.pick(call);
        int jsonEnd = head.length() + head.jsonBytes;
        byte[] text = form == null ? loop.text : text(bytes, jsonEnd);
        int following = head.bodyBytes - head.jsonBytes;
        if (form == null || !loop.bodies.read(text, head.length(), jsonEnd, form.layout, following)) {
            loop.give(call);
            return false;
        }
        return offer(call, form, head, text, bytes, staged);
    }

    private byte[] text(ByteBuf bytes, int count) {
        byte[] text = count <= loop.text.length ? loop.text : new byte[count];
        bytes.getBytes(bytes.readerIndex(), text, 0, count);
        return text;
    }

    /// @return false if the model is being replaced; then nothing has changed
    private boolean offer(RestCall call, InferForm form, InferHead head, byte[] text, ByteBuf bytes, boolean staged) {
        InferBody request = loop.bodies.body();
        PipelinedResponses.Slot slot = connection.responses().openPlain();
        slot.run();
        timer.messageEnded();
        long timeoutNanos = ReservedParameters.timeoutNanos(request.timeoutMicros);
        call.begin(form, head, request, text, slot, Callers.of(head.caller(), peer), timeoutNanos);
        boolean small = request.rows * form.layout.inputRowBytes < FastModel.COPY_AT_ONCE_BYTES;
        long elements = loop.room.address();
        long binary = bytes.memoryAddress() + bytes.readerIndex() + head.length() + head.jsonBytes;
        ByteBuf kept = null;
        if (!small && staged) {
            kept = bytes;
        } else if (!small && head.bodyBytes > head.jsonBytes) {
            kept = loop.staging.tryTakeWhole(head.bodyBytes - head.jsonBytes);
            if (kept == null) {
                loop.room.clear();
                call.failed(ErrorCode.OVERLOADED, connection.memoryRefusal(head.bodyBytes - head.jsonBytes));
                return true;
            }
            kept.writeBytes(
                    bytes, bytes.readerIndex() + head.length() + head.jsonBytes, head.bodyBytes - head.jsonBytes);
            binary = kept.memoryAddress();
        }
        for (int i = 0; i < form.layout.inputs.size(); i++) {
            call.input(i, (request.isBinary[i] ? binary : elements) + request.offsets[i]);
        }
        call.keep(loop.room.take(), kept);
        if (offer(call, form) == Offer.CLOSED) {
            call.keepBody(staged ? null : kept);
            call.withdraw();
            return false;
        }
        if (staged && small) {
            loop.staging.give(bytes);
        }
        return true;
    }

    private static Offer offer(RestCall call, InferForm form) {
        FastModel model = form.layout.model;
        int outcomes = call.outcomes();
        Offer answer;
        try {
            answer = model.offer(call);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "offering a call to " + model.key() + " failed", e);
            if (call.outcomes() == outcomes) {
                call.failed(ErrorCode.INTERNAL, "the request failed; the log of the server says why");
            }
            return Offer.TAKEN;
        }
        if (answer != Offer.TAKEN && answer != Offer.CLOSED) {
            call.failed(ErrorCode.OVERLOADED, "Exceeds maximum queue size of model '" + form.model + "'");
        }
        return answer;
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
            PipelinedResponses responses = connection.responses();
            readOn(ctx, bytes);
            responses.flush();
        }
        ctx.read();
    }

    /// Whoever has to judge an incomplete message is behind this handler, and has to see it.
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof HttpConnection.Event && !passing) {
            ByteBuf staged = message;
            if (staged != null) {
                forgetMessage();
                passStaged(ctx, staged);
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
        ByteBuf staged = message;
        if (staged != null) {
            forgetMessage();
            loop.staging.give(staged);
        }
        if (waiting != null) {
            waiting.release();
            waiting = null;
        }
    }
}
