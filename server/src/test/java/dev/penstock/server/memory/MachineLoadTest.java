package dev.penstock.server.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MachineLoadTest {
    @Test
    void inUseIsWhatProgramsCouldNotHave() {
        String meminfo = "MemTotal:        1000 kB\nMemFree:          100 kB\nMemAvailable:     400 kB\n";

        assertThat(MachineLoad.of(meminfo)).isEqualTo(new MachineLoad.Memory(1000 << 10, 600 << 10));
    }

    @Test
    void whatTheSystemDoesNotTellIsNotKnown() {
        assertThat(MachineLoad.of("MemTotal:        1000 kB\n")).isEqualTo(new MachineLoad.Memory(1000 << 10, -1));
        assertThat(MachineLoad.of("")).isEqualTo(new MachineLoad.Memory(-1, -1));
    }
}
