package dev.penstock.loadtest.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VaryingValueTest {
    @Test
    void aNumberHasTenDigits() {
        VaryingValue value = VaryingValue.of("a{n}b-{n}");

        assertThat(value.varies()).isTrue();
        assertThat(value.text(42, 1)).isEqualTo("a0000000042b-0000000042");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ann", "{}", "{name}", "{\"n\": 1}", "$1 \\ {N}"})
    void whatMeansNothingStaysAsItIs(String text) {
        VaryingValue value = VaryingValue.of(text);

        assertThat(value.varies()).isFalse();
        assertThat(value.text(7, 1)).isEqualTo(text);
    }

    @Test
    void aUnitIsOneOfSoManyAndTheSameEverywhereInARequest() {
        VaryingValue value = VaryingValue.of("u{unit:1000}/{unit:1000}");

        long[] counts = new long[1000];
        LongStream.rangeClosed(1, 100_000).forEach(number -> {
            String text = value.text(number, 3);
            assertThat(text).matches("u(\\d{3})/\\1");
            counts[Integer.parseInt(text.substring(1, 4))]++;
        });

        // 100 each, so 10 is the standard deviation.
        assertThat(LongStream.of(counts)).allMatch(count -> count > 50 && count < 150);
    }

    @Test
    void aUnitIsDrawnBySeedAndNumberAlone() {
        VaryingValue value = VaryingValue.of("{unit:1000000}");

        assertThat(value.text(5, 1)).isEqualTo(value.text(5, 1)).isNotEqualTo(value.text(6, 1));
        assertThat(value.text(5, 1)).isNotEqualTo(value.text(5, 2));
        assertThat(VaryingValue.of("{unit:1}").text(5, 1)).isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{unit}", "{unit:0}", "{unit:-1}", "{unit:many}", "{unit:1000000000}"})
    void unitsThatAreNoneAreRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> VaryingValue.of("a" + text))
                .withMessage(text + " (expected: {unit:K}, K from 1 to 999999999, or {n})");
    }

    @Test
    void whatIsWrittenInPiecesIsTheSame() {
        VaryingValue value = VaryingValue.of("x{n}y{unit:77}z");
        byte[] zeros = value.zeros().getBytes(US_ASCII);
        for (int first = 0; first <= zeros.length; first++) {
            ByteBuffer out = ByteBuffer.allocate(64).position(5);
            ByteBuffer next = ByteBuffer.allocate(64).position(2);

            out.put(zeros, 0, first);
            value.write(out, 5, 5, out.position(), 123, 9);
            next.put(zeros, first, zeros.length - first);
            value.write(next, 2 - first, 2, next.position(), 123, 9);

            String written = new String(out.array(), 5, first, US_ASCII)
                    + new String(next.array(), 2, zeros.length - first, US_ASCII);
            assertThat(written).isEqualTo(value.text(123, 9));
            assertThat(next.array()).startsWith(0, 0);
        }
    }

    @Test
    void writingAllocatesNothing() {
        VaryingValue value = VaryingValue.of("x{n}y{unit:77}z");
        ByteBuffer out = ByteBuffer.wrap(value.zeros().getBytes(US_ASCII));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().threadId();
        write(value, out);
        long before = threads.getThreadAllocatedBytes(thread);

        write(value, out);

        // 24 bytes each would be 240,000.
        assertThat(threads.getThreadAllocatedBytes(thread) - before).isLessThan(24_000);
    }

    private static void write(VaryingValue value, ByteBuffer out) {
        for (long number = 0; number < 10_000; number++) {
            value.write(out, 0, 0, out.limit(), number, 1);
        }
    }
}
