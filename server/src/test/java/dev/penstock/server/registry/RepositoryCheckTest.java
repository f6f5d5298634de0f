package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.Device;
import dev.penstock.server.registry.RepositoryCheck.ModelReport;
import dev.penstock.server.registry.RepositoryCheck.Report;
import dev.penstock.server.registry.RepositoryCheck.VersionReport;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RepositoryCheckTest {
    @TempDir
    Path root;

    private final FakeLoader loader = new FakeLoader();
    private Disk disk;

    @BeforeEach
    void makeDisk() {
        disk = new Disk(root);
    }

    private Report check() {
        return new RepositoryCheck(loader, Device.CPU).run(ModelRepository.of(List.of(root)));
    }

    @Test
    void everyVersionIsLoadedAndClosedAgain() {
        disk.version("digits", 1, Disk.PLAIN).version("digits", 2, Disk.PLAIN).config("digits", "max_batch_size: 8");

        Report report = check();

        assertThat(report.ok()).isTrue();
        List<VersionReport> versions = report.models().getFirst().versions();
        assertThat(versions).extracting(VersionReport::version).containsExactly(1L, 2L);
        assertThat(versions).extracting(VersionReport::wanted).containsExactly(false, true);
        assertThat(Objects.requireNonNull(versions.getFirst().signature()).maxBatchSize())
                .isEqualTo(8);
        assertThat(loader.loaded)
                .hasSize(2)
                .allSatisfy(model -> assertThat(model.closings()).isOne());
    }

    @Test
    void whatWouldNotServeSaysWhy() {
        disk.version("bad", 1, "corrupt it").version("crash", 1, "crash").folder("empty");
        disk.version("config", 1, Disk.PLAIN).config("config", "backend: 'python'");
        disk.version("fine", 1, Disk.PLAIN).file(".hidden/x", "").folder("a@b");

        Report report = check();

        assertThat(report.ok()).isFalse();
        assertThat(report.warnings()).singleElement().asString().contains("a@b");
        assertThat(report.models())
                .extracting(ModelReport::name)
                .containsExactly("bad", "config", "crash", "empty", "fine");
        assertThat(report.models()).extracting(ModelReport::ok).containsExactly(false, false, false, false, true);
        assertThat(problem(report, 0)).isEqualTo("it");
        assertThat(report.models().get(1).problem()).contains("backend 'python' is not supported");
        assertThat(problem(report, 2)).contains("crashed on crash/1");
        assertThat(report.models().get(3).problem()).contains("no version is available");
    }

    @Test
    void gatesOfARepositorySayThatTheyJudgeNothing() {
        disk.version("set", 1, Disk.PLAIN)
                .config("set", "parameters { key: 'gate.golden' value { string_value: 'required' } }");
        disk.version("known", 1, Disk.PLAIN).file("known/1/golden.json", "{}");
        disk.version("plain", 1, Disk.PLAIN).config("plain", "# gate.golden");

        Report report = check();

        assertThat(report.models()).extracting(ModelReport::name).containsExactly("known", "plain", "set");
        for (int model : new int[] {0, 2}) {
            assertThat(report.models().get(model).warnings())
                    .singleElement()
                    .asString()
                    .contains("judge nothing: only versions that are registered pass gates");
        }
        assertThat(report.models().get(1).warnings()).isEmpty();
    }

    private static String problem(Report report, int model) {
        return report.models().get(model).versions().getFirst().problem();
    }

    @Test
    void aVersionThatIsNotWantedMayBeBroken() {
        disk.version("digits", 1, "corrupt it").version("digits", 2, Disk.PLAIN).folder("digits/v3");

        Report report = check();

        assertThat(report.ok()).isTrue();
        assertThat(problem(report, 0)).isEqualTo("it");
        assertThat(report.models().getFirst().warnings())
                .singleElement()
                .asString()
                .contains("'v3'");
    }
}
