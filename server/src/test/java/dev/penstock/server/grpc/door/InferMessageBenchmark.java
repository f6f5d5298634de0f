package dev.penstock.server.grpc.door;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.server.fast.Layout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
import org.openjdk.jmh.annotations.Warmup;

/// One ModelInferRequest of 16 floats a row, from its bytes: by its head, which the door remembers; by our reader; and
/// by protobuf-java. What is not known by its head is held against the model's signature after it was read.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "-Xmx512m")
public class InferMessageBenchmark {
    private static final int COLUMNS = 16;

    @Param({"1", "64"})
    public int rows;

    private final FlopsModel model = FlopsModel.of("tiny", COLUMNS, Runnable::run);
    private final Layout layout = Layout.of(model);
    private final InferReader reader = new InferReader();
    private final HeadCache heads = new HeadCache();
    private byte[] message = {};
    private MemorySegment memory = MemorySegment.NULL;

    @Setup
    public void write() {
        message =
                Requests.of("tiny", rows, COLUMNS, "request-17", new Random(7)).toByteArray();
        memory = Arena.ofAuto().allocate(message.length, Long.BYTES);
        MemorySegment.copy(message, 0, memory, ValueLayout.JAVA_BYTE, 0, message.length);
        Head head = readAndCheck();
        if (head == null) {
            throw new IllegalStateException("the request does not fit its model");
        }
        heads.remember(head, memory.address(), message.length);
        if (knownHead() == null) {
            throw new IllegalStateException("the head was not remembered");
        }
    }

    @Benchmark
    public @Nullable Head knownHead() {
        return heads.find(memory.address(), message.length);
    }

    @Benchmark
    public boolean read() {
        return reader.read(memory.address(), message.length);
    }

    @Benchmark
    public @Nullable Head readAndCheck() {
        return read() ? Head.of(call -> model, layout, reader.request()) : null;
    }

    @Benchmark
    public ModelInferRequest protobufJava() throws InvalidProtocolBufferException {
        return ModelInferRequest.parseFrom(message);
    }
}
