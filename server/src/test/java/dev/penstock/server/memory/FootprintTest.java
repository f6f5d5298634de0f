package dev.penstock.server.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class FootprintTest {
    private static final long MIB = 1 << 20;

    @Test
    void theLargerOfWhatIsPredictedAndMeasuredCounts() {
        Footprint files = Footprint.ofFiles(100 * MIB, 1.6);

        assertThat(files.bytes()).isEqualTo(161 * MIB);
        assertThat(files.measured(90 * MIB).bytes()).isEqualTo(161 * MIB);
        assertThat(files.measured(300 * MIB).bytes()).isEqualTo(300 * MIB);
        assertThat(files.measured(9000 * MIB).bytes()).as("others were at it").isEqualTo(644 * MIB);
        assertThat(files.measured(300 * MIB).measured(-1).measuredBytes()).isEqualTo(300 * MIB);
    }

    @Test
    void nonsenseIsNoFootprint() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Footprint.ofFiles(-1, 1))
                .withMessage("fileBytes: -1 (expected: >= 0)");
    }

    @Test
    void whatWasMeasuredLastIsExpectedNextTime() {
        PastFootprints<String> past = new PastFootprints<>();
        Footprint predicted = Footprint.ofFiles(0, 1);
        past.learn("a", 4 * MIB);
        past.learn("b", 3 * MIB);
        past.learn("b", -1);

        assertThat(past.expected("a", predicted, 0).bytes()).isEqualTo(4 * MIB);
        assertThat(past.expected("b", predicted, 0).bytes()).isEqualTo(3 * MIB);
        assertThat(past.expected("c", predicted, 0)).isEqualTo(predicted);

        past.learn("a", 2 * MIB);
        assertThat(past.expected("a", predicted, 0).bytes()).isEqualTo(2 * MIB);
    }

    @Test
    void whatWasTooMuchIsBelievedForLongerEachTime() {
        PastFootprints<String> past = new PastFootprints<>();
        Footprint predicted = Footprint.ofFiles(0, 1);
        long minute = 60_000_000_000L;
        past.learn("a", 2 * MIB);
        past.tooMuch("a", 4 * MIB, 5);

        assertThat(past.expected("a", predicted, 4 + minute).bytes()).isEqualTo(4 * MIB);
        assertThat(past.expected("a", predicted, 5 + minute))
                .as("others may have taken it")
                .isEqualTo(predicted);
        past.tooMuch("a", 3 * MIB, 5 + minute);
        assertThat(past.expected("a", predicted, 4 + 3 * minute).bytes()).isEqualTo(3 * MIB);
        assertThat(past.expected("a", predicted, 5 + 3 * minute)).isEqualTo(predicted);

        past.learn("a", 2 * MIB);
        assertThat(past.expected("a", predicted, 1000 * minute).bytes()).isEqualTo(2 * MIB);
        past.tooMuch("a", 4 * MIB, 0);
        assertThat(past.expected("a", predicted, minute)).isEqualTo(predicted);
    }

    @Test
    void onlySoManyAreRemembered() {
        PastFootprints<Integer> past = new PastFootprints<>();
        Footprint predicted = Footprint.ofFiles(0, 1);
        for (int i = 0; i <= 10_000; i++) {
            past.learn(i, 3 * MIB);
        }

        assertThat(past.expected(0, predicted, 0)).isEqualTo(predicted);
        assertThat(past.expected(1, predicted, 0).bytes()).isEqualTo(3 * MIB);
    }

    @Test
    void theProcessKnowsWhatItHasInUse() {
        String status = "Name:\tjava\nVmHWM:\t  900 kB\nVmRSS:\t     812 kB\nRssAnon:\t 700 kB\n";

        assertThat(ProcessMemory.bytes(status, "VmRSS")).isEqualTo(812 << 10);
        assertThat(ProcessMemory.bytes(status, "RssAnon")).isEqualTo(700 << 10);
        assertThat(ProcessMemory.bytes("Name:\tjava\n", "VmRSS")).isEqualTo(-1);
        long resident = ProcessMemory.residentBytes();
        assertThat(resident == -1 || resident > MIB).as("%d", resident).isTrue();
        long anonymous = ProcessMemory.anonymousBytes();
        assertThat(anonymous == -1 || (anonymous > MIB && anonymous <= 2 * resident))
                .as("%d of %d", anonymous, resident)
                .isTrue();
    }

    @Test
    void whatWasAllocatedOnTheHeapMeanwhileIsNotTheModels() {
        assertThat(grown(10, 5, 15, 5)).isEqualTo(5);
        assertThat(grown(10, 5, 15, 8)).isEqualTo(2);
        assertThat(grown(10, 5, 15, 99)).isZero();
        assertThat(grown(15, 5, 10, 5)).isZero();
        assertThat(grown(-1, 5, 10, 5)).isEqualTo(-1);
        assertThat(ProcessMemory.Meter.SYSTEM.read().allocatedBytes()).isPositive();
    }

    private static long grown(long before, long allocatedBefore, long after, long allocatedAfter) {
        return ProcessMemory.grown(
                new ProcessMemory.Reading(before, allocatedBefore), new ProcessMemory.Reading(after, allocatedAfter));
    }

    @Test
    void modelsHaveWhatTheHeapAndAMarginLeave() {
        long gib = 1024 * MIB;

        assertThat(MemoryBudget.of(16 * gib, 4 * gib)).isEqualTo(12 * gib - 16 * gib / 10);
        assertThat(MemoryBudget.of(gib, gib / 4)).as("a small margin").isEqualTo(512 * MIB);
        assertThat(MemoryBudget.of(gib, gib)).as("all is heap").isEqualTo(gib / 4);
        assertThat(MemoryBudget.of(0, gib)).as("nobody knows").isEqualTo(MemoryBudget.NONE);
        assertThat(MemoryBudget.ofThisMachine()).isPositive();
    }

    @Test
    void whatFailsIsLeftAloneForLonger() {
        assertThat(BackOff.afterNanos(1)).isEqualTo(1_000_000_000L);
        assertThat(BackOff.afterNanos(2)).isEqualTo(2_000_000_000L);
        assertThat(BackOff.afterNanos(7)).isEqualTo(64_000_000_000L);
        assertThat(BackOff.afterNanos(1_000_000)).isEqualTo(64_000_000_000L);
    }
}
