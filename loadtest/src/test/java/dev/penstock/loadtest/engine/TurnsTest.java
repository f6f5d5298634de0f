package dev.penstock.loadtest.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private static Payload of(String group) {
        return Payload.of("/a", Map.of(), new byte[0]).inGroup(group);
    }

    private static List<Integer> take(Turns turns, int count) {
        List<Integer> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            taken.add(turns.next());
        }
        return taken;
    }

    @Test
    void withoutWeightsPayloadsTakeTurnsWhateverTheirGroup() {
        Turns turns = new Turns(new PayloadOrder.InTurn(), List.of(of("a"), of("a"), of("b")));

        assertThat(take(turns, 7)).containsExactly(0, 1, 2, 0, 1, 2, 0);
    }

    @Test
    void aHeavyGroupIsSpreadEvenlyAndItsPayloadsTakeTurns() {
        Turns turns =
                new Turns(new PayloadOrder.Weighted(Map.of("a", 3.0, "b", 1.0)), List.of(of("a"), of("b"), of("a")));

        assertThat(take(turns, 8)).containsExactly(0, 2, 1, 0, 2, 0, 1, 2);
    }

    @Test
    void atAnyTimeEachGroupHasHadItsShareToWithinOneRequest() {
        Map<String, Double> weights = Map.of("a", 0.7, "b", 0.2, "c", 0.09, "d", 0.01);
        List<Payload> payloads = List.of(of("a"), of("b"), of("c"), of("d"));
        Turns turns = new Turns(new PayloadOrder.Weighted(weights), payloads);

        int[] had = new int[payloads.size()];
        for (int sent = 1; sent <= 10_000; sent++) {
            had[turns.next()]++;
            for (int i = 0; i < had.length; i++) {
                double share = weights.getOrDefault(payloads.get(i).group(), 0.0) * (double) sent;
                assertThat((double) had[i]).as("%d of %d", i, sent).isCloseTo(share, within(2.0));
            }
        }
        assertThat(had).containsExactly(7000, 2000, 900, 100);
    }

    @Test
    void aWeightThatIsNoneIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PayloadOrder.Weighted(Map.of("a", 0.0)))
                .withMessage("weight of 'a': 0.0 (expected: positive and finite)");
    }
}
