package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class TextTableTest {
    @Test
    void columnsAreAsWideAsTheirWidestCellAndLinesEndWithoutSpaces() {
        TextTable table = TextTable.withHeader("A", "LONG", "LAST");
        table.add("first", "x", "");
        table.add("ü🙂", "yy", "end");

        assertThat(table).hasToString("""
                A      LONG  LAST
                first  x
                ü🙂     yy    end
                """);
    }

    @Test
    void aRowWithAnotherNumberOfCellsIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TextTable.withHeader("A", "B").add("only one"))
                .withMessage("cells: 1 (expected: 2)");
    }
}
