package dev.penstock.server.grpc.door;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.wire.MessageLimit;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// A stream of many messages that sometimes takes no more of them: then what arrives is kept and its window
/// is not given back, until [#resume].
abstract class PacedStream extends DoorStream implements MessageAssembler.Receiver {
    private final MessageAssembler assembler;
    private final boolean sendsGzip;
    private @Nullable ByteBuf backlog;

    /// What was kept, of a stream that ended while it was read.
    private @Nullable ByteBuf stopped;

    /// Of what is kept or was kept until this read: counted, its window not given back.
    private int keptBytes;

    private boolean reading;
    private boolean ended;

    /// Whether trailers were sent, or the stream is closed.
    private boolean done;

    PacedStream(LoopContext loop, RequestHeaders headers, MessageLimit limit) {
        super(loop);
        assembler = new MessageAssembler(loop.staging, limit, this);
        assembler.begin(false);
        sendsGzip = headers.sendsGzip();
    }

    /// A whole message, decompressed, as [MessageAssembler.Receiver#message] says.
    abstract void take(long address, int bytes, @Nullable ByteBuf staged);

    /// Something has been read, or has ended: what depends on it may be done now.
    abstract void advance();

    final boolean isDone() {
        return done;
    }

    /// Whether the peer has ended the stream and all that it sent was read.
    final boolean isReadToTheEnd() {
        return ended && backlog == null && !reading;
    }

    @Override
    final int data(ByteBuf data, boolean last) {
        int bytes = data.readableBytes();
        if (done) {
            return bytes;
        }
        if (backlog == null) {
            read(data, last);
        }
        if (done || !data.isReadable()) {
            advance();
            return bytes;
        }
        int left = data.readableBytes();
        ByteBuf kept = backlog == null ? output().buffer(left) : backlog;
        backlog = kept.writeBytes(data);
        keptBytes += left;
        loop.budget.take(left);
        advance();
        return bytes - left;
    }

    private void read(ByteBuf data, boolean last) {
        reading = true;
        try {
            assembler.data(data, last);
        } finally {
            reading = false;
            ByteBuf kept = stopped;
            if (kept != null) {
                stopped = null;
                kept.release();
            }
        }
    }

    @Override
    final void ended() {
        ended = true;
        if (!done && backlog == null) {
            assembler.end();
        }
        advance();
    }

    /// Reads on what was kept. Does nothing within a read: the message being read must be done with first.
    final void resume() {
        ByteBuf kept = backlog;
        if (reading || done || kept == null || !takesMore()) {
            return;
        }
        read(kept, ended);
        if (done) {
            return;
        }
        int left = kept.readableBytes();
        int read = keptBytes - left;
        if (left == 0) {
            kept.release();
            backlog = null;
        } else {
            // A peer that is always ahead of its model would have it grow by all it ever sends.
            kept.discardSomeReadBytes();
        }
        keptBytes = left;
        loop.budget.give(read);
        connection().consumed(this, read);
        if (left == 0 && ended) {
            assembler.end();
        }
    }

    @Override
    public final void message(long address, int bytes, boolean compressed, @Nullable ByteBuf staged) {
        if (!compressed) {
            take(address, bytes, staged);
            return;
        }
        try {
            if (!sendsGzip) {
                throw new ServingException(
                        ErrorCode.INTERNAL, "the message is compressed, but grpc-encoding does not say how");
            }
            ByteBuf message = loop.gzip.inflate(address, bytes);
            take(message.memoryAddress(), message.readableBytes(), message);
        } catch (ServingException e) {
            refused(e.code(), e.reason());
        } finally {
            if (staged != null) {
                loop.staging.give(staged);
            }
        }
    }

    /// Takes nothing more; what was kept is dropped and its window given back.
    ///
    /// @param open whether the stream is still there
    final void stop(boolean open) {
        if (done) {
            return;
        }
        done = true;
        assembler.release();
        ByteBuf kept = backlog;
        if (kept != null) {
            backlog = null;
            int dropped = keptBytes;
            keptBytes = 0;
            if (reading) {
                // The message that ended the stream lies in it.
                stopped = kept;
            } else {
                kept.release();
            }
            loop.budget.give(dropped);
            if (open) {
                connection().consumed(this, dropped);
            }
        }
    }
}
