package dev.penstock.server.gate;

import static dev.penstock.server.gate.Candidates.said;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.Signature;
import dev.penstock.server.gate.GateSettings.Size;
import dev.penstock.server.memory.Footprint;
import dev.penstock.server.store.Lineage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizeGateTest {
    private static final Signature NOTHING = new Signature(List.of(), List.of(), 0);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # limits: files, memory | measured | verdict
            0    | 0       | -1      | SKIPPED there is no limit: files 1000 bytes, memory predicted 1.0 MiB (1.6 times the files and 1.0 MiB)
            1000 | 0       | -1      | PASSED files 1000 bytes, memory predicted 1.0 MiB (1.6 times the files and 1.0 MiB)
            999  | 0       | -1      | FAILED its files are more than gate.max-file-bytes, 999 bytes: files 1000 bytes, memory predicted 1.0 MiB (1.6 times the files and 1.0 MiB)
            0    | 1050176 | -1      | PASSED files 1000 bytes, memory predicted 1.0 MiB (1.6 times the files and 1.0 MiB)
            0    | 1050175 | -1      | FAILED it needs more than gate.max-memory, 1.0 MiB: files 1000 bytes, memory predicted 1.0 MiB (1.6 times the files and 1.0 MiB)
            0    | 2097152 | 2097152 | PASSED files 1000 bytes, memory predicted 1.0 MiB (1.6 times the files and 1.0 MiB), measured 2.0 MiB
            0    | 2097152 | 2097153 | FAILED it needs more than gate.max-memory, 2.0 MiB: files 1000 bytes, memory predicted 1.0 MiB (1.6 times the files and 1.0 MiB), measured 2.0 MiB
            """)
    void theLargerOfWhatIsPredictedAndMeasuredMustFit(
            long maxFileBytes, long maxMemoryBytes, long measuredBytes, String expected) {
        Footprint footprint = new Footprint(1000, 1.6, measuredBytes);

        assertThat(said(SizeGate.judge(candidate(footprint, new Size(maxFileBytes, maxMemoryBytes, 1.6)))))
                .isEqualTo(expected);
    }

    @Test
    void everyLimitThatIsNotKeptIsTold() {
        Footprint footprint = new Footprint(90L << 20, 1, 100L << 20);

        assertThat(said(SizeGate.judge(candidate(footprint, new Size(10L << 20, 20L << 20, 1)))))
                .isEqualTo(
                        "FAILED its files are more than gate.max-file-bytes, 10.0 MiB; "
                                + "it needs more than gate.max-memory, 20.0 MiB: "
                                + "files 90.0 MiB, memory predicted 91.0 MiB (1.0 times the files and 1.0 MiB), measured 100.0 MiB");
    }

    private static Candidate candidate(Footprint footprint, Size size) {
        GateSettings settings = new GateSettings(false, null, size, false, null);
        Candidate any = Candidates.of(
                Candidates.model(NOTHING, (inputs, outputs) -> List.of()), NOTHING, Candidates.NO_FILES, settings);
        return Candidates.with(any, footprint, Lineage.UNKNOWN, "");
    }
}
