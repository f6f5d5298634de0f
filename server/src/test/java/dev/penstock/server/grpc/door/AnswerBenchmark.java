package dev.penstock.server.grpc.door;

import dev.penstock.core.NanoClock;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.server.fast.ByteBudget;
import dev.penstock.server.fast.Layout;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Scatter: the ModelInferResponses of one run of 64 rows, two outputs each, into the buffer of a connection.
/// All of them are one operation.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "-Xmx512m")
public class AnswerBenchmark {
    private static final int COLUMNS = 16;
    private static final int RUN_ROWS = 64;

    /// Of each request.
    @Param({"1", "8"})
    public int rows;

    private final FlopsModel model = FlopsModel.of("tiny", COLUMNS, Runnable::run);
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final LoopContext loop = new LoopContext(
            group.next(),
            TestDoor.settings(),
            NanoClock.SYSTEM,
            new ByteBudget(TestDoor.HELD_BYTES, "in-flight.max-bytes"),
            new FakeModels(Runnable::run).with(model),
            new Bridge(List.of(), null),
            new Random(7));
    private final InferCall call = new InferCall(loop);
    private final RunOutputs outputs = new RunOutputs(Layout.of(model));
    private final ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer();
    private @Nullable Answer answer;

    @Setup
    public void prepare() {
        byte[] message =
                Requests.of("tiny", rows, COLUMNS, "request-17", new Random(7)).toByteArray();
        MemorySegment memory = Arena.ofAuto().allocate(message.length, Long.BYTES);
        MemorySegment.copy(message, 0, memory, ValueLayout.JAVA_BYTE, 0, message.length);
        InferReader reader = new InferReader();
        Layout layout = Layout.of(model);
        Head head = reader.read(memory.address(), message.length)
                ? Head.of(asked -> model, layout, reader.request())
                : null;
        if (head == null) {
            throw new IllegalStateException("the request does not fit its model");
        }
        Answer made = new Answer(head, layout, true);
        call.idLength = 10;
        out.ensureWritable(RUN_ROWS * made.messageBytes(call));
        answer = made;
    }

    @Benchmark
    public ByteBuf writeAll() {
        Answer written = answer;
        if (written == null) {
            throw new IllegalStateException("not prepared");
        }
        out.clear();
        for (int row = 0; row < RUN_ROWS; row += rows) {
            written.write(out, call, outputs, row);
        }
        return out;
    }

    @TearDown
    public void close() {
        out.release();
        group.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
        loop.close();
    }

    /// What a run left in memory.
    private static final class RunOutputs implements BatchOutputs {
        private final long[] addresses;
        private final long[] rowBytes;

        RunOutputs(Layout layout) {
            int count = layout.outputs.size();
            addresses = new long[count];
            rowBytes = new long[count];
            for (int i = 0; i < count; i++) {
                rowBytes[i] = layout.outputs.get(i).rowBytes;
                addresses[i] = Arena.global()
                        .allocate(RUN_ROWS * rowBytes[i], Long.BYTES)
                        .address();
            }
        }

        @Override
        public long address(int output) {
            return addresses[output];
        }

        @Override
        public long rowBytes(int output) {
            return rowBytes[output];
        }

        @Override
        public long startedNanos() {
            return 0;
        }

        @Override
        public long endedNanos() {
            return 0;
        }

        @Override
        public void release() {}
    }
}
