package dev.penstock.monitor.drift;

import static dev.penstock.monitor.drift.DriftStatus.CRITICAL;
import static dev.penstock.monitor.drift.DriftStatus.INSUFFICIENT;
import static dev.penstock.monitor.drift.DriftStatus.NOTICE;
import static dev.penstock.monitor.drift.DriftStatus.OK;
import static dev.penstock.monitor.drift.DriftStatus.WARNING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.monitor.drift.Alarm.Change;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlarmTest {
    @Test
    void oneOddWindowWakesNobody() {
        assertThat(changes(OK, CRITICAL, OK, OK, WARNING, NOTICE, OK)).containsOnly(Change.NONE);
    }

    @Test
    void twoOfThreeDo() {
        assertThat(changes(WARNING, OK, WARNING)).containsExactly(Change.NONE, Change.NONE, Change.RAISED);
        assertThat(changes(WARNING, CRITICAL)).containsExactly(Change.NONE, Change.RAISED);
        assertThat(after(WARNING, CRITICAL).raised()).isEqualTo(WARNING);
    }

    @Test
    void itIsToldOnce() {
        assertThat(changes(WARNING, WARNING, WARNING, OK, WARNING, WARNING))
                .containsExactly(Change.NONE, Change.RAISED, Change.NONE, Change.NONE, Change.NONE, Change.NONE);
    }

    @Test
    void itGetsWorse() {
        assertThat(changes(WARNING, WARNING, CRITICAL, CRITICAL))
                .containsExactly(Change.NONE, Change.RAISED, Change.NONE, Change.WORSENED);
    }

    @Test
    void threeCalmWindowsClearIt() {
        assertThat(changes(WARNING, WARNING, OK, OK, OK))
                .containsExactly(Change.NONE, Change.RAISED, Change.NONE, Change.NONE, Change.CLEARED);
        assertThat(changes(WARNING, WARNING, OK, OK, OK, WARNING, WARNING)).endsWith(Change.NONE, Change.RAISED);
    }

    @Test
    void whatIsNearTheLimitDoesNotClearIt() {
        Alarm alarm = after(WARNING, WARNING);
        for (int i = 0; i < 10; i++) {
            alarm = alarm.next(OK, false);
        }

        assertThat(alarm.raised()).isEqualTo(WARNING);
    }

    @Test
    void whereNothingCanBeSaidNothingChanges() {
        assertThat(changes(WARNING, INSUFFICIENT, INSUFFICIENT, WARNING)).endsWith(Change.NONE, Change.RAISED);
        assertThat(changes(WARNING, WARNING, OK, OK, INSUFFICIENT, OK)).endsWith(Change.NONE, Change.CLEARED);
    }

    private static List<Change> changes(DriftStatus... looks) {
        List<Change> changes = new ArrayList<>();
        Alarm alarm = Alarm.SILENT;
        for (DriftStatus look : looks) {
            alarm = alarm.next(look, true);
            changes.add(alarm.change());
        }
        return changes;
    }

    private static Alarm after(DriftStatus... looks) {
        Alarm alarm = Alarm.SILENT;
        for (DriftStatus look : looks) {
            alarm = alarm.next(look, true);
        }
        return alarm;
    }
}
