package dev.penstock.server.rest.text;

import dev.penstock.core.DataType;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Nanoseconds per number of reading and writing arrays of 1,000, beside Jackson's streaming API and the JDK.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(NumberTextBenchmark.COUNT)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "-Xmx512m")
public class NumberTextBenchmark {
    static final int COUNT = 1000;
    private static final long SEED = 7;
    private static final int EIGHT_DIGITS = 100_000_000;

    private final byte[] nineDigits;
    private final byte[] seventeenDigits;
    private final byte[] integers;
    private final float[] floats = new float[COUNT];
    private final double[] doubles = new double[COUNT];
    private final long[] longs = new long[COUNT];
    private final ByteBuffer floatData = direct(4);
    private final ByteBuffer doubleData = direct(8);
    private final ByteBuffer longData = direct(8);
    private final ByteBuffer target = direct(8);
    private final byte[] out = new byte[64 * 1024];
    private final ByteArrayOutputStream stream = new ByteArrayOutputStream(64 * 1024);
    private final TensorDataScanner scanner = new TensorDataScanner(true);
    private final TensorDataWriter writer = new TensorDataWriter(NonFinite.REFUSED);
    private final JsonFactory jackson = new JsonFactory();

    public NumberTextBenchmark() {
        Random random = new Random(SEED);
        nineDigits = array(
                i -> "%s%d.%08d".formatted(random.nextBoolean() ? "-" : "", i % 9 + 1, random.nextInt(EIGHT_DIGITS)));
        seventeenDigits = array(i -> Double.toString(random.nextGaussian()));
        integers = array(i -> Integer.toString(random.nextInt() >> random.nextInt(24)));
        for (int i = 0; i < COUNT; i++) {
            floats[i] = (float) random.nextGaussian();
            doubles[i] = random.nextGaussian();
            longs[i] = random.nextInt() >> random.nextInt(24);
            floatData.putFloat(4 * i, floats[i]);
            doubleData.putDouble(8 * i, doubles[i]);
            longData.putLong(8 * i, longs[i]);
        }
    }

    private static ByteBuffer direct(int bytesEach) {
        return ByteBuffer.allocateDirect(COUNT * bytesEach).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] array(IntFunction<String> number) {
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < COUNT; i++) {
            text.append(i == 0 ? "" : ",").append(number.apply(i));
        }
        return text.append(']').toString().getBytes(StandardCharsets.US_ASCII);
    }

    @Benchmark
    public int readFloats() {
        return scanner.scan(nineDigits, 0, nineDigits.length, DataType.FP32, target, 0, COUNT);
    }

    @Benchmark
    public int readDoubles() {
        return scanner.scan(seventeenDigits, 0, seventeenDigits.length, DataType.FP64, target, 0, COUNT);
    }

    @Benchmark
    public int readLongs() {
        return scanner.scan(integers, 0, integers.length, DataType.INT64, target, 0, COUNT);
    }

    @Benchmark
    public void readFloatsJackson() {
        try (JsonParser parser = jackson.createParser(ObjectReadContext.empty(), nineDigits)) {
            parser.nextToken();
            for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                target.putFloat(4 * i, parser.getFloatValue());
            }
        }
    }

    @Benchmark
    public void readDoublesJackson() {
        try (JsonParser parser = jackson.createParser(ObjectReadContext.empty(), seventeenDigits)) {
            parser.nextToken();
            for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                target.putDouble(8 * i, parser.getDoubleValue());
            }
        }
    }

    @Benchmark
    public void readLongsJackson() {
        try (JsonParser parser = jackson.createParser(ObjectReadContext.empty(), integers)) {
            parser.nextToken();
            for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                target.putLong(8 * i, parser.getLongValue());
            }
        }
    }

    @Benchmark
    public void readFloatsJdk() {
        int start = 1;
        int count = 0;
        for (int at = 1; at < nineDigits.length; at++) {
            if (nineDigits[at] == ',' || nineDigits[at] == ']') {
                String number = new String(nineDigits, start, at - start, StandardCharsets.ISO_8859_1);
                target.putFloat(4 * count++, Float.parseFloat(number));
                start = at + 1;
            }
        }
    }

    @Benchmark
    public void readDoublesJdk() {
        int start = 1;
        int count = 0;
        for (int at = 1; at < seventeenDigits.length; at++) {
            if (seventeenDigits[at] == ',' || seventeenDigits[at] == ']') {
                String number = new String(seventeenDigits, start, at - start, StandardCharsets.ISO_8859_1);
                target.putDouble(8 * count++, Double.parseDouble(number));
                start = at + 1;
            }
        }
    }

    @Benchmark
    public int writeFloats() {
        writer.begin(DataType.FP32, floatData, 0, COUNT);
        return writer.write(out, 0, out.length);
    }

    @Benchmark
    public int writeDoubles() {
        writer.begin(DataType.FP64, doubleData, 0, COUNT);
        return writer.write(out, 0, out.length);
    }

    @Benchmark
    public int writeLongs() {
        writer.begin(DataType.INT64, longData, 0, COUNT);
        return writer.write(out, 0, out.length);
    }

    @Benchmark
    public void writeFloatsJackson() {
        stream.reset();
        try (JsonGenerator generator = jackson.createGenerator(ObjectWriteContext.empty(), stream)) {
            generator.writeStartArray();
            for (float value : floats) {
                generator.writeNumber(value);
            }
            generator.writeEndArray();
        }
    }

    @Benchmark
    public void writeDoublesJackson() {
        stream.reset();
        try (JsonGenerator generator = jackson.createGenerator(ObjectWriteContext.empty(), stream)) {
            generator.writeStartArray();
            for (double value : doubles) {
                generator.writeNumber(value);
            }
            generator.writeEndArray();
        }
    }

    @Benchmark
    public void writeLongsJackson() {
        stream.reset();
        try (JsonGenerator generator = jackson.createGenerator(ObjectWriteContext.empty(), stream)) {
            generator.writeStartArray();
            for (long value : longs) {
                generator.writeNumber(value);
            }
            generator.writeEndArray();
        }
    }

    @Benchmark
    public void writeFloatsJdk(Blackhole sink) {
        for (float value : floats) {
            sink.consume(Float.toString(value));
        }
    }

    @Benchmark
    public void writeDoublesJdk(Blackhole sink) {
        for (double value : doubles) {
            sink.consume(Double.toString(value));
        }
    }
}
