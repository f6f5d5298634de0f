package dev.penstock.server.gate;

import static dev.penstock.server.gate.Candidates.said;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.penstock.core.Signature;
import dev.penstock.server.gate.GateSettings.Size;
import dev.penstock.server.store.Lineage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizeGateTest {
    private static final Signature NOTHING = new Signature(List.of(), List.of(), 0);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # limits: files, memory, room | measured | verdict
            0    | 0    | -1   | -1   | SKIPPED there is no limit: files 1000 bytes, memory predicted 1600 bytes (1.6 times the files)
            1000 | 0    | -1   | -1   | PASSED files 1000 bytes, memory predicted 1600 bytes (1.6 times the files)
            999  | 0    | -1   | -1   | FAILED its files are more than gate.max-file-bytes, 999 bytes: files 1000 bytes, memory predicted 1600 bytes (1.6 times the files)
            0    | 1600 | -1   | 1600 | PASSED files 1000 bytes, memory predicted 1600 bytes (1.6 times the files), measured 1600 bytes
            0    | 1599 | -1   | -1   | FAILED it needs more than gate.max-memory, 1599 bytes: files 1000 bytes, memory predicted 1600 bytes (1.6 times the files)
            0    | 1600 | -1   | 1601 | FAILED it needs more than gate.max-memory, 1600 bytes: files 1000 bytes, memory predicted 1600 bytes (1.6 times the files), measured 1601 bytes
            0    | 0    | 1600 | 12   | PASSED files 1000 bytes, memory predicted 1600 bytes (1.6 times the files), measured 12 bytes
            0    | 0    | 1599 | -1   | FAILED it needs more than the 1599 bytes that are left for models: files 1000 bytes, memory predicted 1600 bytes (1.6 times the files)
            0    | 0    | 0    | 0    | FAILED it needs more than the 0 bytes that are left for models: files 1000 bytes, memory predicted 1600 bytes (1.6 times the files), measured 0 bytes
            """)
    void theLargerOfWhatIsPredictedAndMeasuredMustFit(
            long maxFileBytes, long maxMemoryBytes, long roomBytes, long measuredBytes, String expected) {
        Footprint footprint = new Footprint(1000, measuredBytes, roomBytes);

        assertThat(said(SizeGate.judge(candidate(footprint, new Size(maxFileBytes, maxMemoryBytes, 1.6)))))
                .isEqualTo(expected);
    }

    @Test
    void everyLimitThatIsNotKeptIsTold() {
        Footprint footprint = new Footprint(90L << 20, 100L << 20, 50L << 20);

        assertThat(said(SizeGate.judge(candidate(footprint, new Size(10L << 20, 20L << 20, 1)))))
                .isEqualTo("FAILED its files are more than gate.max-file-bytes, 10.0 MiB; "
                        + "it needs more than gate.max-memory, 20.0 MiB; "
                        + "it needs more than the 50.0 MiB that are left for models: "
                        + "files 90.0 MiB, memory predicted 90.0 MiB (1.0 times the files), measured 100.0 MiB");
    }

    @Test
    void nonsenseIsNoFootprint() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Footprint(-1, -1, -1))
                .withMessage("fileBytes: -1 (expected: >= 0)");
    }

    @Test
    void theProcessKnowsWhatItHasInUse() {
        String status = "Name:\tjava\nVmHWM:\t  900 kB\nVmRSS:\t     812 kB\nRssAnon:\t 700 kB\n";

        assertThat(ProcessMemory.residentBytes(status)).isEqualTo(812 << 10);
        assertThat(ProcessMemory.residentBytes("Name:\tjava\n")).isEqualTo(-1);
        assertThat(ProcessMemory.grown(10, 15)).isEqualTo(5);
        assertThat(ProcessMemory.grown(15, 10)).isZero();
        assertThat(ProcessMemory.grown(-1, 10)).isEqualTo(-1);
        assertThat(ProcessMemory.residentBytes())
                .satisfiesAnyOf(
                        bytes -> assertThat(bytes).isEqualTo(-1),
                        bytes -> assertThat(bytes).isGreaterThan(1 << 20));
    }

    private static Candidate candidate(Footprint footprint, Size size) {
        GateSettings settings = new GateSettings(false, null, size, false, null);
        Candidate any = Candidates.of(
                Candidates.model(NOTHING, (inputs, outputs) -> List.of()), NOTHING, Candidates.NO_FILES, settings);
        return Candidates.with(any, footprint, Lineage.UNKNOWN, "");
    }
}
