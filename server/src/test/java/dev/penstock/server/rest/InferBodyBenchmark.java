package dev.penstock.server.rest;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.penstock.server.fast.ByteBudget;
import dev.penstock.server.fast.Staging;
import io.netty.buffer.PooledByteBufAllocator;
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

    private byte[] body = {};
    private final Staging staging = new Staging(PooledByteBufAllocator.DEFAULT, new ByteBudget(Long.MAX_VALUE, ""));
    private final ElementRoom room = new ElementRoom(staging);
    private final InferBodyReader reader = new InferBodyReader(room);

    @Setup
    public void write() {
        Random random = new Random(SEED);
        StringJoiner data = new StringJoiner(",", "[", "]");
        for (int i = 0; i < numbers; i++) {
            data.add("%d.%08d".formatted(random.nextInt(9) + 1, random.nextInt(100_000_000)));
        }
        body = "{\"id\":\"17\",\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,%d],\"data\":%s}]}"
                .formatted(numbers, data)
                .getBytes(US_ASCII);
    }

    @TearDown
    public void free() {
        room.close();
        staging.close();
    }

    @Benchmark
    public long read() {
        reader.read(body, 0, body.length, 0, "tiny");
        room.clear();
        return reader.body().elementBytes;
    }
}
