package dev.penstock.server.rest;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
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

/// One JSON body of a REST inference, from its bytes to a request: numbers of nine digits.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "-Xmx512m")
public class InferBodyBenchmark {
    private static final long SEED = 7;

    @Param({"4", "1000"})
    public int numbers;

    private ByteBuf body = Unpooled.EMPTY_BUFFER;
    private int bytes;

    @Setup
    public void write() {
        Random random = new Random(SEED);
        StringJoiner data = new StringJoiner(",", "[", "]");
        for (int i = 0; i < numbers; i++) {
            data.add("%d.%08d".formatted(random.nextInt(9) + 1, random.nextInt(100_000_000)));
        }
        byte[] json = "{\"id\":\"17\",\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,%d],\"data\":%s}]}"
                .formatted(numbers, data)
                .getBytes(US_ASCII);
        bytes = json.length;
        body = Unpooled.directBuffer(bytes).writeBytes(json);
    }

    @TearDown
    public void free() {
        body.release();
    }

    @Benchmark
    public InferCall read() {
        return new InferRequestReader("tiny", "", body, bytes).read();
    }
}
