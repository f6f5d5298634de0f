package dev.penstock.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CoresTest {
    private static final List<String> COMMAND = List.of("server", "--flag");

    @Test
    void readsTheKernelsList() {
        assertThat(Cores.parse("0-2,5,7-8")).containsExactly(0, 1, 2, 5, 7, 8);
    }

    @Test
    void aServerIsPutOnTheFirstCoreOfTwo() {
        Cores cores = new Cores(List.of(3, 5, 6), true);

        assertThat(cores.onServerCore(COMMAND)).containsExactly("taskset", "-c", "3", "server", "--flag");
        assertThat(cores.onBoth(COMMAND)).containsExactly("taskset", "-c", "3,5", "server", "--flag");
        assertThat(cores.description()).isEqualTo("server on core 3, generator on core 5");
    }

    @Test
    void withOneCoreOrNoTasksetCommandsStayAsTheyAre() {
        assertThat(new Cores(List.of(0), true).onServerCore(COMMAND)).isEqualTo(COMMAND);
        assertThat(new Cores(List.of(0, 1), false).onServerCore(COMMAND)).isEqualTo(COMMAND);
        assertThat(new Cores(List.of(0, 1), false).description()).contains("taskset is not installed");
    }
}
